"""Configs: what is accepted, what each key is without being written, and where every mistake is reported."""

import json
import math
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from relu_anim import config, names, panels
from relu_anim.activations import ACTIVATIONS
from relu_anim.build import fingerprint, training_fingerprint
from relu_anim.config import checks, document, models
from relu_anim.config.optimizers import OPTIMIZERS
from relu_anim.config.reader import scalar
from relu_anim.encoders import ENCODERS
from relu_anim.errors import ConfigError, UserError
from relu_anim.training import gradients, initial, updates

CATALOGUE = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))
SMALLEST = "target: {function: x**2}\nmodel: {layer_sizes: [1, 4, 1]}\n"
ACTIVATION_FIGURE = "kind: activation\nfunctions: [tanh, 2*sigmoid(x) - 1]\n"
DATA_FIGURE = "kind: data\ntarget: {dataset: cosine}\n"


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
        "target": {"function": "x**2", "dataset": None, "domain": [-5, 5]},
        "data": {"samples": 2560, "noise": 0, "resample": True, "test_fraction": 0},
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
        },
        "output": {"formats": ["gif"]},
    }


def test_an_activation_figure_has_defaults_of_its_own():
    assert resolved("kind: activation\nfunctions: [tanh]\n") == {
        "kind": "activation",
        "title": "",
        "functions": ["tanh"],
        "derivative": True,
        "domain": [-10, 10],
        "animation": {"size": [700, 500], "theme": "light", "ylim": "auto"},
        "output": {"formats": ["png", "svg"]},
    }


def test_a_data_set_brings_its_own_domain_size_and_noise():
    data = config.loads("target: {dataset: cosine}\nmodel: {layer_sizes: [1, 1]}\n")
    assert data.target.domain == (0, 1)
    assert (data.data.samples, data.data.noise, data.data.resample) == (200, 0.08, False)


def test_a_data_figure_has_fixed_points_unless_it_says_otherwise():
    figure = config.loads("kind: data\ntarget: {function: x}\ndata: {samples: 50}\n")
    assert not figure.data.resample
    assert figure.data.samples == 50


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_options_of_an_optimizer_have_the_defaults_of_torch(name):
    torch_defaults = updates.OPTIMIZERS[name]([torch.zeros(1)]).defaults
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
    assert experiment("", "model.init=he_normal").model.init == models.Init(weights="he_normal", bias=0.0)


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
        ("variants: []", "variants", "variants", "unknown key"),
        ("seed: one", "seed", "one", "expected a whole number, got the text 'one'"),
        ("seed: 1.5", "seed", "1.5", "expected a whole number, got the number 1.5"),
        ("seed: true", "seed", "true", "expected a whole number, got true"),
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
        ("animation: {ylim: [a, 1]}", "animation.ylim.0", "a, 1]", "expected a number, got the text 'a'"),
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
            "unknown key; one of lr, betas, eps, amsgrad, name, weight_decay",
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
        ("{name: elu, alfa: 2}", "model.activation.alfa", "alfa", "unknown key; did you mean alpha?"),
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
        ("kind: film\n", "c.yaml:1:7: kind: expected one of training, activation, data, got the text 'film'"),
        ("kind: [data]\n", "c.yaml:1:7: kind: expected one of training, activation, data, got a list"),
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


def test_a_folder_is_no_config(tmp_path):
    assert "cannot be read: Is a directory" in str(refused(config.load, tmp_path))


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
        ("kind={a: b}", "--set:1:6", "kind", "expected one of training, activation, data, got a mapping"),
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


FLOATS = st.floats(1e-300, 1e3) | st.integers(0, 10**6)
ACTIVATION_SPECS = st.sampled_from([*ACTIVATIONS, "x*2 - 1", "max(x, 0)"]) | st.builds(
    lambda slope: {"name": "leaky_relu", "negative_slope": slope}, st.floats(-1, 1)
)
TITLES = st.text(st.characters(max_codepoint=0xD7FF), max_size=30).filter(str.isprintable)


