"""The network's formula in a page's script, run in Debian's Chromium, beside the same in NumPy."""

import base64
from pathlib import Path

import numpy as np
import pytest

import relu_anim
from relu_anim.activations import ACTIVATIONS, from_formula, named
from relu_anim.expressions import FUNCTIONS, parse
from relu_anim.network import Network
from relu_anim.recording import Snapshot, compact, stack

pytestmark = pytest.mark.xdist_group("site")  # one browser at a time

SCRIPT = Path(relu_anim.__file__).parent / "pages" / "network.js"
CLOSE = 1e-5  # of a curve's largest value: near 0 it is as far off as elsewhere, not relatively more exact
LAYERS = """cases => cases.map(([net, parameters, x]) => {
    const floats = text => new Float32Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer)
    const layers = forward(net, floats(parameters), floats(x))
    return layers.map(layer => [layer.preactivation, layer.activation].map(units => {
        const bytes = new Uint8Array(Float32Array.from(units.flatMap(values => [...values])).buffer)
        return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""))
    }))
})"""
PIECES = """([net, parameters, domain]) => [bends, knots].map(what =>
    what(net, Float32Array.from(parameters), domain).map(bend => [bend.x, bend.layer, bend.unit]))"""
UNPACKED = """async ([text, count]) => (await snapshotsOf(text, count))
    .map(values => [...new Uint32Array(values.buffer)])"""
FORMULAS = ["x**2/4", "sign(x)*sqrt(abs(x) + 1e-6)", "max(x, 0, -2*x) - 1", "clip(x, -1, 1) + gelu(x)/9"]


@pytest.fixture(scope="module")
def script(browser):
    """What a page that has the script makes of a JavaScript function and its argument."""
    page = browser.new_page()
    page.add_script_tag(content=SCRIPT.read_text("utf-8"))
    yield page.evaluate
    page.close()


def recording_of(network, *parameters):
    rest = 0.0, float("nan"), np.ones(len(network.activations), np.float32)
    moments = enumerate(np.asarray(each, np.float32) for each in parameters)
    return stack(network, (Snapshot(number, number, each, *rest) for number, each in moments), "")


def as_json(network):
    """A network as a page has it."""
    return compact(recording_of(network, np.zeros(network.parameter_count)), np.array([0]), 10**6)


def random_parameters(network, seed):
    random = np.random.default_rng(seed)
    parameters = random.normal(0, 1, network.parameter_count).astype(np.float32)
    for slot in network.slots:
        if slot.name == "slope":
            parameters[slot.start] = 0.3
    return parameters


def networks_of(activation, output=ACTIVATIONS["identity"]):
    """Of one or two inputs, of one to three hidden layers, scaled or not."""
    for inputs in (1, 2):
        for hidden in (1, 2, 3):
            activations = (*[activation] * hidden, output)
            yield Network((inputs, *[5] * hidden, 2), activations)
            scaled = [1.5, -4.0][:inputs], [0.3, 7.0][:inputs]
            yield Network((inputs, *[5] * hidden, 1), activations, *map(tuple, scaled), -12.0, 40.0)


def in_text(values):
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def curves(text, units):
    return np.frombuffer(base64.b64decode(text), "<f4").reshape(units, -1).T


@pytest.mark.parametrize("name", [*ACTIVATIONS, *FORMULAS])
def test_curves_of_all_units_are_those_of_the_network(script, name):
    cases = list(networks_of(ACTIVATIONS.get(name) or from_formula(parse(name))))
    parameters = [random_parameters(network, 3) for network in cases]
    points = [np.random.default_rng(0).uniform(-5, 5, (1000, network.layer_sizes[0])) for network in cases]
    given = [(as_json(n), in_text(p), in_text(x)) for n, p, x in zip(cases, parameters, points, strict=True)]
    for found, network, own, x in zip(script(LAYERS, given), cases, parameters, points, strict=True):
        for kind in (np.float32, np.float64):  # as in training, and as nearly true as can be
            layers = network.forward(own.astype(kind), x.astype(np.float32).astype(kind))
            for texts, layer in zip(found, layers, strict=True):
                for text, values in zip(texts, layer, strict=True):
                    away = np.abs(curves(text, values.shape[1]) - values).max()
                    assert away <= CLOSE * np.abs(values).max(), (network, kind, away)


def test_each_function_of_formulas_is_known(script):
    names = [name for name in FUNCTIONS if name not in ("min", "max", "clip", "leaky_relu")]
    texts = [*(f"{name}(x)" for name in names), "min(x, 1, 2*x)", "max(x, 1)", "clip(x, -1, 2)", "leaky_relu(x, 0.1)"]
    texts += ["x - 2 + 3/x", "-x*5", "2**x", "1**x", "x**0.5"]
    x = np.array([-2.5, -1.5, -1, -0.5, 0, 0.25, 0.5, 1, 1.5, 2.5, 30, -30, np.inf, -np.inf, np.nan], np.float32)
    cases = [Network((1, 1), (from_formula(parse(text)),)) for text in texts]
    found = script(LAYERS, [(as_json(network), in_text([1, 0]), in_text(x)) for network in cases])
    for text, ((_, own),) in zip(texts, found, strict=True):
        np.testing.assert_allclose(curves(own, 1)[:, 0], parse(text)(x), rtol=1e-6, atol=1e-7, err_msg=text)


