"""The format `html` of figures that do not move: read in Debian's Chromium, beside NumPy and the points themselves."""

import csv
import importlib.util
import io
import json
import math
import re
from contextlib import contextmanager
from pathlib import Path

import html5lib
import numpy as np
import pytest
from helpers.pages import code_of
from helpers.vectors import HOSTILE
from matplotlib.figure import Figure as Sheet
from PIL import Image
from typer.testing import CliRunner

import relu_anim
from relu_anim import config, figures
from relu_anim.cli import app
from relu_anim.drawing.readings import along, texts
from relu_anim.encoders import read_config_text
from relu_anim.errors import FileError
from relu_anim.films import saving

pytestmark = pytest.mark.xdist_group("site")  # one browser at a time

SIZE = (640, 480)
SMOOTH = "kind: activation\nfunctions: [tanh, gelu]\ndomain: [-4, 4]\nanimation: {size: [640, 480]}\n"
KINKED = "kind: activation\nfunctions: [relu]\nmarks: [-0.3333]\nanimation: {size: [640, 480]}\n"
BORN = "kind: born_dead\nnetworks: 100\nwidths: [1, 3]\ndepth: 12\nanimation: {size: [640, 480]}\n"
ALONG_X = "kind: data\ntarget: {dataset: cosine}\nanimation: {size: [640, 480]}\n"
IN_CLASSES = "kind: data\ntarget: {dataset: moons}\ndata: {samples: 60}\nanimation: {size: [640, 480]}\n"
WITH_VALUES = (
    "kind: data\ntarget: {function: x*y}\ndata: {resample: false, samples: 40}\nanimation: {size: [640, 480]}\n"
)
ALL = (SMOOTH, KINKED, BORN, ALONG_X, IN_CLASSES, WITH_VALUES)


@pytest.fixture(scope="module")
def made():
    """Figures by the texts of their configs, each with its still and the file of its page."""
    return {}


@pytest.fixture(scope="module")
def figure(made, tmp_path_factory):
    def make(text, table=""):
        if text not in made:
            path = tmp_path_factory.mktemp("figure") / "page.html"
            (path.parent / "page.yaml").write_text(text)
            (path.parent / "table.csv").write_text(table)
            loaded = config.load(path.parent / "page.yaml")
            still = figures.Still(figures.of(loaded, lambda what, done, total: None))
            saving.save_figure(still, path, "html", text)
            made[text] = still, path
        return made[text]

    return make


@pytest.fixture
def opened(browser, figure):
    """Opens the page of a figure, as a context; it fails if its script does, or asks for anything."""

    @contextmanager
    def opened(text, width=SIZE[0], **wishes):
        context = browser.new_context(viewport={"width": width, "height": SIZE[1]}, **wishes)
        page, wrong, asked = context.new_page(), [], []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: asked.append(request.url))
        path = figure(text)[1]
        page.goto(path.as_uri())
        page.wait_for_selector(".over", state="attached")
        yield page
        context.close()
        assert wrong == []
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]

    return opened


def point_at(page, still, x, y):
    """Move the pointer to a point of the axes; what is told there: the name, and the numbers by their names."""
    across, up = still.axes.transData.transform((x, y))
    page.mouse.move(across, SIZE[1] - up)
    return told(page)


def told(page):
    page.wait_for_selector("#tip:not([hidden])")
    name, _, numbers = page.inner_text("#tip").partition("\n")
    return name, parsed(numbers)


def parsed(numbers):
    plain = re.sub("[\u00a0\u202f]", " ", numbers.replace("−", "-"))
    return dict(pair.split(" = ") for pair in plain.split(", "))


def is_rounded(text, value):
    """Whether a number is the value in the digits that it has, three of them at least."""
    digits = len(text.lstrip("-0.").replace(".", ""))
    decimals = len(text.partition(".")[2])
    return float(text) == round(value, decimals) and (digits >= 3 or math.isclose(float(text), value, rel_tol=5e-3))


# ---------------------------------------------------------------- what is read


def gelu(x):
    return x * 0.5 * (1 + math.erf(x / 2**0.5))


def gelu_slope(x):
    return 0.5 * (1 + math.erf(x / 2**0.5)) + x * math.exp(-x * x / 2) / (2 * math.pi) ** 0.5


