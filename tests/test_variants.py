"""Variants: what they share, what each may change, how they stand beside each other, and what is said of them."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.pictures import overlapping, write_stamp
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.drawing.ends import EndLabels
from relu_anim.drawing.shapes import Lines, Words
from relu_anim.errors import ConfigError, TrainingDiverged
from relu_anim.films import Film
from relu_anim.making import build
from relu_anim.network import Network
from relu_anim.recording import Recording, stack

ALONE = """\
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 4, 4, 1]}
training: {epochs: 4, batch_size: 16}
animation: {panels: [loss], size: [420, 200], max_frames: 5}
output: {formats: [png]}
"""
CHANGES = {
    "tanh": ["model.activation=tanh"],
    "wide": ["model.layer_sizes.2=6"],
    "slow": ["training.optimizer.lr=0.001", "training.epochs=2"],
}
VARIANTS = """\
variants:
  - {label: tanh, set: {model.activation: tanh}}
  - {label: wide, set: {model.layer_sizes.2: 6}}
  - {label: slow, set: {training.optimizer.lr: 0.001, training.epochs: 2}}
"""
TEXT = ALONE + VARIANTS


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of one's own with the config in it."""
    monkeypatch.chdir(tmp_path)
    Path("v.yaml").write_text(TEXT)
    Path("alone.yaml").write_text(ALONE)
    return tmp_path


def make(name, *settings, **options):
    return build.run(build.plan(Path(name), settings), lambda *_: None, **options)


def run(*arguments):
    return CliRunner().invoke(app, ["run", "-q", *map(str, arguments)], catch_exceptions=False)


def recordings(name="v.yaml", *settings):
    """The kept recording of each variant, by label."""
    plan = build.plan(Path(name), settings)
    return {label: Recording.load(plan.recording(member)) for label, member in plan.config.members}


def problems(text, *settings):
    with pytest.raises(ConfigError) as caught:
        config.loads(text, "c.yaml", settings)
    return [(f"{p.mark.source.name}:{p.mark.line}:{p.mark.column}", p.key, p.message) for p in caught.value.problems]


def wide_experiment(labels, *settings, panels="[[prediction], [loss]]", extra="", epochs=8):
    """An experiment whose variants differ in their seed only."""
    variants = [{"label": label, "set": {"seed": number}} for number, label in enumerate(labels)]
    text = f"target: {{function: x**2}}\nmodel: {{layer_sizes: [1, 4, 1]}}\ntraining: {{epochs: {epochs}}}\n{extra}"
    return config.loads(f"{text}\nvariants: {json.dumps(variants)}", settings=[f"animation.panels={panels}", *settings])


@pytest.fixture
def film(fake_recording):
    """A film of variants with made-up recordings; those of `stopped` end after as many epochs as given there."""

    def make_film(labels, *settings, stopped=(), why="why", **options):
        e = wide_experiment(labels, *settings, **options)
        kept = []
        for number, (label, member) in enumerate(e.members):
            recording = fake_recording(member, seed=number)
            if label in stopped:
                reason = f"training diverged: the loss is not a number at epoch {stopped[label] + 1}, step 3: {why}"
                recording = stack(recording.network, [recording[i] for i in range(stopped[label] + 1)], reason)
            kept.append(recording)
        return Film(e, kept)

    return make_film


def titles(film):
    """The left titles of all axes that have one."""
    return [axes.get_title(loc="left") for axes in film.figure.axes if axes.get_title(loc="left")]


def words(film):
    return [text.get_text() for text in film.figure.findobj(Text) if text.get_visible() and text.get_text()]


def legend_texts(axes):
    legend = axes.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def named(film):
    """What lines are called at their ends, without numbers, or in legends."""
    ends = [ending for mark in film.animated if isinstance(mark, EndLabels) for ending in mark.texts]
    return {text.rpartition(" ")[0] if text[-1].isdigit() or "%" in text else text for text in ends}.union(
        *(legend_texts(axes) for axes in film.figure.axes)
    )


def show_last(film):
    film.shapes(-1)
    write_stamp(film)
    for artist in film.animated:
        artist.set_animated(False)
    return film


