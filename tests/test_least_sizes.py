"""The least size that a config may give a panel is one at which it can be read."""

import json
import re

import pytest
from helpers.pictures import overlapping
from hypothesis import given, settings
from hypothesis import strategies as st

from relu_anim import config
from relu_anim.errors import ConfigError
from relu_anim.facts import PANELS
from relu_anim.films import Film

ONE = "target: {function: 300*x**2}\nmodel: {layer_sizes: [1, 4, 1]}\ntraining: {epochs: 3000}\n"
DEEP = "target: {function: sin(x)}\nmodel: {layer_sizes: [1, 8, 8, 8, 1]}\ntraining: {epochs: 300}\n"
NUMBERS = "target: {function: x*y}\nmodel: {layer_sizes: [2, 8, 1]}\ntraining: {epochs: 20}\n"
CLASSES = """\
target: {dataset: gauss}
data: {classes: 4, test_fraction: 0.3}
model: {layer_sizes: [2, 9, 9, 4]}
training: {epochs: 20}
"""
TWO_CLASSES = """\
target: {dataset: circle}
data: {test_fraction: 0.3}
model: {layer_sizes: [2, 8, 8, 1]}
training: {epochs: 20}
"""
CASES = [  # a panel, what it may show, and other settings
    ("prediction", ONE),
    ("prediction", "target: {dataset: cosine}\nmodel: {layer_sizes: [1, 30, 1]}\ntraining: {epochs: 20}\n"),
    ("layers", ONE),
    ("layers", DEEP),
    ("layers", DEEP, "model.activation=identity", "model.layer_sizes=[1, 1]"),
    ("contributions", ONE),
    ("activation_function", ONE),
    ("activation_function", DEEP, "model.activation=[relu, tanh, prelu]"),
    ("activation_map", ONE),
    ("activation_map", DEEP),
    ("activation_map", NUMBERS),
    ("activation_map", CLASSES),
    ("network", ONE),
    ("network", DEEP),
    ("network", NUMBERS, "model.layer_sizes=[2, 30, 1]"),
    ("decision", NUMBERS),
    ("decision", TWO_CLASSES),
    ("decision", CLASSES),
    ("loss", ONE),
    ("loss", CLASSES),
    ("loss", ONE, "training.epochs=3"),
    ("accuracy", CLASSES),
    ("gradients", ONE),
    ("gradients", DEEP),
    ("profile", ONE),
    ("profile", DEEP),
    ("profile", CLASSES),
    ("metrics", ONE, "animation.metrics=[gradient_norms]"),
    ("metrics", ONE, "animation.metrics=[sparsity, loss, knots, dead_units]"),
    ("metrics", DEEP, "animation.metrics=[weight_norms, linear_regions]"),
]
VARIANTS = {
    count: json.dumps([{"label": f"variant {i}", "set": {"seed": i}} for i in range(count)]) for count in (0, 3)
}
MOSAICS = {
    "[[prediction, loss], [contributions, network]]": ONE,
    "[[layers, loss], [layers, metrics]]": ONE,
    "[[gradients, activation_map], [metrics, prediction]]": DEEP,
    "[[{profile: {of: activations}}, loss]]": DEEP,
    "[[{prediction: {best: true}}], [{activation_function: {pair: 2}}]]": ONE,
    "[[decision, network], [accuracy, loss]]": CLASSES,
    "[[decision, decision], [loss, activation_map]]": NUMBERS,
}


def message_of(text, *changes):
    with pytest.raises(ConfigError) as caught:
        config.loads(text, settings=changes)
    (problem,) = caught.value.problems
    assert problem.key == "animation.size"
    return problem.message


def proposed(message):
    return message.partition("; write ")[2]


