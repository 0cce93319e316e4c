"""Configs whose points are those of a CSV file."""

import os

import numpy as np
import pytest
from helpers.configs import CLASSES, CSV_CONFIG, NUMBERS, SMALLEST, refused, the_problem, under_caret

from relu_anim import config
from relu_anim.errors import ConfigError
from relu_anim.making.build import fingerprint, training_fingerprint


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
    assert (loaded.training.loss, loaded.animation.panels) == ("mse", ((config.Cell.of("prediction"),),))
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
    assert (loaded.training.loss, loaded.animation.panels) == (loss, ((config.Cell.of(panel),),))


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


def test_ten_times_as_many_rows_as_are_allowed_are_refused_at_the_first_that_is_too_many(beside, monkeypatch):
    monkeypatch.setattr("relu_anim.targets.tables.MOST_ROWS", 10_000)
    (problem,) = refused(beside, CSV_CONFIG, "x,y\n" + "0,1\n" * 100_000).problems
    assert problem.key == "target.csv"
    assert ":10002:1: more than 10,000 rows" in problem.message


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


def test_a_table_of_the_same_name_in_another_folder_is_another(tmp_path, monkeypatch):
    learned = {"target": {"csv": "points.csv"}, "model": {"layer_sizes": [1, 2, 1]}}
    found = []
    for name, sign in (("a", 1), ("b", -1)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "points.csv").write_text("x,y\n" + "".join(f"{n},{sign * n * n}\n" for n in range(5)))
        os.utime(tmp_path / name / "points.csv", ns=(10**18, 10**18))
        monkeypatch.chdir(tmp_path / name)
        found.append(config.of(learned).target.table.points.y.sum())
    assert found == [30, -30]


@pytest.mark.parametrize("value", [None, 3, "x", []])
def test_what_is_no_mapping_is_no_config(value):
    with pytest.raises(ConfigError, match="a config is a mapping of keys"):
        config.of(value)


def test_a_number_that_python_does_not_write_is_described():
    with pytest.raises(ConfigError, match="one of thousands of digits"):
        config.of({"target": {"function": "x"}, "model": {"layer_sizes": [1, 1]}, "seed": 10**5000})
