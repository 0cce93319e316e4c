"""What `--set KEY=VALUE` changes in a config."""

import pytest
from helpers.configs import SMALLEST, experiment, place, problems, the_problem


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
        (
            "kind={a: b}",
            "--set:1:6",
            "kind",
            "expected one of training, recorded, activation, data, born_dead, got a mapping",
        ),
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


@pytest.mark.parametrize(
    ("before", "setting", "value", "right"),
    [
        ("training.snapshots=early", "training.snapshots.every=5", "text 'early'", "training.snapshots={every: 5}"),
        ("seed=3", "seed.best_of=64", "number 3", "seed={best_of: 64}"),
        ("animation.arrange=columns", "animation.arrange.loss=x", "text 'columns'", "animation.arrange={loss: x}"),
        (
            "animation.panels=[prediction]",
            "animation.panels.0.prediction.best=true",
            "text 'prediction'",
            "animation.panels.0={prediction: {best: true}}",
        ),
    ],
)
def test_a_key_inside_of_a_single_value_comes_with_the_mapping_to_write(before, setting, value, right):
    problem = the_problem(SMALLEST, before, setting)
    assert problem.key == setting.partition("=")[0]
    assert f"in the {value}; " in problem.message
    assert problem.message.endswith(f"; for a mapping in its place write -s '{right}'")


def test_a_variant_is_told_so_in_the_form_of_a_file():
    text = SMALLEST + "training: {snapshots: early}\nvariants: [{label: a, set: {training.snapshots.every: 5}}]\n"
    assert the_problem(text).message.endswith("in its place write training.snapshots: {every: 5}")


def test_a_name_grows_into_a_mapping_where_it_is_short_for_one():
    settings = ["training.optimizer=adam", "training.optimizer.lr=0.5", "model.activation=[elu]"]
    e = experiment("", *settings, "model.activation.0.alpha=2")
    assert (e.training.optimizer.name, e.training.optimizer.lr) == ("adam", 0.5)
    assert e.model.activation[0].alpha == 2
