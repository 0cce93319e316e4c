"""What `import relu_anim` offers."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import relu_anim as ra
from relu_anim import config, training
from relu_anim.making import build
from relu_anim.recording import Recording

TINY = """
title: "x²: loss {loss}"
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 3, batch_size: 16}
animation: {size: [300, 220]}
output: {formats: [gif, png, svg], stills: [1, step 4], strip: [0, 2], themes: [light, dark]}
"""
VARIANTS = {
    "title": "",
    "variants": [{"label": "two", "set": {"seed": 2}}, {"label": "tanh", "set": {"model.activation": "tanh"}}],
}
FIGURE = {"kind": "activation", "functions": ["relu"], "animation": {"size": [400, 300]}}
FIRST = {"output.stills": [], "output.strip": [], "output.themes": None}


def nobody(what, done, total):
    pass


@pytest.fixture
def source(here):
    path = here / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("interface")


@pytest.fixture(scope="module", name="film")
def _film(folder):
    (folder / "tiny.yaml").write_text(TINY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return ra.run("tiny.yaml")


@pytest.fixture(scope="module")
def made(folder, film):
    """The folder in which the command made the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = build.run(build.plan(Path("tiny.yaml")), nobody)
    assert result.status == "redrawn"  # from the recording that `run` kept
    return folder / "outputs"


def broken(*_):
    raise AssertionError("trained again")
    yield


# ---------------------------------------------------------------- the package


def test_the_names_of_the_package_stay():
    errors = ["ConfigError", "FileError", "TrainingDiverged", "UserError"]
    types = ["Experiment", "Film", "Network", "Recording", "Result", "Survey"]
    functions = ["film", "load", "run", "run_all", "seeds", "train"]
    assert {*errors, *types, *functions} <= {*ra.__all__}
    assert {*ra.__all__} <= {*dir(ra)}
    assert all(getattr(ra, name).__name__ == name for name in [*errors, *types, *functions])
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        ra.nope


def test_importing_loads_nothing_heavy_and_sets_nothing():
    code = (
        "import os, sys; before = dict(os.environ), set(sys.modules); import relu_anim; "
        "from relu_anim import run, load, UserError; "
        "print(dict(os.environ) == before[0], sorted(m for m in ('numpy', 'torch', 'pydantic', 'typing') "
        "if m in set(sys.modules) - before[1] and m != 'typing'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True []\n"


@pytest.mark.parametrize(
    ("before", "kernels"), [("", "pinned"), ("import numpy; ", "NumPy or torch was loaded before")]
)
def test_the_first_call_chooses_kernels_where_that_has_an_effect(before, kernels):
    code = (
        f"import os; {before}import relu_anim as ra; start = dict(os.environ); "
        "ra.load({'target': {'function': 'x'}, 'model': {'layer_sizes': [1, 1]}}); "
        "from relu_anim import kernels; print(kernels.chosen(), dict(os.environ) == start)"
    )
    ours = ("OMP_", "OPENBLAS_", "MKL_", "ATEN_", "ONEDNN_", "NPY_")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=plain)
    assert done.stdout.endswith(f"{kernels} {bool(before)}\n")


def test_the_package_says_that_it_is_typed():
    assert (Path(ra.__file__).parent / "py.typed").exists()


# ---------------------------------------------------------------- configs


def test_a_path_a_mapping_and_an_experiment_give_the_same(source):
    from_file = ra.load("tiny.yaml", {"training.epochs": 5})
    mapping = config.document.parse(TINY.encode(), "tiny").data
    assert from_file == ra.load(source, ["training.epochs=5"]) == ra.load(mapping, "training.epochs=5")
    assert from_file == ra.load(ra.load(mapping), {"training.epochs": np.int64(5)})
    assert ra.load(from_file) is from_file


def test_settings_are_texts_and_values_of_any_kind(source):
    found = ra.load("tiny.yaml", {"title": "a: b # c", "model.layer_sizes": (1, np.int64(4), 1), "output.themes": None})
    assert (found.title, found.model.layer_sizes, found.output.themes) == ("a: b # c", (1, 4, 1), None)


def test_defaults_that_follow_from_other_keys_follow_again():
    first = ra.load({"target": {"function": "x"}, "model": {"layer_sizes": [1, 4, 1]}})
    other = ra.load(first, {"target": {"dataset": "moons"}, "model.layer_sizes.0": 2})
    assert (first.training.loss, other.training.loss) == ("mse", "bce")


def test_the_files_of_a_config_are_found_again_after_settings(here):
    (here / "sub").mkdir()
    (here / "sub" / "points.csv").write_text("x,y\n0,1\n1,2\n2,4\n3,3\n")
    (here / "sub" / "c.yaml").write_text("target: {csv: points.csv}\nmodel: {layer_sizes: [1, 2, 1]}\n")
    first = ra.load("sub/c.yaml")
    assert ra.load(first, {"seed": 7}).target.table.digest == first.target.table.digest


def test_a_copy_that_was_changed_is_not_what_was_read(source):
    copied = ra.load("tiny.yaml").with_seed(5)
    assert ra.load(copied, {"title": "t"}).seed == 5


