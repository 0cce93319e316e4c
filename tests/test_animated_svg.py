"""Animated SVG: read with an XML parser, and looked at in Debian's Chromium beside the frames of the film."""

import functools
import io
import json
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.likeness import is_alike
from helpers.pages import driver, needs
from helpers.vectors import FILMS, HOSTILE
from PIL import Image

import relu_anim
from relu_anim import config, facts
from relu_anim.drawing.shapes import Area, Drawing, Lines, Pen, Picture, Points, Reel, Words
from relu_anim.encoders import Timing, encoder, read_config_text
from relu_anim.encoders.joining import bundled, joined
from relu_anim.encoders.regions import heights, rectangles
from relu_anim.encoders.sheets import COLORS, LONGEST, sheet, webp
from relu_anim.encoders.svg import FALLBACKS
from relu_anim.encoders.thinning import thinned, trimmed
from relu_anim.encoders.tracks import Track, grows
from relu_anim.errors import ConfigError, FileError
from relu_anim.films import Film, saving
from relu_anim.films.saving import timing_of
from relu_anim.fonts import Typeface

pytestmark = pytest.mark.xdist_group("site")  # one browser at a time

SVG = "{http://www.w3.org/2000/svg}"
CONFIGS = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))
ENDS = """() => [...document.querySelectorAll('text, tspan')]
    .filter(text => text.getAttribute('textLength') && text.getComputedTextLength())
    .map(text => [text.getStartPositionOfChar(0).x / 10, text.getEndPositionOfChar(text.getNumberOfChars() - 1).x / 10])
"""
SHOWN = """time => {
    const svg = document.documentElement
    svg.pauseAnimations(); svg.setCurrentTime(time)
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
}"""


@pytest.fixture(scope="module")
def film(experiment, fake_recording):
    @functools.cache  # no test changes one
    def make(*settings, **options):
        e = experiment("animation.size=[600, 400]", "animation.max_frames=6", *settings)
        members = [member for _, member in e.members]
        return Film(e, [fake_recording(member, **options) for member in members])

    return make


@functools.cache
def svg_of(film, text="seed: 0\n"):
    return encoder("animated-svg").animate(film.reel(), timing_of(film), text)


def parsed(film):
    return ET.fromstring(svg_of(film))


@contextmanager
def opened(browser, folder, svg, size, scheme="light", motion="no-preference", **more):
    """A function that gives the picture of an SVG at a time, in seconds, for a reader who has such wishes."""
    path = folder / "film.svg"
    path.write_bytes(svg)
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion=motion, **more)
    page = context.new_page()
    page.goto(path.as_uri())

    def shot(time):
        page.evaluate(SHOWN, time)
        return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)

    yield shot
    context.close()


def middle(timing, number):
    """A time in seconds at which a frame is shown."""
    return (timing.start(number, 1000) + timing.duration(number, 1000) / 2) / 1000


# ---------------------------------------------------------------- what is seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.soak] * (kind == "numbers")) for kind in FILMS])
def test_chromium_shows_each_frame_at_its_time(film, browser, tmp_path, kind, scheme):
    settings = [s for s in FILMS[kind] if "theme" not in s]
    f, own = (film(*settings, f"animation.theme={theme}") for theme in ("auto", scheme))
    timing, reel = timing_of(f), own.reel()
    with opened(browser, tmp_path, svg_of(f), (600, 400), scheme) as shot:
        for number in (0, 2, len(f) - 1):
            alike, why = is_alike(shot(middle(timing, number)), own, reel, number)
            assert alike, (number, why)


@pytest.mark.parametrize("wrong", ["a curve 1.5 pixels off", "a label that is missing", "the frame after it"])
def test_the_comparison_finds(film, browser, tmp_path, wrong):
    f, number = film(*FILMS["curves"]), 2
    svg = svg_of(f).decode()
    (curve,) = re.findall(r'<path(?= stroke-linecap="round")[^>]* stroke-width="34.7"[^>]*><animate', svg)
    labels = re.findall(r"<tspan[^>]*>epoch</tspan>", svg)
    assert labels
    changed = {
        "a curve 1.5 pixels off": svg.replace(curve, curve.replace("<path", '<path transform="translate(0 15)"', 1)),
        "a label that is missing": svg.replace(labels[0], ""),
    }.get(wrong, svg)
    with opened(browser, tmp_path, changed.encode(), (600, 400)) as shot:
        alike, why = is_alike(shot(middle(timing_of(f), number + (changed == svg))), f, f.reel(), number)
    assert not alike, why


