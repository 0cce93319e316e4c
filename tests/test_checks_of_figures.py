"""Keys of figures that do not go together; and that no check is without a case."""

import pytest
from helpers.configs import ACTIVATION_FIGURE, BORN_DEAD_FIGURE, DATA_FIGURE, SMALLEST, the_problem
from helpers.pairs import PAIRS
from pydantic import ValidationError

from relu_anim import config
from relu_anim.config import document
from relu_anim.config.checks import target
from relu_anim.config.kinds import KINDS, DataFigure, RecordedExperiment, TrainedExperiment
from relu_anim.config.kinds.root import READ
from relu_anim.config.messages import _keys_of

SCALE = ("animation.scale", "1600 × 4 are more than 4,000 pixels; write 2.5 at most")
FIGURE_PAIRS = [  # the figure, one wrong setting, one right one, key and message
    (ACTIVATION_FIGURE, "functions.1=log(x)", "functions.1=tanh(x)", "functions.1", "is not defined at x = -10"),
    (ACTIVATION_FIGURE, "output.formats=[png, png]", "output.formats=[png]", "output.formats.1", "is there already"),
    (
        ACTIVATION_FIGURE,
        "output.formats=[gif]",
        "output.formats=[svg]",
        "output.formats.0",
        "one of png, svg, html, pdf",
    ),
    (ACTIVATION_FIGURE, "seed=1", "title=x", "seed", "unknown key"),
    (ACTIVATION_FIGURE, "marks=[0, 10.5]", "marks=[0, 10]", "marks.1", "lies outside of the domain [-10.0, 10.0]"),
    (ACTIVATION_FIGURE, "marks=[a]", "marks=[-10]", "marks.0", "unknown name a; a number here can use pi"),
    (
        ACTIVATION_FIGURE,
        "marks=[1, 2, 3, 4, 5, 6, 7]",
        "marks=[1, 2, 3, 4, 5, 6]",
        "marks",
        "needs at most 6 values, got 7",
    ),
    (
        ACTIVATION_FIGURE + "marks: [0]\n",
        "derivative=false",
        "derivative=first",
        "marks",
        "tell the slope at these inputs, and derivative is false",
    ),
    *(
        (
            figure + "output: {formats: [png, html]}\n",
            "animation.transparent=true",
            "animation.transparent=false",
            "output.formats.1",
            "an HTML page cannot be transparent; write png, svg or pdf",
        )
        for figure in (ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE)
    ),
    *(
        (figure, "output.themes=[dark, dark]", "output.themes=[dark]", "output.themes.1", "dark is there already")
        for figure in (ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE)
    ),
    *(
        (
            figure,
            "animation.words={depht: x}",
            "animation.words={data: x}",
            "animation.words.depht",
            "there is no such word",
        )
        for figure in (ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE)
    ),
    (DATA_FIGURE, "target={}", "target={function: x}", "target", "needs one of"),
    (
        DATA_FIGURE,
        "target={function: 1/x}",
        "target={function: 1/x, domain: [1, 2]}",
        "target.function",
        "is infinite at x = 0",
    ),
    (
        DATA_FIGURE,
        "target={function: x, domain: [[0, 1], [0, 2]]}",
        "target={function: x*y, domain: [[0, 1], [0, 2]]}",
        "target.domain",
        "gives two intervals for 1 input",
    ),
    (DATA_FIGURE, "animation.size=[200, 300]", "animation.size=[340, 300]", "animation.size", "write [340, 300]"),
    (
        ACTIVATION_FIGURE,
        "animation.size=[400, 150]",
        "animation.size=[400, 220]",
        "animation.size",
        "too small for a figure, which needs 340 × 220 pixels; write [400, 220]",
    ),
    (DATA_FIGURE, "data.noise=1", "data.noise=0.08", "data.noise", "has its own: 0.08"),
    (DATA_FIGURE, "data.test_fraction=0.999", "data.test_fraction=0.9", "data.test_fraction", "leaves no point"),
    (DATA_FIGURE, "output.formats=[svg, svg]", "output.formats=[svg, png]", "output.formats.1", "is there already"),
    (
        "kind: data\ntarget: {function: x}\n",
        "data.resample=true",
        "data.resample=false",
        "data.resample",
        "needs fixed points",
    ),
    (
        DATA_FIGURE,
        "target.dataset=digits",
        "target.dataset=moons",
        "target.dataset",
        "points of 64 inputs cannot be drawn in a plane",
    ),
    (
        "kind: data\ntarget: {dataset: circle}\n",
        "data.classes=6",
        "data.classes=5",
        "data.classes",
        "circle has at most 5 classes",
    ),
    (
        BORN_DEAD_FIGURE,
        "animation.size=[200, 300]",
        "animation.size=[340, 300]",
        "animation.size",
        "write [340, 300]",
    ),
    (BORN_DEAD_FIGURE, "output.formats=[svg, svg]", "output.formats=[svg]", "output.formats.1", "is there already"),
    (BORN_DEAD_FIGURE, "animation.ylim=[0, 20]", "animation.ylim=[0, 0.2]", "animation.ylim", "write [0, 0.2]"),
    (BORN_DEAD_FIGURE, "widths=[2, 3, 2]", "widths=[2, 3, 4]", "widths.2", "2 is there already"),
    *(
        (figure, "animation={size: [1600, 500], scale: 4}", "animation={size: [1600, 500], scale: 2.5}", *SCALE)
        for figure in (ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE)
    ),
    (
        DATA_FIGURE,
        "animation={size: [340, 300], text_scale: 2}",
        "animation={size: [680, 440], text_scale: 2}",
        "animation.size",
        "which needs 680 × 440 pixels; write [680, 440]",
    ),
    *(
        (figure, "title=漢", "title=ß", "title", "the font has no sign for 漢")
        for figure in (ACTIVATION_FIGURE, DATA_FIGURE, BORN_DEAD_FIGURE)
    ),
    (BORN_DEAD_FIGURE, "widths=[256]", "widths=[64]", "networks", "at most 2,630 do not"),
]


