"""The page of all outputs: its HTML read by a strict parser, and the page itself driven in Debian's Chromium."""

import json
import os
import shutil
import warnings
import xml.etree.ElementTree as ET
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

import av
import numpy as np
import pytest
import yaml
from helpers.configs import ACTIVATION_FIGURE, CATALOGUE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.cli.gallery import NAME
from relu_anim.gallery.gather import MARK
from relu_anim.gallery.names import piece, stem_alone
from relu_anim.gallery.stills import make_stills
from relu_anim.gallery.traits import activations, as_yaml, numbers, panels, remarks, shared, size
from relu_anim.making.results import read_summary

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what html5lib itself imports
    import html5lib

pytestmark = pytest.mark.xdist_group("site")  # one browser, and one folder of films

WAVE = """
title: "{knots} bends"
target: {function: x**2, domain: [-5, 5]}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 4}
animation: {size: [400, 300], max_frames: 4, panels: [[prediction, {prediction: {error: true}}]]}
output: {formats: [gif, mp4, webp, animated-svg], themes: [light, dark], stills: [0]}
"""
FILMS = ["wave.gif", "wave.mp4", "wave.webp", "wave.animated.svg"]
HOSTILE = '</title></script><img src=x onerror="document.title=1"> & "quotes" {{ 7*7 }} שלום'


def run(*arguments, code=0):
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with configs and what they became."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "wave.yaml").write_text(WAVE)
    (folder / "tanh.yaml").write_text(ACTIVATION_FIGURE)
    with chdir(folder):
        run("run", "wave.yaml", "tanh.yaml", "-q")
    return folder


@pytest.fixture
def folder(made, here):
    """A copy of it, in which the test runs."""
    return Path(shutil.copytree(made, here, dirs_exist_ok=True))


class Page:
    """A page as html5lib reads it, which refuses what is no HTML."""

    def __init__(self, path=Path("outputs") / NAME):
        self.path = path
        self.text = path.read_text()
        self.root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(self.text)
        self.articles = {words(article.find("p[@class='name']")): article for article in self.root.iter("article")}

    def addresses(self):
        """Every file that it leads to or shows."""
        for element in self.root.iter():
            for key in ("href", "src", "srcset", "data-film"):
                if (address := element.get(key)) and not address.startswith("data:"):
                    yield self.path.parent / unquote(address)


def words(element):
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def gallery(*arguments, **code):
    done = run("gallery", *arguments, **code)
    return Page() if not code else done


def stale(article):
    return words(article.find("p[@class='stale']")).removeprefix("stale ")


def notes(article):
    return [words(note) for note in article.findall("p[@class='note']")]


# ---------------------------------------------------------------- what is on the page


def test_each_output_is_one_entry_with_all_of_its_files(folder):
    page = gallery()
    assert list(page.articles) == ["tanh", "wave"]
    links = [words(link) for link in page.articles["wave"].iter("a")]
    assert links[:4] == ["GIF", "MP4", "WebP", "animated SVG"]
    assert links[4:] == ["dark GIF", "dark MP4", "dark WebP", "dark animated SVG", "epoch 0 PNG", "dark epoch 0 PNG"]
    addresses = list(page.addresses())
    assert len(addresses) > 12
    assert all(address.is_file() for address in addresses)


def test_a_gallery_of_the_folder_in_which_one_is_has_its_name(folder):
    for asked, called in ((".", folder.resolve().name), ("outputs", "outputs"), ("outputs/..", folder.resolve().name)):
        run("gallery", asked)
        assert words(Page(Path(asked) / NAME).root.find("body//h1")) == f"Figures in {called}"


def test_a_title_has_its_number_and_numbers_are_those_of_the_summary(folder):
    summary = read_summary(Path("outputs/wave.json"))
    wave = gallery().articles["wave"]
    assert words(wave.find("h2")) == f"{summary.metrics['knots']} bends"
    shown = {words(pair.find("dt")): words(pair.find("dd")) for pair in wave.find("dl")}
    assert shown["epochs"] == "4"
    assert float(shown["loss"]) == pytest.approx(summary.metrics["loss"], rel=0.005)
    assert wave.find(".//img").get("alt") == summary.alt


