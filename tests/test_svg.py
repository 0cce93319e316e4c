"""SVG: read with other XML parsers and another font reader, and drawn by another program."""

import base64
import functools
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from helpers.vectors import ACTIVATIONS, FILMS, HOSTILE, KINDS, SCALED, SCALES, are_hatched, still, stripes_in_the_key
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.text import Text
from PIL import Image

from relu_anim import config
from relu_anim.drawing.painter import Painter
from relu_anim.drawing.recorder import ShapeRecorder, as_dashed
from relu_anim.drawing.shapes import Drawing, Lines, Pen, Points, Words
from relu_anim.drawing.theme import THEMES
from relu_anim.encoders import encoder, read_config_text
from relu_anim.errors import FileError
from relu_anim.films import Film

needs_rsvg = pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="needs rsvg-convert, from librsvg2-bin")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def film(experiment, fake_recording):
    @functools.cache  # to draw a film changes nothing of it
    def make(*settings, **options):
        e = experiment("animation.size=[600, 400]", *settings)
        return Film(e, [fake_recording(e, **options)])

    return make


@functools.cache
def svg_of(picture, text="seed: 0\n"):
    return encoder("svg").draw(picture.drawing(), text)


def parsed(picture):
    return ET.fromstring(svg_of(picture))


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def fonts_in(root):
    """The fonts inside, by weight."""
    style = root.find(f"{SVG}style").text
    found = re.findall(r"font-weight:(\w+);src:url\(data:font/woff;base64,([^)]*)\)", style)
    return {weight: TTFont(io.BytesIO(base64.b64decode(data))) for weight, data in found}


def test_an_svg_is_an_image_as_large_as_size_says_with_a_title_and_a_description(film):
    root = parsed(film("title=A parabola"))
    assert [root.get(key) for key in ("width", "height", "viewBox", "role")] == ["600", "400", "0 0 600 400", "img"]
    named = {element.get("id"): element for element in root if element.get("id")}
    title, alt = (named[name] for name in root.get("aria-labelledby").split())
    assert (title.tag, title.text) == (f"{SVG}title", "A parabola")
    assert (alt.tag, alt.text) == (f"{SVG}desc", film("title=A parabola").alt)
    assert "1-2-1 network with ReLU units learning x**2" in alt.text


def test_an_svg_without_a_title_is_named_by_its_description(film):
    root = parsed(film())
    (name,) = root.get("aria-labelledby").split()
    assert root.find(f"{SVG}title") is None
    assert root.find(f"{SVG}desc").get("id") == name


@pytest.mark.parametrize("kind", FILMS)
def test_the_words_of_a_film_are_text(film, kind):
    f = film(*FILMS[kind])
    found = texts(parsed(f))  # only after which Matplotlib has made labels of ticks
    shown = [text for text in f.figure.findobj(Text) if text.get_visible()]
    lines = {line for text in shown for line in text.get_text().split("\n") if line.strip()}
    lines |= {shape.text for shape in f.shapes(-1) if isinstance(shape, Words)}
    assert set(found) - lines == set()
    assert len(found) > 10
    assert {words.text for words in f.stamp.shapes(f.timeline[-1])} <= set(found)


def test_an_svg_is_the_same_each_time_and_has_no_date(film):
    first, second = (svg_of(film.__wrapped__("title=A & B")) for _ in range(2))
    assert first == second
    assert b"2026" not in first
    assert b"dc:date" not in first


@pytest.mark.parametrize("kind", FILMS)
def test_an_svg_needs_nothing_from_outside(film, kind):
    svg = svg_of(film(*FILMS[kind])).decode()
    body = svg.partition("</metadata>")[2]
    assert set(re.findall(r'(?:href="|url\()([^:;",#)]*[:#])', body)) <= {"data:", "#"}
    assert "//" not in re.sub(r"base64,[^\")]*", "", body)


def test_the_names_in_two_svgs_of_one_page_do_not_clash(film):
    pages = [svg_of(film(f"title={title}")).decode() for title in "AB"]
    one, other = (set(re.findall(r'id="([^"]*)"', page)) for page in pages)
    assert one
    assert not one & other
    families = [re.findall(r"font-family:(\w+)", page) for page in pages]
    assert families[0] != families[1]