FUNCTIONS = {"tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2), "GELU": (gelu, gelu_slope)}


def test_a_function_and_its_derivative_are_read_wherever_one_of_them_is_met(figure, opened):
    places = ((name, at, x) for name in FUNCTIONS for at, x in ((0, -1.72), (1, -1.24), (0, 0.41), (1, 2.3)))
    with opened(SMOOTH) as page:
        for name, at, x in places:
            function, slope = FUNCTIONS[name]
            found, numbers = point_at(page, figure(SMOOTH)[0], x, FUNCTIONS[name][at](x))
            assert found == name
            assert list(numbers) == ["x", "f(x)", "f′(x)"]
            place = float(numbers["x"])
            assert place == pytest.approx(x, abs=0.011)
            assert is_rounded(numbers["f(x)"], float(function(place)))
            assert is_rounded(numbers["f′(x)"], float(slope(place)))


def test_a_mark_is_read_at_its_own_input(figure, opened):
    with opened(KINKED) as page:
        assert point_at(page, figure(KINKED)[0], -0.3333, 0)[1] == {"x": "-0.3333", "f(x)": "0", "f′(x)": "0"}


def test_a_point_is_read_with_what_is_learned_there(figure, opened):
    still = figure(ALONG_X)[0]
    points = still.picture.points
    with opened(ALONG_X) as page:
        for number in (3, 100, 170):
            x, y = float(points.x[number, 0]), float(points.y[number, 0])
            name, numbers = point_at(page, still, x, y)
            assert name == "data"
            assert is_rounded(numbers["x"], x)
            assert is_rounded(numbers["y"], y)


def test_a_point_of_a_class_is_named_by_it(figure, opened):
    still = figure(IN_CLASSES)[0]
    points = still.picture.points
    with opened(IN_CLASSES) as page:
        for index in (0, 1):
            number = int(np.flatnonzero(points.y[:, 0] == index)[4])
            name, numbers = point_at(page, still, *points.x[number])
            assert name == f"class {index}"
            assert all(is_rounded(numbers[key], float(points.x[number, i])) for i, key in enumerate("xy"))


def test_a_point_with_a_value_is_read_with_it(figure, opened):
    still = figure(WITH_VALUES)[0]
    points = still.picture.points
    with opened(WITH_VALUES) as page:
        _, numbers = point_at(page, still, *points.x[7])
        assert is_rounded(numbers["value"], float(points.x[7].prod()))


def test_a_share_is_read_with_its_depth_and_width(figure, opened):
    still = figure(BORN)[0]
    with opened(BORN) as page:
        for row, (width, depth) in enumerate(((1, 2), (3, 9))):
            share = still.picture.shares[row, depth - 1]
            name, numbers = point_at(page, still, depth, share)
            assert name == f"{width} unit{'s' * (width > 1)} a layer"
            assert numbers == {"hidden layers": str(depth), "born dead": f"{round(100 * share)} %"}


def test_numbers_with_commas_are_told_apart(figure, opened):
    german = SMOOTH.replace("{size", "{language: de, size")
    with opened(german) as page:
        across, up = figure(german)[0].axes.transData.transform((-3, np.tanh(-3)))
        page.mouse.move(across, SIZE[1] - up)
        numbers = re.sub("\u00a0", " ", page.inner_text("#tip")).split("\n")[1].split("; ")
    assert [number.partition(" = ")[0] for number in numbers] == ["x", "f(x)", "f′(x)"]
    assert numbers[1] == "f(x) = −0,995"


def test_a_finger_reads_what_is_near(figure, opened):
    still = figure(SMOOTH)[0]
    across, up = still.axes.transData.transform((-3, np.tanh(-3)))
    with opened(SMOOTH, has_touch=True) as page:
        page.touchscreen.tap(across - 4, SIZE[1] - up - 4)
        assert told(page)[0] == "tanh"


def test_keys_read_row_by_row_and_go_to_the_next_of_its_kind(opened):
    focused = "document.activeElement.getAttribute('aria-label')"
    with opened(BORN) as page:
        page.keyboard.press("Tab")
        labels = []
        for key in ("Shift+ArrowLeft", *["ArrowLeft"] * 12, *["ArrowRight"] * 11):
            page.keyboard.press(key)
            labels.append(page.evaluate(focused))
        depths = [parsed(label.partition(": ")[2])["hidden layers"] for label in labels[-12:]]
        assert depths == [str(depth) for depth in range(1, 13)]
        assert page.inner_text("#said") == labels[-1]
        page.keyboard.press("ArrowDown")
        assert page.evaluate(focused).startswith("1 unit a layer: hidden")
        page.keyboard.press("Escape")
        assert not page.locator("#tip").is_visible()


def test_numbers_have_three_digits_or_as_many_as_the_axis_shows():
    assert texts(np.array([0.83365, 2.4576e-5, 12.3456, 0.0]), 0.01) == ["0.834", "2.46·10⁻⁵", "12.346", "0"]
    assert texts(np.array([123456.0, np.inf, -np.inf, np.nan]), 100) == ["123\u2009456", "∞", "−∞", "–"]


def test_inputs_are_round_and_a_pixel_apart_at_most():
    for domain in ((-10, 10), (-0.013, 0.4), (0, 7e5), (1000, 1000.5)):
        axes = Sheet((6.4, 4.8), dpi=100).add_axes((0, 0, 1, 1), xlim=domain)
        x = along(axes, (domain[0] + 1e-9,))
        pixel = (domain[1] - domain[0]) / 640
        assert (x[0], x[-1]) == domain
        assert np.diff(x).max() <= pixel * (1 + 1e-9)
        assert len(x) < 640 * 2.6
        assert all(len(f"{value:.12g}") < 10 for value in x[3:-1])


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("text", ALL, ids=[text.split("\n")[1] for text in ALL])
def test_a_page_of_what_does_not_move_has_nothing_that_plays(figure, text):
    content = figure(text)[1].read_text(encoding="utf-8")
    found = html5lib.HTMLParser(strict=True).parse(content, scripting=True)
    tags = [str(element.tag).rpartition("}")[2] for element in found.iter()]
    assert not {"button", "input", "select", "nav", "details", "animate"} & set(tags)
    script = code_of(content)
    assert "class Figure" in script
    assert not re.search(r"Player|setCurrentTime|requestAnimationFrame|setTimeout", script)
    assert len(content) < 150_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", [SMOOTH, WITH_VALUES], ids=["lines", "points"])
def test_the_picture_is_that_of_the_figure_in_the_readers_theme(opened, text, scheme):
    loaded = config.with_animation(config.loads(text), theme=scheme)
    own = figures.Still(figures.of(loaded, lambda what, done, total: None)).last_frame()
    with opened(text, color_scheme=scheme) as page:
        shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)
    assert np.abs(shot - own[..., :3]).mean() < 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(opened, scheme):
    found = importlib.util.find_spec("axe_playwright_python") or pytest.skip("axe-playwright-python is not installed")
    axe = Path(found.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")
    with opened(SMOOTH, color_scheme=scheme) as page:
        page.keyboard.press("Tab")
        page.evaluate(axe)
        results = page.evaluate("axe.run()")
        assert [(each["id"], [node["html"][:80] for node in each["nodes"]]) for each in results["violations"]] == []
        assert len(results["passes"]) > 15


def test_all_of_it_has_room_on_a_phone(opened):
    with opened(BORN, width=360) as page:
        page.keyboard.press("Tab")
        for key in ("Home", *["Shift+ArrowRight"] * 12):
            page.keyboard.press(key)
            box = page.locator("#tip").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
            assert box["y"] >= 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_column_may_be_called_anything(opened, figure):
    rows, table = [[HOSTILE, "</script>", "class"], [1.25, 2, "<b>a"], [3, 4.5, "b"], [2, 1, "b"]], io.StringIO()
    csv.writer(table).writerows(rows)
    text = f"{ALONG_X.replace('dataset: cosine', 'csv: table.csv')}data: {{test_fraction: 0}}\n"
    still, _ = figure(text, table.getvalue())
    with opened(text) as page:
        across, up = still.axes.transData.transform((1.25, 2))
        page.mouse.move(across, SIZE[1] - up)
        name, value = page.locator("#tip b").text_content(), page.locator("#tip").text_content()
        assert name == "<b>a"
        assert value == f"{name}{HOSTILE}\u00a0=\u00a01.25, </script>\u00a0=\u00a02"


# ---------------------------------------------------------------- as other formats


def test_it_is_written_read_embedded_and_kept_like_other_formats(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text(f"{KINKED}output: {{formats: [html, svg], themes: [light, dark]}}\n")
    call = lambda *words: CliRunner().invoke(app, list(words))  # noqa: E731
    first = call("run", "x.yaml")
    assert first.exit_code == 0, first.stderr
    assert sorted(path.name for path in Path("outputs").iterdir() if path.suffix == ".html") == [
        "x-dark.html",
        "x.html",
    ]
    assert "color-scheme: dark" in Path("outputs/x-dark.html").read_text()
    assert {"x.html", "x-dark.html"} <= json.loads(Path("outputs/x.json").read_text())["files"].keys()
    assert call("run", "x.yaml", "--json").stdout.count('"current"') == 1
    assert call("show", "outputs/x.html").stdout == read_config_text(Path("outputs/x.html"))
    embedded = call("embed", "x.yaml").stdout
    assert 'src="outputs/x.html"' in embedded
    assert 'height="480"' in embedded
    assert call("gallery").exit_code == 0
    assert 'href="x.html"' in Path("outputs/gallery.html").read_text()


def test_python_saves_it_and_says_what_else_it_saves(tmp_path):
    film = relu_anim.run(config.loads(KINKED))
    assert read_config_text(film.save(tmp_path / "x.html")).startswith("kind: activation")
    with pytest.raises(relu_anim.UserError, match="has no gif; write png, svg, html or pdf"):
        film.save(tmp_path / "x.gif")


def test_a_figure_takes_no_page_from_what_it_extends(tmp_path):
    (tmp_path / "house.yaml").write_text("output: {formats: [gif, html]}\n")
    (tmp_path / "x.yaml").write_text(f"extends: house.yaml\n{KINKED}")
    assert config.load(tmp_path / "x.yaml").output.formats == ("png", "svg")


def test_a_page_that_is_too_large_is_refused_with_its_size(figure, tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "MOST_OF_SHAPES", 10_000)
    with pytest.raises(
        FileError, match=r"the HTML page has \d.* kB, for 10 kB at most; show fewer points, or write a PNG"
    ):
        saving.save_figure(figure(KINKED)[0], tmp_path / "x.html", "html", KINKED)
    assert list(tmp_path.iterdir()) == []