def test_mistakes_have_their_place_key_and_words(source):
    with pytest.raises(ra.ConfigError) as caught:
        ra.load("tiny.yaml", {"training.epohcs": 5, "seed": -1})
    (first, second) = sorted(caught.value.problems, key=lambda problem: problem.key)
    place, key, message = first
    assert (place, key) == ("settings:1:6", "seed")
    assert f"{place}: {key}: {message}\n    seed=-1" in str(caught.value)
    assert tuple(second)[:2] == ("settings:1:1", "training.epohcs")
    with pytest.raises(ra.UserError) as caught:
        ra.load("nope.yaml")
    assert caught.value.problems == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ra.load(5), "a config is a path, a mapping or what relu_anim.load gave, not an int"),
        (lambda: ra.load(None), "not a NoneType"),
        (lambda: ra.load({5: 5}), "a key must be a word, got 5"),
        (lambda: ra.load(FIGURE, 5), 'settings are a mapping such as {"training.epochs": 50}, not an int'),
        (lambda: ra.load(FIGURE, {5: 5}), "a key is a text such as 'training.epochs', got 5"),
        (lambda: ra.load(FIGURE, {"title": object()}), "title: a object has no place in a config"),
        (lambda: ra.load(FIGURE, {"extends": "x.yaml"}), "is read before settings; write it in the file"),
        (lambda: ra.load(FIGURE, ["title=a: b"]), 'write title="a: b"\n'),
        (lambda: ra.load("\0"), "expected the path of a config"),
        (lambda: ra.run(FIGURE, progress="no"), "progress is 'auto', None or a function"),
        (lambda: ra.train(FIGURE), "kind: activation: nothing of it is trained"),
        (lambda: ra.seeds(FIGURE), "kind: activation: nothing of it depends on a seed"),
        (lambda: ra.seeds("tiny.yaml", 0), "a whole number from 1 to 100,000, not 0"),
        (lambda: ra.seeds("tiny.yaml", 4, VARIANTS), "{'variants': [], 'seed': 2}"),
        (lambda: ra.film("tiny.yaml"), "expected 1 recording; got 0"),
        (lambda: ra.film("tiny.yaml", 5), "a film is drawn from recordings, not from an int"),
        (lambda: ra.run_all("tiny.yaml"), "run_all takes several paths of configs, in a list"),
        (lambda: ra.run_all([5]), "expected the path of a config, got an int"),
        (lambda: ra.run_all(["tiny.yaml"], jobs=0), "a whole number from 1, not 0"),
        (
            lambda: ra.run_all(["tiny.yaml"], cluster=3),
            "cluster is an address such as tcp://127.0.0.1:8786, not an",
        ),
        (lambda: ra.seeds("tiny.yaml", True), "a whole number from 1 to 100,000, not True"),
        (lambda: ra.film("tiny.yaml", "a.npz"), "not from a str; Recording.load reads a file"),
        (lambda: ra.Recording.load(5), "expected the path of a recording, got an int"),
        (lambda: ra.run_all(["a.yaml", "b.yaml"], output="x.gif"), "write {name} in it: {name}.gif"),
    ],
)
def test_what_cannot_be_used_is_said_in_words(call, message, source):
    with pytest.raises(ra.ConfigError) as caught:
        call()
    assert message in str(caught.value)


# ---------------------------------------------------------------- run, train, film


def test_run_writes_nothing_but_the_recording_and_says_nothing(source, capfd):
    said = []
    ra.run("tiny.yaml", progress=lambda *report: said.append(report))
    assert (said[0], said[-1]) == (("training", 0, 3), ("training", 3, 3))
    assert {path.parts[0] for path in Path("outputs").rglob("*")} == {"outputs"}
    assert [path.name for path in Path("outputs").iterdir()] == [".recordings"]
    ra.run("tiny.yaml", force=True)
    assert capfd.readouterr() == ("", "")