def test_the_config_of_what_is_current_is_that_which_was_written(folder):
    assert words(gallery().articles["wave"].find(".//code")) == " ".join(WAVE.split())


def test_a_dark_film_is_shown_on_dark_pages(folder):
    picture = gallery().articles["wave"].find(".//picture")
    source, image = picture.find("source"), picture.find("img")
    assert source.get("media") == "(prefers-color-scheme: dark)"
    assert (source.get("data-film"), image.get("data-film")) == ("wave-dark.animated.svg", "wave.animated.svg")
    assert (image.get("loading"), image.get("width"), image.get("height")) == ("lazy", "400", "300")


def test_a_figure_that_does_not_move_shows_itself(folder):
    tanh = gallery().articles["tanh"]
    assert tanh.find(".//img").get("src") == "tanh.png"
    assert tanh.find(".//button[@class='play']") is None


def last_frame(path):
    """By another program than the gallery reads it with."""
    if path.suffix == ".mp4":
        with av.open(path) as film:
            return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)][-1]
    with Image.open(path) as image:
        image.seek(image.n_frames - 1)
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("name", [name for name in FILMS if not name.endswith("svg")])
def test_the_still_of_a_film_alone_is_its_last_frame(made, here, name):
    Path("outputs").mkdir()
    shutil.copy(made / "outputs" / name, "outputs")
    page = gallery()
    image = page.articles["wave"].find(".//img")
    assert (image.get("data-film"), image.get("data-is-video")) == (name, "yes" if name.endswith("mp4") else None)
    with Image.open(Path("outputs", image.get("src"))) as still:
        assert np.array_equal(np.asarray(still.convert("RGB")), last_frame(Path("outputs", name)))


def test_the_still_of_an_animated_svg_rests_for_everybody(folder):
    image = gallery().articles["wave"].find(".//img")
    still = Path("outputs", image.get("src")).read_text()
    film = Path("outputs/wave.animated.svg").read_text()
    assert "prefers-reduced-motion" in film
    assert "prefers-reduced-motion" not in still
    assert "@media all{" in still
    html5lib.HTMLParser(strict=True).parseFragment(still)


def test_what_is_a_page_alone_rests_as_the_picture_in_it(here):
    Path("tanh.yaml").write_text(ACTIVATION_FIGURE)
    run("run", "tanh.yaml", "-q", "-f", "html")
    image = gallery().articles["tanh"].find(".//img")
    picture = ET.fromstring(Path("outputs", image.get("src")).read_text())
    said = {"".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"derivative of tanh", "−1"} <= said
    assert image.get("data-film") is None


def test_stills_are_made_once_and_go_with_their_films(folder):
    gallery()
    stills = Path("outputs/gallery-stills")
    first = {path.name: path.stat().st_mtime_ns for path in stills.iterdir()}
    assert len(first) == 2  # light and dark
    (stills / "mine.txt").write_text("")
    gallery()
    assert {path.name: path.stat().st_mtime_ns for path in stills.iterdir() if path.name in first} == first
    for path in Path("outputs").glob("wave-dark*"):
        path.unlink()
    gallery()
    assert len({path.name for path in stills.iterdir()} & set(first)) == 1
    assert (stills / "mine.txt").exists()


def test_a_file_in_place_of_the_folder_of_stills_is_a_mistake_with_exit_4(folder):
    Path("outputs/gallery-stills").write_text("mine")
    assert "outputs/gallery-stills: cannot be made, for the stills of films: File exists" in gallery(code=4).stderr
    assert Path("outputs/gallery-stills").read_text() == "mine"


@pytest.mark.soak
def test_many_films_are_read_in_processes_of_their_own(folder):
    films = [Path("outputs", f"wave{end}") for end in (".gif", ".webp", "-dark.gif", "-dark.webp")]
    films.append(Path("outputs/none.gif"))
    found = dict(make_stills([(film, film.with_suffix(f"{film.suffix}.webp")) for film in films], processes=2))
    assert [film for film, trouble in found.items() if trouble] == films[-1:]
    assert all(film.with_suffix(f"{film.suffix}.webp").is_file() for film in films[:-1])