def test_the_font_inside_has_each_character_of_the_words_and_is_small(film):
    root = parsed(film("title=Small ² and ₃, −1.5·10⁻⁴", "training.epochs=1234"))
    fonts, words = fonts_in(root), list(root.iter(f"{SVG}text"))
    assert set(fonts) == {"normal", "bold"} == {word.get("font-weight", "normal") for word in words}
    for weight, font in fonts.items():
        own = {ord(letter) for word in words if word.get("font-weight", "normal") == weight for letter in word.text}
        assert own == set(font.getBestCmap())
    assert sum(font.reader.file.getbuffer().nbytes for font in fonts.values()) < 12_000


def test_words_are_as_long_as_freetype_finds_them_without_hinting(film):
    for word in parsed(film("title=AVATAR To Wave, 100 %")).iter(f"{SVG}text"):
        font = get_font(findfont(FontProperties(weight=word.get("font-weight", "normal"))))
        font.set_size(float(word.get("font-size")), 72)
        font.set_text(word.text, 0.0, flags=LoadFlags.NO_HINTING)
        assert float(word.get("textLength")) == pytest.approx(font.get_width_height()[0] / 64, abs=1.5)


def test_no_text_breaks_an_svg(film):
    f = film(f"title={json.dumps(HOSTILE, ensure_ascii=False)}")
    root = parsed(f)
    assert root.find(f"{SVG}title").text == f.experiment.title
    assert f.experiment.title in texts(root)


def test_the_config_of_an_svg_is_read_back(film, tmp_path):
    f = film("title=x² < 2 & ]]>")
    f.save(tmp_path / "x.svg")
    assert config.loads(read_config_text(tmp_path / "x.svg")) == config.loads(f.config_text("svg"))


def test_an_svg_that_came_out_wrong_leaves_the_old_file(film, tmp_path, monkeypatch):
    path = tmp_path / "x.svg"
    path.write_text("old")
    monkeypatch.setattr("relu_anim.encoders.markup.rdf", lambda text: "")
    with pytest.raises(FileError, match=r"cannot write .*x\.svg: .*came out wrong"):
        film().save(path)
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["old"]


# ---------------------------------------------------------------- what it looks like


@pytest.mark.parametrize("size", [(600, 400), (501, 333)])
def test_grid_lines_and_ticks_lie_on_the_pixels_of_the_frame(film, size):
    f = film(f"animation.size={list(size)}", "animation.panels=[[prediction, loss]]")
    frame = f.last_frame()
    grid = tuple(bytes.fromhex(THEMES["light"].grid[1:]))
    lines = [
        np.array(path.get("d")[1:].split(), float).reshape(-1, 2)
        for path in parsed(f).iter(f"{SVG}path")
        if path.get("stroke") == THEMES["light"].grid
    ]
    seen = []
    for (x, y), (x_end, y_end) in lines:
        if x == x_end:
            column, rows = int(x), slice(int(min(y, y_end)) + 1, int(max(y, y_end)) - 1)
            on_grid = (frame[rows, column, :3] == grid).all(axis=1)
        else:
            row, columns = int(y), slice(int(x) + 1, int(x_end) - 1)
            on_grid = (frame[row, columns, :3] == grid).all(axis=1)
        seen.append(on_grid.mean())
    assert len(seen) > 12
    assert np.mean(np.array(seen) > 0.5) > 0.6  # over the others lies something else


def drawn_by_rsvg(svg, folder, zoom=1):
    (folder / "x.svg").write_bytes(svg)
    subprocess.run(["rsvg-convert", "-z", str(zoom), "x.svg", "-o", "x.png"], cwd=folder, check=True)
    return np.asarray(Image.open(folder / "x.png"))


