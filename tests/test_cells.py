"""Cells of `animation.panels` with options. A process of its own gets a panel with options of every type."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WITH_A_PANEL = """
from relu_anim import facts

facts.PANELS["spread"] = facts.Panel(
    "how values are spread",
    options={
        "of": facts.Option("what is spread", "weights", values=("weights", "gradients")),
        "bins": facts.Option("how many", 10, least=1, most=99),
        "share": facts.Option("from 0 to 1", 0.5, least=0, most=1),
        "faint": facts.Option("what came before too", False),
    },
)

from relu_anim import config

TEXT = "target: {function: x**2}\\nmodel: {layer_sizes: [1, 4, 1]}\\nanimation: {panels: %s, size: [900, 700]}\\n"


def loads(panels, *settings):
    return config.loads(TEXT % panels, "c.yaml", settings)


def cells(panels):
    return loads(panels).animation.panels


def problems(panels):
    try:
        loads(panels)
    except config.ConfigProblems as error:
        return [(p.mark.column, p.key, p.message) for p in error.problems]
    return []

"""


ANSWERS = """
import json, sys, traceback
for line in sys.stdin:
    try:
        exec(json.loads(line), dict(globals()))
        said = ""
    except BaseException:
        said = traceback.format_exc()
    print(json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def run():
    """Run code in a process of its own in which there is a panel with options: one for all, since it takes a second to
    start."""
    command, path = [sys.executable, "-c", WITH_A_PANEL + ANSWERS], {"PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=path)

    def run_there(code):
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        said = json.loads(process.stdout.readline())
        assert not said, said

    with process:
        yield run_there


def test_a_name_alone_has_the_default_options_and_is_the_same_panel(run):
    run("""
(plain, written), = cells("[[spread, {spread: {of: weights, bins: 10.0}}]]")
assert plain == written and hash(plain) == hash(written)
assert plain.name == "spread"
assert plain.options == {"of": "weights", "bins": 10, "share": 0.5, "faint": False}
assert plain != cells("[{spread: {of: gradients}}]")[0][0]
""")


def test_equal_neighbours_are_one_panel_and_another_option_makes_another(run):
    run("""
assert problems("[[spread, loss], [{spread: {faint: false}}, loss]]") == []
assert problems("[[spread, loss, {spread: {faint: true}}]]") == []
(_, key, message), = problems("[[{spread: {faint: true}}, loss, {spread: {faint: true}}]]")
assert key == "animation.panels"
assert message.startswith('spread {"of": "weights", "bins": 10, "share": 0.5, "faint": true} does not fill a rectangle')
""")


MISTAKES = [  # the panels, the key inside of the cell, and the beginning of the message
    ("[{spread: {off: weights}}]", "spread.off", "unknown key; did you mean of?"),
    ("[{spread: {of: gradient}}]", "spread.of", "expected one of weights, gradients, got the text 'gradient'"),
    ("[[loss, {spread: {bins: 0}}]]", "spread.bins", "must be at least 1, got 0"),
    ("[{spread: {bins: many}}]", "spread.bins", "expected a whole number"),
    ("[{spread: {share: 1.5}}]", "spread.share", "must be at most 1, got 1.5"),
    ("[{spread: {faint: maybe}}]", "spread.faint", "expected true or false"),
    ("[{spred: {of: weights}}]", "spred", "unknown key; did you mean spread?"),
    ("[{loss: {of: weights}}]", "", "loss has no options; write its name alone"),
    ("[{loss: {}}]", "", "loss has no options; write its name alone"),
    ("[{spread: {}, loss: {}}]", "", "a cell holds one panel, with its options; write a mapping for each"),
    ("[{name: spread, of: weights}]", "", "a cell holds one panel, whose name is the key; write {spread: {of: …}}"),
    ("[{name: {a: b}}]", "name", "unknown key; one of "),
    ("[{name: loss}]", "", "a cell holds one panel, whose name is the key; write loss"),
    ("[{spread: {gradients: true}}]", "spread.gradients", "unknown key; write {of: gradients}"),
    ("[{spread: {width: 3}}]", "spread.width", "unknown key; one of of, bins, share, faint"),
    ("[{spread: gradients}]", "spread", "expected a mapping of keys, got the text 'gradients'; write {of: gradients}"),
    ("[{spread: 7}]", "spread", "expected a mapping of keys, got the number 7; write {bins: 7}"),
    ("[{spread: faint}]", "spread", "expected a mapping of keys, got the text 'faint'; write {faint: true}"),
    ("[{spread: true}]", "spread", "expected a mapping of keys, got true; write {of: gradients}"),
    ("[{spread: {}, los: {}}]", "los", "unknown key"),
    ("[{}]", "", "a cell holds one panel, with its options"),
]


def test_what_is_wrong_in_a_cell_is_reported_at_its_place(run):
    run(
        f"MISTAKES = {MISTAKES!r}"
        + """
for panels, inner, message in MISTAKES:
    (column, key, said), = problems(panels)
    start = "animation.panels.0.1" if "[[" in panels else "animation.panels.0"
    assert key == ".".join(filter(None, [start, inner])), (panels, key)
    assert said.startswith(message), (panels, said)
    assert column > len("animation: {panels: "), panels
"""
    )


def test_the_resolved_config_is_short_where_all_options_are_default(run):
    run("""
import yaml
shown = loads("[[spread, {spread: {of: gradients}}, loss]]")
full = {"of": "gradients", "bins": 10, "share": 0.5, "faint": False}
assert yaml.safe_load(config.dump(shown))["animation"]["panels"] == [["spread", {"spread": full}, "loss"]]
assert config.loads(config.dump(shown)) == shown
""")


def test_a_setting_changes_an_option(run):
    run("""
changed = loads("[[loss, {spread: {of: gradients}}]]", "animation.panels.0.1.spread.bins=7")
assert changed.animation.panels[0][1].options["bins"] == 7
""")


def test_variants_are_shown_by_panels_with_options(run):
    run("""
two = "variants=[{label: a, set: {seed: 1}}, {label: b, set: {seed: 2}}]"
loaded = loads("[{spread: {of: gradients}}]", two)
assert [member.animation.panels for _, member in loaded.members] == [loaded.animation.panels] * 2
""")


def test_the_schema_and_the_list_know_the_options(run):
    run("""
import jsonschema
from relu_anim.cli.catalogue import lines

schema = jsonschema.Draft202012Validator(config.json_schema())
def is_right(panels):
    required = {"target": {"function": "x"}, "model": {"layer_sizes": [1, 1]}}
    return schema.is_valid({**required, "animation": {"panels": panels}})
assert is_right([["spread", {"spread": {"of": "gradients", "bins": 3}}]])
assert is_right([{"spread": {}}])
assert not is_right([{"spread": {"of": "nothing"}}])
assert not is_right([{"spread": {"share": 2}}])
assert not is_right([{"spread": {"off": 1}}])
assert not is_right([{}])
assert not is_right([{"loss": {}}])
line = next(line for line in lines("panels") if line.startswith("spread"))
assert "how values are spread; of: weights | gradients (what is spread); bins: 10 (how many)" in line
""")


def test_a_panel_gets_its_options_as_keywords(run):
    run("""
import sys, types
from matplotlib.figure import Figure
from relu_anim.films.arranged import place_panels
from relu_anim.films.layout import Layout

class SpreadPanel:
    def __init__(self, room, scenes, *, of, bins, share, faint):
        self.options, self.top, self.animated = (of, bins, share, faint), room.add_axes(), []

sys.modules["relu_anim.panels.spread"] = types.SimpleNamespace(SpreadPanel=SpreadPanel)
loaded = loads("[[spread, {spread: {of: gradients, faint: true}}]]")
placed = place_panels(Layout(Figure(), 40, columns=2), loaded, [types.SimpleNamespace(number=0)])
assert [p.panel.options for p in placed] == [("weights", 10, 0.5, False), ("gradients", 10, 0.5, True)]
""")
