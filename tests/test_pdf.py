"""PDF: read and drawn by poppler's programs."""

import functools
import re
import shutil
import subprocess
import zlib

import numpy as np
import pytest
from helpers.vectors import ACTIVATIONS, FILMS, HOSTILE, KINDS, SCALED, SCALES, are_hatched, still, stripes_in_the_key
from matplotlib.figure import Figure
from PIL import Image

from relu_anim import config
from relu_anim.drawing.shapes import Area, Drawing, Points, Words
from relu_anim.encoders import encoder, read_config_text
from relu_anim.errors import ConfigError, FileError
from relu_anim.films import Film

LINE = 0.928 + 0.236  # from the highest to the lowest point of a line in this font, as shares of its size
BLACK = (0.0, 0.0, 0.0, 1.0)
CONFIG = "title: x², é, 😀 <&> ]]>\n" * 3000
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext, from poppler-utils")


@pytest.fixture(scope="module")
def film(experiment, fake_recording):
    @functools.cache  # to draw a film changes nothing of it
    def make(*settings):
        e = experiment("animation.size=[600, 400]", *settings)
        return Film(e, [fake_recording(e)])

    return make


@functools.cache
def pdf_of(picture, text="seed: 0\n"):
    return encoder("pdf").draw(picture.drawing(), text)


def words(*texts, weight="normal"):
    """A page with a line for each of these."""
    lines = [Words(text, 20, 280 - 30 * n, 16, BLACK, weight=weight) for n, text in enumerate(texts)]
    return encoder("pdf").draw(Drawing((400, 300), (400, 300), lines, "", ""), CONFIG)


def poppler(program, pdf, folder, *options):
    """What a program says of a page, and no warnings."""
    (folder / "x.pdf").write_bytes(pdf)
    command = [program, *options, "x.pdf", *(["-"] if program == "pdftotext" else [])]
    said = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert said.stderr == b""
    return said.stdout.decode()


@needs_poppler
@pytest.mark.parametrize("kind", KINDS)
def test_every_font_of_a_pdf_is_embedded_as_a_subset_with_its_characters(film, kind, tmp_path):
    pdf = pdf_of(still(ACTIVATIONS) if kind == "still" else film("title=Two units", *FILMS[kind]))
    rows = poppler("pdffonts", pdf, tmp_path).splitlines()[2:]
    assert {row.split("+")[1].split()[0] for row in rows} == {"DejaVuSans", "DejaVuSans-Bold"}
    assert all(re.search(r"CID TrueType +Identity-H +yes yes yes", row) for row in rows)


@needs_poppler
def test_the_words_of_a_pdf_can_be_read_and_searched(film, tmp_path):
    said = poppler(
        "pdftotext", pdf_of(film("title=A parabola & more", "animation.panels=[[prediction, loss]]")), tmp_path
    )
    for text in ("A parabola & more", "network", "target", "loss (MSE)", "epoch", "−5"):
        assert text in said


@needs_poppler
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_each_character_comes_out_as_what_it_is(tmp_path, weight):
    texts = ["−1.5·10⁻⁴ ²₃", "1\u2009234", "É × – ‘x’ 😀", "-‐−–"]
    found = poppler("pdftotext", words(*texts, weight=weight), tmp_path).split("\n")
    plain = str.maketrans("\u2009", " ")  # pdftotext says of spaces only that they are there
    assert [line.translate(plain) for line in found if line.strip()] == [text.translate(plain) for text in texts]


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_characters_that_share_a_glyph_have_numbers_of_their_own(weight):
    text = "a\u00a0b c\u2009d"
    pdf = words(text, weight=weight)
    streams = [zlib.decompress(packed) for packed in re.findall(rb"stream\n(x.*?)\nendstream", pdf, re.DOTALL)]
    (cmap,) = (stream.decode() for stream in streams if b"beginbfchar" in stream)
    assert re.findall(r"^<000.> <(....)>", cmap, re.MULTILINE) == [f"{ord(letter):04x}" for letter in text]


@needs_poppler
def test_words_from_right_to_left_are_read_back_as_they_were_written(tmp_path):
    marks = str.maketrans("", "", "\u202a\u202b\u202c\f")  # pdftotext says where the direction changes
    for text in ("שלום עולם", "here are שלום עולם in the middle"):
        found = poppler("pdftotext", words(text), tmp_path)
        assert "".join(found.translate(marks).split()) == text.replace(" ", "")  # it leaves some spaces out