def test_a_film_in_a_folder_inside_has_that_folder_in_its_name(folder):
    shutil.move("outputs", "inner")
    Path("outputs/.hidden").mkdir(parents=True)
    shutil.copy("inner/tanh.png", "outputs/.hidden/no.png")
    shutil.move("inner", "outputs/inner")
    assert list(gallery().articles) == ["inner/tanh", "inner/wave"]


# ---------------------------------------------------------------- what is stale


@pytest.mark.parametrize(
    "how",
    [
        (),
        ("-f", "svg"),
        ("-o", "outputs/other.png"),
        ("-o", "outputs/{name}-{theme}.{format}"),
        ("-o", "outputs/{name}-{theme}.png", "-s", "title=tanh"),
        ("-o", "outputs/{name}.{format}", "--summaries", "notes"),
    ],
    ids=str,
)
def test_what_was_just_made_is_not_stale_and_a_changed_config_is(here, how):
    look = "title: tanh\nanimation: {size: [340, 250]}\noutput: {formats: [png, svg], themes: [light, dark]}\n"
    Path("tanh.yaml").write_text(f"kind: activation\nfunctions: [tanh]\n{look}")
    run("run", "tanh.yaml", "-q", *how)
    apart = [*how][how.index("--summaries") :] if "--summaries" in how else ()
    (article,) = gallery(*apart).articles.values()
    assert (stale(article), notes(article)) == ("", [])
    Path("tanh.yaml").write_text(Path("tanh.yaml").read_text().replace("title: tanh", "title: another"))
    (article,) = gallery(*apart).articles.values()
    assert stale(article) == "title tanh → another"
    assert article.get("data-stale") == "yes"
    assert "title: tanh" in words(article.find(".//code"))


def test_what_is_stale_says_what_run_n_says(folder):
    Path("wave.yaml").write_text(WAVE.replace("epochs: 4", "epochs: 5"))
    said = run("run", "-n", "wave.yaml").stdout.strip()
    assert said == f"wave.yaml: built ({stale(gallery().articles['wave'])})"


def test_what_another_version_made_is_stale(folder):
    summary = json.loads(Path("outputs/wave.json").read_text())
    summary["versions"]["relu-anim"] = "0.0.1"
    Path("outputs/wave.json").write_text(json.dumps(summary))
    assert stale(gallery().articles["wave"]).startswith("relu-anim 0.0.1 → ")


def test_a_config_that_is_gone_or_wrong_is_told_and_not_shown(folder):
    Path("tanh.yaml").unlink()
    Path("wave.yaml").write_text("secret: 42\n")
    page = gallery()
    assert notes(page.articles["tanh"]) == ["its config tanh.yaml is gone"]
    assert notes(page.articles["wave"]) == ["its config has mistakes now: relu-anim validate wave.yaml"]
    assert "secret" not in page.text


# ---------------------------------------------------------------- what is broken


def test_half_written_folders_and_broken_summaries_are_told(folder):
    wave, tanh = Path("outputs/wave.json"), Path("outputs/tanh.json")
    wave.write_bytes(wave.read_bytes()[:400])
    tanh.write_text(json.dumps({**json.loads(tanh.read_text()), "format": 2}))
    Path("outputs/lone.json").write_bytes(wave.read_bytes())
    Path("outputs/mine.json").write_text('{"my": "notes"}')
    Path("outputs/.wave.gif.0123abcd.part").write_bytes(b"GIF89a")
    Path("outputs/gone.json").symlink_to("nowhere.json")
    os.mkfifo("outputs/pipe.json")
    Image.new("RGB", (9, 9)).save("outputs/photo.png")
    done = run("gallery")
    page = Page()
    assert notes(page.articles["wave"]) == ["wave.json is damaged; run its config again"]
    assert notes(page.articles["tanh"]) == ["tanh.json is of another version of relu-anim; run its config again"]
    assert page.articles["wave"].find(".//source").get("data-film") == "wave-dark.animated.svg"
    troubles = words(page.root.find(".//section[@class='troubles']"))
    assert "outputs/lone.json is damaged; run its config again" in troubles
    assert "outputs/gone.json is a link that leads nowhere" in troubles
    assert "outputs/pipe.json is no file" in troubles
    assert "outputs/wave.gif is being written, or was when that was ended: .wave.gif.0123abcd.part" in troubles
    assert "1 file, in which no config can be read, is left out outputs/photo.png" in troubles
    assert "mine.json" not in page.text
    assert "2 figures, 2 with something to say, 1 left out" in done.stderr