def test_between_the_rows_of_a_map_is_nothing_else_where_a_page_shows_it_larger(film, browser, tmp_path):
    f = film("animation.panels=[[activation_map]]", "model.layer_sizes=[1, 24, 24, 1]", "animation.theme=light")
    scale, reel = 1.37, f.reel()
    with opened(browser, tmp_path, svg_of(f), (600, 400), device_scale_factor=scale) as shot:
        for number in (0, 3):
            (picture,) = [shape for mark in reel.frames[number] for shape in mark if isinstance(shape, Picture)]
            height, width = picture.cells.shape
            top, left = 400 - round(picture.bottom) - height, round(picture.left)
            places = [np.arange(round(scale * side) - 8) + 4 for side in (height, width)]
            rows, columns = (
                np.round(at + scale * start).astype(int) for at, start in zip(places, (top, left), strict=True)
            )
            seen = shot(middle(timing_of(f), number))[np.ix_(rows, columns)]
            near = [((at + 0.5) / scale).astype(int) for at in places]
            colors = picture.palette[:, :3].astype(int)
            is_seen = np.zeros(seen.shape[:2], bool)
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    cells = picture.plain[np.ix_(near[0] + down, near[1] + right)]
                    is_seen |= (np.abs(seen - colors[cells]).max(axis=2) <= 2) | (cells == picture.stripes[0])
            assert is_seen.mean() > 0.999, number


def test_readers_who_want_no_motion_see_the_last_frame(film, browser, tmp_path):
    f = film(*FILMS["curves"])
    first, last = f.frame(0), f.frame(-1)
    assert np.abs(first.astype(int) - last).max() > 100
    with opened(browser, tmp_path, svg_of(f), (600, 400), motion="reduce") as shot:
        for time in (0.1, 1.0):
            assert is_alike(shot(time), f, f.reel(), -1)[0]


def test_a_theme_that_is_named_is_the_same_on_all_pages(film, browser, tmp_path):
    f = film(*FILMS["curves"], "animation.theme=paper")
    svg = svg_of(f)
    assert b"prefers-color-scheme" not in svg
    with opened(browser, tmp_path, svg, (600, 400), "dark") as shot:
        assert is_alike(shot(0.1), f, f.reel(), 0)[0]


def answering(body, headers):
    return lambda route: route.fulfill(body=body, content_type="image/svg+xml", headers=headers)


def test_a_host_that_blocks_fonts_keeps_the_layout(film, browser):
    f = film(*FILMS["curves"], "title=Two units of a network")
    places = {}
    for policy in ("", "default-src 'none'; style-src 'unsafe-inline'"):
        page = browser.new_page()
        headers = {"content-security-policy": policy} if policy else {}
        svg = svg_of(f).replace(FALLBACKS.encode(), b"monospace")
        page.route("**/*", answering(svg, headers))
        page.goto("http://films.invalid/x.svg")
        page.evaluate("document.fonts.ready.then(() => true)")
        places[policy] = page.evaluate(ENDS)
        is_loaded = page.evaluate("[...document.fonts].some(font => font.status == 'loaded')")
        assert is_loaded is (not policy)
        page.close()
    plain, blocked = places.values()
    assert len(plain) > 5
    assert np.abs(np.array(plain) - blocked).max() < 1


def test_a_program_that_knows_no_motion_shows_the_last_frame(film, tmp_path):
    rsvg = shutil.which("rsvg-convert") or pytest.skip("librsvg2-bin is not installed")
    for kind in ("curves", "map"):
        f, path = film(*FILMS[kind], "animation.theme=light"), tmp_path / "x.svg"
        path.write_bytes(svg_of(f))
        shown = subprocess.run([rsvg, path], capture_output=True, check=True).stdout
        picture = np.asarray(Image.open(io.BytesIO(shown)).convert("RGB")).astype(int)
        last, first = (f.frame(number)[..., :3].astype(int) for number in (-1, 0))
        assert (np.abs(picture - last) > 100).any(axis=2).mean() < 0.01
        assert (np.abs(picture - last) > 100).sum() < 0.5 * (np.abs(picture - first) > 100).sum()