@needs_poppler
def test_a_page_is_as_large_as_css_pixels_are_on_paper_and_has_no_date(film, tmp_path):
    said = poppler("pdfinfo", pdf_of(film("title=A & B (²)")), tmp_path)
    assert re.search(r"Page size: +450 x 300 pts", said)
    assert re.search(r"Title: +A & B \(²\)\n", said)
    assert "Date" not in said
    assert re.search(r"Tagged: +yes", said)


@needs_poppler
def test_a_page_for_a_column_of_3_3_inches_has_names_of_axes_in_8_points_and_ticks_in_7_3(film, tmp_path):
    column = ["animation.size=[316, 240]", "animation.text_scale=0.7", "animation.theme=paper"]
    said = poppler("pdftotext", pdf_of(film(*column, "animation.panels=[loss]")), tmp_path, "-bbox")
    width = float(re.search(r'<page width="([\d.]+)"', said)[1])
    assert width / 72 == pytest.approx(3.3, abs=0.01)
    box = r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(\w+)<'
    points = {word: (float(low) - float(high)) / LINE for high, low, word in re.findall(box, said)}
    assert (points["epoch"], points["0"]) == pytest.approx((8.0, 7.3), abs=0.03)


def test_a_pdf_holds_the_description_for_readers_who_do_not_see_it(film):
    alt = film().alt
    assert f"/S /Figure /P 7 0 R /Pg 4 0 R /K 0 /Alt <feff{alt.encode('utf-16-be').hex()}>".encode() in pdf_of(film())


@needs_poppler
@pytest.mark.parametrize("kind", KINDS)
def test_another_program_draws_a_pdf_as_the_frame_is(film, kind, tmp_path):
    picture = still(ACTIVATIONS) if kind == "still" else film(*FILMS[kind])
    drawn, frame = drawn_by_poppler(pdf_of(picture), tmp_path), picture.last_frame()[..., :3]
    assert drawn.shape == frame.shape
    assert (np.abs(drawn.astype(int) - frame) > 64).any(axis=2).mean() < 0.05
    if kind == "map":
        assert are_hatched(stripes_in_the_key(picture, drawn))


@needs_poppler
@pytest.mark.parametrize(("scale", "text_scale"), SCALES)
def test_a_page_is_drawn_as_the_frame_is_at_every_scale(film, scale, text_scale, tmp_path):
    f = film(*SCALED, f"animation.scale={scale}", f"animation.text_scale={text_scale}")
    pdf, frame = pdf_of(f), f.last_frame()[..., :3]
    assert "Page size:       675 x 525 pts" in poppler("pdfinfo", pdf, tmp_path)
    drawn = drawn_by_poppler(pdf, tmp_path, scale)
    assert drawn.shape == frame.shape
    assert (np.abs(drawn.astype(int) - frame) > 64).any(axis=2).mean() < 0.03


def drawn_by_poppler(pdf, folder, scale=1):
    (folder / "x.pdf").write_bytes(pdf)
    command = ["pdftocairo", "-png", "-r", str(96 * scale), "-singlefile", "x.pdf", "x"]
    subprocess.run(command, cwd=folder, check=True)
    return np.asarray(Image.open(folder / "x.png"))[..., :3]


@needs_poppler
def test_a_figure_of_more_pixels_than_its_size_fills_the_page(tmp_path):
    left = Area(np.array([[0.0, 0.0], [400, 0], [400, 600], [0, 600]]), (1, 0, 0, 0.5))
    pdf = encoder("pdf").draw(Drawing((400, 300), (800, 600), [left], "", ""), "x")
    drawn = drawn_by_poppler(pdf, tmp_path)
    assert drawn.shape == (300, 400, 3)
    assert np.abs(drawn[:, 3:197].astype(int) - (255, 127, 127)).max() <= 1
    assert (drawn[:, 203:] == 255).all()