def test_missing_and_damaged_films_are_told(folder):
    for name in FILMS:
        if name != "wave.mp4":
            Path("outputs", name).unlink()
    Path("wave.yaml").unlink()
    film = Path("outputs/wave.mp4")
    film.write_bytes(film.read_bytes()[:2000])
    done = run("gallery")
    told = " ".join(notes(Page().articles["wave"]))
    assert "wave.yaml is gone" in told
    assert "not there any more: wave.animated.svg" in told
    assert "wave.mp4: its last frame cannot be read" in told
    assert "wave.mp4: its last frame cannot be read" in done.stderr


def test_a_pipe_in_place_of_a_film_is_told_and_not_read(folder):
    for name in ("wave.animated.svg", "lone.gif"):
        Path("outputs", name).unlink(missing_ok=True)
        os.mkfifo(Path("outputs", name))
    page = gallery()
    assert "wave.animated.svg cannot be read" in notes(page.articles["wave"])
    assert list(page.articles) == ["tanh", "wave"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("config.animation", [1]),
        ("config.animation.panels", [[{"loss": 1}, 7], "x"]),
        ("config.animation.size", ["a", 2]),
        ("config.model", {"activation": {"name": 3}}),
        ("config.variants", [1, {"set": 5}]),
        ("config.output.themes", [3]),
        ("config.title", {"a": 1}),
        ("metrics", {"loss": "much", "knots": [None], "x": {}, "accuracy": True}),
        ("files", {}),
        ("orders", {"x": []}),
    ],
)
def test_a_summary_that_somebody_changed_is_still_an_entry(folder, path, value):
    summary = json.loads(Path("outputs/wave.json").read_text())
    *inside, key = path.split(".")
    place = summary
    for name in inside:
        place = place[name]
    place[key] = value
    Path("outputs/wave.json").write_text(json.dumps(summary))
    Path("wave.yaml").unlink()
    assert "wave" in gallery().articles


def test_names_and_titles_are_text_whatever_stands_in_them(folder):
    name = "a b%20#?&'\"<é>,שלום"
    Path(f"{name}.yaml").write_text(f"{ACTIVATION_FIGURE}title: {json.dumps(HOSTILE)}\noutput: {{formats: [svg]}}\n")
    run("run", f"{name}.yaml", "-q")
    page = gallery()
    article = page.articles[name]
    assert words(article.find("h2")) == HOSTILE
    assert "".join(article.find(".//code").itertext()) == Path(f"{name}.yaml").read_text()
    assert len([*page.root.iter("script")]) == 1
    assert {image.get("src") for image in page.root.iter("img")}.isdisjoint({"x"})
    assert not [element for element in page.root.iter() if any(key.startswith("on") for key in element.attrib)]
    assert all(address.is_file() for address in page.addresses())


# ---------------------------------------------------------------- the command


def test_another_page_is_named_with_o_and_is_read_from_where_it_lies(folder):
    assert run("gallery", "-o", "site/index.html", "-q").output == "site/index.html\n"
    page = Page(Path("site/index.html"))
    assert Path("site/index-stills").is_dir()
    assert all(address.is_file() for address in page.addresses())


def test_a_page_of_the_users_stays(folder):
    Path("outputs", NAME).write_text("<!DOCTYPE html>\n<p>mine")
    assert "was not made by relu-anim gallery, and stays" in gallery(code=2).stderr
    assert Path("outputs", NAME).read_text() == "<!DOCTYPE html>\n<p>mine"
    Path("outputs", NAME).write_bytes(MARK)
    gallery()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "nowhere: there is no such folder"),
        (("wave.yaml",), "wave.yaml: is no folder"),
        (("empty",), "empty: no outputs lie there; make some: relu-anim run CONFIG"),
        (("--summaries", "nowhere"), "nowhere: there is no such folder"),
        (("-o", "page.gif"), "-o page.gif: a gallery is a file with others beside it, and ends in .html"),
    ],
)
def test_what_cannot_be_shown_is_a_mistake_with_exit_2(folder, arguments, message):
    Path("empty").mkdir()
    done = gallery(*arguments, code=2)
    assert done.stderr.splitlines() == [message]
    assert not list(folder.rglob("*.html"))