# ---------------------------------------------------------------- knots


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "prelu"])
@pytest.mark.parametrize("sizes", [(1, 6, 1), (1, 5, 4, 1), (1, 4, 4, 3, 1)])
def test_knots_are_those_of_the_network(script, sizes, name):
    hidden = [ACTIVATIONS[name]] * (len(sizes) - 2)
    for output, scales in (("identity", ((0.5,), (2.0,), 3.0, -7.0)), ("relu", ())):
        network = Network(sizes, (*hidden, ACTIVATIONS[output]), *scales)
        parameters = random_parameters(network, 5)
        bends, knots = script(PIECES, [as_json(network), parameters.tolist(), [-4, 4]])
        expected = network.bends(parameters, (-4.0, 4.0))[1:-1]
        assert [x for x, _, _ in bends] == pytest.approx(expected.tolist(), rel=1e-6, abs=1e-6)
        assert [x for x, _, _ in knots] == pytest.approx(network.knots(parameters, (-4.0, 4.0)).tolist(), abs=1e-6)
        for x, layer, unit in bends:
            before = network.forward(parameters.astype(float), np.array([[x]]))[layer][0]
            assert before[0, unit] == pytest.approx(0, abs=1e-5)


def test_a_unit_that_changes_nothing_has_no_knot(script):
    network = Network((1, 2, 1), (ACTIVATIONS["relu"], ACTIVATIONS["identity"]))
    parameters = np.array([1, 1, -1, 2, 1, 0, 0], np.float32)  # the second one's weight to the output is 0
    bends, knots = script(PIECES, [as_json(network), parameters.tolist(), [-4, 4]])
    assert (bends, knots) == ([[-2, 0, 1], [1, 0, 0]], [[1, 0, 0]])


# ---------------------------------------------------------------- what is packed


def test_parameters_are_unpacked_to_the_last_bit(script):
    network = Network((1, 2, 1), (ACTIVATIONS["relu"], ACTIVATIONS["identity"]))
    odd = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -3.4e38]
    rows = [random_parameters(network, 0), np.array(odd, np.float32), -random_parameters(network, 0)]
    found = compact(recording_of(network, *rows), np.arange(3), 10**6)
    bits = script(UNPACKED, [found["packed"], network.parameter_count])
    assert bits == np.array(rows).view(np.uint32).tolist()


def test_frames_know_their_snapshots_and_fewer_are_packed_where_there_is_no_room(script):
    network = Network((1, 20, 1), (ACTIVATIONS["relu"], ACTIVATIONS["identity"]))
    rows = np.random.default_rng(0).normal(0, 1, (12, network.parameter_count)).astype(np.float32)
    recording, shown = recording_of(network, *rows), np.array([0, 2, 2, 4, 6, 8, 11])
    whole = compact(recording, shown, 10**6)
    assert (whole["frames"], all(whole["inside"])) == ([0, 1, 1, 2, 3, 4, 5], True)
    half = compact(recording, shown, len(whole["packed"]) * 2 // 3)
    assert (half["frames"], half["inside"]) == ([0, 0, 0, 0, 1, 1, 2], [False, True, True, False, True, False, True])
    bits = script(UNPACKED, [half["packed"], network.parameter_count])
    assert bits == rows[[2, 6, 11]].view(np.uint32).tolist()
    assert compact(recording, shown, 100) is None


def test_what_a_page_cannot_compute_is_left_out():
    relu, identity = ACTIVATIONS["relu"], ACTIVATIONS["identity"]

    def packs(sizes, activation=relu):
        network = Network(sizes, (*[activation] * (len(sizes) - 2), identity))
        return compact(recording_of(network, np.zeros(network.parameter_count)), np.array([0]), 10**6) is not None

    assert [packs((inputs, 4, 1)) for inputs in (1, 2, 3)] == [True, True, False]
    assert [packs((1, units, 32, 1)) for units in (32, 33)] == [True, False]
    assert not packs((1, 4, 1), from_formula(parse("x/0*1e-300 + 1/0")))


def test_parameters_of_activations_are_theirs(script):
    cases = [Network((1, 1), (named("elu", alpha=2.5),)), Network((1, 1), (named("leaky_relu", negative_slope=-0.5),))]
    x = np.linspace(-3, 3, 7)
    for network, ((_, own),) in zip(
        cases, script(LAYERS, [(as_json(n), in_text([1, 0]), in_text(x)) for n in cases]), strict=True
    ):
        assert curves(own, 1)[:, 0] == pytest.approx(network.activations[0](x), rel=1e-6)
