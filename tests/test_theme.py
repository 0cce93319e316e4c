"""Colours: what can be seen, read and told apart, in every theme, as standards say it."""

import colorsys
import itertools

import numpy as np
import pytest
from helpers.sight import contrast, difference, lightness
from matplotlib.colors import to_hex, to_rgb

from relu_anim.activations import ACTIVATIONS
from relu_anim.drawing.bands import numbers, several_classes, two_classes
from relu_anim.drawing.looks import palette, variant_colors
from relu_anim.drawing.markers import MARKERS, marker_of
from relu_anim.drawing.series import layer_colors, layer_dashes
from relu_anim.drawing.theme import THEMES
from relu_anim.panels.ensembles import FAINT, FEW, share_of

LINES, WORDS = 3.0, 4.5  # contrast, WCAG 2.1: 1.4.11 and 1.4.3
APART = 20  # ΔE76
DISTINCT = {name: THEMES[name] for name in ("light", "dark", "paper")}

each_theme = pytest.mark.parametrize("theme", DISTINCT.values(), ids=DISTINCT)


def drawn_colors(theme):
    """The colour of everything that is drawn as a line or a point."""
    single = [theme.target, theme.output, theme.warning, theme.ink, theme.muted]
    return [*single, *theme.units, *theme.classes, *theme.formulas, *theme.activations.values()]


def test_auto_is_light():
    assert THEMES["auto"] is THEMES["light"]
    assert all(THEMES[a] != THEMES[b] for a, b in itertools.combinations(DISTINCT, 2))


# ---------------------------------------------------------------- seen


@each_theme
def test_lines_and_points_stand_out_inside_and_outside_of_what_is_learned(theme):
    for color in drawn_colors(theme):
        assert contrast(color, theme.background) >= LINES, color
        assert contrast(color, theme.outside) >= LINES, color


@each_theme
def test_words_are_readable(theme):
    for color in (theme.ink, theme.muted, theme.warning):
        assert contrast(color, theme.background) >= WORDS, color


@each_theme
def test_a_label_has_the_hue_of_its_line_and_is_readable(theme):
    for color in [*drawn_colors(theme), *layer_colors(theme, 11)]:
        label = theme.label(color)
        assert contrast(label, theme.background) >= WORDS
        assert label == color or contrast(color, theme.background) < WORDS
        turn = abs(hue(label) - hue(color))
        assert min(turn, 1 - turn) < 0.02, (color, label)


def hue(color):
    """As a share of the circle."""
    return colorsys.rgb_to_hsv(*to_rgb(color))[0]


@each_theme
def test_layers_get_steadily_lighter_and_all_stand_out(theme):
    colors = layer_colors(theme, 11)
    light = [lightness(color) for color in colors]
    assert light == sorted(light)
    assert light[-1] > light[0] + 40
    assert min(contrast(color, theme.background) for color in colors) >= LINES
    assert all(one != two for one, two in itertools.pairwise(layer_dashes(11)))


@each_theme
def test_lines_and_the_outlines_of_points_stand_out_from_every_colour_of_a_map(theme):
    """All of them have the colour of ink; some lines are thin, none is translucent."""
    maps = [*two_classes(theme).colors, *several_classes(theme).colors]
    maps += [color for ends in ((-1, 1), (0, 1), (-2, 0.5)) for color in numbers(theme, *ends)[0].colors]
    assert min(contrast(theme.ink, to_hex(color)) for color in maps) >= LINES
    assert min(contrast(color, theme.background) for color in theme.classes) >= LINES  # rings of held-out points


@each_theme
def test_units_that_are_on_and_dead_ones_stand_out_from_those_that_are_off(theme):
    for color in (theme.muted, *theme.units, *theme.activations.values(), *theme.formulas):
        assert contrast(color, theme.off) >= LINES, color
    assert contrast(theme.off, theme.background) > 1.15  # a row of it can be seen