# ---------------------------------------------------------------- parts


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_a_config_as_yaml_is_read_back_equal(path):
    loaded = config.load(path)
    text = as_yaml(loaded.model_dump(mode="json"))
    assert yaml.safe_load(text) == yaml.safe_load(config.dump(loaded))
    assert config.loads(text).model_dump(mode="json") == loaded.model_dump(mode="json")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=12) | st.lists(st.text(max_size=6) | st.floats(-1e9, 1e9), max_size=2))
def test_any_value_of_a_config_is_read_back_equal(value):
    data = {"a": {"key": value}, "on": value}
    assert yaml.safe_load(as_yaml(data)) == data


@pytest.mark.parametrize(
    ("name", "stem", "themes", "what"),
    [
        ("x.gif", "x", ("light", "dark"), ("gif", "light", "")),
        ("x-dark.animated.svg", "x", ("light", "dark"), ("animated-svg", "dark", "")),
        ("x-dark-epoch-2.5.png", "x", ("light", "dark"), ("png", "dark", "epoch-2.5")),
        ("x-strip.pdf", "x", ("auto",), ("pdf", "auto", "strip")),
        ("dark_x.gif", "x", ("light", "dark"), ("gif", "dark", "")),
        ("x-epoch-5.gif", "x-epoch-5", ("auto",), ("gif", "auto", "")),
        ("x-step-12.svg", "x", ("auto",), ("svg", "auto", "step-12")),
    ],
)
def test_the_name_of_a_file_tells_what_it_is(name, stem, themes, what):
    found = piece(Path(name), stem, themes)
    assert (found.format, found.theme, found.part) == what


def test_a_name_alone_tells_the_stem():
    names = ["x.gif", "x-dark.gif", "x-dark-epoch-5.png", "x-strip.svg", "x.animated.svg"]
    assert {stem_alone(name) for name in names} == {"x"}
    assert stem_alone("my-film.gif") == "my-film"


def test_numbers_of_variants_are_by_label_and_layers_are_added_up():
    metrics = {"a": {"dead_units": [1, 2], "accuracy": 0.125, "gradient_norms": [1.0]}, "b": {"loss": None, "epoch": 3}}
    assert numbers(metrics, {"seed": 4}) == [
        ("a", [("accuracy", "12.5\u2009%"), ("dead units", "3"), ("seed", "4")]),
        ("b", [("epochs", "3"), ("seed", "4")]),
    ]


def test_what_variants_share_stands_once_and_words_are_remarks():
    metrics = {"a": {"loss": 0.5, "epoch": 3}, "b": {"epoch": 3, "knots": 2, "stopped": "it diverged"}}
    same, others = shared(numbers(metrics, {"seed": 4}))
    assert same == [("epochs", "3"), ("seed", "4")]
    assert others == [("a", [("loss", "0.5")]), ("b", [("knots", "2")])]
    assert remarks(metrics) == ["b: it diverged"]


def test_panels_and_activations_of_all_variants_are_found():
    loaded = config.load(next(path for path in CATALOGUE if path.stem == "dead_neurons")).model_dump(mode="json")
    assert panels(loaded) == ["prediction", "activation_map"]
    assert activations(loaded) == ["relu", "leaky_relu"]
    assert size(loaded) == (800, 760)
    assert (panels({}), activations(None), size([])) == ([], [], None)


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def site(made, tmp_path_factory):
    """A folder with a page of several figures, one of which has an MP4 alone."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("site"), dirs_exist_ok=True))
    shutil.copy(folder / "outputs" / "wave.mp4", folder / "outputs" / "clip.mp4")
    (folder / "tanh.yaml").write_text(f"{ACTIVATION_FIGURE}title: changed\n")
    with chdir(folder):
        run("gallery", "-q")
    return folder / "outputs"


@pytest.fixture
def opened(browser, site):
    """Opens the page, from the disk; nothing may go wrong in it, and nothing may be asked for elsewhere."""
    pages, troubles = [], []

    def open_page(address="", **wishes):
        page = browser.new_context(**{"reduced_motion": "no-preference", **wishes}).new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or troubles.append(asked.url))
        page.goto(f"{(site / NAME).as_uri()}{address}")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert troubles == []


def until(page, holds):
    """Wait until it holds; Playwright's own way to do so evaluates text, which the page's policy forbids."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it never holds")