@needs_rsvg
@pytest.mark.parametrize("kind", KINDS)
def test_another_program_draws_an_svg_as_the_frame_is(film, kind, tmp_path):
    picture = still(ACTIVATIONS) if kind == "still" else film(*FILMS[kind])
    drawn, frame = drawn_by_rsvg(svg_of(picture), tmp_path)[..., :3], picture.last_frame()[..., :3]
    assert drawn.shape == frame.shape
    different = (np.abs(drawn.astype(int) - frame) > 64).any(axis=2)
    assert different.mean() < 0.05
    if kind == "map":
        assert are_hatched(stripes_in_the_key(picture, frame))
        assert are_hatched(stripes_in_the_key(picture, drawn))


@needs_rsvg
@pytest.mark.parametrize(("scale", "text_scale"), SCALES)
def test_an_svg_has_the_size_and_its_words_stand_where_the_frame_has_them(film, scale, text_scale, tmp_path):
    f = film(*SCALED, f"animation.scale={scale}", f"animation.text_scale={text_scale}")
    svg, frame = svg_of(f), f.last_frame()[..., :3]
    root = ET.fromstring(svg)
    height, width = frame.shape[:2]
    assert [root.get(side) for side in ("width", "height", "viewBox")] == ["900", "700", f"0 0 {width} {height}"]
    drawn = drawn_by_rsvg(svg, tmp_path, scale)[..., :3]
    assert drawn.shape == frame.shape
    assert (np.abs(drawn.astype(int) - frame) > 64).any(axis=2).mean() < 0.03
    labels = [word for word in root.iter(f"{SVG}text") if re.match(r"target|network|loss \d|test \d", word.text)]
    assert len(labels) >= 3
    for label in labels:
        left, base, size, length = (float(label.get(key)) for key in ("x", "y", "font-size", "textLength"))
        assert left + length < width
        rows, columns = slice(round(base - 0.8 * size), round(base + 0.2 * size)), slice(round(left), None)
        for picture in (frame, drawn):
            covered = np.flatnonzero((picture[rows, columns] < 200).any(axis=(0, 2)))
            assert (covered[0], covered[-1] + 1) == pytest.approx((0, length), abs=3 * scale * text_scale)


@needs_rsvg
@pytest.mark.parametrize("is_moving", [False, True])
def test_dashes_begin_where_the_frame_has_them_in_a_line_from_far_outside(tmp_path, is_moving):
    line = Lines(np.array([[50.0, 1e7], [50, 20], [180, 20]]), Pen((0, 0, 0, 1), 4, (12, 8)))
    agg, recorder = RendererAgg(200, 100, 100), ShapeRecorder(Figure((2, 1), dpi=100))
    for renderer in (agg, recorder):
        Painter(renderer).draw(line)
    shapes = [as_dashed(line, Figure((2, 1), dpi=100))] if is_moving else recorder.found
    svg = encoder("svg").draw(Drawing((200, 100), (200, 100), shapes, "", ""), "x")
    drawn = drawn_by_rsvg(svg, tmp_path)
    assert np.abs(drawn[..., 3].astype(int) - np.asarray(agg.buffer_rgba())[..., 3]).max() < 140  # half a pixel


def test_a_line_that_lies_wholly_outside_of_the_picture_is_left_out():
    recorder = ShapeRecorder(Figure((2, 1), dpi=100))
    Painter(recorder).draw(Lines(np.array([[0.0, -50], [100, -60], [200, -50]]), Pen((0, 0, 0, 1), 4)))
    assert recorder.found == []


@pytest.mark.parametrize("far", [1e10, -1e87])
def test_no_number_of_an_svg_is_larger_than_readers_know(far):
    dots = Points(np.array([[50.0, far]]), 9.0, (0, 0, 0, 1))
    root = ET.fromstring(encoder("svg").draw(Drawing((100, 100), (100, 100), [dots], "", ""), "x"))
    (circle,) = root.iter(f"{SVG}circle")
    assert abs(float(circle.get("cy"))) < 2e6


def test_a_long_curve_takes_no_more_points_than_are_seen(film):
    f = film("training.epochs=20000", "animation.panels=loss")
    assert len(svg_of(f)) < 60_000


def test_frames_are_the_same_before_and_after_an_svg(film):
    f = film()
    before = f.last_frame().copy()
    svg_of.__wrapped__(f)
    assert (f.last_frame() == before).all()
