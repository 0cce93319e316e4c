"""Configs: what is accepted, what each key is without being written, and that what is resolved is read back equal."""

import json
import math
import re
from pathlib import Path

import pytest
import torch
from helpers.configs import CATALOGUE, SMALLEST, experiment, resolved, the_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from relu_anim import config
from relu_anim.activations import ACTIVATIONS
from relu_anim.config import Cell, sections
from relu_anim.config.optimizers import OPTIMIZERS
from relu_anim.config.reader import scalar
from relu_anim.themes import theme_of


def test_every_key_has_the_default_that_the_guide_gives():
    assert resolved(SMALLEST) == {
        "kind": "training",
        "title": "",
        "alt": "",
        "seed": 0,
        "target": {"function": "x**2", "dataset": None, "csv": None, "domain": [-5, 5]},
        "data": {
            "samples": 2560,
            "noise": 0,
            "resample": True,
            "test_fraction": 0,
            "classes": None,
            "standardize": False,
        },
        "model": {
            "layer_sizes": [1, 4, 1],
            "activation": ["relu"],
            "output_activation": "identity",
            "init": {"weights": "default", "bias": "default"},
        },
        "training": {
            "optimizer": {
                "name": "sgd",
                "lr": 0.01,
                "momentum": 0,
                "dampening": 0,
                "weight_decay": 0,
                "nesterov": False,
            },
            "loss": "mse",
            "l1": 0,
            "epochs": 500,
            "batch_size": 256,
            "on_divergence": "fail",
            "snapshots": "epoch",
        },
        "animation": {
            "size": [700, 500],
            "scale": 1,
            "text_scale": 1,
            "theme": "auto",
            "ylim": "auto",
            "colors": {},
            "font": None,
            "language": "en",
            "words": {},
            "transparent": False,
            "panels": [["prediction"]],
            "epochs": None,
            "pacing": "even",
            "max_frames": 150,
            "fps": 20,
            "hold": 2,
            "hold_first": 0.8,
            "loop": "forever",
            "domain": None,
            "knots": "auto",
            "epoch_axis": "auto",
            "metrics": [],
            "arrange": "columns",
            "ensemble": "none",
            "highlight": [],
            "captions": [],
        },
        "variants": [],
        "output": {"formats": ["gif"], "themes": None, "stills": [], "strip": [], "max_size": None},
    }


def test_an_activation_figure_has_defaults_of_its_own():
    assert resolved("kind: activation\nfunctions: [tanh]\n") == {
        "kind": "activation",
        "title": "",
        "alt": "",
        "functions": ["tanh"],
        "derivative": True,
        "marks": [],
        "domain": [-10, 10],
        "animation": {
            "size": [700, 500],
            "scale": 1,
            "text_scale": 1,
            "theme": "auto",
            "ylim": "auto",
            "colors": {},
            "font": None,
            "language": "en",
            "words": {},
            "transparent": False,
        },
        "output": {"formats": ["png", "svg"], "themes": None},
    }


def test_a_data_set_brings_its_own_domain_size_and_noise():
    data = config.loads("target: {dataset: cosine}\nmodel: {layer_sizes: [1, 1]}\n")
    assert data.target.domain == (0, 1)
    assert (data.data.samples, data.data.noise, data.data.resample) == (200, 0.08, False)
    data = config.loads("target: {dataset: spiral}\nmodel: {layer_sizes: [2, 1]}\n")
    assert data.target.domain == (-6, 6)
    assert (data.data.samples, data.data.noise, data.data.resample, data.data.classes) == (400, 0.15, False, 2)


@pytest.mark.parametrize(
    ("target", "sizes", "loss", "panels"),
    [
        ("{function: x}", "[1, 1]", "mse", "prediction"),
        ("{function: x*y}", "[2, 1]", "mse", "decision"),
        ("{dataset: cosine}", "[1, 1]", "mse", "prediction"),
        ("{dataset: circle}", "[2, 1]", "bce", "decision"),
        ("{dataset: circle}", "[2, 2]", "cross_entropy", "decision"),
        ("{dataset: digits}", "[64, 10]", "cross_entropy", "accuracy"),
    ],
)
def test_the_loss_and_the_panel_follow_from_the_target_unless_they_are_written(target, sizes, loss, panels):
    text = f"target: {target}\nmodel: {{layer_sizes: {sizes}}}\n"
    plain = config.loads(text)
    assert (plain.training.loss, plain.animation.panels) == (loss, ((Cell.of(panels),),))
    written = config.loads(text + "animation: {panels: [loss]}")
    assert written.animation.panels == ((Cell.of("loss"),),)