@pytest.fixture(scope="module")
def firefox():
    with driver() as playwright:
        found = playwright.firefox.launch(channel="moz-firefox", executable_path=needs("firefox-esr"))
        yield found
        found.close()


@pytest.mark.parametrize("name", ["quadratic_2neuron", "dead_neurons", "hyperplane"])
@pytest.mark.soak
def test_firefox_shows_three_films(firefox, tmp_path, name):
    drawn = relu_anim.run(CONFIGS[0].parent / f"{name}.yaml", progress=None).set({"animation.theme": "light"})._drawn
    timing, reel = timing_of(drawn), drawn.reel()
    size = drawn.experiment.animation.size
    with opened(firefox, tmp_path, svg_of(drawn), size, "null", "null", forced_colors="null", contrast="null") as shot:
        for number in np.linspace(0, len(drawn) - 1, 5).astype(int).tolist():
            alike, why = is_alike(shot(middle(timing, number)), drawn, reel, number)
            assert alike, (number, why)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
@pytest.mark.soak
def test_chromium_shows_the_films_of_the_catalogue(browser, tmp_path, path):
    whole = relu_anim.run(path, progress=None)
    if not config.load(path).moves:
        pytest.skip("it does not move")
    for scheme in ("light", "dark"):
        drawn, own = (whole.set({"animation.theme": theme})._drawn for theme in ("auto", scheme))
        timing, size, reel = timing_of(drawn), drawn.experiment.animation.size, own.reel()
        with opened(browser, tmp_path, svg_of(drawn), size, scheme) as shot:
            for number in np.linspace(0, len(drawn) - 1, 5).astype(int).tolist():
                alike, why = is_alike(shot(middle(timing, number)), own, reel, number)
                assert alike, (scheme, number, why)


# ---------------------------------------------------------------- what is in it


@pytest.mark.parametrize("kind", FILMS)
def test_an_animated_svg_needs_nothing_from_outside_and_no_script(film, kind):
    body = svg_of(film(*FILMS[kind])).decode().partition("</metadata>")[2]
    assert set(re.findall(r'(?:href="|url\()([^:;",#)]*[:#])', body)) <= {"data:", "#"}
    assert "//" not in re.sub(r"base64,[^\")]*", "", body)
    assert not {element.tag for element in parsed(film(*FILMS[kind])).iter()} & {f"{SVG}script", f"{SVG}foreignObject"}


def test_an_animated_svg_is_an_image_with_a_title_and_a_description(film):
    f = film("title=A parabola")
    root = parsed(f)
    assert [root.get(key) for key in ("width", "height", "role")] == ["600", "400", "img"]
    named = {element.get("id"): element.text for element in root}
    assert [named[name] for name in root.get("aria-labelledby").split()] == ["A parabola", f.alt]


def test_frames_begin_when_they_do_in_a_gif_and_play_as_often(film):
    f = film("animation.loop=3", "animation.hold_first=1", "animation.captions=[{at: 2, text: Here, hold: 2}]")
    timing, found = timing_of(f), list(parsed(f).iter(f"{SVG}animate"))
    assert {each.get("calcMode") for each in found} == {"discrete"}
    assert {each.get("repeatCount") for each in found} == {"3"}
    assert {each.get("dur") for each in found} == {f"{timing.total(1000) / 1000:g}s"}
    times = max((each.get("keyTimes").split(";") for each in found), key=len)
    starts = [timing.start(number, 100) for number in range(len(f))]
    assert [float(time) * timing.total(100) for time in times] == pytest.approx(starts, abs=1)
    assert all(each.get("values").count(";") == each.get("keyTimes").count(";") for each in found)


def test_what_does_not_move_stands_once_and_what_moves_twice(film):
    f = film(*FILMS["curves"], "title=Two units")
    texts = [element.text for element in parsed(f).iter(f"{SVG}text")]
    assert texts.count("Two units") == 1
    *_, stamp = [each for each in parsed(f).iter(f"{SVG}text") if each.find(f"{SVG}animate") is not None]
    assert len(stamp.findall(f"{SVG}tspan")) == 2 * len(f)  # the epoch and the loss


