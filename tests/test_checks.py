"""Keys of an experiment that do not go together."""

import pytest
from helpers.configs import ACTIVATION_FIGURE, SMALLEST, problems, the_problem, under_caret
from helpers.pairs import PAIRS
from matplotlib.font_manager import FontProperties, findfont, get_font

from relu_anim import config
from relu_anim.config import glyphs


@pytest.mark.parametrize(("key", "message", "wrong", "right"), PAIRS)
def test_keys_that_do_not_go_together_are_refused_and_the_nearest_that_do_are_not(key, message, wrong, right):
    problem = the_problem(SMALLEST, *wrong)
    assert problem.key == key
    assert message in problem.message
    config.loads(SMALLEST, settings=right)


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
