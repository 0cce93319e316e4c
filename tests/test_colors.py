"""Colours of an author's own."""

import pytest
from helpers.configs import SMALLEST, experiment, the_problem
from helpers.sight import contrast

from relu_anim import config
from relu_anim.facts import THEMES as ROWS
from relu_anim.themes import GREYS, THEMES, theme_of


def theme(colors, name="light"):
    """The theme that a film with these colours has."""
    return theme_of(*experiment(f"animation: {{theme: {name}, colors: {{{colors}}}}}").animation.look)


def refused(colors):
    return the_problem(f"{SMALLEST}animation: {{colors: {{{colors}}}}}")


@pytest.mark.parametrize("name", ROWS)
def test_a_theme_without_colours_of_ones_own_is_what_it_was(name):
    assert theme("", name) == THEMES[name]


def test_each_colour_is_that_of_what_it_is_for():
    own = theme("network: '#1b9e77', target: '#777', units: [red, Blue], classes: ['#010203', dark-orange], tanh: Teal")
    assert (own.output, own.target, own.units) == ("#1b9e77", "#777777", ("#ff0000", "#0000ff"))
    assert (own.classes, own.activations["tanh"]) == (("#010203", "#ff8c00"), "#008080")
    assert own.background == THEMES["light"].background


def test_relu_has_the_colour_of_a_network_until_it_has_its_own():
    assert theme("network: red").activations["relu"] == "#ff0000"
    assert theme("network: red, relu: blue").activations["relu"] == "#0000ff"
    assert theme("relu: blue").output == THEMES["light"].output


def test_colours_for_dark_are_those_of_the_dark_theme_alone():
    colors = "network: red, ink: '#222', dark: {network: pink, ink: '#eee'}, light: {target: '#555'}"
    for name, network, ink in (("light", "#ff0000", "#222222"), ("dark", "#ffc0cb", "#eeeeee")):
        assert (theme(colors, name).output, theme(colors, name).ink) == (network, ink)
    assert (theme(colors).target, theme(colors, "paper").target) == ("#555555", "#555555")
    assert theme(colors, "dark").target != "#555555"


@pytest.mark.parametrize("background", ["#fdf6e3", "#0b1d3a", "#808080", "#ffd400", "#000000"])
@pytest.mark.parametrize("name", ["light", "dark", "paper"])
def test_what_is_drawn_on_another_background_can_be_seen_and_read(name, background):
    own = theme(f"background: '{background}'", name)
    for color in (own.target, own.output, *own.units, *own.classes, *own.formulas, *own.activations.values()):
        assert contrast(color, background) >= 3
    for color in (own.ink, own.muted, own.warning):
        assert contrast(color, background) >= 4.5
    assert own.background == background


def test_greys_lie_between_the_background_and_the_ink():
    own = theme("background: '#fdf6e3', ink: '#002b36'")
    for name in GREYS:
        low, high = (sorted((int(own.background[at : at + 2], 16), int(own.ink[at : at + 2], 16))) for at in (1, 5))
        assert low[0] <= int(getattr(own, name)[1:3], 16) <= low[1], name
        assert high[0] <= int(getattr(own, name)[5:], 16) <= high[1], name


@pytest.mark.parametrize(
    ("colors", "key", "message"),
    [
        ("network: stealblue", "network", "expected a colour, got the text 'stealblue'; did you mean steelblue?"),
        ("network: 1b9e77", "network", "expected a colour, got the text '1b9e77'; write \"#1b9e77\""),
        ("network: 'rgb(27, 158, 119)'", "network", "the text 'rgb(27, 158, 119)'; write \"#1b9e77\""),
        ("units: ['#12']", "units.0", 'write "#rgb", "#rrggbb" or a name of CSS such as steelblue'),
        ("target: ", "target", 'got nothing; a colour that begins with # stands in quotes, as in "#1b9e77"'),
        ("classes: [red]", "classes", "needs at least 2 values, got 1"),
        ("swish: red", "swish", "unknown key; did you mean silu?"),
        ("bg: red", "bg", "unknown key; did you mean background?"),
    ],
)
def test_what_is_no_colour_is_refused_with_what_to_write(colors, key, message):
    problem = refused(colors)
    assert problem.key == f"animation.colors.{key}"
    assert message in problem.message


def test_a_colour_without_quotes_is_told_from_a_bracket_that_is_not_closed():
    problem = the_problem("animation: {colors: {network: #1b9e77}}\n")
    assert "# begins a comment, so a colour stands in quotes" in problem.message


def test_a_resolved_config_holds_the_colours_that_were_given_and_no_others():
    loaded = experiment("animation: {colors: {network: Red, dark: {ink: '#fff'}}}")
    assert loaded.animation.model_dump(mode="json")["colors"] == {"network": "#ff0000", "dark": {"ink": "#ffffff"}}
    assert config.loads(config.dump(loaded)) == loaded
    assert experiment().animation.model_dump(mode="json")["colors"] == {}
