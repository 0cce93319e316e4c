"""How numbers are written where a reader of pictures sees them."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from relu_anim import config, figures
from relu_anim.drawing.labels import TickNumbers, number_inputs, write_numbers
from relu_anim.drawing.scales import fit_positive
from relu_anim.films import Film
from relu_anim.numbers import counted, decimal_sign, in_words, percent, plain, power, steady, steady_percent, written

CONFIGS = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))
THIN = "\u2009"
AS_A_PROGRAM_WRITES = re.compile(r"\de[-+]?\d|-\d|\d,\d")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (2.0, "2"),
        (-1.5, "−1.5"),
        (0.1 + 0.2, "0.3"),
        (1000, f"1{THIN}000"),
        (-123456, f"−123{THIN}456"),
        (0.001, "0.001"),
        (5.4e-4, "5.4·10⁻⁴"),
        (-1e-7, "−10⁻⁷"),
        (1e6, "10⁶"),
        (2.5e12, "2.5·10¹²"),
        (999999.9999, "10⁶"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_is_written_in_one_way(value, text):
    assert written(value) == text


@pytest.mark.parametrize(("value", "text"), [(3.0590e-7, "3.06·10⁻⁷"), (0.25, "0.25"), (1234.56, f"1{THIN}235")])
def test_digits_beyond_those_that_are_asked_for_are_rounded(value, text):
    assert written(value, 3) == text


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (55.5608, "55.6"),
        (0.07134, "0.0713"),
        (9.996, "10.0"),
        (0.5, "0.500"),
        (1234.56, f"1{THIN}235"),
        (1.2e-7, "1.2·10⁻⁷"),
        (0.0, "0"),
    ],
)
def test_a_loss_is_written_in_few_characters_that_stay_as_many(loss, text):
    assert steady(loss) == text


def test_a_number_can_be_read_back_from_what_is_written():
    random = np.random.default_rng(0)
    for value in (random.choice([-1, 1], 300) * 10 ** random.uniform(-12, 12, 300)).tolist():
        factor, _, exponent = written(value).replace("−", "-").replace(THIN, "").partition("·10")
        exponent = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        assert float(f"{factor}e{exponent or 0}") == pytest.approx(value, rel=1e-5)


def test_full_and_short_forms_can_be_asked_for():
    assert [plain(5e-5), plain(2010, grouped=10_000), power(2000), power(10)] == ["0.00005", "2010", "2·10³", "10¹"]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            "the activation log(x) is not finite at -1.49, which layer 1 gives it",
            "is not finite at −1.49, which layer 1",
        ),
        (
            "the loss went from 5.25 to 1.2e+07 with a learning rate of 0.01",
            "from 5.25 to 1.2·10⁷ with a learning rate of 0.01",
        ),
        ("the activation x**2-1 of exp(x-10) or log2(x)", "the activation x**2-1 of exp(x-10) or log2(x)"),
    ],
)
def test_a_message_in_a_picture_has_numbers_like_all_others(message, text):
    assert text in in_words(message)


def test_another_decimal_sign_holds_for_every_number_and_only_inside():
    with decimal_sign(","):
        numbers = [written(-1.5), written(1234.5), power(2.5e-7), steady(0.5), steady(5.44e-7), in_words("at -1.49")]
        numbers += [percent(0.125), steady_percent(0.95), plain(0.25)]
    assert numbers[:6] == ["−1,5", f"1{THIN}234,5", "2,5·10⁻⁷", "0,500", "5,4·10⁻⁷", "at −1,49"]
    assert numbers[6:] == [f"12,5{THIN}%", f"95,0{THIN}%", "0,25"]
    assert written(-1.5) == "−1.5"


def test_shares_and_counts_have_their_words():
    assert percent(0.125) == f"12.5{THIN}%"
    shares = [0, 0.95, 0.9949, 1]
    assert [steady_percent(share) for share in shares] == [f"{text}{THIN}%" for text in ("0", "95.0", "99.5", "100")]
    assert [counted(1, "row"), counted(2000, "row")] == ["1 row", f"2{THIN}000 rows"]


# ---------------------------------------------------------------- ticks


def ticks(axis):
    FigureCanvasAgg(axis.figure).draw()
    low, high = sorted(axis.get_view_interval())
    found = zip(axis.get_majorticklocs(), (label.get_text() for label in axis.get_majorticklabels()), strict=True)
    return [text.replace(THIN, " ") for place, text in found if low - 1e-12 <= place <= high + 1e-12]


def axes(**limits):
    made = Figure(figsize=(5, 4)).add_subplot()
    made.set(**limits)
    return made


def test_ticks_at_integers_are_integers_and_a_minus_is_one():
    plot = axes(xlim=(-2, 2), ylim=(-1, 1))
    write_numbers(plot.figure)
    assert ticks(plot.xaxis) == ["−2", "−1.5", "−1", "−0.5", "0", "0.5", "1", "1.5", "2"]


@pytest.mark.parametrize(("high", "has_powers"), [(4e-4, True), (2e6, True), (4000, False)])
def test_all_ticks_of_an_axis_are_written_in_the_same_form(high, has_powers):
    plot = axes(ylim=(0, high))
    write_numbers(plot.figure)
    zero, *others = ticks(plot.yaxis)
    assert zero == "0"
    assert {bool(re.search("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", text)) for text in others} == {has_powers}


def test_a_year_keeps_its_digits_together_along_the_inputs():
    plot = axes(xlim=(1990, 2020))
    number_inputs(plot.xaxis)
    assert "2000" in ticks(plot.xaxis)


@pytest.mark.parametrize("limits", [(2020, 2024), (1e9, 1e9 + 86400), (-9e14, 9e14)], ids=str)
def test_inputs_have_a_tick_where_there_is_no_room_for_two(limits):
    plot = Figure(figsize=(0.9, 4)).add_subplot(xlim=limits)
    number_inputs(plot.xaxis)
    assert len(ticks(plot.xaxis)) == 1


def test_what_rounding_leaves_of_zero_is_zero():
    assert TickNumbers().texts([-1.0, 1.4e-16, 1.0], -1, 1) == ["−1", "0", "1"]


@pytest.mark.parametrize(("low", "high", "first"), [(0.01, 10, "0.01"), (1e-6, 1, "10⁻⁶")])
def test_losses_are_written_in_full_unless_they_span_too_far(low, high, first):
    plot = axes()
    fit_positive(plot, np.array([low, high]))
    assert ticks(plot.yaxis)[0] == first


@pytest.mark.parametrize(("low", "first"), [(0.00098, "0.001"), (0.00048, "5·10⁻⁴"), (0.00052, "0.001")])
def test_an_axis_is_written_in_full_if_all_numbers_can_be_that_stand_inside_of_it(low, first):
    plot = axes()
    fit_positive(plot, np.array([low, 1]))
    plot.set_ylim(low, 1.2)
    plot.yaxis.set_major_locator(FixedLocator([0.0005, 0.001, 0.01, 1]))
    assert ticks(plot.yaxis)[0] == first


@pytest.mark.parametrize(("far", "first"), [(0.01, "0.01"), (1e-6, "10⁻²"), (3e-4, "10⁻²")])
def test_logarithmic_axes_of_a_picture_are_written_in_one_form(far, first):
    one, other = Figure(figsize=(5, 4)).subplots(2)
    fit_positive(one, np.array([0.01, 100]))
    fit_positive(other, np.array([far, 1]))
    assert ticks(one.yaxis)[0] == first


def texts_of(figure):
    FigureCanvasAgg(figure).draw()
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.soak] * (number % 3 > 0)) for number, path in enumerate(CONFIGS)],
    ids=lambda path: path.stem,
)
def test_no_figure_of_the_catalogue_writes_numbers_as_programs_do(path, fake_recording):
    loaded = config.load(path)
    if isinstance(loaded, config.StillFigure):
        figure = figures.Still(figures.of(loaded.model_copy(update={"networks": 10}), lambda *progress: None)).figure
        wrong = [text for text in texts_of(figure) if AS_A_PROGRAM_WRITES.search(text)]
    else:
        e = loaded.settled([0] * len(loaded.members))
        film = Film(e, [fake_recording(member, seed) for seed, (_, member) in enumerate(e.members)])
        stamped = [shape.text for shape in film.stamp.shapes(film.timeline[-1])]
        wrong = [text for text in texts_of(film.figure) + stamped if AS_A_PROGRAM_WRITES.search(text)]
    assert not wrong