# --- In the config ---


def test_a_variant_is_the_config_with_its_changes_set():
    members = dict(config.load(Path("v.yaml")).members)
    assert list(members) == list(CHANGES)
    for label, settings in CHANGES.items():
        alone = config.load(Path("alone.yaml"), settings)
        assert members[label].model_dump() == alone.model_dump()
        assert build.training_fingerprint(members[label]) == build.training_fingerprint(alone)


def test_without_variants_the_experiment_is_its_only_member():
    alone = config.load(Path("alone.yaml"))
    assert alone.members == (("", alone),)


def test_a_variant_may_set_whole_sections_and_short_forms_are_stepped_into():
    text = ALONE + (
        "variants:\n"
        "  - {label: a, set: {model: {layer_sizes: [1, 1]}, training.optimizer: adam, training.optimizer.lr: 0.5}}\n"
        "  - {label: b, set: {data: {samples: 7, resample: false}, seed: 1e1}}\n"
    )
    (_, a), (_, b) = config.loads(text).members
    assert (a.model.layer_sizes, a.training.optimizer.name, a.training.optimizer.lr) == ((1, 1), "adam", 0.5)
    assert (b.data.samples, b.data.resample, b.seed) == (7, False, 10)
    assert a.data.samples == 32


def test_defaults_of_a_variant_follow_from_its_own_keys():
    text = (
        "target: {dataset: circle}\nmodel: {layer_sizes: [2, 1]}\n"
        "variants: [{label: a, set: {seed: 1}}, {label: b, set: {model.layer_sizes: [2, 2]}}]"
    )
    assert [member.training.loss for _, member in config.loads(text).members] == ["bce", "cross_entropy"]


@pytest.mark.parametrize(
    ("changes", "key", "caret", "message"),
    [
        ("title: x", "variants.0.set.title", "title: x", "a variant may change keys of seed, data, model, training"),
        ("animation.fps: 3", "variants.0.set.animation.fps", "animation", "a variant may change keys of seed"),
        ("target.function: x", "variants.0.set.target.function", "target", "such as model.activation"),
        ("variants: []", "variants.0.set.variants", "variants: []", "a variant may change keys of"),
        ("'': 1", "variants.0.set.", "'': 1", "a variant may change keys of"),
        ("model.activaton: tanh", "model.activaton", "model.activaton", "unknown key; did you mean activation?"),
        ("model.3: tanh", "model.3", "model.3", "unknown key"),
        ("model..x: tanh", "model.", "model..x", "unknown key"),
        ("training: {epocs: 3}", "training.epocs", "epocs", "unknown key; did you mean epochs?"),
        ("model.activation: rlu", "model.activation", "rlu", "did you mean relu?"),
        ("model.activation: x + foo(x)", "model.activation", "foo(x)", "unknown name foo"),
        ("model.activation: {name: elu, alpha: x}", "model.activation.alpha", "x}", "expected a number, got the text"),
        ("model.layer_sizes.1: 0", "model.layer_sizes.1", "0}", "must be at least 1, got 0"),
        ("model.layer_sizes.9: 1", "model.layer_sizes.9", "model", "there is no 9 in a list of 4, counted from 0"),
        ("model.layer_sizes.0: 2", "model.layer_sizes.0", "2}", "a target of 1 input needs 1 here, got 2"),
        ("model: {activation: tanh}", "model.layer_sizes", "model", "is required"),
        ("training.loss: bce", "training.loss", "bce}", "bce learns classes, but the target is a number"),
        ("training.optimizer: {name: adam, lr: [1]}", "training.optimizer.lr", "[1]", "expected a number, got a list"),
        ("data.test_fraction: 0.5", "data.test_fraction", "0.5}", "needs one fixed training set"),
        ("seed: -1", "seed", "-1", "must be at least 0, got -1"),
        ("seed.x: 1", "seed.x", "seed.x", "there is no 'x' in the number 0"),
    ],
)
def test_what_is_wrong_with_a_variant_is_said_at_its_own_place(changes, key, caret, message):
    text = (
        f"seed: 0\n{ALONE}variants:\n  - {{label: right, set: {{seed: 1}}}}\n  - {{label: wrong, set: {{{changes}}}}}\n"
    )
    ((place, found, said),) = problems(text)
    assert found == key.replace("variants.0", "variants.1")
    assert message in said
    line, column = map(int, place.split(":")[1:])
    assert text.split("\n")[line - 1][column - 1 :].startswith(caret)
    assert line == len(text.split("\n")) - 1


