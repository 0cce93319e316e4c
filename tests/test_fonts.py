"""Fonts of an author's own."""

import io
import logging
import re
from itertools import pairwise
from pathlib import Path
from struct import pack

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.sfnt import calcChecksum

from relu_anim import config, figures
from relu_anim.config.places import ConfigProblems
from relu_anim.encoders import encoder
from relu_anim.errors import ConfigError
from relu_anim.fonts import SHAPING, Font, FontFile, Typeface, font, read_font, with_quadratic_curves
from relu_anim.making.fingerprints import fingerprint, inputs

SMALL = "kind: activation\nfunctions: [relu]\nderivative: false\n"
EM, BLOCK = 1000, 700  # units of the font, and how wide each of its signs is


def made(characters, weight=400, flags=0, is_cff=False):
    """A font whose signs are black blocks."""
    names = [".notdef", *(f"u{ord(character):04X}" for character in characters)]
    builder = FontBuilder(EM, isTTF=not is_cff)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): f"u{ord(character):04X}" for character in characters})
    shapes = {name: _block(is_cff) for name in names}
    if is_cff:
        builder.setupCFF("Blocks", {}, shapes, {})
    else:
        builder.setupGlyf(shapes)
    builder.setupHorizontalMetrics(dict.fromkeys(names, (BLOCK, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "DejaVu Sans", "styleName": "Regular"})  # which must not be mistaken for it
    builder.setupOS2(usWeightClass=weight, fsType=flags)
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _block(is_cff):
    pen = T2CharStringPen(BLOCK, None) if is_cff else TTGlyphPen(None)
    pen.moveTo((50, 0))
    for corner in ((50, 700), (650, 700), (650, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.getCharString() if is_cff else pen.glyph()


def figure(here, fonts, title="a", **files):
    for name, content in files.items():
        (here / f"{name}.ttf").write_bytes(content)
    (here / "c.yaml").write_text(f"{SMALL}title: {title}\nanimation: {{font: {fonts}, size: [340, 220]}}\n")
    return config.load(here / "c.yaml")


def refused(*arguments, **files):
    with pytest.raises(ConfigProblems) as caught:
        figure(*arguments, **files)
    return str(caught.value)


def drawn(loaded):
    return figures.Still(figures.of(loaded, lambda *_: None))


def test_a_title_in_another_script_needs_a_font_that_has_it(here):
    assert "the font has no sign for 漢, 字" in refused(here, "plain.ttf", "漢字", plain=made("ab"))
    assert figure(here, "[plain.ttf, cjk.ttf]", "漢字", cjk=made("漢字")).title == "漢字"


def test_the_first_font_that_has_a_sign_draws_it_and_dejavu_what_none_has():
    one, two = (FontFile(name, made(characters)) for name, characters in (("one", "ab"), ("two", "bc")))
    face = Typeface((one, two))
    assert [(own.name, text) for own, text in face.runs("abcd", "normal")] == [
        (Typeface((one,)).fonts("normal")[0].name, "ab"),
        (Typeface((two,)).fonts("normal")[0].name, "c"),
        ("DejaVuSans", "d"),
    ]
    assert face.width("abc", EM, "normal") == 3 * BLOCK
    assert Typeface().width("Wide", 10, "bold") == font("bold").width("Wide", 10)


def test_a_bold_font_sets_bold_words_and_a_regular_one_all_where_there_is_no_bold():
    regular, bold = read_font("r.ttf", made("a")), read_font("b.ttf", made("a", weight=700))
    both = Typeface((bold, regular))
    assert [both.fonts(weight)[0].name for weight in ("normal", "bold")] == ["r", "b"]
    assert [Typeface((regular,)).fonts(weight)[0].name for weight in ("normal", "bold")] == ["r", "r"]


@pytest.mark.parametrize("is_cff", [False, True])
def test_words_are_drawn_in_it_in_pixels_and_in_files(here, is_cff):
    loaded = figure(here, "blocks.ttf", "'■□▲ x'", blocks=made("■□▲", is_cff=is_cff))
    still, plain = drawn(loaded), drawn(figure(here, "null", "'■□▲ x'"))
    title, usual = (picture.last_frame()[:45, :100, :3] < 128 for picture in (still, plain))
    assert title.sum() > 1.2 * usual.sum() > 0  # blocks, most of whose pixels are ink
    svg = encoder("svg").draw(still.drawing(), "x").decode()
    assert "unicode-range:U+25A0,U+25A1,U+25B2;" in svg
    size, length = in_svg(svg, "■□▲ x")
    assert length == pytest.approx(3 * BLOCK * size / EM + font("bold").width(" x", size), abs=0.05)
    pdf = encoder("pdf").draw(still.drawing(), "x")
    assert b"+blocks " in pdf
    assert pdf == encoder("pdf").draw(drawn(loaded).drawing(), "x")


def in_svg(svg, text):
    """The size of the letters of a text in an SVG, and its length."""
    line = next(line for line in svg.splitlines() if f">{text}</text>" in line)
    return tuple(float(re.search(f'{key}="([^"]+)"', line)[1]) for key in ("font-size", "textLength"))


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_a_font_for_films_has_the_widths_and_kerns_of_the_whole_one(weight):
    text = "AVo x⁴·−τ"
    whole, small = font(weight), TTFont(io.BytesIO(font(weight).web("".join(sorted(set(text))))))
    names, em = [small.getBestCmap()[ord(sign)] for sign in text], small["head"].unitsPerEm
    widths = np.array([small["hmtx"][name][0] for name in names]) / em
    kerns = [small["kern"].kernTables[0].kernTable.get(pair, 0) / em for pair in pairwise(names)]
    assert np.abs(widths - np.array(whole.widths(text)) / whole.em).max() <= 0.5 / em
    assert np.abs(kerns - np.array(whole.kerns(text)) / whole.em).max() <= 1 / em
    assert min(kerns) < -0.01
    assert not {"GSUB", "GPOS"} & set(small.keys())


def test_a_font_for_films_keeps_what_shapes_its_signs_where_they_are_shaped():
    for text in ("e\u0301", "سلام"):
        assert "GSUB" in TTFont(io.BytesIO(font("normal").web(text)))


@pytest.mark.parametrize("is_ours", [False, True], ids=["own", "dejavu"])
def test_a_font_that_lacks_all_tables_that_shape_goes_into_a_film_too(is_ours):
    plain = Font(made("ab"), "plain.ttf", is_ours)
    assert not {*TTFont(io.BytesIO(made("ab"))).keys()} & {*SHAPING}
    assert list(TTFont(io.BytesIO(plain.web("a"))).getBestCmap()) == [ord("a")]


def test_outlines_of_cubic_curves_become_those_of_a_truetype_font():
    file = TTFont(io.BytesIO(made("a", is_cff=True)))
    own = TTFont(io.BytesIO(saved(with_quadratic_curves(file))))
    corners, _, _ = own["glyf"][own.getGlyphOrder()[1]].getCoordinates(own["glyf"])
    assert {tuple(corner) for corner in corners} == {(50, 0), (50, 700), (650, 700), (650, 0)}


def damaged(content, table):
    """A font in which a byte of a table is another."""
    at = content.index(table)
    at = int.from_bytes(content[at + 8 : at + 12], "big")
    return content[: at + 1] + bytes([content[at + 1] ^ 1]) + content[at + 2 :]


def resummed(content):
    """The same with the sums of all tables as they are: damaged where nothing tells."""
    file = TTFont(io.BytesIO(content))
    head, tables = content[:12], [file.reader.tables[tag] for tag in sorted(file.reader.tables)]
    sums = {entry.tag: calcChecksum(content[entry.offset : entry.offset + entry.length]) for entry in tables}
    found = {**sums, "head": file.reader.tables["head"].checkSum}
    words = (entry.tag.encode() + pack(">3L", found[entry.tag], entry.offset, entry.length) for entry in tables)
    return head + b"".join(words) + content[12 + 16 * len(tables) :]


def saved(file):
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no font", "is no font, or a damaged one"),
        (b"", "is no font, or a damaged one"),
        (made("a")[:-300], "is no font, or a damaged one"),
        (damaged(made("a"), b"glyf"), "is no font, or a damaged one"),
        (damaged(made("a"), b"head"), "is no font, or a damaged one"),
        (b"ttcf" + made("a"), "is a collection of fonts"),
        (b"wOF2" + made("a"), "is a font for the web"),
        (made("a", flags=2), "may not be embedded"),
        (bytes(20_000_001), "is larger than 20,000,000 bytes"),
    ],
    ids=["text", "empty", "cut", "glyph", "head", "collection", "web", "restricted", "large"],
)
def test_what_is_no_font_for_pictures_is_refused_at_its_key(here, content, message):
    said = refused(here, "[good.ttf, bad.ttf]", good=made("a"), bad=content)
    assert f"{here / 'bad.ttf'} {message}" in said
    assert "c.yaml:5:30: animation.font" in said


def test_a_font_whose_damage_no_sum_tells_is_a_mistake_of_the_user_s_all_the_same(here):
    whole = made("a", is_cff=False)
    at = whole.index(b"glyf")
    at, length = (int.from_bytes(whole[at + n : at + n + 4], "big") for n in (8, 12))
    bad = resummed(whole[:at] + b"\x00\x01" + b"\xff" * (length - 2) + whole[at + length :])
    with pytest.raises(ConfigError, match=r"name another"):
        encoder("svg").write_drawing(here / "c.svg", drawn(figure(here, "a.ttf", a=bad)).drawing(), "")


def test_what_fonttools_finds_odd_is_not_printed(here, capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # those of pytest, without which it goes to stderr
    file = TTFont(io.BytesIO(made("a")))
    file["hmtx"]["u0061"] = (60_000, 50)
    figure(here, "a.ttf", a=saved(file))
    assert read_font("a.ttf", saved(file))
    assert capsys.readouterr().err == ""


def test_a_font_that_is_not_there_is_refused_with_the_one_that_was_meant(here):
    assert "there is no file" in (said := refused(here, "Intre.ttf", Inter=made("a")))
    assert "did you mean Inter.ttf?" in said


def test_another_content_is_another_film_and_the_file_is_an_input(here):
    one = figure(here, "[a.ttf, b.ttf]", a=made("a"), b=made("b"))
    assert list(inputs(one)) == ["a.ttf", "b.ttf"]
    other = figure(here, "[a.ttf, b.ttf]", b=made("bc"))
    assert fingerprint(one) != fingerprint(other)


def test_a_worker_draws_with_the_font_that_came_along(here):
    loaded = figure(here, "a.ttf", a=made("a"))
    away = config.loads(config.dump(loaded), tables={"a.ttf": Path("a.ttf").read_bytes()})
    assert np.array_equal(drawn(away).last_frame(), drawn(loaded).last_frame())