def test_a_data_figure_has_fixed_points_unless_it_says_otherwise():
    figure = config.loads("kind: data\ntarget: {function: x}\ndata: {samples: 50}\n")
    assert not figure.data.resample
    assert figure.data.samples == 50


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_options_of_an_optimizer_have_the_defaults_of_torch(name):
    (optimizer,) = (rule for rule in vars(torch.optim).values() if getattr(rule, "__name__", "").lower() == name)
    torch_defaults = optimizer([torch.zeros(1)]).defaults
    ours = experiment("", f"training.optimizer={name}").training.optimizer.model_dump()
    del ours["name"]
    ours["lr"] = torch_defaults["lr"]  # torch's own learning rates are a thousandth for SGD, which learns nothing here
    assert ours == {key: pytest.approx(torch_defaults[key]) for key in ours}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("+.5e1", 5.0),
        ("010", 10),
        ("0o10", 8),
        ("0x10", 16),
        ("-7", -7),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    ["on", "off", "yes", "no", "y", "1:30", "1_000", "2024-01-01", "0b1", "1e", ".", "-", "e5", "tRue", "9" * 401],
)
def test_a_scalar_that_only_yaml_1_1_converts_is_text(text):
    assert scalar(text) == text


def test_not_a_number_is_read_as_such():
    assert math.isnan(scalar(".nan"))


def test_a_quoted_number_is_text():
    assert experiment('title: "010"').title == "010"
    assert "expected a whole number" in the_problem(SMALLEST + 'seed: "1"').message


@pytest.mark.parametrize(
    "key", ["training.epochs", "data.samples", "animation.max_frames", "seed", "model.layer_sizes.1"]
)
def test_a_whole_number_may_be_written_as_a_power_of_ten(key):
    written = experiment("", f"{key}=1e2")
    value = written
    for part in key.split("."):
        value = value[int(part)] if part.isdecimal() else getattr(value, part)
    assert value == 100
    assert type(value) is int


def test_an_activation_can_be_a_name_a_mapping_a_formula_or_a_list_of_them():
    def activations(value, sizes="[1, 2, 2, 1]"):
        return resolved(f"target: {{function: x}}\nmodel: {{layer_sizes: {sizes}, activation: {value}}}\n")["model"][
            "activation"
        ]

    assert activations("tanh") == ["tanh"]
    assert activations("{name: elu}") == ["elu"]
    assert activations("{name: leaky_relu, negative_slope: 0.1}") == [{"name": "leaky_relu", "negative_slope": 0.1}]
    assert activations("x*sigmoid(x)") == ["x*sigmoid(x)"]
    assert activations("{formula: x*2}") == ["x*2"]
    assert activations("[relu, x]") == ["relu", "x"]


def test_an_optimizer_and_an_init_can_be_named_without_their_options():
    plain = experiment("training: {optimizer: adam}").training.optimizer
    assert plain == experiment("training: {optimizer: {name: adam}}").training.optimizer
    assert experiment("", "model.init=he_normal").model.init == sections.Init(weights="he_normal", bias=0.0)


def test_options_of_an_optimizer_without_a_name_are_those_of_sgd():
    assert experiment("training: {optimizer: {lr: 0.5}}").training.optimizer.model_dump()["name"] == "sgd"


def test_a_flat_list_of_panels_is_one_row():
    rows = [experiment(f"animation: {{panels: {value}}}").animation.panels for value in ("loss", "[loss]", "[[loss]]")]
    assert rows == [((Cell.of("loss"),),)] * 3


def test_a_config_cannot_be_changed():
    loaded = experiment()
    with pytest.raises(ValidationError, match="frozen"):
        loaded.seed = 1
    with pytest.raises(ValidationError, match="frozen"):
        loaded.training.optimizer.lr = 1
    with pytest.raises(TypeError):
        loaded.model.layer_sizes[0] = 1
    assert hash(loaded) == hash(experiment())


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_a_resolved_config_of_the_catalogue_is_read_back_equal(path):
    loaded = config.load(path)
    text = config.dump(loaded)
    assert config.loads(text) == loaded
    assert config.dump(config.loads(text)) == text


@pytest.mark.parametrize(
    "text", ["1e3", "0o17", "0x1F", "1E-3", ".5", "010", "on", "~", "", ".nan", "1:30", "=", "- a", "a: b"]
)
def test_a_text_that_looks_like_something_else_is_read_back_as_text(text):
    loaded = experiment(f"title: {json.dumps(text)}")
    assert loaded.title == text
    assert config.loads(config.dump(loaded)) == loaded


FLOATS = st.floats(1e-300, 1e3) | st.integers(0, 10**6)


ACTIVATION_SPECS = st.sampled_from([*ACTIVATIONS, "x*2 - 1", "max(x, 0)"]) | st.builds(
    lambda slope: {"name": "leaky_relu", "negative_slope": slope}, st.floats(-1, 1)
)