def test_all_that_is_wrong_in_all_variants_is_said_at_once_and_each_only_once():
    text = ALONE.replace("[1, 4, 4, 1]", "[1, 4, 4, 2]") + (
        "variants:\n"
        "  - {label: a, set: {seed: x, training.epochs: y}}\n"
        "  - {label: b, set: {title: x, output: y}}\n"
        "  - {label: c, set: {data.noise: z}}\n"
    )
    assert [key for _, key, _ in problems(text)] == [
        "model.layer_sizes.3",
        "seed",
        "training.epochs",
        "variants.1.set.title",
        "variants.1.set.output",
        "data.noise",
    ]


def test_a_variant_may_mend_nothing_that_is_wrong_in_the_config():
    text = ALONE.replace("epochs: 4", "epochs: x") + "variants: [{label: a, set: {training.epochs: 3}}]"
    assert [key for _, key, _ in problems(text)] == ["training.epochs"]


def test_a_metric_that_one_of_the_variants_has_may_be_shown():
    knots = "animation.metrics=[knots]"
    assert config.loads(TEXT, settings=[knots])
    ((place, key, message),) = problems(TEXT, "model.activation=sigmoid", "variants.1.set.model.activation=tanh", knots,
                                        "variants.2.set.model.activation=tanh")  # fmt: skip
    assert (place, key) == ("--set:1:20", "animation.metrics.0")
    assert message == "knots needs one input and piecewise-linear activations"


def test_a_setting_reaches_into_a_variant():
    loaded = config.loads(TEXT, settings=["variants.0.label=x", "variants.1.set.model.layer_sizes.2=9"])
    assert [label for label, _ in loaded.members] == ["x", "wide", "slow"]
    assert loaded.members[1][1].model.layer_sizes == (1, 4, 9, 1)
    loaded = config.loads(TEXT, settings=["variants.0.set={seed: 5}", "variants.2.set.model.init=he_normal"])
    assert loaded.members[0][1].seed == 5
    assert loaded.members[0][1].model.activation[0].name == "relu"
    assert loaded.members[2][1].model.init.weights == "he_normal"
    assert config.loads(TEXT, settings=["variants=[]"]) == config.loads(ALONE)


@pytest.mark.parametrize(
    ("setting", "where", "key", "message"),
    [
        ("variants.0.label=wide", "c.yaml:9:13", "variants.1.label", "wide is there already"),
        ("variants.2.label=tanh", "--set:1:18", "variants.2.label", "tanh is there already"),
        ("variants.3.label=x", "--set:1:1", "variants.3.label", "there is no 3 in a list of 3, counted from 0"),
        ("variants.0.lable=x", "--set:1:1", "variants.0.lable", "unknown key; did you mean label?"),
        ("variants.0.set.title=x", "--set:1:1", "variants.0.set.title", "a variant may change keys of"),
        ("variants.0.set.3=x", "--set:1:1", "variants.0.set.3", "a variant may change keys of"),
        (
            "variants.0.set.seed=x",
            "--set:1:21",
            "seed",
            "expected a whole number or a mapping of keys, got the text 'x'",
        ),
        ("variants.0.set.model.activation=rlu", "--set:1:33", "model.activation", "did you mean relu?"),
        ("variants.0.set=3", "--set:1:16", "variants.0.set", "expected a mapping of keys, got the number 3"),
        ("variants.0=3", "--set:1:12", "variants.0", "expected a mapping of keys, got the number 3"),
        (f"variants.{'9' * 5000}.label=x", "--set:1:1", f"variants.{'9' * 5000}.label", "there is no "),
    ],
)
def test_a_wrong_setting_of_a_variant_is_refused_at_its_place(setting, where, key, message):
    ((place, found, said),) = problems(TEXT, setting)
    assert (place, found) == (where, key)
    assert message in said


