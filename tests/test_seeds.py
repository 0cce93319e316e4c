"""`relu-anim seeds`: how lucky a figure is."""

import json
import math
import shlex
from pathlib import Path

import numpy as np
import pytest
from matplotlib.lines import Line2D
from PIL import Image
from typer.testing import CliRunner

import relu_anim.films.sheet as sheet_module
from relu_anim import config
from relu_anim.cli import app
from relu_anim.cli.seeds import survey_seeds, verdict
from relu_anim.films.sheet import CELL, MOST_CELLS, Sheet
from relu_anim.films.stamp import HEADER
from relu_anim.initial import initial_parameters, moved_by_rounding
from relu_anim.making.orders import Order
from relu_anim.making.plans import plan
from relu_anim.making.surveys import settings_of_variants
from relu_anim.making.surveys import surveyed as surveyed_alone
from relu_anim.network import Network
from relu_anim.survey import Group, Rounding, Survey
from relu_anim.training import ensemble, train

ROOT = Path(__file__).parent.parent
WIDE = ["-s", "animation.size=[600, 400]"]
TINY = """\
title: A parabola
target: {function: x**2}
data: {samples: 64}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 5}
animation: {size: [300, 250], max_frames: 4}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY)


def call(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def surveyed(*arguments):
    result = call("seeds", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.soak  # `luck` in the catalogue trains as many
def test_two_units_learn_a_parabola_with_a_third_of_the_seeds_and_else_stop_at_35():
    found = surveyed(ROOT / "configs" / "quadratic_2neuron.yaml", "-n", 64)
    assert found["n"] == len(found["losses"]) == 64
    assert 0.2 <= found["share_good"] <= 0.45
    assert found["best"]["loss"] == pytest.approx(0.69, abs=0.01)
    near_35 = sum(34 < loss < 36 for loss in found["losses"].values())
    assert near_35 >= 20
    assert (found["diverged"], found["median"]["loss"]) == (0, pytest.approx(35.3, abs=0.3))


def test_a_survey_promises_what_a_run_with_that_seed_shows():
    promised = surveyed("tiny.yaml", "-n", 5)["losses"]
    for seed in (0, 3):
        said = json.loads(call("run", "tiny.yaml", "-s", f"seed={seed}", "--json", "--force").stdout)
        assert said["metrics"]["loss"] == pytest.approx(promised[str(seed)], rel=1e-4)


def test_a_run_gives_the_same_bytes_whether_there_was_a_survey_or_not():
    call("run", "tiny.yaml")
    alone = Path("outputs/tiny.gif").read_bytes()
    for path in sorted(Path("outputs").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    call("seeds", "tiny.yaml", "-n", 3)
    assert json.loads(call("run", "tiny.yaml", "--json").stdout)["status"] == "built"
    assert Path("outputs/tiny.gif").read_bytes() == alone


def test_nothing_is_trained_twice(monkeypatch):
    first = surveyed("tiny.yaml", "-n", 4)
    trained = []
    epochs = ensemble.epochs
    monkeypatch.setattr(ensemble, "epochs", lambda chunk: trained.extend(e.seed for e in chunk) or epochs(chunk))
    assert surveyed("tiny.yaml", "-n", 4) == first
    assert not trained
    more = surveyed("tiny.yaml", "-n", 6)
    assert trained == [4, 5]
    assert {seed: more["losses"][seed] for seed in first["losses"]} == first["losses"]


def test_an_interrupted_survey_keeps_what_was_trained(monkeypatch):
    monkeypatch.setattr(ensemble, "chunk_size", lambda experiment: 2)
    epochs, trained = ensemble.epochs, []

    def interrupted(chunk):
        trained.extend(e.seed for e in chunk)
        if trained[-1] == 5:
            raise KeyboardInterrupt
        return epochs(chunk)

    monkeypatch.setattr(ensemble, "epochs", interrupted)
    with pytest.raises(KeyboardInterrupt):
        survey_seeds(Order(Path("tiny.yaml")), 8, film=False, quiet=True, as_json=False)
    monkeypatch.setattr(ensemble, "epochs", lambda chunk: trained.extend(e.seed for e in chunk) or epochs(chunk))
    after = surveyed("tiny.yaml", "-n", 8)
    assert trained == [0, 1, 2, 3, 4, 5, 4, 5, 6, 7]
    (kept,) = Path("outputs/.recordings/seeds").iterdir()
    kept.unlink()
    assert surveyed("tiny.yaml", "-n", 8)["losses"] == after["losses"]


def test_the_table_names_the_best_the_middle_and_the_worst_seed():
    found = surveyed("tiny.yaml", "-n", 9)
    result = call("seeds", "tiny.yaml", "-n", 9)
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["seeds", "9", "0", "to", "8"]
    for name in ("best", "median", "worst"):
        loss, seed = found[name]["loss"], found[name]["seed"]
        assert [name, f"{loss:.3g}", "seed", str(seed)] in [line.split() for line in lines]
    assert lines[-1] == "outputs/tiny_seeds.png"
    ranked = sorted(found["losses"].values())
    assert found["median"]["loss"] == ranked[4]
    assert not any(line.startswith("25 %") for line in lines)
    lines = call("seeds", "tiny.yaml", "-n", 12).stdout.splitlines()
    ranked = sorted(surveyed("tiny.yaml", "-n", 12)["losses"].values())
    quarter = next(line.split()[-1] for line in lines if line.startswith("25 %"))
    assert float(quarter) == pytest.approx(np.quantile(ranked, 0.25), rel=0.01)


def test_seeds_that_diverge_are_counted_and_harm_nobody():
    found = surveyed("tiny.yaml", "-n", 12, "-s", "training.optimizer.lr=0.05", "-s", "training.epochs=40")
    lost = [seed for seed, loss in found["losses"].items() if loss is None]
    assert 0 < len(lost) < 12
    assert found["diverged"] == pytest.approx(len(lost) / 12)
    for seed in lost[:2]:
        settings = ["training.optimizer.lr=0.05", "training.epochs=40", "training.on_divergence=keep", f"seed={seed}"]
        options = [part for setting in settings for part in ("-s", setting)]
        alone = json.loads(call("run", "tiny.yaml", *options, "--json").stdout)
        assert "stopped" in alone["metrics"]


def test_where_all_diverge_the_table_says_so():
    result = call("seeds", "tiny.yaml", "-n", 3, "-s", "training.optimizer.lr=1e9", "-s", "training.epochs=40")
    assert result.exit_code == 0
    assert ["diverged", "100", "%"] in [line.split() for line in result.stdout.splitlines()]


def test_the_numbers_of_a_survey_are_those_of_numpy():
    losses = (4.0, 1.0, math.nan, 2.0, 9.0, 1.5)
    found = Survey((5, 6, 7, 8, 9, 10), losses, (True, False, False, True, False, False))
    assert found.ranked == [(6, 1.0), (10, 1.5), (8, 2.0), (5, 4.0), (9, 9.0)]
    assert (found.share_good, found.share_dead) == (0.5, pytest.approx(1 / 3))
    assert found.diverged == pytest.approx(1 / 6)
    assert found.quantile(0.9) == np.nanquantile(losses, 0.9)
    assert found.chosen() == {"best": (6, 1.0), "median": (8, 2.0), "worst": (9, 9.0)}
    assert found.as_json()["losses"]["7"] is None


def test_the_share_with_a_dead_layer_is_that_of_networks_whose_last_unit_died():
    settings = ["-s", "model.layer_sizes=[1, 2, 2, 1]", "-s", "training.epochs=0"]
    found = surveyed("tiny.yaml", "-n", 40, *settings)
    assert 0 < found["dead"] < 0.6
    by_hand = 0
    x = np.linspace(-5, 5, 1001)[:, None]
    for seed in range(40):
        loaded = config.load(Path("tiny.yaml"), [*settings[1::2], f"seed={seed}"])
        (snapshot,) = train(loaded)
        w1, b1, w2, b2 = np.split(snapshot.parameters.astype(float), [2, 4, 8, 10, 13])[:4]
        first = np.maximum(x @ w1.reshape(1, 2) + b1, 0)
        second = first @ w2.reshape(2, 2).T + b2
        by_hand += bool((first <= 0).all() or (second <= 0).all())
    assert found["dead"] == pytest.approx(by_hand / 40)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tiny.yaml", "-n", "0"], "-n"),
        (["tiny.yaml", "-n", "1000000"], "at most 100,000 seeds"),
        (["figure.yaml"], "only configs of kind: training can be surveyed"),
        (["variants.yaml"], "has variants; survey one of them, with\n  a:  -s 'variants=[]' -s seed=1\n  b:  -s"),
        (["none.yaml"], "none.yaml"),
    ],
)
def test_what_cannot_be_surveyed_is_refused(arguments, words):
    Path("figure.yaml").write_text("kind: activation\nfunctions: [relu]\n")
    variants = "variants: [{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]\n"
    Path("variants.yaml").write_text(TINY.replace("[300, 250]", "[400, 300]") + variants)
    result = call("seeds", *arguments)
    assert result.exit_code in (2, 4)
    assert (result.exit_code == 4) == (arguments == ["none.yaml"])
    assert words in result.stderr
    assert not Path("outputs").exists() or not list(Path("outputs").glob("*.png"))


VARIANTS = """\
variants:
  - {label: PReLU, set: {model.activation: {name: prelu, init: 0.1}, training.optimizer: {name: adam, lr: 0.02}}}
  - {label: "it's steep", set: {model.activation: "max(3*x, 0)"}}