def test_run_takes_what_is_kept_and_trains_anew_where_it_is_told(folder, film, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(training, "train", broken)
    again = ra.run("tiny.yaml")
    assert again.recording.to_bytes() == film.recording.to_bytes()
    with pytest.raises(AssertionError, match="trained again"):
        ra.run("tiny.yaml", force=True)


def test_a_damaged_recording_is_made_anew_and_the_film_says_so(source):
    ra.run("tiny.yaml")
    (kept,) = Path("outputs/.recordings").glob("*.npz")
    kept.write_bytes(b"damaged")
    assert any(note.startswith("a recording is made anew") for note in ra.run("tiny.yaml").notes)
    assert not any(note.startswith("a recording is made anew") for note in ra.run("tiny.yaml").notes)
    assert Recording.load(kept)


def test_run_works_where_an_event_loop_runs(folder, film, monkeypatch):
    monkeypatch.chdir(folder)

    async def cell():
        return ra.run("tiny.yaml", progress=None)

    assert (asyncio.run(cell()).frame(0) == film.frame(0)).all()


def test_train_keeps_nothing_and_gives_what_run_gives(source, film):
    recording = ra.train("tiny.yaml")
    assert not Path("outputs").exists()
    assert (recording.parameters == film.recording.parameters).all()
    assert (ra.film("tiny.yaml", recording).frame(-1) == film.frame(-1)).all()


def test_variants_have_recordings_by_their_labels(source):
    settings = {**VARIANTS, **FIRST}
    experiment = ra.load("tiny.yaml", settings)
    found = ra.train(experiment)
    assert list(found) == ["two", "tanh"]
    by_label, in_order = ra.film(experiment, found), ra.film(experiment, list(found.values()))
    assert (by_label.frame(1) == in_order.frame(1)).all()
    assert by_label.recordings["tanh"].network.activations[0].name == "tanh"
    assert list(by_label.metrics) == ["two", "tanh"]
    assert by_label.shown.shape == (len(by_label), 2)
    for recordings, message in (
        ({"two": found["two"]}, "recordings are by label: 'two', 'tanh'; there are 'two'"),
        (found["two"], "expected 2 recordings, of 'two', 'tanh'; got 1"),
        ([found["tanh"], found["two"]], "the recording of two does not fit this experiment"),
    ):
        with pytest.raises(ra.ConfigError) as caught:
            ra.film(experiment, recordings)
        assert message in str(caught.value)
    with pytest.raises(ra.ConfigError, match=r"recordings\['two'\]; there are \['two', 'tanh'\]"):
        by_label.recording


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model.layer_sizes": [1, 3, 1]}, "its network is another"),
        ({"training.epochs": 4}, "it ends with epoch 3"),
        ({"seed": 4}, "its seed is 0"),
    ],
)
def test_a_recording_that_does_not_fit_is_refused(changes, message, film, source):
    with pytest.raises(ra.ConfigError, match=f"does not fit this experiment: {message}"):
        ra.film(ra.load("tiny.yaml", changes), film.recording)


def test_a_training_that_diverges_raises_its_error(source):
    with pytest.raises(ra.TrainingDiverged):
        ra.run("tiny.yaml", {"training.optimizer": {"name": "sgd", "lr": 1e6}, "training.epochs": 30})


def test_seeds_are_those_that_are_trained_alone(source):
    survey = ra.seeds("tiny.yaml", 3)
    assert survey.losses == pytest.approx([ra.train("tiny.yaml", {"seed": seed}).loss[-1] for seed in range(3)])
    assert len({*survey.losses}) == 3


# ---------------------------------------------------------------- run_all


def test_run_all_tells_what_became_of_each_in_their_order(source, capfd):
    (source.parent / "bad.yaml").write_text("target: {}\n")
    results = ra.run_all(["bad.yaml", "tiny.yaml", "gone.yaml"], FIRST, jobs=1)
    assert [(result.config.name, result.status) for result in results] == [
        ("bad.yaml", "failed"),
        ("tiny.yaml", "built"),
        ("gone.yaml", "failed"),
    ]
    assert results[1].outputs == tuple(Path(f"outputs/tiny.{end}") for end in ("gif", "png", "svg"))
    assert all(path.exists() for path in [*results[1].outputs, Path("outputs/tiny.json")])
    assert results[1].metrics["epoch"] == 3
    assert results[0].error.problems
    assert isinstance(results[2].error, ra.FileError)
    (again,) = ra.run_all(["tiny.yaml"], FIRST)
    assert (again.status, again.outputs, again.metrics) == ("current", results[1].outputs, results[1].metrics)
    assert capfd.readouterr() == ("", "")


def test_mistakes_of_run_all_are_called_as_in_python(source):
    (unknown,) = ra.run_all(["tiny.yaml"], {"x": 1}, jobs=1)
    (suffix,) = ra.run_all(["tiny.yaml"], output="x.foo", jobs=1)
    assert str(unknown.error).startswith("settings:1:1: x: unknown key")
    assert str(suffix.error).startswith("output x.foo: the suffix must be one of")
    ra.run_all(["tiny.yaml"], [*config.settings_of(FIRST), "output.formats=[png]"], jobs=1)
    Path("other").mkdir()
    Path("other/tiny.yaml").write_text(json.dumps(FIGURE))
    (other,) = ra.run_all(["other/tiny.yaml"], jobs=1)
    assert "became; rename one, name another file with output, or remove outputs/tiny.json" in str(other.error)


def test_run_all_refuses_what_would_write_over_another(source):
    Path("other").mkdir()
    Path("other/tiny.yaml").write_text(TINY)
    one, two = ra.run_all(["tiny.yaml", "other/tiny.yaml"], FIRST, jobs=1)
    assert (one.status, two.status) == ("built", "failed")
    assert "would write outputs/tiny.* as tiny.yaml does" in str(two.error)


def test_what_cannot_be_said_of_a_cluster_is_an_error_of_the_call(source):
    with pytest.raises(ra.ConfigError, match=r"^cluster nowhere: write an address"):
        ra.run_all(["tiny.yaml"], cluster="nowhere")