def test_more_than_eight_variants_are_refused():
    def text(count):
        return ALONE + "variants:\n" + "".join(f"- {{label: '{i}', set: {{seed: {i}}}}}\n" for i in range(count))

    assert problems(text(9), "animation.size=[2000, 500]")[0][1:] == ("variants", "needs at most 8 values, got 9")
    assert len(config.loads(text(8), settings=["animation.size=[2000, 500]"]).members) == 8


# --- What they share ---


def test_the_first_weights_are_the_same_wherever_shapes_agree():
    make("v.yaml")
    kept, members = recordings(), dict(config.load(Path("v.yaml")).members)

    def tensors(label):
        network = Network(members[label].model.layer_sizes, members[label].model.activations)
        first = kept[label].parameters[0]
        return {(s.layer, s.name): first[s.start : s.stop].reshape(s.shape) for s in network.slots}

    tanh, wide, slow = map(tensors, CHANGES)
    assert all((tanh[key] == slow[key]).all() for key in tanh)
    alike = {key for key in tanh if tanh[key].shape == wide[key].shape}
    assert alike == {(0, "weight"), (0, "bias"), (2, "bias")}
    assert all((tanh[key] == wide[key]).all() for key in alike if key[0] == 0)
    narrower = np.sqrt(4 / 6)  # torch draws biases within 1/sqrt(inputs), and the last layer has 6 instead of 4
    assert wide[2, "bias"] == pytest.approx(tanh[2, "bias"] * narrower, rel=1e-6)


def test_inits_that_do_not_ask_for_the_number_of_inputs_start_all_equal():
    settings = ["model.init={weights: default, bias: 0.5}", "training.epochs=0"]
    make("v.yaml", *settings)
    tanh, wide, _ = (recording.parameters[0] for recording in recordings("v.yaml", *settings).values())
    assert tanh[-1] == wide[-1] == 0.5


@pytest.mark.parametrize("resample", ["true", "false"])
def test_they_see_the_same_points_in_the_same_order(resample):
    """A variant that differs in nothing but how long it trains is the other as far as it goes."""
    settings = [f"data.resample={resample}", "data.noise=0.5", "variants=[{label: a, set: {training.epochs: 3}}, "
                "{label: b, set: {training.on_divergence: keep}}]"]  # fmt: skip
    make("v.yaml", *settings)
    short, long = recordings("v.yaml", *settings).values()
    assert (len(short), len(long)) == (4, 5)
    assert (short.parameters == long.parameters[:4]).all()
    assert (short.loss == long.loss[:4]).all()


def test_a_recording_is_that_of_the_same_config_written_without_variants():
    assert make("v.yaml").status == "built"
    ours = {path.name: path.read_bytes() for path in Path("outputs/.recordings").glob("*.npz")}
    assert len(ours) == 3
    for settings in CHANGES.values():
        assert make("alone.yaml", *settings).status == "redrawn"
        assert make("alone.yaml", *settings, force=True).status == "built"
    assert {path.name: path.read_bytes() for path in Path("outputs/.recordings").glob("*.npz")} == ours


def test_only_a_changed_variant_is_trained_again():
    make("v.yaml")
    before = {path.name for path in Path("outputs/.recordings").glob("*.npz")}
    assert make("v.yaml", "variants.1.label=other", "animation.arrange=overlay").status == "redrawn"
    assert make("v.yaml", "variants.1.set.model.layer_sizes.2=7").status == "built"
    after = {path.name for path in Path("outputs/.recordings").glob("*.npz")}
    assert len(after - before) == 1
    assert before <= after


# --- Beside each other ---