"""


@pytest.mark.parametrize(
    "look", ["fps: 10", "arrange: {loss: overlay}, panels: [prediction, loss]", "panels: [metrics], metrics: [slopes]"]
)
def test_the_settings_that_are_advised_survey_one_variant(look):
    text = TINY.replace("size: [300, 250]", f"size: [600, 300], {look}") + VARIANTS
    Path("variants.yaml").write_text(text)
    first, *ways = call("seeds", "variants.yaml", "-s", "training.epochs=1").stderr.splitlines()
    assert first == "variants.yaml: has variants; survey one of them, with"
    for way, member in zip(ways, config.loads(text).members, strict=True):
        label, _, arguments = way.strip().partition(":  ")
        assert label == member[0]
        result = call("seeds", "variants.yaml", "-n", "2", "-s", "training.epochs=1", *shlex.split(arguments))
        assert (result.exit_code, result.stderr) == (0, "")
        alone = config.loads(text, settings=shlex.split(arguments)[1::2])
        assert (alone.model, alone.training, alone.variants) == (member[1].model, member[1].training, ())


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_variant_of_the_catalogue_can_be_surveyed_as_is_advised(path):
    planned = plan(path)
    if isinstance(planned.config, config.Experiment):
        for _, arguments in settings_of_variants(planned, planned.config):
            surveyed_alone(plan(path, arguments[1::2]), 2)


# ---------------------------------------------------------------- the sheet


def sheet_of(*settings, count=7, title="A title"):
    experiment = config.loads(TINY, settings=settings)
    members = [experiment.with_seed(seed) for seed in range(count)]
    networks = ensemble.gathered(members, ensemble.epochs(members), whole=count < 5)
    return Sheet(title, [Group("", experiment, networks)])


def captions(sheet):
    return [text.get_text() for text in sheet.figure.texts if text.get_text().startswith("seed ")]


def test_the_sheet_shows_each_seed_with_its_loss_the_best_first():
    sheet = sheet_of()
    losses = [float(caption.split()[2]) for caption in captions(sheet)]
    assert len(losses) == 7
    assert losses == sorted(losses)
    assert {caption.split()[1] for caption in captions(sheet)} == set(map(str, range(7)))
    height, width, _ = sheet.last_frame().shape
    assert (width, height) == sheet.size
    assert width >= 5 * CELL[0]
    boxes = [sheet._box(number, HEADER) for number in range(7)]
    boxes += [text.get_window_extent() for text in sheet.figure.texts]
    for number, box in enumerate(boxes):
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
        assert not any(box.overlaps(other) for other in boxes[:number])


def test_a_plot_of_the_sheet_shows_the_network_of_its_seed_at_the_end():
    sheet = sheet_of()
    seed = int(captions(sheet)[3].split()[1])
    member = config.loads(TINY).with_seed(seed)
    *_, last = train(member)
    curve, box = sheet.figure.findobj(Line2D)[3 * 3 + 1], sheet._box(3, HEADER)
    x = -5 + 10 * (curve.get_xdata() - box.x0) / box.width
    drawn = -5 + 35 * (curve.get_ydata() - box.y0) / box.height  # x² from 0 to 25, and a fifth of that beyond
    expected = Network(*member.shape).output(last.parameters.astype(float), x[:, None])[:, 0]
    assert np.allclose(drawn, expected, atol=1e-3)
    assert curve.get_clip_box().bounds == box.bounds


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        (["target={dataset: circle}", "model.layer_sizes=[2, 4, 1]", "data={samples: 40}"], 2),
        (["target={dataset: cosine}", "data={}", "animation.theme=dark"], 3),
        (["target={function: x*y}", "model.layer_sizes=[2, 4, 1]"], 2),
    ],
)
def test_other_targets_have_a_sheet_too(settings, lines):
    sheet = sheet_of(*settings, count=3)
    assert len(sheet.figure.findobj(Line2D)) == 3 * lines
    assert len(np.unique(sheet.last_frame())) > 20


def test_of_very_many_seeds_the_sheet_shows_some_in_even_steps():
    sheet = sheet_of("training.epochs=0", count=250)
    assert MOST_CELLS / 2 < len(captions(sheet)) <= MOST_CELLS


def test_a_file_of_any_name_has_a_sheet(monkeypatch):
    titles = []
    monkeypatch.setattr(sheet_module, "draw_title", lambda figure, title, *_: titles.append(title))
    for name in ("größe", "漢字"):
        Path(f"{name}.yaml").write_text(TINY.replace("title: A parabola\n", ""))
        assert call("seeds", f"{name}.yaml", "-n", 1).exit_code == 0
    assert titles == ["größe: 100\u2009% of 1 seed within twice the best", "100\u2009% of 1 seed within twice the best"]


MANY = ["-s", "seed={best_of: 2}", "-s", "animation.ensemble=members"]


@pytest.mark.parametrize(
    ("title", "settings", "begins"),
    [
        ("'{knots} bends'", [], "c: 100"),
        ("'{seeds} seeds'", MANY, "1 seeds: 100"),
        ("'{seeds} seeds'", [*MANY, "--vary", "training.optimizer.lr=[0.01, 0.02]"], "c: 1 seed for each"),
        ("'{x | x > 0}'", [], "{x | x > 0}: 100"),
    ],
)
def test_a_title_with_numbers_of_one_network_is_none_for_a_sheet(monkeypatch, title, settings, begins):
    titles = []
    monkeypatch.setattr(sheet_module, "draw_title", lambda figure, title, *_: titles.append(title))
    Path("c.yaml").write_text(TINY.replace("title: A parabola\n", f"title: {title}\n"))
    assert call("seeds", "c.yaml", "-n", 1, *settings).exit_code == 0
    assert titles[0].startswith(begins)


def test_the_sheet_carries_its_config():
    call("seeds", "tiny.yaml", "-n", 2)
    with Image.open("outputs/tiny_seeds.png") as image:
        assert image.size[0] > 200
    assert "function: x**2" in call("show", "outputs/tiny_seeds.png").stdout


# ---------------------------------------------------------------- untrained networks


def test_untrained_networks_are_told_more_of():
    settings = ["-s", "training.epochs=0", "-s", "model={layer_sizes: [1, 16, 16, 1], init: he_normal}"]
    found = surveyed("tiny.yaml", "-n", 200, *settings, "-s", "model.init.bias=default")
    assert found["linear_regions"] == pytest.approx(33, rel=0.05)  # Hanin & Rolnick 2019: about units + 1
    assert found["knots"] == pytest.approx(found["linear_regions"] - 1)
    assert len(found["dead_layers"]) == len(found["gradient_factors"]) == 2
    assert found["gradient_factors"] == pytest.approx([1, 1], rel=0.1)  # He et al. 2015
    lines = call("seeds", "tiny.yaml", "-n", 20, *settings).stdout
    assert [line.split()[:3] for line in lines.splitlines() if line.startswith("linear regions")]
    assert "gradient, layer 2 to 1" in lines
    assert not list(Path("outputs").rglob("*.npz"))


def test_a_dead_last_layer_is_as_frequent_as_published():
    settings = ["-s", "training.epochs=0", "-s", "model={layer_sizes: [1, 2, 2, 1], init: he_normal}"]
    found = surveyed("tiny.yaml", "-n", 1000, *settings)
    for share in (found["dead"], found["dead_layers"][1]):  # Lu et al. 2019
        assert share == pytest.approx(0.15625, abs=4 * math.sqrt(0.156 * 0.844 / 1000))
    assert found["dead_layers"][0] == 0


def test_networks_without_knots_have_none_counted():
    settings = ["-s", "training.epochs=0", "-s", "model.activation=tanh"]
    found = surveyed("tiny.yaml", "-n", 20, *settings)
    assert not {"knots", "linear_regions"} & found.keys()
    assert "knots" not in call("seeds", "tiny.yaml", "-n", 20, *settings).stdout


def test_a_trained_survey_says_nothing_of_first_weights():
    assert not {"knots", "gradient_factors", "dead_layers"} & surveyed("tiny.yaml", "-n", 3).keys()


# ---------------------------------------------------------------- several values of a key


def test_values_of_a_key_are_compared_by_the_luck_of_the_same_seeds():
    vary = "training.optimizer.lr=[0.001, 0.01, 1e9]"
    longer = ["-s", "training.epochs=40"]
    result = json.loads(call("seeds", "tiny.yaml", "-n", 6, *longer, "--vary", vary, "--json").stdout)
    assert (result["vary"], [own["value"] for own in result["values"]]) == ("training.optimizer.lr", [0.001, 0.01, 1e9])
    for own in result["values"]:
        alone = surveyed("tiny.yaml", "-n", 6, *longer, "-s", f"training.optimizer.lr={own['value']}")
        assert own["losses"] == alone["losses"]
    table = call("seeds", "tiny.yaml", "-n", 6, *longer, "--vary", vary).stdout.splitlines()
    assert [line.split()[0] for line in table[:4]] == ["lr", "0.001", "0.01", "1e+09"]
    assert table[3].split()[1:4] == ["-", "-", "-"]
    assert table[-1] == "outputs/tiny_seeds.png"
    best = min(loss for own in result["values"] for loss in own["losses"].values() if loss is not None)
    good = sum(loss is not None and loss <= 2 * best for loss in result["values"][1]["losses"].values())
    assert f"{100 * good / 6:.0f}" in table[2].split()


def test_each_value_has_a_row_of_its_own_in_the_sheet():
    experiment = config.loads(TINY)
    members = [experiment.with_seed(seed) for seed in range(20)]
    networks = ensemble.gathered(members, ensemble.epochs(members), whole=True)
    sheet = Sheet("", [Group("lr 1", experiment, networks.first(3)), Group("lr 2", experiment, networks)])
    texts = [(text.get_text(), text.get_window_extent()) for text in sheet.figure.texts if text.get_text()]
    heights = {label: box.y0 for label, box in texts if label.startswith("lr")}
    rows = [sum(box.y1 < heights["lr 2"] for label, box in texts), len(captions(sheet))]
    assert rows == [7, 3 + 7]
    boxes = [box for _, box in texts]
    assert not any(box.overlaps(other) for number, box in enumerate(boxes) for other in boxes[:number])


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ("training.optimizer.lr", "write a key and numbers, such as 'training.optimizer.lr=[0.01, 0.1]'"),
        ("training.optimizer.lr=0.1", "write a key and numbers"),
        ("training.optimizer.lr=[0.01, 0.1", "write a key and numbers"),
        ("model.activation=[relu, tanh]", "write a key and numbers"),
        ("model.layer_sizes.1=[2, 3]", "networks with another model.layer_sizes cannot be compared seed by seed"),
        ("data.samples=[10, 20]", "networks with another data.samples cannot be compared seed by seed"),
        ("training.optimizr.lr=[1, 2]", "unknown key; did you mean optimizer?"),
        ("data.noise=[-1, 2]", "--vary data.noise: -1 is refused: must be at least 0, got -1\n"),
        ("data.noise=[1, 1]", "at most 12 values, each of them once"),
        ("seed=[1, 2]", "each value is tried with the same seeds"),
    ],
)
def test_what_cannot_be_varied_is_refused_before_training(vary, words, monkeypatch):
    monkeypatch.setattr(ensemble, "epochs", None)  # calling it is an error of its own
    result = call("seeds", "tiny.yaml", "-n", 3, "--vary", vary)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_one_film_of_several_values_is_refused():
    result = call("seeds", "tiny.yaml", "-n", 3, "--vary", "data.noise=[0, 1]", "--film")
    assert (result.exit_code, result.stderr) == (2, "--film: films the seeds of one config; leave --vary out\n")


# ---------------------------------------------------------------- rounding


def test_copies_start_at_most_one_unit_in_the_last_place_apart_and_only_in_weights():
    experiment = config.loads(TINY, settings=["model.init={bias: default}"])
    network = Network(*experiment.shape)
    first = initial_parameters(network, experiment.model.init, experiment.task)
    copies = moved_by_rounding(network, first, 50)
    assert (copies[0] == first).all()
    apart = (copies.astype(np.float64) - first) / np.spacing(np.abs(first))
    assert set(np.abs(apart).ravel()) <= {0, 0.5, 1}  # half a unit: the one below a power of two
    is_weight = np.isin(np.arange(len(first)), [*range(4), *range(8, 12)])
    assert (apart[1:, is_weight].any(axis=0)).all()
    assert not apart[:, ~is_weight].any()


def test_a_quiet_training_is_steady_and_the_first_copy_is_the_network_itself():
    result = call("seeds", "tiny.yaml", "--rounding", "-n", 5)
    assert result.exit_code == 0
    ((_, alone),) = ensemble.train_together([config.loads(TINY)])
    found = json.loads(call("seeds", "tiny.yaml", "--rounding", "-n", 5, "--json").stdout)
    (own,) = found["rounding"]
    assert (found["config"], found["n"], own["label"], own["seed"], own["steady"]) == ("tiny.yaml", 5, "", 0, True)
    assert own["losses"][0] == alone.loss[-1]
    assert len(set(own["losses"])) > 1  # they do differ
    spread = max(abs(loss - own["losses"][0]) for loss in own["losses"])
    assert result.stdout.startswith(f"steady: loss {alone.loss[-1]:.6g} ± {spread:.0e}".replace("e-0", "e-"))


def test_a_wild_training_is_chaotic_and_each_variant_is_told_of():
    variants = "variants=[{label: calm, set: {seed: 0}}, {label: wild, set: {model.activation: 'sin(9*x)'}}]"
    settings = ["-s", "training={epochs: 100, optimizer: {name: adam, lr: 0.1}}", "-s", variants, *WIDE]
    calm, wild = call("seeds", "tiny.yaml", "--rounding", "-n", 6, *settings).stdout.splitlines()
    assert calm.startswith("calm: steady: loss ")
    assert wild.startswith("wild: chaotic: ")


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ((0.125175, 0.1251752, 0.1251748), "steady: loss 0.125175 ± 2e-7"),
        ((0.0017, 0.0146), "chaotic: 0.0017 to 0.0146"),
        ((0.002, 0.003, math.nan), "chaotic: 0.002 to 0.003, 1 of 3 diverge"),
        ((math.nan, math.nan), "all 2 diverge"),
        ((0.0, 0.0), "steady: loss 0 ± 0"),
    ],
)
def test_the_verdict_says_how_far_copies_end_apart(losses, words):
    assert verdict(Rounding("", 0, losses)) == words


def test_the_chosen_seed_is_the_one_that_is_tried():
    settings = ["-s", "seed={best_of: 4}"]
    losses = surveyed("tiny.yaml", "-n", 4)["losses"]
    (own,) = json.loads(call("seeds", "tiny.yaml", "--rounding", "-n", 3, "--json", *settings).stdout)["rounding"]
    assert str(own["seed"]) == min(losses, key=losses.get)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--film"], "--rounding: tries one seed; leave --film and --vary out"),
        (["--vary", "training.optimizer.lr=[0.1]"], "--rounding: tries one seed; leave --film and --vary out"),
        (["-n", 1], "-n 1: rounding is told from two copies at least"),
    ],
)
def test_what_does_not_go_with_rounding_is_refused(arguments, words):
    result = call("seeds", "tiny.yaml", "--rounding", *arguments)
    assert (result.exit_code, result.stderr) == (2, f"{words}\n")


def test_a_title_of_two_lines_stands_above_all_plots():
    one, two = sheet_of(), sheet_of(title="words of a title that is long " * 3)
    assert two.size[1] > one.size[1]
    assert len(two.figure.texts) == len(one.figure.texts) + 1
    lowest = min(text.get_window_extent().y0 for text in two.figure.texts if text.get_fontweight() == "bold")
    assert all(text.get_window_extent().y1 <= lowest for text in two.figure.texts if text.get_fontweight() != "bold")
