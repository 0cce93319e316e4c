"""Pages with films, built by Debian's hugo and jekyll, and looked at in Debian's Chromium."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
from helpers.configs import DATA_FIGURE
from helpers.pages import LOADED, needs
from PIL import Image
from typer.testing import CliRunner

from relu_anim.cli import app
from relu_anim.cli.embed import DARK, Figure, in_html

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what html5lib itself imports
    import html5lib

pytestmark = pytest.mark.xdist_group("site")  # one browser, one site

DOCS = Path(__file__).parent.parent / "docs"
FIGURES = ["wave", "valley", "hinges"]  # in the order of the page
PHONE = {"viewport": {"width": 360, "height": 740}}
IMAGES = """
[...document.images].map(image => ({
    file: image.currentSrc.split('/').pop(), alt: image.alt, natural: [image.naturalWidth, image.naturalHeight],
    said: ['width', 'height'].map(name => Number(image.getAttribute(name))), shown: [image.width, image.height],
}))
"""
VIDEO = """
() => { const video = document.querySelector('video'); return {
    file: video.currentSrc.split('/').pop(), poster: video.poster.split('/').pop(), paused: video.paused,
    none: video.networkState == video.NETWORK_NO_SOURCE, shown: [video.clientWidth, video.clientHeight],
} }
"""


def make(folder, *arguments):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run(*arguments):
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the example, with shorter films, after make."""
    needs("make"), needs("hugo")
    folder = tmp_path_factory.mktemp("blog") / "site"
    made = shutil.ignore_patterns("films", "outputs", "public", "static")  # by somebody who tried it
    shutil.copytree(DOCS / "site-example", folder, ignore=made)
    for path in folder.glob("figures/*.yaml"):
        shorter = re.sub(r"(epochs|max_frames): \d+", r"\1: 3", path.read_text())
        path.write_text(shorter)
    make(folder, "-j2")
    return folder


@contextmanager
def opened(browser, folder, address="", **wishes):
    """A page whose host is the folder, with all that it shows loaded; nothing may go wrong in it."""
    troubles = []

    def answer(route):
        path = folder / route.request.url.removeprefix("http://blog.test/")
        path = path / "index.html" if path.is_dir() else path
        _ = route.fulfill(path=path) if path.is_file() else route.fulfill(status=404)

    context = browser.new_context(**wishes)
    context.route("**/*", answer)
    page = context.new_page()
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(request.url))
    page.goto(f"http://blog.test/{address}")
    page.evaluate(LOADED)
    yield page
    context.close()
    assert troubles == []


def parsed(text):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


# ---------------------------------------------------------------- the example


def test_the_site_is_made_from_nothing_and_then_there_is_nothing_to_do(site):
    make(site, "-q")
    assert {path.suffix for path in (site / "static").rglob("*") if path.is_file()} == {".png", ".webp"}
    for page in site.glob("public/**/*.html"):
        parsed(page.read_text())
    said = make(site, "-n", "-W", "figures/brand.yaml")
    assert sorted(re.findall(r"relu-anim run figures/(\w+)", said)) == sorted(FIGURES)
    assert len(re.findall("relu-anim embed", said)) == len(FIGURES)
    assert "hugo" in said
    assert "relu-anim" not in make(site, "-n", "-W", "content/posts/wave.md")


@pytest.mark.parametrize(
    ("motion", "film", "scheme"),
    [
        ("no-preference", "webp", "light"),
        ("reduce", "png", "dark"),
        pytest.param("no-preference", "webp", "dark", marks=pytest.mark.soak),
        pytest.param("reduce", "png", "light", marks=pytest.mark.soak),
    ],
)
def test_each_reader_sees_the_pictures_that_suit_the_wishes_of_the_system(site, browser, scheme, motion, film):
    with opened(browser, site / "public", color_scheme=scheme, reduced_motion=motion) as page:
        shown = [image["file"] for image in page.evaluate(IMAGES)]
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shown == [f"wave-{scheme}.{film}", f"valley-{scheme}.{film}", f"hinges-{scheme}.png"]
    corner = Image.open(site / f"public/films/hinges-{scheme}.png").convert("RGB").getpixel((0, 0))
    assert paper == f"rgb{corner}"


@pytest.mark.parametrize("address", ["", pytest.param("posts/wave/", marks=pytest.mark.soak), "posts/hinges/"])
def test_on_a_phone_pictures_keep_their_shape_and_nothing_is_wider_than_the_page(site, browser, address):
    with opened(browser, site / "public", address, **PHONE) as page:
        assert page.evaluate("document.scrollingElement.scrollWidth") == 360
        images = page.evaluate(IMAGES)
    assert images
    for image in images:
        assert image["alt"]
        for width, height in (image["natural"], image["said"], image["shown"]):
            assert width / height == pytest.approx(640 / 400, rel=0.01)
        assert image["shown"][0] == 328


# ---------------------------------------------------------------- films of other kinds