def test_all_show_the_same_epoch_and_a_shorter_one_stays_at_its_last(film):
    f = film(["a", "b", "c"], "animation.max_frames=5", stopped={"b": 3})
    assert f.timeline.tolist() == [0, 2, 4, 6, 8]
    assert [scene.run.shown.tolist() for scene in f.scenes] == [[0, 2, 4, 6, 8], [0, 2, 3, 3, 3], [0, 2, 4, 6, 8]]
    assert [shape.text for shape in f.shapes(3) if isinstance(shape, Words)][-1] == "6"
    predictions = [placed.panel for placed in f.panels][:3]
    for scene, panel in zip(f.scenes, predictions, strict=True):
        network, snapshot = scene.run.network, scene.run.recording[3 if scene.look.label == "b" else 6]
        (curve,) = drawn(panel, Lines)
        expected = network.output(snapshot.parameters.astype(float), curve.x[:, None])[:, 0]
        assert curve.y == pytest.approx(expected)


def test_the_film_is_as_long_as_the_longest(film):
    for stopped, last in (({"a": 2}, 8), ({"a": 2, "b": 4}, 4)):
        assert film(["a", "b"], "animation.arrange=overlay", panels="[loss]", stopped=stopped).timeline[-1] == last


@pytest.mark.parametrize("pacing", ["even", "log", "motion"])
def test_a_film_shows_first_and_last_whatever_the_pacing(film, pacing):
    settings = [f"animation.pacing={pacing}", "animation.max_frames=4", "animation.arrange=overlay"]
    f = film(["a", "b"], *settings, panels="[loss]", stopped={"a": 0})
    assert (f.timeline[0], f.timeline[-1]) == (0, 8)
    assert len(f) <= 4


def test_columns_share_their_ranges_which_stay_as_they_are(film):
    f = film(
        ["a", "b", "c"],
        "animation.size=[700, 700]",
        "animation.max_frames=3",
        panels="[[prediction], [layers], [loss]]",
    )
    rows = {}
    for axes in f.figure.axes:
        rows.setdefault(round(axes.get_position().y0, 2), []).append(axes)
    assert [len(row) for row in rows.values()] == [3] * 5  # layers has three rows
    for _ in f.frames():
        for row in rows.values():
            assert len({(axes.get_ylim(), axes.get_xlim(), axes.get_yscale()) for axes in row}) == 1
    for row in rows.values():
        assert len({round(axes.get_position().height, 6) for axes in row}) == 1
        assert len({round(axes.get_position().width, 6) for axes in row}) == 1


def test_a_longer_name_over_one_column_leaves_all_equally_high(film):
    f = film(["a", "b"], "animation.size=[700, 500]", panels="[layers]", stopped={"b": 3})
    left, right = (placed.axes for placed in f.panels)
    for one, other in zip(left, right, strict=True):
        bounds = one.get_position(), other.get_position()
        assert bounds[0].y0 == pytest.approx(bounds[1].y0, abs=1e-3)
        assert bounds[0].y1 == pytest.approx(bounds[1].y1, abs=1e-3)


def test_a_shared_range_holds_what_all_variants_show(film):
    f = film(["a", "b", "c"])
    losses = [placed.panel for placed in f.panels[3:]]
    low, high = losses[0].axes.get_ylim()
    assert all(low < loss.min() and loss.max() < high for loss in (scene.run.recording.loss for scene in f.scenes))
    assert all(panel.axes.get_xlim() == (0, 8) for panel in losses)


def test_each_column_is_named_once_at_its_top(film):
    f = film(["first", "second"], "animation.size=[500, 500]", panels="[[prediction], [loss]]")
    assert titles(f) == ["first", "second"]
    f = film(["first", "second"], "animation.size=[700, 500]", panels="[[layers, loss]]")
    assert sorted(word for word in words(f) if word in ("first", "second")) == ["first"] * 2 + ["second"] * 2


@pytest.mark.parametrize("panel", ["prediction", "loss", "metrics"])
def test_an_overlaid_panel_has_one_axes_in_which_all_are_named(film, panel):
    f = film(["first", "second", "third"], "animation.arrange=overlay", "animation.metrics=[loss]", panels=f"[{panel}]")
    assert len(f.figure.axes) == 1
    assert {"first", "second", "third"} <= named(f)
    assert len(f.panels) == 1
    assert list(f.panels[0].variants) == [0, 1, 2]