@pytest.mark.parametrize(("text", "wrong", "right", "key", "message"), FIGURE_PAIRS)
def test_figures_are_checked_too(text, wrong, right, key, message):
    problem = the_problem(text, wrong)
    assert problem.key == key
    assert message in problem.message
    config.loads(text, settings=[right])


def test_every_check_has_a_case_here():
    cases = [(SMALLEST, wrong) for _, _, wrong, _ in PAIRS] + [(text, [wrong]) for text, wrong, *_ in FIGURE_PAIRS]
    fired = set()
    for text, wrong in cases:
        if (loaded := unchecked(text, wrong)) is not None:
            fired |= {(type(loaded), check) for check in loaded.checks if any(check(loaded))}
    every = {(kind, check) for kind in KINDS.values() for check in kind.checks if kind is not RecordedExperiment}
    elsewhere = {(kind, target.dataset_is_here) for kind in (TrainedExperiment, DataFigure)}
    assert fired == every - elsewhere


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_check_declares_keys_that_its_kind_has(kind):
    schema = kind.model_json_schema()
    known = {*kind.model_fields, *_keys_of(schema, schema)}
    for check in (*kind.checks, *getattr(kind, "checks_of_members", ())):
        keys = {".".join(key) for key in vars(check)["keys"]}
        assert keys, check
        if kind is RecordedExperiment:  # whose network and training are in its recording; it has cases of its own
            keys -= {"model", "data", "seed", "variants", "training.epochs", "training.snapshots"}
        # Checks that figures of data share with experiments may read keys that those alone have.
        assert keys <= known or (kind is DataFigure and keys <= {"target", "data", "animation.domain"}), check


def unchecked(text, settings):
    """The config without any check of its keys against each other; None where a key is wrong by itself."""
    read = document.parse(text.encode(), "c.yaml")
    for setting in settings:
        read.set(setting)
    try:
        loaded = KINDS[read.data.get("kind", "training")].model_validate(config._frozen(read.data), context=READ)
    except ValidationError:
        return None
    return loaded.with_own_values()
