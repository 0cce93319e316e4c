"""Configs that are built in Python: the same checks as those of files."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.configs import ACTIVATION_FIGURE, BORN_DEAD_FIGURE, CATALOGUE, DATA_FIGURE, SMALLEST, problems
from helpers.hostile import EVERYTHING, mangled
from helpers.pairs import PAIRS
from hypothesis import given, settings
from pydantic import ValidationError

from relu_anim import config
from relu_anim.config import ConfigProblems, document
from relu_anim.errors import UserError

TINY = {"target": {"function": "x**2"}, "model": {"layer_sizes": (1, 4, 1)}}


def said(mapping):
    with pytest.raises(ConfigProblems) as caught:
        config.of(mapping)
    return [(problem.key, problem.message) for problem in caught.value.problems]


def tuples(value):
    """The same with tuples in place of lists."""
    if isinstance(value, dict):
        return {key: tuples(inner) for key, inner in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def parsed(text, changes=()):
    read = document.parse(text.encode(), "c.yaml")
    for setting in changes:
        read.set(setting)
    return read.data


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_a_config_of_the_catalogue_is_the_same_from_a_mapping_of_lists_or_tuples(path):
    mapping = parsed(path.read_text())
    assert config.of(mapping) == config.of(tuples(mapping)) == config.load(path)


@pytest.mark.parametrize(("key", "message", "wrong", "right"), PAIRS)
def test_keys_that_do_not_go_together_are_refused_as_in_a_file(key, message, wrong, right):
    found = [(problem.key, problem.message) for problem in problems(SMALLEST, *wrong)]
    ours = [
        pair for pair in said(tuples(parsed(SMALLEST, wrong))) if "there is no file" not in pair[1]
    ]  # a text names none
    assert sorted(ours) == sorted(found)


@pytest.mark.parametrize("text", [SMALLEST, ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE])
def test_a_resolved_config_is_read_back_from_its_mapping(text):
    loaded = config.loads(text)
    assert config.of(loaded.model_dump()) == config.of(loaded.model_dump(mode="json")) == loaded


def test_a_mistake_has_its_key_as_place_and_no_line():
    with pytest.raises(ConfigProblems) as caught:
        config.of({**TINY, "training": {"lr": 0.1}, "animation": {"size": [100, "x"]}})
    assert str(caught.value).split("\n") == [
        "training.lr: unknown key; did you mean training.optimizer.lr?",
        "animation.size.1: expected a whole number, got the text 'x'",
    ]


def test_numbers_and_arrays_of_numpy_are_taken():
    given = {"target": {"function": "x", "domain": np.array([-1, 1])}, "model": {"layer_sizes": np.array([1, 3, 1])}}
    loaded = config.of({**given, "training": {"epochs": np.int64(3), "l1": np.float32(0.5)}})
    assert (loaded.training.epochs, loaded.training.l1, loaded.model.layer_sizes) == (3, 0.5, (1, 3, 1))
    assert loaded.target.domain == (-1, 1)


def test_what_is_given_is_not_changed_and_not_kept():
    mapping = {"target": {"function": "x"}, "model": {"layer_sizes": [1, 1]}, "animation": {"variants": "columns"}}
    before = json.dumps(mapping)
    loaded = config.of(mapping)
    mapping["model"]["layer_sizes"].append(7)
    assert loaded.model.layer_sizes == (1, 1)
    assert before == json.dumps({**mapping, "model": {"layer_sizes": [1, 1]}})


def test_an_old_name_is_said_without_a_place():
    loaded = config.of({**TINY, "animation": {"variants": "columns"}})
    said = "animation.variants is called animation.arrange now; the old name is still read"
    assert list(config.notices(loaded, Path())) == [said]


def test_what_no_config_can_hold_is_refused_with_words():
    endless = []
    endless.append(endless)
    assert said({**TINY, "title": b"x"}) == [
        ("title", "a bytes has no place in a config; write a number, a text or a list")
    ]
    assert said({**TINY, "seed": {1}})[0][0] == "seed"
    assert said({**TINY, "data": {3: 4}}) == [("data", "a key must be a word, got 3")]
    assert said({**TINY, "title": endless})[0][1].startswith("nested more than 20 levels")
    assert said({**TINY, "title": [0] * 30_000})[0][1].startswith("more than 20,000 values")


def test_a_csv_file_lies_in_the_folder_that_is_named(tmp_path, monkeypatch):
    (tmp_path / "p.csv").write_text("x,y\n0,1\n1,2\n")
    mapping = {"target": {"csv": "p.csv"}, "model": {"layer_sizes": [1, 2, 1]}}
    assert config.of(mapping, tmp_path).data.samples == 2
    monkeypatch.chdir(tmp_path)
    assert config.of(mapping).data.samples == 2
    assert said({**mapping, "target": {"csv": "q.csv"}})[0][0] == "target.csv"


@settings(deadline=None, max_examples=60)
@given(mangled())
def test_a_mangled_mapping_is_taken_or_refused_with_words(whole):
    try:
        loaded = config.of(whole)
    except UserError:
        return  # any other exception fails the test
    assert config.of(loaded.model_dump()) == loaded


@pytest.mark.parametrize("whole", EVERYTHING, ids=lambda whole: whole.get("kind", ""))
def test_every_key_is_taken_from_a_mapping(whole):
    if "csv" not in whole.get("target", {}):
        assert config.of(whole) == config.loads(json.dumps(whole))


@pytest.mark.parametrize("kind", config.kinds.KINDS.values(), ids=config.kinds.KINDS)
def test_no_config_is_made_without_its_checks(kind):
    with pytest.raises(ValidationError, match=r"is made with relu_anim\.config\.of"):
        kind(**TINY)