@each_theme
@pytest.mark.parametrize("curves", [1, FEW, 64, 100])
def test_networks_beside_the_chosen_one_can_be_seen_where_a_sixteenth_of_them_run_together(theme, curves):
    ground, color = np.array(to_rgb(theme.background)), np.array(to_rgb(theme.muted))
    left = (1 - share_of(curves)) ** max(1, curves // FEW)  # of the ground, below that many of them
    assert contrast(to_hex(left * ground + (1 - left) * color), theme.background) >= LINES
    assert share_of(curves) <= FAINT


# ---------------------------------------------------------------- told apart


def in_turn(colors):
    """Neighbours, the last and the first among them."""
    return itertools.pairwise([*colors, colors[0]])


def neighbours(theme):
    """Pairs of colours that often stand beside each other."""
    names = theme.activations
    yield theme.output, theme.target
    for row in (theme.units, theme.classes, theme.formulas, palette(theme), list(names.values())):
        yield from in_turn(row)
    for row in (("sigmoid", "tanh", "relu"), ("leaky_relu", "prelu", "relu"), ("identity", "relu"), ("elu", "gelu")):
        yield from itertools.combinations([names[name] for name in row], 2)
    yield from ((names[name], theme.formulas[0]) for name in ("relu", "tanh", "sigmoid"))


@each_theme
@pytest.mark.parametrize("deuteranopia", [False, True])
def test_neighbours_are_told_apart_without_red_and_green_too(theme, deuteranopia):
    for one, two in neighbours(theme):
        assert difference(one, two, deuteranopia) >= APART, (one, two)


@each_theme
def test_all_activations_and_all_units_differ(theme):
    for row in (list(theme.activations.values()), theme.units, theme.classes, theme.formulas):
        assert min(difference(one, two) for one, two in itertools.combinations(row, 2)) >= APART
    for one, two in itertools.product(theme.activations.values(), theme.formulas):
        assert difference(one, two) > 15


@each_theme
def test_the_lines_of_variants_do_not_look_like_classes(theme):
    for name, color in itertools.product(("identity", "relu"), theme.classes):
        for deuteranopia in (False, True):
            assert difference(theme.activations[name], color, deuteranopia) > 14, (name, color)


def test_what_stands_side_by_side_on_paper_differs_in_grey():
    paper = THEMES["paper"]
    for row in (paper.units, paper.classes):
        for one, two in in_turn(row):
            assert abs(lightness(one) - lightness(two)) >= 12
    assert abs(lightness(paper.output) - lightness(paper.target)) >= 12


# ---------------------------------------------------------------- one meaning


@each_theme
def test_every_activation_has_a_colour_and_relu_that_of_a_network(theme):
    assert set(theme.activations) == set(ACTIVATIONS)
    assert theme.activations["relu"] == theme.output


def test_an_activation_has_the_same_colour_whatever_stands_beside_it():
    theme = THEMES["light"]
    one, two = theme.activation_colors(["tanh", "x**2", "relu"]), theme.activation_colors(["relu", "sin(x)", "tanh"])
    assert (one[0], one[2]) == (two[2], two[0]) == (theme.activations["tanh"], theme.activations["relu"])
    assert one[1] == two[1] == theme.formulas[0]
    assert theme.activation_colors(["x**2", "sqrt(x)", "x**2"]) == [*theme.formulas[:2], theme.formulas[0]]


def test_variants_that_differ_in_their_activation_have_its_colour_and_others_the_palette_in_order():
    theme = THEMES["light"]
    own = theme.activations
    assert variant_colors(theme, ["sigmoid", "relu"]) == [own["sigmoid"], own["relu"]]
    assert variant_colors(theme, ["relu", "relu", "relu"]) == list(palette(theme)[:3])
    assert variant_colors(theme, ["tanh"]) == [palette(theme)[0]]
    assert variant_colors(theme, ["", ""]) == list(palette(theme)[:2])
    assert variant_colors(theme, ["tanh", "tanh", "relu"]) == [*palette(theme)[1:3], own["relu"]]


def test_no_two_of_many_share_both_colour_and_marker():
    looks = [(index % 6, marker_of(index, 6)) for index in range(36)]
    assert len(set(looks)) == 36
    assert all(a[1] != b[1] for a, b in itertools.pairwise(looks[:12]))
    assert {marker for _, marker in looks} == set(MARKERS)