TITLES = st.text(st.characters(max_codepoint=0x24F), max_size=30).filter(str.isprintable)


LABELS = st.text(st.characters(max_codepoint=0x24F), min_size=1, max_size=20).filter(
    lambda text: text.isprintable() and text.strip()
)


TARGETS = st.sampled_from(
    [  # the target, its inputs and its classes
        ({"function": "sin(x)"}, 1, 0),
        ({"function": "cubic"}, 1, 0),
        ({"function": "x*y"}, 2, 0),
        ({"dataset": "cosine"}, 1, 0),
        ({"dataset": "gauss"}, 2, 2),
        ({"dataset": "digits"}, 64, 10),
    ]
)


@st.composite
def changes(draw, hidden):
    """What a variant may set."""
    every = {
        "seed": draw(st.integers(0, 99)),
        "data.noise": draw(st.floats(0, 1)),
        "model.activation": draw(ACTIVATION_SPECS),
        "model.init": {"weights": "he_normal", "bias": draw(st.floats(-1, 1))},
        "training.optimizer.lr": draw(FLOATS),
        "training.l1": draw(st.floats(0, 1)),
    }
    if hidden:
        every["model.layer_sizes.1"] = draw(st.integers(1, 50))
    keys = draw(st.lists(st.sampled_from(sorted(every)), min_size=1, max_size=3, unique=True))
    return {key: every[key] for key in keys}


@st.composite
def experiments(draw):
    """Configs as a person's YAML would hold them."""
    hidden = draw(st.lists(st.integers(1, 50), max_size=3))
    target, inputs, classes = draw(TARGETS)
    data = {"test_fraction": draw(st.sampled_from([0, 0.25])), "resample": False}
    if "function" in target:
        low, span = draw(st.floats(-100, 100)), draw(st.floats(0.001, 100))
        target = {**target, "domain": [low, low + span]}
        data |= {"noise": draw(FLOATS), "samples": draw(st.integers(10, 10**7))}
    optimizer = draw(st.sampled_from(list(OPTIMIZERS)))
    labels = draw(st.lists(LABELS, max_size=3, unique=True))
    if target.get("dataset") in ("cosine", "digits"):
        labels = []  # their noise cannot be changed
    return {
        "title": draw(TITLES),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "target": target,
        "data": data,
        "model": {
            "layer_sizes": [inputs, *hidden, max(classes, 1)],
            "activation": [draw(ACTIVATION_SPECS) for _ in hidden] or "relu",
            "output_activation": "identity" if classes else draw(ACTIVATION_SPECS),
        },
        "training": {
            "optimizer": draw(st.just(optimizer) | st.builds(lambda lr: {"name": optimizer, "lr": lr}, FLOATS)),
            "l1": draw(st.floats(0, 1)),
        },
        "animation": {
            "fps": draw(st.floats(0.1, 50)),
            "hold": draw(st.floats(0, 600)),
            "loop": draw(st.sampled_from(["forever", "once", 3])),
            "knots": draw(st.sampled_from(["auto", True, False])),
            "panels": [["loss", "metrics"]],
            "metrics": draw(st.sampled_from([["loss"], ["weight_norms", "gradient_norms"]])),
            "variants": draw(st.sampled_from(["overlay", {"loss": "overlay"}, "columns"])) if labels else "columns",
            "size": [1000, 500],
        },
        "variants": [{"label": label, "set": draw(changes(hidden))} for label in labels],
    }


@settings(deadline=None, max_examples=40)
@given(experiments())
def test_any_resolved_config_is_read_back_equal(written):
    loaded = config.loads(json.dumps(written))
    text = config.dump(loaded)
    assert config.loads(text) == loaded
    assert config.loads(text).members == loaded.members
    assert loaded.title == written["title"]
    assert loaded.training.l1 == written["training"]["l1"]
    assert [label for label, _ in loaded.members if label] == [v["label"] for v in written["variants"]]


def test_the_configs_that_the_readme_shows_share_their_look(here):
    text = (Path(__file__).parent.parent / "README.md").read_text()
    for name, shown in re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.DOTALL):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(shown)
    loaded = config.load(here / "wave.yaml")
    assert loaded.animation.language == "de"
    assert dict.fromkeys(file.theme for file in config.files(loaded).values()) == {"light": None, "dark": None}
    assert theme_of(*loaded.animation.look).output == "#0b7285"


def test_the_readme_shows_a_config_of_the_catalogue_as_it_is():
    root = Path(__file__).parent.parent
    shown = (root / "README.md").read_text().partition("```yaml\n")[2].partition("```")[0]
    text = (root / "configs" / "quadratic_2neuron.yaml").read_text()
    assert shown == "".join(line for line in text.splitlines(True) if not line.startswith("#"))
