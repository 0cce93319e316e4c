"""Numbers in titles are counted in what is shown at the end."""

import dataclasses

import numpy as np
import pytest

from relu_anim import config
from relu_anim.activations import named
from relu_anim.config import ConfigProblems
from relu_anim.config.braces import asked
from relu_anim.films import Film
from relu_anim.films.titles import with_counts
from relu_anim.network import Network
from relu_anim.network.boundary import corners

PLANE = "target: {dataset: circle}\nmodel: {layer_sizes: [2, 6, 1]}\ntraining: {epochs: 3}\n"
PAIR = "variants: [{label: a.b, set: {seed: 1}}, {label: ReLU, set: {seed: 2}}]\n"


def network(hidden=4, outputs=1, activation="relu"):
    return Network((2, hidden, outputs), (named(activation), named("identity")))


def flat(*parts):
    return np.concatenate([np.ravel(part) for part in parts]).astype(float)


FOUR_WAYS = [[1, 0], [-1, 0], [0, 1], [0, -1]]


# ---------------------------------------------------------------- corners


def test_where_x_and_y_are_one_together_the_line_has_four_corners():
    diamond = flat(FOUR_WAYS, np.zeros(4), np.ones(4), [-1])  # |x| + |y| - 1
    assert corners(network(), diamond, (-2, 2)) == 4


def test_corners_outside_of_the_domain_are_not_counted():
    diamond = flat(FOUR_WAYS, np.zeros(4), np.ones(4), [-1])
    assert corners(network(), diamond, ((-2, 0.5), (-2, 2))) == 3


def test_a_unit_that_the_output_does_not_weigh_makes_no_corner():
    weights = [*FOUR_WAYS, [1, 2]]
    parameters = flat(weights, np.zeros(5), [1, 1, 1, 1, 0], [-1])
    assert corners(network(5), parameters, (-2, 2)) == 4


def test_two_outputs_meet_where_their_difference_is_zero():
    parameters = flat(FOUR_WAYS, np.zeros(4), [[0, 0, 0, 0], [1, 1, 1, 1]], [1, 0])
    assert corners(network(outputs=2), parameters, (-2, 2)) == 4


def test_a_linear_network_has_no_corner():
    assert corners(network(activation="identity"), np.ones(17), (-2, 2)) == 0


@pytest.mark.parametrize("seed", range(8))
def test_corners_are_where_the_line_crosses_those_of_units(seed):
    shape = network(hidden=5)
    parameters = np.random.default_rng(seed).normal(size=shape.parameter_count)
    weights, biases = parameters[:10].reshape(5, 2), parameters[10:15]
    crossed = 0
    for weight, bias in zip(weights, biases, strict=True):
        start = -bias * weight / (weight @ weight)
        along = start + np.linspace(-20, 20, 100_001)[:, None] * [-weight[1], weight[0]]
        along = along[(np.abs(along) < 4).all(axis=1)]
        crossed += int((np.diff(shape.output(parameters, along)[:, 0] > 0)).sum())
    assert corners(shape, parameters, (-4, 4)) == crossed


# ---------------------------------------------------------------- titles


@pytest.fixture
def title(fake_recording):
    def make(text, words, losses=()):
        e = config.loads(text, settings=[f"title={words!r}"])
        recordings = [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)]
        return Film(e, recordings).title

    return make


OTHER_BRACES = ("{}", "f{x}", "{a, b}", "{x | x > 0}", "{x: x > 0}", "{-1, 1}", "{0.5}", "{corners", "{}{")
OTHER_WORDS = ("{needs}", "{epoch}", "{ReLU}", "{a word}")


@pytest.mark.parametrize("words", OTHER_BRACES + OTHER_WORDS)
def test_braces_that_name_no_number_stay_as_they_are(title, words):
    assert title("target: {function: x}\nmodel: {layer_sizes: [1, 1]}\ntraining: {epochs: 2}\n", words) == words


def test_loss_and_accuracy_are_those_of_the_last_frame(title):
    assert title(PLANE, "{loss} and {accuracy}") == "25 and 87.5\u2009%"


def test_dead_units_of_all_layers_are_added(fake_recording):
    e = config.loads("target: {function: x}\nmodel: {layer_sizes: [1, 3, 2, 1]}\ntitle: '{dead_units}'")
    recording = fake_recording(e)
    recording.parameters[-1, 3:6] = -1000  # the first layer's biases
    assert Film(e, [recording]).title in ("3", "4", "5")
    recording.parameters[-1, 12:14] = -1000
    assert Film(e, [recording]).title == "5"