@needs_poppler
@pytest.mark.parametrize("far", [1e10, -1e87])
def test_what_lies_far_outside_breaks_no_page(tmp_path, far):
    outline = np.array([[0.0, 0], [50, 0], [far, far]])
    shapes = [Points(np.array([[50.0, far]]), 9.0, BLACK), Area(outline, BLACK), Words("a", 9, 9, 9, BLACK)]
    pdf = encoder("pdf").draw(Drawing((100, 100), (100, 100), shapes, "", ""), "x")
    assert "a" in poppler("pdftotext", pdf, tmp_path)


@needs_poppler
def test_what_has_no_colour_is_not_drawn(tmp_path):
    clear, corner = (0.0, 0.0, 0.0, 0.0), np.array([[50.0, 50.0]])
    shapes = [Points(corner, 9.0, clear), Points(corner, np.array([[0.0, 0], [9, 0], [9, 9]]), clear)]
    pdf = encoder("pdf").draw(Drawing((100, 100), (100, 100), shapes, "", ""), "x")
    assert (drawn_by_poppler(pdf, tmp_path) == 255).all()


@needs_poppler
def test_no_text_breaks_a_pdf(film, tmp_path):
    pdf = encoder("pdf").draw(Drawing((400, 300), (400, 300), [Words(HOSTILE, 9, 9, 9, BLACK)], HOSTILE, HOSTILE), "x")
    assert '<b>&amp; "it\'s" ]]> 😀 ₃² −·⁻ x' in poppler("pdftotext", pdf, tmp_path)
    assert '<b>&amp; "it\'s" ]]> 😀' in poppler("pdfinfo", pdf, tmp_path)


# ---------------------------------------------------------------- the file


def test_a_pdf_is_the_same_each_time(film):
    one, other = (film.__wrapped__("title=A & B") for _ in range(2))
    assert pdf_of(one) == pdf_of(other)


def test_the_table_at_its_end_says_where_each_object_begins(film):
    pdf = pdf_of(film())
    table = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[1])
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n \n", pdf[table:])]
    assert len(places) > 10
    for number, place in enumerate(places, 1):
        assert pdf[place:].startswith(b"%d 0 obj\n" % number)


def test_the_config_of_a_pdf_is_read_back_however_long(film, tmp_path):
    f = film("title=x² < 2 & ]]>")
    f.save(tmp_path / "x.pdf")
    assert config.loads(read_config_text(tmp_path / "x.pdf")) == config.loads(f.config_text("pdf"))
    (tmp_path / "long").write_bytes(words("x"))
    assert read_config_text(tmp_path / "long") == CONFIG


def test_any_damage_is_noticed(tmp_path):
    path, random = tmp_path / "x.pdf", np.random.default_rng(0)
    whole = encoder("pdf").draw(Drawing((9, 9), (9, 9), [Words("x", 1, 1, 5, BLACK)], "", ""), "seed: 0\n")
    ends = range(len(whole) - 400, len(whole), 3)
    for place in {*random.integers(0, len(whole), 100).tolist(), *ends}:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(FileError, match="cannot read"):
            read_config_text(path)
    for place in {*random.integers(0, len(whole), 50).tolist(), *ends}:
        for damaged in (whole[:place], whole[:place] + b"0" + whole[place:]):
            path.write_bytes(damaged)
            with pytest.raises(FileError, match="cannot read"):
                read_config_text(path)
    path.write_bytes(whole + b"\n")
    with pytest.raises(FileError, match="does not end as a whole PDF does"):
        read_config_text(path)


def test_a_pdf_of_another_program_has_no_config(tmp_path):
    Figure().savefig(tmp_path / "other.pdf")
    with pytest.raises(FileError, match="there is no config in it"):
        read_config_text(tmp_path / "other.pdf")


def test_a_pdf_that_came_out_wrong_leaves_the_old_file(film, tmp_path, monkeypatch):
    path = tmp_path / "x.pdf"
    path.write_text("old")
    monkeypatch.setattr("relu_anim.encoders.pdf._digest", lambda data: b"0" * 32)
    monkeypatch.setattr("relu_anim.encoders.markup.packet", lambda text: b"<x/>")
    with pytest.raises(FileError, match=r"cannot write .*x\.pdf: .*came out wrong"):
        film().save(path)
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("name", ["eps", "latex", "tex"])
def test_who_asks_for_what_latex_takes_is_led_to_pdf(name):
    with pytest.raises(ConfigError, match="did you mean pdf"):
        config.loads(ACTIVATIONS + f"\noutput: {{formats: [{name}]}}")