def test_what_looks_alike_and_stands_still_is_one_element(film):
    f = film(*FILMS["curves"])
    still = f.reel().still
    starts = [shape.points[0] for shape in still.shapes if isinstance(shape, Lines) and len(shape.points) == 2]
    places = {f"{round(10 * x)} {round(10 * (still.pixels[1] - y))}" for x, y in starts}
    found = [set(re.findall(r"M(\d+ \d+)[hv]", each.get("d"))) & places for each in parsed(f).iter(f"{SVG}path")]
    assert set().union(*found) == places
    assert sum(map(bool, found)) == 6  # of two plots the grid, ticks and axes


def test_shapes_between_which_another_lies_stay_apart():
    pen, over = Pen((0, 0, 0, 1), 1), Area(np.array([(4, 0), (6, 0), (6, 9), (4, 9)], float), (1, 1, 1, 1))
    lines = [Lines(np.array([(x, 2), (x + 3, 2)], float), pen) for x in (0, 3, 20)]
    found = [light for light, _ in joined([(shape, shape) for shape in (lines[0], over, *lines[1:])], Typeface())]
    assert [type(shape) for shape in found] == [Lines, Area, Lines]
    assert [len(shape.points) for shape in found[::2]] == [2, 4]
    light, dark = pen, Pen((1, 1, 1, 1), 1)
    pairs = [
        (Lines(line.points, light), Lines(line.points, shade))
        for line, shade in zip(lines, (dark, dark, light), strict=True)
    ]
    assert [len(shape.points) for shape, _ in joined(pairs, Typeface())] == [4, 2]


def test_a_line_that_grows_stands_whole_and_is_uncovered(film):
    f = film("animation.panels=[[loss]]", "animation.max_frames=20", "training.epochs=19")
    root = parsed(f)
    (grown,) = [clip for clip in root.iter(f"{SVG}clipPath") if clip.find(f"{SVG}rect/{SVG}animate") is not None]
    widths = [int(width) for width in grown.find(f"{SVG}rect/{SVG}animate").get("values").split(";")]
    assert len(widths) == len(f)
    assert widths == sorted(widths)
    cut = [each for each in root.iter(f"{SVG}use") if each.get("clip-path") == f"url(#{grown.get('id')})"]
    assert len({each.get("href") for each in cut}) == 1


def test_what_stands_in_the_attributes_is_the_last_frame(film):
    for element in parsed(film(*FILMS["map"])).iter():
        for animation in element.findall(f"{SVG}animate"):
            last = animation.get("values").split(";")[-1]
            assert element.get(animation.get("attributeName"), "inline") == last


PARTS = [
    *(
        "<",
        "&",
        '"',
        "'",
        "</script>",
        "]]>",
        "--",
        "<!--",
        "<?x ?>",
        "</text></svg>",
        "&lt;",
        "&#0;",
        "<![CDATA[",
        "%s",
    ),
    *("url(#x)", "}</style>", "\u202e", "שלום", "مرحبا", "\u200f", "😀", "\ud7ff", "\ufffd", "₃²", "\\", "a b", "x"),
]


def hostile(count):
    """Texts of hostile parts, the same ones each time."""
    choose = random.Random(18)
    return ["".join(choose.choices(PARTS, k=choose.randint(1, 6))).strip() or "x" for _ in range(count)]


def words_reel(title, label):
    """A small film with a title, a text that stays and one that changes."""
    said = [Words(text, 5.0, 60.0, 14.0, (0, 0, 0, 1)) for text in (title, label, f"{label} 2")]
    still = Drawing((200, 100), (200, 100), said[:1], title, label)
    return Reel(still, [[[said[1]]], [[said[2]]]])


def written(title, label):
    root = ET.fromstring(
        encoder("animated-svg").animate(words_reel(title, label), Timing(2, 10, 0, None), f"t: {label}")
    )
    return [element.tag for element in root.iter()], root