def shown(page, name):
    """What an entry shows: its box, and a function that gives the name of the file in it."""
    box = page.locator(f"article:has(.name bdi:text-is('{name}')) .shown")
    box.scroll_into_view_if_needed()
    image = box.locator("img")

    def becomes(file):
        until(page, lambda: image.evaluate("image => image.currentSrc").endswith(file))

    return box, becomes


def test_a_film_plays_while_it_is_pointed_at_focused_or_pressed(opened):
    page = opened()
    box, becomes = shown(page, "wave")
    becomes(".svg")
    box.hover()
    becomes("/wave.animated.svg")
    page.mouse.move(1, 1)
    until(page, lambda: "playing" not in box.get_attribute("class"))
    page.locator("#figure-2 summary").first.focus()
    page.locator("#figure-3 .play").focus()  # from the keyboard's point of view
    becomes("/wave.animated.svg")
    page.keyboard.press("Enter")
    page.locator("h1").click()
    assert box.locator(".play").get_attribute("aria-pressed") == "true"
    becomes("/wave.animated.svg")


def test_where_motion_is_not_wanted_a_film_plays_only_when_it_is_pressed(opened):
    page = opened(reduced_motion="reduce", color_scheme="dark")
    box, becomes = shown(page, "wave")
    box.hover()
    page.wait_for_timeout(100)
    assert box.locator("img").evaluate("image => image.currentSrc.includes('-stills/')")
    box.locator(".play").click()
    becomes("/wave-dark.animated.svg")
    box.locator(".play").click()
    assert "playing" not in box.get_attribute("class")


def test_a_film_that_is_only_a_video_plays_over_its_still(opened):
    page = opened()
    box, _ = shown(page, "clip")
    box.hover()
    until(page, lambda: box.locator("video").evaluate("video => video.currentTime") > 0)
    page.mouse.move(1, 1)
    until(page, lambda: page.locator("video").count() == 0)


def test_search_and_filters_say_how_many_match_and_stand_in_the_address(opened):
    page = opened()
    assert page.inner_text("#count") == "3 figures"
    page.get_by_label("Search").press_sequentially("CHANGED")
    assert page.inner_text("#count") == "1 of 3 figures"
    page.get_by_label("Search").fill("")
    page.get_by_label("Panel").focus()
    page.keyboard.press("p")  # as a reader chooses from a list without a mouse
    assert page.inner_text("#count") == "2 of 3 figures"
    assert page.url.endswith("#panel=prediction")
    page.reload()
    assert page.inner_text("#count") == "2 of 3 figures"
    page.evaluate("location.hash = 'activation=tanh&stale=yes'")
    until(page, lambda: page.inner_text("#count") == "1 of 3 figures")
    page.get_by_label("Search").fill("no such thing")
    assert page.locator("#none").is_visible()
    page.get_by_role("button", name="Show all").click()
    until(page, lambda: page.inner_text("#count") == "3 figures")


def test_a_config_is_copied_with_a_button(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    article = page.locator("article:has(.name bdi:text-is('wave'))")
    article.get_by_text("Config", exact=True).click()
    article.get_by_role("button", name="Copy").click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == WAVE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_fault_for_readers_who_do_not_see_it_and_fits_a_phone(opened, scheme):
    source = axe()
    page = opened(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.add_style_tag(content="article { content-visibility: visible !important }")
    page.evaluate("document.querySelectorAll('details').forEach(own => { own.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.evaluate(source)
    found = page.evaluate("axe.run()")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    assert len(found["passes"]) > 20


def axe():
    """The script of axe-core; the test is skipped without it."""
    found = find_spec("axe_playwright_python") or pytest.skip("axe-playwright-python is not installed")
    return Path(found.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")