def test_a_legend_names_the_lines_in_the_order_in_which_they_end(fake_recording):
    e = config.loads(
        ALONE
        + "variants: [{label: low, set: {seed: 1}}, {label: high, set: {seed: 2}}, {label: middle, set: {seed: 3}},"
        + "{label: lower, set: {seed: 4}}, {label: higher, set: {seed: 5}}]",
        settings=["animation.arrange=overlay"],
    )
    pairs = zip((fake_recording(member) for _, member in e.members), (2, 4, 3, 1, 5), strict=True)
    (axes,) = Film(e, [replace(recording, loss=recording.loss * factor) for recording, factor in pairs]).figure.axes
    assert legend_texts(axes) == ["higher", "high", "middle", "low", "lower"]


def test_overlaid_classes_are_all_named_in_one_plot(fake_recording):
    e = config.loads(
        "target: {dataset: circle}\nmodel: {layer_sizes: [2, 3, 1]}\ntraining: {epochs: 8}\n"
        "animation: {panels: accuracy, arrange: overlay}\n"
        "variants: [{label: first, set: {seed: 1}}, {label: second, set: {seed: 2}}]"
    )
    f = Film(e, [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)])
    assert len(f.figure.axes) == 1
    assert named(f) == {"first", "second"}


def test_overlaid_lines_differ_in_colour_and_dashes(film):
    f = film(list("abcdefgh"), "animation.arrange=overlay", panels="[prediction]")
    (panel,) = [placed.panel for placed in f.panels]
    looks = [(curve.shape.pen.color, curve.shape.pen.dashes) for curve in drawn(panel, Lines)]
    assert len(set(looks)) == 8
    assert len({color for color, _ in looks}) >= 6


def test_some_panels_may_be_overlaid_and_others_in_columns(film):
    f = film(["a", "b"], "animation.arrange={loss: overlay}")
    assert [list(placed.variants) for placed in f.panels] == [[0], [1], [0, 1]]
    assert len(f.figure.axes) == 3


def test_a_variant_that_broke_off_is_named_so(film):
    (title,) = [title for title in titles(film(["a", "b"], stopped={"b": 3})) if title.startswith("b")]
    assert title.replace("\n", " ") == "b stopped at epoch 3"
    f = film(["a", "b"], "animation.arrange=overlay", "animation.size=[600, 500]", stopped={"b": 3})
    assert {"a", "b, stopped at epoch 3"} <= named(f)


@pytest.mark.parametrize(
    ("count", "size", "panels", "arrangement", "theme", "stopped"),
    [
        (2, [500, 420], "[[prediction], [loss]]", "columns", "light", False),
        (3, [700, 500], "[[prediction], [loss]]", "columns", "dark", True),
        (4, [1000, 500], "[[prediction], [loss]]", "{loss: overlay}", "light", True),
        (2, [700, 800], "[[layers], [loss]]", "columns", "dark", True),
        (3, [700, 400], "[[prediction, loss]]", "overlay", "light", True),
        (2, [900, 400], "[[prediction, loss]]", "{prediction: overlay}", "dark", True),
    ],
)
def test_long_labels_are_cut_and_nothing_overlaps(film, count, size, panels, arrangement, theme, stopped):
    labels = ["a variant of 30 characters, no", "W" * 25, "b", "c"][:count]
    settings = [f"animation.size={size}", f"animation.theme={theme}", f"animation.arrange={arrangement}"]
    broken = {labels[0]: 3} if stopped else {}
    f = show_last(film(labels, *settings, "title=A title of the film", panels=panels, stopped=broken))
    assert list(overlapping(f.figure)) == []


def test_a_label_that_is_too_long_for_its_column_is_cut_with_an_ellipsis(film):
    f = film(["m" * 40, "short"], "animation.size=[400, 360]")
    long, short = titles(f)
    assert re.fullmatch("m{4,20}…", long)
    assert short == "short"
    (cut,) = f.figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_text() == long)
    assert cut.get_window_extent().x1 < f.figure.axes[1].get_window_extent().x0


