"""What is said of colours of one's own that are hard to see or to read."""

import colorsys
import re
from pathlib import Path

import pytest
from helpers.configs import ACTIVATION_FIGURE, SMALLEST, experiment
from helpers.sight import contrast
from matplotlib.colors import to_hex, to_rgb

from relu_anim import config
from relu_anim.themes import passing


def told(colors, more=""):
    return list(config.notices(experiment(f"animation: {{colors: {{{colors}}}}}\n{more}"), Path()))


def nearest(color, ground, least):
    """The colour of this hue and saturation whose lightness differs least, of those with such a contrast."""
    hue, own, saturation = colorsys.rgb_to_hls(*to_rgb(color))
    tones = {level / 2000: to_hex(colorsys.hls_to_rgb(hue, level / 2000, saturation)) for level in range(2001)}
    return min(abs(level - own) for level, tone in tones.items() if contrast(tone, ground) >= least)


@pytest.mark.parametrize("color", ["#ffd400", "#9fd8cb", "#c0c0c0", "#ff00ff", "#777777", "#23405a"])
@pytest.mark.parametrize("ground", ["#ffffff", "#16191d", "#8a8a8a", "#fdf6e3"])
@pytest.mark.parametrize("least", [3, 4.5])
def test_the_nearest_colour_that_passes_has_its_hue_and_the_nearest_lightness(color, ground, least):
    found = passing(color, [ground], least)
    assert contrast(found, ground) >= least
    if contrast(color, ground) >= least:
        assert found == color
    else:
        before, after = (colorsys.rgb_to_hls(*to_rgb(tone)) for tone in (color, found))
        assert abs(after[1] - before[1]) <= nearest(color, ground, least) + 0.005
        turn = abs(before[0] - after[0])
        assert min(turn, 1 - turn) < 0.02 or after[2] < 0.02 or after[1] in (0, 1)


def test_a_colour_that_is_hard_to_see_is_told_with_its_place_and_the_nearest_that_is_not():
    (line,) = told("network: '#ffd400'")
    assert line.startswith("c.yaml:3:31: animation.colors.network: #ffd400 has a contrast of 1.4:1 with the background")
    assert "lines and points need 3:1" in line
    assert contrast(re.search(r'is "(#\w+)"', line)[1], "#ffffff") >= 3


def test_words_need_more_than_lines():
    grey = "#808080"  # 3.9 on white
    assert told(f"network: '{grey}', units: ['{grey}'], relu: '{grey}'") == []
    (line,) = told(f"ink: '{grey}'")
    assert "words need 4.5:1" in line


def test_what_is_hard_to_see_in_one_of_two_themes_is_told_once_at_its_own_key():
    both = "output: {themes: [light, dark]}"
    lines = told("units: ['#222222', '#888888'], light: {target: yellow}, dark: {target: yellow}", both)
    assert [line.split(": ")[1] for line in lines] == ["animation.colors.light.target", "animation.colors.units.0"]


def test_figures_are_told_of_too_and_what_is_easy_to_see_is_not():
    loaded = config.loads(ACTIVATION_FIGURE + "animation: {colors: {tanh: yellow, relu: teal, background: white}}")
    (line,) = config.notices(loaded, Path())
    assert "colors.tanh" in line
    assert list(config.notices(config.loads(SMALLEST), Path())) == []
