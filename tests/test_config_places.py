"""Where every mistake in a config is reported, and what is said to write instead."""

from pathlib import Path

import pytest
from helpers.configs import SMALLEST, experiment, place, problems, refused, the_problem, under_caret

from relu_anim import config
from relu_anim.config import kinds


def test_an_unknown_key_is_refused_with_its_place_and_the_key_that_was_meant():
    problem = the_problem("# a comment\n" + SMALLEST + "training:\n  epocs: 3\n")
    assert str(problem) == "c.yaml:5:3: training.epocs: unknown key; did you mean epochs?\n      epocs: 3\n      ^"


@pytest.mark.parametrize(
    ("extra", "key", "caret", "message"),
    [
        ("titel: x", "titel", "titel: x", "unknown key; did you mean title?"),
        ("sky: x", "sky", "sky", "unknown key; one of extends, kind, title, alt, seed, target"),
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
        ("animation: {arrange: rows}", "animation.arrange", "rows}", "one of columns, overlay or a mapping of keys"),
        ("animation: {arrange: {los: overlay}}", "animation.arrange.los", "overlay}", "did you mean loss?"),
        ("animation: {arrange: {loss: over}}", "animation.arrange.loss", "over}", "expected one of columns, overlay"),
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
        (
            "animation: {theme: drak}",
            "animation.theme",
            "drak",
            "expected one of auto, light, dark, paper, got the text",
        ),
        (
            "output: {formats: [gif, jpg]}",
            "output.formats.1",
            "jpg]",
            "expected one of gif, mp4, webp, png, svg, animated-svg, html, pdf",
        ),
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
        (
            "animation: {theme: dark}\n",
            "c.yaml:1:1: target: is required; a file that others extend is no figure itself: leave it out of the call",
        ),
        ("seed: 1\ntarget: {function: x}\n", "c.yaml:1:1: model: is required"),
        ("target: {function: x}\nmodel: {activation: relu}\n", "c.yaml:2:1: model.layer_sizes: is required"),
        ("kind: activation\n", "c.yaml:1:1: functions: is required"),
        ("kind: film\n", f"c.yaml:1:7: kind: expected one of {', '.join(kinds.KINDS)}, got the text 'film'"),
        ("kind: [data]\n", f"c.yaml:1:7: kind: expected one of {', '.join(kinds.KINDS)}, got a list"),
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