# --- Runs ---


NOT_A_NUMBER = "variants.0={label: logarithm, set: {model.activation: log(x)}}"


def test_a_variant_whose_loss_is_no_number_at_once_is_kept_where_that_is_wanted():
    result = make("v.yaml", NOT_A_NUMBER, "training.on_divergence=keep")
    assert result.metrics["logarithm"]["loss"] is None
    assert result.metrics["logarithm"]["epoch"] == 0
    assert "not a number at epoch 0, step 0" in result.metrics["logarithm"]["stopped"]
    assert result.metrics["wide"]["epoch"] == 4
    again = make("v.yaml", NOT_A_NUMBER, "training.on_divergence=keep")
    assert (again.status, again.metrics) == ("current", result.metrics)


def test_a_variant_that_diverges_fails_the_run_and_is_named():
    make("v.yaml")
    before = {path: path.read_bytes() for path in Path("outputs").glob("v.*")}
    assert len(before) == 2
    with pytest.raises(TrainingDiverged, match=r"^logarithm: training diverged: the loss is not a number at epoch 0"):
        make("v.yaml", NOT_A_NUMBER)
    result = run("v.yaml", "-s", "variants.2.set.training.optimizer.lr=1e9")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("v.yaml: slow: training diverged: the loss is ")
    assert {path: path.read_bytes() for path in Path("outputs").glob("v.*")} == before


def test_what_was_trained_before_another_diverged_is_not_trained_again():
    with pytest.raises(TrainingDiverged, match=r"^slow: "):
        make("v.yaml", "variants.2.set.training.optimizer.lr=1e9")
    told = []
    build.run(build.plan(Path("v.yaml")), lambda what, *_: told.append(what))
    assert set(told) == {"training slow"}


def test_one_variant_may_be_allowed_to_diverge():
    lenient = NOT_A_NUMBER.replace("log(x)", "log(x), training.on_divergence: keep")
    assert make("v.yaml", lenient).metrics["logarithm"]["epoch"] == 0


def test_variants_none_of_which_has_a_loss_are_a_divergence():
    variants = "variants=[{label: a, set: {model.activation: log(x)}}, {label: b, set: {model.activation: sqrt(x)}}]"
    result = run("v.yaml", "-s", variants, "-s", "training.on_divergence=keep")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "training diverged: the loss is not a number at epoch 0" in result.stderr
    assert not Path("outputs/v.png").exists()
    assert run("v.yaml", "-s", variants, "-s", "training.on_divergence=keep").exit_code == 3  # from what is kept, too


def test_metrics_and_fingerprints_are_by_label_in_json_and_in_the_summary():
    result = run("v.yaml", "--json")
    said = json.loads(result.stdout)
    summary = json.loads(Path("outputs/v.json").read_text())
    assert said["metrics"] == summary["metrics"]
    assert list(said["metrics"]) == list(CHANGES)
    assert [metrics["epoch"] for metrics in said["metrics"].values()] == [4, 4, 2]
    assert "knots" in said["metrics"]["wide"]
    assert "knots" not in said["metrics"]["tanh"]
    kept = recordings()
    assert {label: metrics["loss"] for label, metrics in said["metrics"].items()} == {
        label: recording.loss[-1] for label, recording in kept.items()
    }
    members = config.load(Path("v.yaml")).members
    assert summary["fingerprints"]["training"] == {label: build.training_fingerprint(m) for label, m in members}


def test_a_long_reason_stays_below_the_name_of_a_low_column(film):
    panels = "[[prediction, activation_map], [activation_function, loss]]"
    f = film(["a", "b"], "animation.size=[700, 500]", panels=panels, stopped={"b": 3}, why="the network " * 12)
    (panel,) = (placed.panel for placed in f.panels if getattr(placed.panel, "reason", None))
    assert panel.reason.get_window_extent().y1 < panel.top.bbox.y1
    assert panel.reason.get_text().endswith("…")