def holds_no_markup_of(texts):
    plain, _ = written("A title", "a label")
    for title, label in zip(texts, reversed(texts), strict=True):
        tags, root = written(title, label)
        assert tags == plain, (title, label)
        assert [root.find(f"{SVG}{kind}").text for kind in ("title", "desc")] == [title, label]
        said = ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]
        assert said == [title, f"{label}{label} 2", f"{label} 2"]


def test_no_title_and_no_label_becomes_markup():
    holds_no_markup_of(hostile(15))


@pytest.mark.soak
def test_none_of_five_hundred_titles_and_labels_becomes_markup():
    holds_no_markup_of(hostile(500))


@pytest.mark.parametrize("title", [HOSTILE, "</script><script>alert(1)</script>", "</text></svg>", "שלום <b> & 'x'"])
def test_no_text_breaks_an_animated_svg(film, title):
    words = json.dumps(title, ensure_ascii=False)
    f = film(
        f"title={words}",
        f"animation.captions=[{{at: 1, text: {words}}}, {{at: 3, text: b}}]",
        "animation.words={loss: 'a<b>&'}",
    )
    root = parsed(f)
    assert root.find(f"{SVG}title").text == title
    said = "".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
    assert said.replace(" ", "").count(title.replace(" ", "")) >= 2  # captions have lines
    known = {
        "svg",
        "title",
        "desc",
        "metadata",
        "style",
        "clipPath",
        "marker",
        "rect",
        "circle",
        "path",
        "g",
        "text",
        "tspan",
        "animate",
        "defs",
        "use",
    }
    assert {element.tag.removeprefix(SVG) for element in root.iter() if element.tag.startswith(SVG)} <= known


# ---------------------------------------------------------------- files


def test_the_config_of_an_animated_svg_is_read_back_and_the_format_told_from_a_still_one(film, tmp_path):
    f = film("title=x² < 2 & ]]>")
    path = f.save(tmp_path / "x.Animated.svg")
    still = f.save(tmp_path / "x.svg")
    assert config.loads(read_config_text(path)) == config.loads(f.config_text("animated-svg"))
    assert [encoder(name).begins(path.read_bytes()[:512]) for name in ("svg", "animated-svg")] == [False, True]
    assert [encoder(name).begins(still.read_bytes()[:512]) for name in ("svg", "animated-svg")] == [True, False]


@pytest.mark.parametrize(
    ("file", "name", "stem"),
    [
        ("x.animated.svg", "animated-svg", "x"),
        ("a.b.ANIMATED.SVG", "animated-svg", "a.b"),
        ("x.svg", "svg", "x"),
        (".animated.svg", "svg", ".animated"),
        ("animated.svg", "svg", "animated"),
        ("x.gif", "gif", "x"),
        ("x.bmp", "bmp", "x"),
        ("x", "", "x"),
        ("x.{format}", "{format}", "x"),
    ],
)
def test_the_name_of_a_file_tells_its_format(file, name, stem):
    assert (facts.format_of(file), facts.stem_of(file)) == (name, stem)


def test_an_animated_svg_that_is_too_large_is_refused_with_its_size(film, tmp_path, monkeypatch):
    path = tmp_path / "x.animated.svg"
    path.write_text("old")
    monkeypatch.setattr(saving, "MOST_OF_SHAPES", 5_000)
    with pytest.raises(
        FileError, match=r"the animated SVG has [\d.]+ kB, for 5 kB at most; lower animation.max_frames"
    ) as found:
        film().save(path)
    assert found.value.exit_code == 4
    assert path.read_text() == "old"


def test_a_budget_leaves_out_frames(film, tmp_path):
    settings = ["animation.panels=[[prediction]]", "animation.max_frames=40", "training.epochs=39"]
    whole = film(*settings).save(tmp_path / "whole.animated.svg").stat().st_size
    f = film(*settings, f"output.max_size={whole - 2000}")
    assert f.save(tmp_path / "x.animated.svg").stat().st_size <= whole - 2000
    assert re.search(r"it has \d+% of its frames", f.notes[-1])
    with pytest.raises(FileError, match="the animated SVG has"):
        film(*settings, "output.max_size=5kB").save(tmp_path / "y.animated.svg")


def test_a_figure_that_does_not_move_has_none():
    with pytest.raises(ConfigError, match="animated-svg"):
        config.loads("kind: activation\nfunctions: [relu]\noutput: {formats: [animated-svg]}")