@st.composite
def experiments(draw):
    """Configs as a person's YAML would hold them."""
    hidden = draw(st.lists(st.integers(1, 50), max_size=3))
    low, span = draw(st.floats(-100, 100)), draw(st.floats(0.001, 100))
    optimizer = draw(st.sampled_from(list(OPTIMIZERS)))
    return {
        "title": draw(TITLES),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "target": {"function": draw(st.sampled_from(["x", "sin(x)", "cubic"])), "domain": [low, low + span]},
        "data": {"noise": draw(FLOATS), "samples": draw(st.integers(1, 10**7)), "resample": draw(st.booleans())},
        "model": {
            "layer_sizes": [1, *hidden, 1],
            "activation": [draw(ACTIVATION_SPECS) for _ in hidden] or "relu",
            "output_activation": draw(ACTIVATION_SPECS),
        },
        "training": {
            "optimizer": draw(st.just(optimizer) | st.builds(lambda lr: {"name": optimizer, "lr": lr}, FLOATS))
        },
        "animation": {
            "fps": draw(st.floats(0.1, 50)),
            "hold": draw(st.floats(0, 600)),
            "loop": draw(st.sampled_from(["forever", "once", 3])),
        },
    }


@settings(deadline=None, max_examples=25)
@given(experiments())
def test_any_resolved_config_is_read_back_equal(written):
    loaded = config.loads(json.dumps(written))
    text = config.dump(loaded)
    assert config.loads(text) == loaded
    assert loaded.title == written["title"]
    assert loaded.data.noise == written["data"]["noise"]


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
    ],
)
def test_any_change_of_the_training_changes_its_fingerprint(setting):
    before, after = config.loads(FULL), config.loads(FULL, settings=[setting])
    assert training_fingerprint(after) != training_fingerprint(before)
    assert fingerprint(after) != fingerprint(before)


@pytest.mark.parametrize(
    "setting",
    ["title=x", "animation.fps=10", "animation.theme=dark", "animation.domain=[-1, 2]", "output.formats=[png]"],
)
def test_a_change_of_the_looks_does_not_change_the_training_fingerprint(setting):
    before, after = config.loads(FULL), config.loads(FULL, settings=[setting])
    assert training_fingerprint(after) == training_fingerprint(before)
    assert fingerprint(after) != fingerprint(before)


# --- Lists and the schema ---


def test_the_lists_name_what_the_types_allow_and_the_other_rooms_have():
    assert list(names.FORMATS) == list(get_args(models.Format))
    assert set(names.FORMATS) == set(ENCODERS) | {"svg"}
    assert list(names.PANELS) == list(get_args(models.PanelName))
    assert set(names.PANELS) == set(panels.PANELS)
    assert list(names.LOSSES) == list(get_args(models.Loss))
    assert set(names.LOSSES) == set(gradients.LOSSES)
    assert list(names.INITS) == list(get_args(models.WeightInit))
    assert set(names.INITS) == set(initial.INITS)
    assert list(names.PACINGS) == list(get_args(models.Animation.model_fields["pacing"].annotation))
    assert list(names.THEMES) == list(get_args(models.Animation.model_fields["theme"].annotation))
    assert list(names.KINDS) == list(models.KINDS)
    assert set(names.OPTIMIZERS) == set(OPTIMIZERS) == set(updates.OPTIMIZERS)


@pytest.mark.parametrize("name", names.OPTIMIZERS)
def test_the_list_of_optimizers_gives_their_options_with_the_defaults(name):
    listed = yaml.safe_load("{" + names.OPTIMIZERS[name].replace("1e-", "1.0e-") + "}")
    own = {key: field.default for key, field in OPTIMIZERS[name].model_fields.items() if key != "name"}
    assert {key: tuple(value) if isinstance(value, list) else value for key, value in listed.items()} == own


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


