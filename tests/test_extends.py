"""What a config takes from another."""

import json

import pytest
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.config.places import ConfigProblems
from relu_anim.making.orders import Order
from relu_anim.making.plans import decide

HOUSE = """\
title: Our blog
target: {function: sin(x), domain: [-1, 1]}
training: {epochs: 3, optimizer: {name: adam, lr: 0.1}}
animation: {theme: dark, fps: 25, size: [420, 300], max_frames: 3}
output: {formats: [gif]}
"""
FIGURE = "kind: activation\nfunctions: [relu]\n"


@pytest.fixture
def load(here):
    """A function that loads a config that extends one with this text."""

    def write_and_load(text, house=HOUSE, settings=()):
        (here / "house.yaml").write_text(house)
        (here / "c.yaml").write_text(f"extends: house.yaml\n{text}")
        return config.load(here / "c.yaml", settings)

    return write_and_load


def refused(*arguments, **options):
    with pytest.raises(ConfigProblems) as caught:
        raise AssertionError(config.load(*arguments, **options))
    return caught.value


LEARNED = "target: {function: x**2}\nmodel: {layer_sizes: [1, 2, 1]}\n"


def test_keys_that_a_config_does_not_have_are_those_of_the_one_it_extends(load):
    own = load(LEARNED + "animation: {fps: 10, theme: paper}\n")
    assert own.title == "Our blog"
    assert (own.animation.fps, own.animation.theme, own.animation.size) == (10, "paper", (420, 300))
    assert own.target.domain == (-1, 1)
    assert own == config.loads(config.dump(own))


def test_a_value_is_replaced_as_a_whole(load):
    own = load(LEARNED + "training: {optimizer: sgd}\noutput: {formats: [png]}\n")
    assert (own.training.optimizer.name, own.training.epochs, own.output.formats) == ("sgd", 3, ("png",))
    assert load(LEARNED + "training: {optimizer: {lr: 0.5}}\n").training.optimizer.name == "sgd"


def test_what_is_learned_is_one_thing(load):
    own = load("target: {dataset: cosine}\nmodel: {layer_sizes: [1, 2, 1]}\n", HOUSE.replace(", domain: [-1, 1]", ""))
    assert (own.target.dataset, own.target.function) == ("cosine", None)


def test_settings_change_what_was_taken(load):
    assert load(LEARNED, settings=["animation.fps=30", "title=Mine"]).animation.fps == 30


def test_a_figure_takes_what_a_figure_has_and_leaves_the_rest(load):
    own = load(FIGURE)
    assert (own.title, own.animation.theme, own.animation.size) == ("Our blog", "dark", (420, 300))
    assert own.output.formats == ("png", "svg")
    assert load(FIGURE, HOUSE.replace("[gif]", "[gif, pdf]")).output.formats == ("pdf",)


def test_a_mistake_is_told_with_its_place_in_the_file_where_it_stands(load, here):
    with pytest.raises(ConfigProblems) as caught:
        load(LEARNED + "animation: {fsp: 3}\n", HOUSE.replace("fps: 25", "fps: many"))
    house, own = caught.value.problems
    assert str(house).startswith(f"{here / 'house.yaml'}:4:31: animation.fps: ")
    assert str(own).startswith(f"{here / 'c.yaml'}:4:13: animation.fsp: unknown key; did you mean fps?")
    assert here / "house.yaml" in caught.value.reads


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("hose.yaml", "there is no file {here}/hose.yaml; did you mean house.yaml?"),
        (".", "{here} cannot be read: Is a directory"),
        ("3", "expected the name of a file, got the number 3"),
        ("[house.yaml]", "expected the name of a file, got a list"),
        ("null", "expected the name of a file, got nothing"),
        ('"a\\0.yaml"', "must be one line of printable characters"),
        ('"\\ud800.yaml"', "must be one line of printable characters"),
    ],
)
def test_a_file_that_is_not_there_or_no_name_is_refused_at_the_key(here, name, message):
    (here / "house.yaml").write_text(HOUSE)
    (here / "c.yaml").write_text(f"extends: {name}\n{LEARNED}")
    (problem,) = refused(here / "c.yaml").problems
    assert (problem.key, problem.mark.line, problem.mark.column) == ("extends", 1, 10)
    assert problem.message == message.format(here=here)


def test_a_section_that_is_none_is_a_mistake_there_though_the_config_has_one_of_its_own(load, here):
    with pytest.raises(ConfigProblems, match=rf"^{here}/house\.yaml:1:12: animation: expected a mapping of keys, got"):
        load(LEARNED + "animation: {fps: 10}\n", "animation: 5\n")


def test_a_file_that_is_no_config_is_refused_with_its_own_place(load, here):
    with pytest.raises(ConfigProblems, match=rf"^{here}/house\.yaml:1:1: the file holds a list"):
        load(LEARNED, "[1, 2]")


def test_one_level_is_read(load):
    with pytest.raises(ConfigProblems, match=r"house\.yaml:1:1: extends: .*c\.yaml extends this file, which cannot"):
        load(LEARNED, "extends: c.yaml\n" + HOUSE)


def test_extends_is_no_setting_and_needs_a_folder(load):
    with pytest.raises(ConfigProblems, match="--set:1:1: extends: is read before --set; write it in the file"):
        load(LEARNED, settings=["extends=house.yaml"])
    with pytest.raises(ConfigProblems, match="a text lies in no folder"):
        config.loads("extends: house.yaml\n" + LEARNED)


def test_a_mapping_extends_a_file_of_its_folder(here):
    (here / "house.yaml").write_text(HOUSE)
    own = config.of({"extends": "house.yaml", "model": {"layer_sizes": [1, 2, 1]}}, here)
    assert (own.target.function, own.title) == ("sin(x)", "Our blog")


def run(*arguments):
    result = CliRunner().invoke(app, ["run", *map(str, arguments), "--json", "-q"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["status"]


def test_a_film_is_made_anew_when_a_key_that_it_took_changes_and_only_then(load, here):
    load(LEARNED)
    assert run("c.yaml") == "built"
    assert run("c.yaml") == "current"
    (here / "house.yaml").write_text(HOUSE + "# a comment\n")
    assert run("c.yaml") == "current"
    assert decide(Order(here / "c.yaml")).loaded is None  # the config need not be read for that any more
    (here / "house.yaml").write_text(HOUSE.replace("dark", "light"))
    assert run("c.yaml") == "redrawn"


def test_an_order_that_was_fulfilled_with_another_file_beside_it_is_looked_at_again(load, here):
    load(LEARNED)
    run("c.yaml")
    text = (here / "c.yaml").read_text()
    (here / "house.yaml").write_text(HOUSE.replace("dark", "light"))
    (here / "c.yaml").write_text(text + "animation: {theme: dark}\n")
    assert run("c.yaml") == "current"  # another text and another file, which are the same film
    (here / "c.yaml").write_text(text)
    assert run("c.yaml") == "redrawn"


def test_rules_for_make_name_the_file_and_no_film_is_written_over_it(load, here):
    load(FIGURE, HOUSE)
    run("c.yaml", "--deps", "c.d")
    assert "outputs/c.png: c.yaml house.yaml" in (here / "c.d").read_text()
    (here / "c.yaml").write_text("extends: house.png\n" + FIGURE)
    (here / "house.png").write_text(HOUSE)
    result = CliRunner().invoke(app, ["run", "c.yaml", "-o", "house.png"])
    assert (result.exit_code, (here / "house.png").read_text()) == (2, HOUSE)