def test_a_variant_is_named_by_its_label(fake_recording):
    e = config.loads(PLANE + PAIR, settings=["title='{ReLU.corners} {a.b.corners} {none.x}'"])
    recordings = [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)]
    shape = network(6)
    second, first = (corners(shape, r.parameters[-1].astype(float), (-6, 6)) for r in recordings[::-1])
    assert first != second
    assert Film(e, recordings).title == f"{second} {first} {{none.x}}"


def test_of_two_labels_that_begin_alike_the_longer_is_meant():
    assert asked("a.b.loss", ["a", "a.b"]) == (1, "loss")
    assert asked("a.loss", ["a", "a.b"]) == (0, "loss")
    assert asked("0.5.loss", ["0", "0.5"]) == (1, "loss")


def test_seeds_are_counted_by_their_last_loss():
    ensemble = dataclasses.make_dataclass("Fake", ["last_losses"])(np.array([0.5, 1.5, 30, np.nan, 60]))
    ensemble.__class__.__len__ = lambda self: len(self.last_losses)
    words = "{seeds}: {seeds < 2}, {2 < seeds < 50}, {50 < seeds}, {seeds > 3}"
    assert with_counts(words, ensemble) == "5: 2, 1, 1, {seeds > 3}"


# ---------------------------------------------------------------- mistakes in titles

LINE = "target: {function: x}\nmodel: {layer_sizes: [1, 2, 1]}\n"
CHOSEN = "seed: {best_of: 4}\nanimation: {ensemble: members}\n"


def mistakes(text, words):
    with pytest.raises(ConfigProblems) as caught:
        config.loads(text, settings=[f"title={words!r}"])
    assert {problem.key for problem in caught.value.problems} == {"title"}
    return [problem.message for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("{los}", "{loss}"),
        ("{Loss}", "{loss}"),
        ("{ loss }", "{loss}"),
        ("{val_loss}", "{test_loss}"),
        ("{loss:.2f}", "{loss}"),
        ("{loss of tanh}", "{loss}"),
        ("{tanh.loss}", "{loss}"),
        ("{dead_units of layer 3}", "{dead_units}"),
    ],
)
def test_what_looks_like_a_number_is_led_to_the_right_one(words, right):
    assert mistakes(LINE, words) == [f"{words} is no number of this film; did you mean {right}?"]


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("{corners}", "{a.b.corners} or {ReLU.corners}"),
        ("{RELU.corners}", "{ReLU.corners}"),
        ("{corners of ReLUU}", "{ReLU.corners}"),
        ("{ReLU corners}", "{ReLU.corners}"),
        ("{a.b.corner}", "{a.b.corners}"),
        ("{none.corners}", "{a.b.corners} or {ReLU.corners}"),
    ],
)
def test_of_variants_the_label_is_led_to_as_well(words, right):
    assert mistakes(PLANE + PAIR, words) == [f"{words} is no number of this film; did you mean {right}?"]


def test_a_number_that_the_network_cannot_have_is_a_mistake():
    assert mistakes(PLANE, "{knots} {test_loss}") == [
        "{knots} needs one input",
        "{test_loss} needs data.test_fraction",
    ]
    assert mistakes(LINE, "{accuracy}") == ["{accuracy} needs a target of classes"]
    assert mistakes(LINE, "{corners}")[0].startswith("{corners} needs two inputs, two classes")
    assert mistakes(LINE, "{seeds < 2}")[0].startswith("{seeds < 2} needs seed: {best_of: 64}")
    assert mistakes(LINE + CHOSEN, "{seeds > 2}")[0].endswith(
        "write {seeds}, {seeds < 2}, {2 < seeds < 50} or {50 < seeds}"
    )
    assert config.loads(LINE + CHOSEN, settings=["title='{seeds < 2} of {seeds}'"]).title == "{seeds < 2} of {seeds}"


def test_counts_of_seeds_have_few_forms():
    right = "write {seeds}, {seeds < 2}, {2 < seeds < 50} or {50 < seeds}"
    assert all(mistakes(LINE + CHOSEN, words)[0].endswith(right) for words in ("{seeds > 2}", "{seed}", "{5 > seeds}"))


@pytest.mark.parametrize("name", ["sparsity", "gradient_norms", "weight_norms", "slopes"])
def test_a_metric_of_layers_is_no_number_for_a_title(name):
    (said,) = mistakes(LINE, f"{{{name}}}")
    assert said.startswith(f"{{{name}}} is a number for each layer; a title can hold loss, ")


def test_the_title_of_a_figure_has_no_numbers():
    assert config.loads("kind: activation\nfunctions: [relu]\ntitle: '{los}'\n").title == "{los}"