@pytest.mark.soak
def test_new_looks_are_drawn_without_torch():
    run("v.yaml")
    code = (
        "import sys; sys.modules['torch'] = None\n"  # importing it raises now
        "from relu_anim.cli import main; sys.exit(main())"
    )
    looks = ["animation.theme=dark", "animation.arrange=overlay", "animation.pacing=log", "variants.0.label=x"]
    settings = [word for look in looks for word in ("-s", look)]
    command = [sys.executable, "-c", code, "run", "v.yaml", "--json", *settings]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["status"] == "redrawn"
    assert list(json.loads(done.stdout)["metrics"]) == ["x", "wide", "slow"]


def test_the_config_inside_a_film_of_variants_makes_the_same_film_again():
    make("v.yaml", "output.formats=[gif]")
    Path("again.yaml").write_text(CliRunner().invoke(app, ["show", "outputs/v.gif"]).stdout)
    assert make("again.yaml").status == "redrawn"
    assert Path("outputs/again.gif").read_bytes() == Path("outputs/v.gif").read_bytes()


def test_progress_names_the_variant_that_is_trained():
    told = []
    build.run(build.plan(Path("v.yaml"), ["output.formats=[gif]"]), lambda what, *_: told.append(what))
    assert list(dict.fromkeys(told)) == ["training tanh", "training wide", "training slow", "drawing gif"]


def test_the_last_line_gives_the_loss_of_each():
    result = CliRunner().invoke(app, ["run", "v.yaml"])
    losses = [f"{label} loss {recording.loss[-1]:.3g}" for label, recording in recordings().items()]
    assert f", {', '.join(losses)}, png " in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("label", ["漢字", "a\u0301\u4e00"])
def test_a_label_that_the_font_does_not_have_is_refused_before_training(label, monkeypatch):
    monkeypatch.setattr("relu_anim.making.recordings.train_alone", None)  # calling it is an error of its own
    result = run("v.yaml", "-s", f"variants.1.label={label}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--set:1:18: variants.1.label: the font has no sign for" in result.stderr


@pytest.mark.parametrize("arrangement", ["columns", "overlay"])
def test_labels_of_odd_signs_are_written_as_they_are(film, arrangement):
    labels = ["_a", "50 %", "<b>", "{x}", "[red]", "#1", "a\\b"]
    f = film(labels, f"animation.arrange={arrangement}", "animation.size=[1000, 400]", panels="[loss]")
    f.last_frame()
    assert [word for word in words(f) if word in labels] == labels


@pytest.mark.parametrize("arrangement", ["columns", "overlay"])
def test_a_label_with_dollar_signs_is_no_formula(film, arrangement, monkeypatch):
    monkeypatch.setattr(MathTextParser, "parse", None)  # calling it is an error of its own
    f = film(["$\\foo$", "$x^2$"], f"animation.arrange={arrangement}", panels="[loss]")
    f.last_frame()
    assert {"$\\foo$", "$x^2$"} <= {*words(f), *named(f)}


def test_a_loss_that_follows_from_a_change_is_written_out_so_that_the_config_reads_back_equal():
    text = "target: {dataset: xor}\nmodel: {layer_sizes: [2, 8, 1]}\n"
    text += "variants: [{label: a, set: {seed: 1}}, {label: b, set: {model.layer_sizes: [2, 8, 2]}}]\n"
    loaded = config.loads(text)
    assert [member.training.loss for _, member in loaded.members] == ["bce", "cross_entropy"]
    again = config.loads(config.dump(loaded))
    assert again == loaded
    assert [member.model_dump() for _, member in again.members] == [m.model_dump() for _, m in loaded.members]


def test_a_variant_that_the_panels_of_the_whole_cannot_show_is_refused(tmp_path):
    (tmp_path / "p.csv").write_text("a,label\n0,yes\n2,no\n3,no\n")
    text = "target: {csv: p.csv}\nmodel: {layer_sizes: [1, 8, 1]}\n"
    text += "variants: [{label: a, set: {seed: 1}}, {label: b, set: {model.layer_sizes: [1, 8, 2]}}]\n"
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(ConfigError, match="prediction needs one output, 2 classes have one each"):
        config.load(tmp_path / "c.yaml")
