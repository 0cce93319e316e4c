"""Configs with every key, and ways to mangle them."""

import copy
import json
import math

from hypothesis import strategies as st

from relu_anim import config
from relu_anim.errors import UserError


def refused_or_read_back(text, settings=()):
    """Load a text, which may only fail with words for users; what is loaded is read back equal from its dump."""
    try:
        loaded = config.loads(text, settings=settings)
    except UserError:
        return  # any other exception fails the test
    again = config.loads(config.dump(loaded))
    assert again == loaded
    assert not isinstance(loaded, config.Experiment) or again.members == loaded.members


EVERYTHING = [
    {
        "kind": "training",
        "title": "all",
        "seed": 1,
        "target": {"dataset": "gauss", "domain": [-6, 6]},
        "data": {"samples": 90, "noise": 0.5, "resample": False, "test_fraction": 0.2, "classes": 3},
        "model": {
            "layer_sizes": [2, 3, 3, 3],
            "activation": ["relu", {"name": "leaky_relu", "negative_slope": 0.2}],
            "output_activation": "identity",
            "init": {"weights": "he_normal", "bias": 0.1},
        },
        "training": {
            "optimizer": {"name": "adam", "betas": [0.9, 0.99]},
            "loss": "cross_entropy",
            "l1": 0.1,
            "epochs": 3,
        },
        "animation": {
            "panels": [["decision", "loss"], ["metrics", "accuracy"]],
            "metrics": ["loss", "linear_regions"],
            "knots": True,
            "domain": [-7, 7],
            "arrange": {"loss": "overlay", "accuracy": "columns"},
            "size": [900, 700],
            "ylim": "auto",
            "loop": 2,
        },
        "variants": [
            {"label": "a", "set": {"model.activation": "tanh", "training.optimizer.lr": 1}},
            {"label": "b", "set": {"model.layer_sizes.1": 5, "data.test_fraction": 0.5, "training": {"epochs": 2}}},
        ],
        "output": {"formats": ["gif", "png"]},
    },
    {
        "target": {"function": "sin(x)*y", "domain": [-1, 1]},
        "model": {"layer_sizes": [2, 3, 1], "activation": "prelu"},
        "animation": {"panels": "decision", "metrics": ["slopes"]},
        "variants": [{"label": "a", "set": {"seed": 1}}],
    },
    {
        "target": {"csv": "points.csv", "domain": [0, 1]},
        "data": {"test_fraction": 0.5},
        "model": {"layer_sizes": [1, 1]},
        "training": {"loss": "bce"},
        "variants": [{"label": "a", "set": {"seed": 1}}],
    },
    {"kind": "activation", "functions": ["relu", {"formula": "x*2"}], "marks": [0, 1], "derivative": "first"},
    {"kind": "data", "target": {"dataset": "moons"}, "data": {"samples": 10, "noise": 0.1, "classes": 2}},
    {"kind": "born_dead", "networks": 9, "widths": [2, 3], "depth": 4, "init": {"weights": "he_uniform", "bias": 0.1}},
]


def places_in(value, path=()):
    """The paths of everything inside nested mappings and lists."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*path, key)
        yield from places_in(child, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


WORDS = [
    *sorted({str(key) for whole in EVERYTHING for path in places_in(whole) for key in path}),
    *("circle", "mnist", "digits", "x*y", "log(x)", "1/x", "points.csv", "overlay", "bce", "mse", "prelu", "sigmoid"),
    *("model.layer_sizes", "model.layer_sizes.1", "model", "data.classes", "model..x", "training.loss", "title"),
    *("9" * 5000, "-1", "1e3", "é", " ", "", ".", "$x^2$", "a\u0301", "=", "\x00", "\u2028", "[", "&a", "*a", "<<"),
]


JUNK = st.recursive(
    st.sampled_from(WORDS)
    | st.sampled_from([None, True, False, 0, 1, 2, 3, -1, 0.5, 1e300, -1e16, 2**70, 10**400, math.inf, math.nan]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def mangled(draw):
    """A config with some values replaced by others or by those of other keys, keys taken away and keys put in."""
    whole = copy.deepcopy(draw(st.sampled_from(EVERYTHING)))
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places_in(whole))
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        container, what = at(whole, path[:-1]), draw(st.sampled_from(["replace", "remove", "add", "copy"]))
        if what == "remove":
            del container[path[-1]]
        elif what == "add" and isinstance(container, dict):
            container[draw(st.sampled_from(WORDS))] = draw(JUNK)
        elif what == "copy":
            container[path[-1]] = copy.deepcopy(at(whole, draw(st.sampled_from(paths))))
        else:
            container[path[-1]] = draw(JUNK)
    return whole


KEYS = st.sampled_from([".".join(map(str, path)) for whole in EVERYTHING for path in places_in(whole)])


SETTINGS = st.builds("{}={}".format, KEYS | st.sampled_from(WORDS), st.sampled_from(WORDS) | JUNK.map(json.dumps))