@pytest.fixture
def films(tmp_path):
    """A page with a video, and with the films that it is made of."""
    for name, color in (("x", "white"), ("x-dark", "black")):
        picture = Image.new("RGB", (64, 48), color)
        picture.save(tmp_path / f"{name}.png")
        picture.save(tmp_path / f"{name}.gif")
        with av.open(str(tmp_path / f"{name}.mp4"), "w") as film:
            stream = film.add_stream("libx264", rate=10, options={"crf": "30"})
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for _ in range(10):
                film.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(picture))))
            film.mux(stream.encode())
    names = ("gif", "png", "mp4")
    figure = Figure({n: f"x.{n}" for n in names}, {n: f"x-dark.{n}" for n in names}, DARK, (640, 480), "a film")
    head = "<!DOCTYPE html><html lang=en><meta name=viewport content='width=device-width'><title>x</title>"
    (tmp_path / "index.html").write_text(f"{head}<link rel=icon href='data:,'>{in_html(figure)}")
    return tmp_path


@pytest.mark.parametrize(("scheme", "film"), [("light", "x.mp4"), ("dark", "x-dark.mp4")])
def test_a_video_plays_in_the_colours_of_the_page(films, browser, scheme, film):
    with opened(browser, films, color_scheme=scheme, **PHONE) as page:
        page.wait_for_function("document.querySelector('video').currentTime > 0")
        video = page.evaluate(VIDEO)
    assert (video["file"], video["paused"], video["shown"]) == (film, False, [344, 258])


def test_a_video_shows_its_poster_where_no_motion_is_wanted(films, browser):
    with opened(browser, films, reduced_motion="reduce", **PHONE) as page:
        page.wait_for_function("document.querySelector('video').networkState == 3")
        video = page.evaluate(VIDEO)
        shown = Image.open(films / "x.png").getpixel((0, 0))
    assert (video["file"], video["none"], video["paused"], video["shown"]) == ("", True, True, [344, 258])
    assert (video["poster"], shown) == ("x.png", (255, 255, 255))


STILLS = """
target: {function: x**2}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 3}
animation: {size: [300, 200], scale: 1.5}
output: {formats: [png, svg], themes: [dark, light], stills: [0, step 20], strip: [0, 1, 3]}
"""


def test_stills_and_strips_stand_in_a_page_in_their_own_shape(here, browser):
    Path("a.yaml").write_text(STILLS)
    run("run", "a.yaml", "-o", "{name}-{theme}.{format}", "-q")
    called = ["embed", "a.yaml", "--films", "{name}-{theme}.{format}"]
    choices = [[*choice, "-f", still] for still in ("png", "svg") for choice in (["--at", "step 20,0"], ["--strip"])]
    parts = "".join(run(*called, *choice) for choice in choices)
    Path("index.html").write_text(f"<!DOCTYPE html><title>x</title><link rel=icon href='data:,'>{parts}")
    with opened(browser, here, color_scheme="light") as page:
        images = page.evaluate(IMAGES)
    moments, scales = ["step-20", "epoch-0", "strip"], {"png": 1.5, "svg": 1}
    assert [image["file"] for image in images] == [f"a-light-{moment}.{n}" for n in scales for moment in moments]
    assert [image["said"] for image in images] == [[300, 200], [300, 200], [900, 200]] * 2
    for image in images:
        assert image["natural"] == [scales[image["file"][-3:]] * side for side in image["said"]]
    said = ["step 20", "epoch 0", "epoch 0, epoch 1, epoch 3"] * 2
    assert [image["alt"].partition(" Shown: ")[2] for image in images] == [f"{moments}." for moments in said]


# ---------------------------------------------------------------- the snippets of the docs


@pytest.mark.parametrize(
    ("builder", "source", "page", "shown"),
    [
        ("hugo", "figures/wave.yaml", "content/_index.md", "public/index.html"),
        pytest.param("jekyll", "_figures/wave.yaml", "index.md", "_site/index.html", marks=pytest.mark.soak),
    ],
)
def test_what_the_docs_say_of_a_builder_makes_a_page_whose_pictures_are_there(here, builder, source, page, shown):
    needs(builder)
    text = (DOCS / "blogs.md").read_text().partition(f"## {builder.title()}\n")[2].partition("\n## ")[0]
    (call,) = re.findall(r"`(\{[{%].*?film.*?[}%]\})`", text)
    files = {source: DATA_FIGURE + "output: {themes: [light, dark]}\n", page: f"---\ntitle: x\n---\nA\n\n{call}\n\nB\n"}
    if builder == "hugo":
        files["layouts/shortcodes/film.html"] = re.findall(r"```html\n(.*?)```", text, re.DOTALL)[0]
        files["layouts/index.html"] = "<!DOCTYPE html><html><title>x</title>{{ .Content }}</html>"
        files["hugo.toml"] = "disableKinds = ['taxonomy', 'term', 'RSS', 'sitemap', '404']\n"
    for path, content in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(content)
    for line in re.findall(r"^\t(.*)", text, re.MULTILINE):
        program, *arguments = shlex.split(line.replace("$^", source))
        if program == "relu-anim":
            run(*arguments)
        else:
            subprocess.run([program, *arguments], capture_output=True, check=True)
    start = "" if builder == "hugo" else "<!DOCTYPE html><title>x</title>"
    found = parsed(start + Path(shown).read_text())
    addresses = [own.get("srcset") or own.get("src") for own in found.iter() if own.tag in ("source", "img")]
    assert len(addresses) == 2
    assert all((Path(shown).parent / address.lstrip("/")).is_file() for address in addresses)
    assert [own.text for own in found.iter("p")] == ["A", "B"]