PAIRS = [  # key, message, the wrong config's changes, and the nearest right ones
    ("target", "needs one of `function` and `dataset`", ["target={}"], ["target={function: x}"]),
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
        "one input needs 1 here, got 2",
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
        "2 activations for 1 hidden layers",
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
        "too low for the 3 rows of the layers panel; write [700, 250]",
        ["animation.panels=[layers]", "animation.size=[700, 200]"],
        ["animation.panels=[layers]", "animation.size=[700, 250]"],
    ),
    (
        "animation.size",
        "too low for the 3 rows of the layers panel; write [700, 500]",
        ["animation.panels=[[layers], [loss]]", "animation.size=[700, 390]"],
        ["animation.panels=[[layers], [loss]]", "animation.size=[700, 500]"],
    ),
    (
        "animation.size",
        "too small for 2 × 3 panels; write [600, 260]",
        ["animation.panels=[[prediction, loss, '.'], [prediction, loss, '.']]", "animation.size=[590, 200]"],
        ["animation.panels=[[prediction, loss, '.'], [prediction, loss, '.']]", "animation.size=[600, 260]"],
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
        "an mp4 needs even sizes; write [702, 502]",
        ["animation.size=[701, 501]", "output.formats=[mp4]"],
        ["animation.size=[701, 501]", "output.formats=[gif]"],
    ),
    ("output.formats.1", "gif is there already", ["output.formats=[gif, gif]"], ["output.formats=[gif, png]"]),
]


@pytest.mark.parametrize(("key", "message", "wrong", "right"), PAIRS)
def test_keys_that_do_not_go_together_are_refused_and_the_nearest_that_do_are_not(key, message, wrong, right):
    problem = the_problem(SMALLEST, *wrong)
    assert problem.key == key
    assert message in problem.message
    config.loads(SMALLEST, settings=right)


@pytest.mark.parametrize(
    ("text", "wrong", "right", "key"),
    [
        (ACTIVATION_FIGURE, "functions.1=log(x)", "functions.1=tanh(x)", "functions.1"),
        (ACTIVATION_FIGURE, "output.formats=[png, png]", "output.formats=[png]", "output.formats.1"),
        (ACTIVATION_FIGURE, "output.formats=[gif]", "output.formats=[svg]", "output.formats.0"),
        (ACTIVATION_FIGURE, "seed=1", "title=x", "seed"),
        (DATA_FIGURE, "target={}", "target={function: x}", "target"),
        (DATA_FIGURE, "target={function: 1/x}", "target={function: 1/x, domain: [1, 2]}", "target.function"),
        (DATA_FIGURE, "data.noise=1", "data.noise=0.08", "data.noise"),
        (DATA_FIGURE, "data.test_fraction=0.999", "data.test_fraction=0.9", "data.test_fraction"),
        (DATA_FIGURE, "output.formats=[svg, svg]", "output.formats=[svg, png]", "output.formats.1"),
        ("kind: data\ntarget: {function: x}\n", "data.resample=true", "data.resample=false", "data.resample"),
    ],
)
def test_figures_are_checked_too(text, wrong, right, key):
    assert the_problem(text, wrong).key == key
    config.loads(text, settings=[right])


def test_every_check_has_a_case_here():
    every = checks.CHECKS[models.Experiment]
    assert {check for _, _, wrong, _ in PAIRS for check in every if any(check(unchecked(SMALLEST, wrong)))} == set(
        every
    )


def unchecked(text, settings):
    """The experiment without any check of its keys against each other."""
    read = document.parse(text.encode(), "c.yaml")
    for setting in settings:
        read.set(setting)
    return models.Experiment.model_validate(config._frozen(read.data))


@pytest.mark.parametrize("value", ["lbfgs", "{name: lbfgs, lr: 1}"])
def test_lbfgs_is_refused_with_the_reason(value):
    problem = the_problem(SMALLEST + f"training: {{optimizer: {value}}}")
    assert problem.message.startswith("lbfgs does not fit: it calls the loss several times a step")


# --- Hostile texts ---


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(CATALOGUE), st.data())
def test_a_catalogue_file_with_typing_errors_is_read_or_refused(path, data):
    text = path.read_text()
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text)))
        typed = data.draw(st.text("[]{}:,&*!|>'\"%@`#-? \n\t09.eEx\r\x00\x0c\u2028é\\<=~", max_size=2))
        text = text[:place] + typed + text[place + data.draw(st.integers(0, 2)) :]
    try:
        loaded = config.loads(text)
    except ConfigError:
        return  # any other exception fails this test
    assert config.loads(config.dump(loaded)) == loaded