# ---------------------------------------------------------------- what it is made of


def test_a_line_stays_near_through_few_points():
    x = np.linspace(0, 400, 501)
    lines = [np.column_stack([x, 100 * np.sin(x / way)]) for way in (20, 60, 1e9)]
    found = thinned(lines, 0.15)
    assert [len(line) < 200 for line in found] == [True] * 3
    assert len(found[2]) == 2
    for line, few in zip(lines, found, strict=True):
        assert np.abs(np.interp(x, few[:, 0], few[:, 1]) - line[:, 1]).max() < 1  # along y, where it is steep too
        segments = np.diff(few, axis=0)
        shares = ((line[:, None] - few[:-1]) * segments).sum(2) / (segments**2).sum(1)
        away = line[:, None] - few[:-1] - np.clip(shares, 0, 1)[..., None] * segments
        assert np.hypot(*away.T).T.min(axis=1).max() <= 0.15


def test_what_lies_outside_is_left_out_but_for_what_leads_there():
    line = np.array([(0, 0), (0, 50), (1, 90), (2, 70), (3, 50), (4, 5), (5, -40), (6, 5)], float)
    (found,) = trimmed([line], (-1, -10, 10, 10))
    assert found.tolist() == [[0, 0], [0, 50], [3, 50], [4, 5], [5, -40], [6, 5]]


def test_only_a_line_that_goes_on_to_the_right_grows():
    line = np.column_stack([np.arange(5.0), np.arange(5.0) ** 2])
    pen, box = Pen((0, 0, 0, 1), 1), (0, 0, 4, 20)
    parts = [Lines(line[:count], pen, box) for count in (1, 2, 4, 5)]
    assert grows(parts)[1] == [0, 1, 3, 4]
    assert grows([*parts, Lines(line + 1, pen, box)]) is None
    assert grows(parts[-2:]) is None
    assert grows([Lines(line[:count, ::-1] * -1, pen, box) for count in (1, 2, 4, 5)]) is None


