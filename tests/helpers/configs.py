"""Configs in a few lines, and what is said of wrong ones."""

from pathlib import Path

import pytest

from relu_anim import config
from relu_anim.errors import ConfigError, UserError

CATALOGUE = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))


SMALLEST = "target: {function: x**2}\nmodel: {layer_sizes: [1, 4, 1]}\n"


ACTIVATION_FIGURE = "kind: activation\nfunctions: [tanh, 2*sigmoid(x) - 1]\n"


DATA_FIGURE = "kind: data\ntarget: {dataset: cosine}\n"


BORN_DEAD_FIGURE = "kind: born_dead\n"


def problems(text, *settings):
    """The places, keys and messages of what is wrong, with the line under each and the character at its caret."""
    with pytest.raises(ConfigError) as caught:
        config.loads(text, "c.yaml", settings)
    return caught.value.problems


def refused(function, *arguments):
    """The error for users that a call raises."""
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return caught.value


def the_problem(text, *settings):
    found = problems(text, *settings)
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def place(problem):
    return f"{problem.mark.source.name}:{problem.mark.line}:{problem.mark.column}"


def under_caret(problem):
    """The source text from the caret on, as the message shows it."""
    _, line, caret = str(problem).split("\n")
    return line[caret.index("^") :]


def experiment(extra="", *settings):
    return config.loads(SMALLEST + extra, "c.yaml", settings)


def resolved(text):
    return config.loads(text).model_dump(mode="json")


CSV_CONFIG = "target: {csv: points.csv}\nmodel: {layer_sizes: [1, 2, 1]}\n"


NUMBERS = "x,y\n0,1\n1,2.5\n2,2\n4,0\n"


CLASSES = "a,b,label\n0,1,yes\n1,2.5,no\n2,2,yes\n4,0,no\n"
