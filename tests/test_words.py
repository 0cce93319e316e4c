"""How wide words are, what is left of them where they are too wide, and texts as shapes."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from relu_anim.drawing.shapes import Area, Words
from relu_anim.drawing.theme import THEMES, style
from relu_anim.drawing.words import ChangingText, cut, shortened, text_width


@pytest.fixture
def figure():
    with style(THEMES["light"]):
        figure = Figure(figsize=(4, 3))
        FigureCanvasAgg(figure)
        yield figure


@pytest.mark.parametrize("size", [8, 10, 11, 13])
@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("text", ["loss", "layer 1: ReLU π", "10–90 %", "AVAVA", "one line\nand another one"])
def test_a_text_is_as_wide_as_matplotlib_draws_it(figure, text, size, weight):
    drawn = figure.text(0, 0, text, fontsize=size, fontweight=weight).get_window_extent()
    assert text_width(text, size, weight) == drawn.width


@pytest.mark.parametrize("pixels", range(0, 130, 7))
def test_a_text_that_is_too_wide_loses_as_little_as_it_must(pixels):
    text = "a label with spaces"
    short = shortened(text, pixels, 10)
    kept = short.removesuffix("…")
    assert text.startswith(kept)
    if short == text:
        assert text_width(text, 10) <= pixels
    elif len(kept) > 4:
        assert text_width(short, 10) <= pixels
        longer = text[: len(kept) + 1 + (text[len(kept)] == " ")]
        assert text_width(longer + "…", 10) > pixels
    else:
        assert kept == "a la"


def test_where_not_one_character_has_room_nothing_is_left():
    assert shortened("title", 3, 10, fewest=0) == ""
    assert shortened("", 3, 10) == ""


def test_a_name_is_cut_to_so_many_characters_but_keeps_one():
    assert [cut("setosa", most) for most in (6, 4, 1, 0)] == ["setosa", "set…", "s…", "s…"]


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_each_line_of_a_text_is_words_where_matplotlib_draws_it(figure, align):
    text = figure.text(0.5, 0.5, "wide words\nfew", ha=align, va="bottom", fontsize=12, color="#d55e00", alpha=0.5)
    first, second = ChangingText(text).shapes()
    box = text.get_window_extent()
    assert [words.text for words in (first, second)] == ["wide words", "few"]
    assert (
        first.x == second.x == pytest.approx({"left": box.x0, "center": box.x0 + box.width / 2, "right": box.x1}[align])
    )
    assert box.y0 < second.y < first.y < box.y1
    assert first.size == pytest.approx(12 * 100 / 72)
    assert first.color == to_rgba("#d55e00", 0.5)


def test_the_box_behind_a_text_is_an_area_below_its_words(figure):
    text = figure.text(0.5, 0.5, "why", bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85, "pad": 3})
    area, words = ChangingText(text).shapes()
    assert isinstance(area, Area)
    assert isinstance(words, Words)
    assert area.fill == (1, 1, 1, 0.85)
    (left, bottom), (right, top) = area.outline.min(axis=0), area.outline.max(axis=0)
    assert left < words.x < right
    assert bottom < words.y < top


def test_a_hidden_text_is_made_of_nothing(figure):
    text = figure.text(0.5, 0.5, "then diverged", visible=False)
    assert list(ChangingText(text).shapes()) == []