def test_regions_cover_a_picture_exactly():
    cells = np.random.default_rng(0).integers(0, 3, (7, 9))
    painted = np.full(cells.shape, -1)
    for color, text in rectangles(cells).items():
        for x, y, width, height in (map(int, each) for each in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", text)):
            assert (painted[y : y + height, x : x + width] == -1).all()
            painted[y : y + height, x : x + width] = color
    assert (painted == cells).all()


@pytest.mark.parametrize("count", [9, 2000])
def test_an_image_of_pictures_has_each_row_at_its_place(count):
    pictures = np.random.default_rng(0).integers(0, COLORS, (count, 10, 12)).astype(np.uint8)
    pictures[:, 2] = 3  # stays
    found = sheet(pictures)
    with Image.open(io.BytesIO(webp(found.cells, [3, 7]))) as opened:
        image = np.asarray(opened.convert("RGBA")).astype(int)
    greys, alphas = image[..., 0] * COLORS // 255, image[..., 3]
    assert max(greys.shape) <= LONGEST
    assert (alphas == np.where(np.isin(greys, [3, 7]), 0, 255)).all()
    assert [window[:2] for window in found.windows] == [(row, row + 1) for row in range(10) if row != 2]
    for top, _, left, row in found.windows:
        assert (greys[row : row + count, left : left + 12] == pictures[:, top]).all()


@pytest.mark.parametrize("shape", [(LONGEST + 1, 1, 2), (2, 1, LONGEST + 1)])
def test_pictures_that_are_too_many_or_too_wide_have_no_image(shape):
    pictures = np.zeros(shape, np.uint8)
    pictures[1] = 5
    assert sheet(pictures) is None
    assert sheet(pictures[:2, :, :2]).cells.tolist() == [[0, 0], [5, 5]]
    assert sheet(pictures[:1, :, :2]) is None  # nothing changes


def test_rows_of_a_picture_stay_while_no_edge_moves_by_more_than_a_cell():
    rows = [[0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1]]
    found = sheet(np.array([[row, [2] * 6] for row in rows], np.uint8))
    assert found.cells.tolist() == [rows[0], rows[0], rows[2], rows[3]]


def test_each_band_of_a_map_covers_all_that_is_as_high():
    y, x = np.mgrid[:40, :60]
    bands = np.clip((x + y) // 25, 0, 3)
    for level, outlines in heights(bands).items():
        area = sum(abs((line[:-1, 0] * line[1:, 1] - line[1:, 0] * line[:-1, 1]).sum()) / 2 for line in outlines)
        assert area == pytest.approx((bands >= level).sum(), rel=0.02)


def test_points_are_one_path_with_a_marker_at_each(film):
    f = film("data={samples: 7, resample: false}")
    (points,) = [shape for shape in f.shapes(0) if isinstance(shape, Points) and len(shape.places) == 7]
    paths = [each for each in parsed(f).iter(f"{SVG}path") if each.get("marker-mid") and each.get("d").endswith("h0")]
    assert len(points.places) in [len(re.findall(r"-?\d+", each.get("d"))) // 2 for each in paths]


def test_knots_are_markers_at_the_bends_of_their_line(film):
    f = film("animation.panels=[[prediction]]", "animation.knots=true", "model.layer_sizes=[1, 6, 3, 1]")
    (line,) = [each for each in parsed(f).iter(f"{SVG}path") if each.get("marker-mid") and len(each)]
    assert not line.get("marker-start")
    frames = line.find(f"{SVG}animate").get("values").split(";")
    assert len(frames) == len(f)
    (scene,) = f.scenes
    for moment, path in zip(f.timeline, frames, strict=True):
        x = scene.run.network.knots(scene.run.recording[scene.run.index(moment)].parameters, scene.run.interval)
        places = f.panels[0].axes[0].transData.transform(np.column_stack([x, np.zeros_like(x)]))[:, 0]
        assert [x for x, _ in vertices(path)[1:-1]] == pytest.approx(10 * places, abs=1)


def test_points_beside_the_bends_of_a_line_are_apart_from_it():
    line = Lines(np.array([(0, 0), (5, 5), (9, 2)], float), Pen((0, 0, 0, 1), 1))
    there, beside = (Points(np.array([(x, 5.0)]), 2.0, (0, 0, 0, 1)) for x in (5.0, 5.2))
    one, other = (Track([shape, shape], [shape]) for shape in (line, there))
    assert [len(bundle) for bundle in bundled([one, other])] == [2]
    for shapes in ([there, beside], [there, None], [there, replace(there, fill=(1, 0, 0, 1))]):
        assert [len(bundle) for bundle in bundled([one, Track(shapes, shapes)])] == [1, 1]
    assert [len(bundle) for bundle in bundled([Track([line, replace(line, clip=(0, 0, 9, 9))], [line]), other])] == [
        1,
        1,
    ]


def vertices(path):
    """The points of a path of lines, in its units."""
    found = []
    for kind, text in re.findall("([Mlhv])([^Mlhv]*)", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", text)]
        one_way = {"h": [(n, 0) for n in numbers], "v": [(0, n) for n in numbers]}
        steps = one_way[kind] if kind in one_way else zip(numbers[::2], numbers[1::2], strict=True)
        for right, down in steps:
            x, y = found[-1] if found else (0, 0)
            found.append((x + right, y + down))
    return found


def test_points_at_the_bends_of_a_line_that_grows_are_drawn():
    ends = [(0, 0), (2, 5), (4, 1), (6, 4), (8, 2)]
    lines = [Lines(np.array(ends[:count], float), Pen((0, 0, 0, 1), 1), clip=(0, 0, 9, 9)) for count in (3, 4, 5)]
    points = [Points(line.points[1:-1], 2.0, (1, 0, 0, 1), clip=line.clip) for line in lines]
    frames = [[[line, dot]] for line, dot in zip(lines, points, strict=True)]
    reel = Reel(Drawing((9, 9), (9, 9), [], "", "", ()), frames, None, None)
    root = ET.fromstring(encoder("animated-svg").animate(reel, Timing(3, 10, 0, None), "seed: 0\n"))
    (moving,) = [each for each in root.iter(f"{SVG}path") if each.get("marker-mid") and len(each)]
    found = [len(vertices(path)) - 2 for path in moving.find(f"{SVG}animate").get("values").split(";")]
    assert found == [1, 2, 3]