def texts_that_cannot_be_read(experiment, fake_recording):
    """Texts of a film's last frame that lie over others or outside, but for the line above the panels, which is one
    for all of them and wider than the smallest."""
    film = Film(experiment, [fake_recording(member, seed) for seed, (_, member) in enumerate(experiment.members)])
    film.shapes(-1)  # which moves everything to its end
    for artist in film.animated:
        artist.set_animated(False)
    for text in film.figure.texts:
        text.set_visible(False)
    return list(overlapping(film.figure))


def test_every_panel_has_a_least_size_and_a_case_here():
    assert set(PANELS) == {panel for panel, *_ in CASES}


@pytest.mark.parametrize(
    ("case", "count"),
    [
        pytest.param(case, count, marks=[pytest.mark.soak] * ((number + place) % 2), id=f"{case[0]}-{number}-{count}")
        for number, case in enumerate(CASES)
        for place, count in enumerate(VARIANTS)
    ],
)
def test_a_panel_can_be_read_at_its_least_size(fake_recording, case, count):
    panel, text, *changes = case
    changes = [*changes, f"animation.panels=[{panel}]", f"variants={VARIANTS[count]}"]
    message = message_of(text, *changes, "animation.size=[100, 100]")
    width, height = map(int, re.search(r"needs (\d+) × (\d+) pixels", message).groups())
    size = [width * max(count, 1), height + (80 if count else 40)]
    experiment = config.loads(text, settings=[*changes, f"animation.size={size}"])
    for smaller in ([size[0] - 1, size[1]], [size[0], size[1] - 1]):
        assert "too small" in message_of(text, *changes, f"animation.size={smaller}")
    assert texts_that_cannot_be_read(experiment, fake_recording) == []


@pytest.mark.parametrize("mosaic", MOSAICS)
def test_a_mosaic_can_be_read_at_the_size_that_is_proposed(fake_recording, mosaic):
    changes = [f"animation.panels={mosaic}", "animation.metrics=[loss]"]
    message = message_of(MOSAICS[mosaic], *changes, "animation.size=[100, 100]")
    experiment = config.loads(MOSAICS[mosaic], settings=[*changes, f"animation.size={proposed(message)}"])
    assert texts_that_cannot_be_read(experiment, fake_recording) == []


def advice(*changes):
    """The size that is proposed for a film of ONE, or nothing if it is large enough."""
    try:
        config.loads(ONE, settings=changes)
    except ConfigError as error:
        return proposed(error.problems[0].message)
    return ""


ROWS = st.lists(st.sampled_from([*sorted(set(PANELS) - {"decision", "accuracy"}), "."]), min_size=1, max_size=6)


@settings(deadline=None, max_examples=30)
@given(ROWS, st.booleans(), st.sampled_from(list(VARIANTS)), st.tuples(st.integers(100, 900), st.integers(100, 900)))
def test_the_size_that_is_proposed_is_large_enough(names, is_row, count, size):
    names = list(dict.fromkeys(names))
    if names == ["."]:
        names = ["loss"]
    rows = [names] if is_row else [[name] for name in names]
    changes = [f"animation.panels={json.dumps(rows)}", "animation.metrics=[loss, knots]", f"variants={VARIANTS[count]}"]
    refused = advice(*changes, f"animation.size={list(size)}")
    assert not refused or not advice(*changes, f"animation.size={refused}")


def test_a_film_that_could_never_be_large_enough_gets_other_advice():
    variants = json.dumps([{"label": f"{i}", "set": {"seed": i}} for i in range(8)])
    panels = "animation.panels=[prediction, loss, gradients, network]"
    message = message_of(ONE, panels, f"variants={variants}", "animation.size=[4000, 500]")
    assert message.endswith("for each of 8 variants; show fewer panels or variants")


def test_a_variant_with_more_layers_needs_more_room():
    variants = 'variants=[{"label": "deep", "set": {"model.layer_sizes": [1, 4, 4, 1]}}]'
    changes = ["animation.panels=layers", variants]
    assert "with 5 rows; write [700, 370]" in message_of(ONE, *changes, "animation.size=[700, 369]")
    config.loads(ONE, settings=[*changes, "animation.size=[700, 370]"])
