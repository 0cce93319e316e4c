"""The format `html`: read with an HTML parser, and played with in Debian's Chromium."""

import importlib.util
import io
import json
import random
import re
from contextlib import contextmanager
from pathlib import Path

import html5lib
import numpy as np
import pytest
from helpers.likeness import is_alike
from helpers.pages import code_of, known, wait_until
from helpers.vectors import HOSTILE
from PIL import Image

from relu_anim import config, pages
from relu_anim.encoders import encoder, read_config_text
from relu_anim.encoders.files import DamagedError
from relu_anim.errors import ConfigError, FileError
from relu_anim.films import Film, saving
from relu_anim.films.saving import timing_of

pytestmark = pytest.mark.xdist_group("site")  # one browser at a time

SIZE = (640, 560)
SETTINGS = [
    f"animation.size={list(SIZE)}",
    "animation.max_frames=13",
    "animation.panels=[[layers, {prediction: {ghosts: [0, 4]}}], [network, loss]]",
    "animation.captions=[{at: 4, text: the first knot moves}, {at: 9, text: b}]",
    "data={resample: false, samples: 20}",
    "title=Two units",
]
SHORT = ["animation.panels=[[prediction]]", "animation.max_frames=3", "animation.theme=light"]
LEAKY_MAP = ["model.activation=leaky_relu", "animation.panels=[[activation_map]]", f"animation.size={list(SIZE)}"]


@pytest.fixture(scope="module")
def make(experiment, fake_recording):
    def make(*settings):
        e = experiment(*settings)
        return Film(e, [fake_recording(member) for _, member in e.members])

    return make


@pytest.fixture(scope="module")
def film(make):
    return make(*SETTINGS)


@pytest.fixture(scope="module")
def html(film):
    return encoder("html").animate(film.reel(), timing_of(film), film.config_text("html"))


@pytest.fixture(scope="module")
def opened(browser, html, tmp_path_factory):
    """Opens the page, as a context; it fails if a script of the page does."""
    file = tmp_path_factory.mktemp("page") / "film.html"
    file.write_bytes(html)

    @contextmanager
    def opened(address="#epoch=0", width=SIZE[0], height=SIZE[1] + 160, **wishes):
        context = browser.new_context(viewport={"width": width, "height": height}, **wishes)
        page, errors = context.new_page(), []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{file.as_uri()}{address}")
        page.wait_for_selector("#controls:not([hidden])")
        yield page
        context.close()
        assert errors == []

    return opened


def data_of(html):
    return known(html.decode())["film"]


def frame_of(page, html):
    """The frame that the picture shows, by its own clock."""
    film, time = data_of(html), page.evaluate("1000 * document.querySelector('.picture').getCurrentTime()")
    assert page.evaluate("document.querySelector('.picture').animationsPaused()")
    return int(np.searchsorted(film["starts"], time, side="right")) - 1


def place_of(html, plot, x, y):
    """Where a point of a plot is on the screen, in a window as wide as the film."""
    left, top, right, bottom = plot["box"]
    (a, b), (c, d) = plot["x"]["ends"], plot["y"]["ends"]
    unit = data_of(html)["unit"]
    return (left + (x - a) / (b - a) * (right - left)) / unit, (bottom - (y - c) / (d - c) * (bottom - top)) / unit


def told(page):
    page.wait_for_selector("#tip:not([hidden])")
    return page.inner_text("#tip").replace("−", "-")


# ---------------------------------------------------------------- playing


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_each_moment_is_that_of_the_film(opened, film, make, scheme):
    own = make(*SETTINGS, f"animation.theme={scheme}")
    with opened(color_scheme=scheme) as page:
        for number in (0, 5, 12):
            page.locator("#moment").fill(str(number))
            shot = page.screenshot(clip={"x": 0, "y": 0, "width": SIZE[0], "height": SIZE[1]})
            picture = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
            assert np.abs(picture - own.frame(number)[..., :3]).mean() < 5


def test_the_cells_of_a_map_are_those_of_the_moment(make, browser, tmp_path):
    f = make(*SHORT[1:], "animation.panels=[[activation_map]]", "animation.size=[400, 300]")
    reel = f.reel()
    (tmp_path / "map.html").write_bytes(encoder("html").animate(reel, timing_of(f), ""))
    page = browser.new_page(viewport={"width": 400, "height": 460})
    page.goto((tmp_path / "map.html").as_uri())
    for number in (0, 2):
        page.locator("#moment").fill(str(number))
        shot = page.screenshot(clip={"x": 0, "y": 0, "width": 400, "height": 300})
        alike, why = is_alike(np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int), f, reel, number)
        assert alike, (number, why)
    page.close()


def test_keys_step_jump_and_play(opened, html):
    with opened("#epoch=3") as page:
        for key, frame in (("ArrowRight", 4), ("ArrowLeft", 3), ("End", 12), ("ArrowRight", 12), ("Home", 0)):
            page.keyboard.press(key)
            assert frame_of(page, html) == frame
        page.keyboard.press(" ")
        assert page.get_attribute("#play", "aria-label") == "Pause"
        wait_until(page, "document.getElementById('moment').value > 0")
        page.keyboard.press(" ")
        stood = frame_of(page, html)
        page.wait_for_timeout(100)
        assert frame_of(page, html) == stood
        page.locator("#moment").focus()
        page.keyboard.press("End")
        assert frame_of(page, html) == 12


def test_it_plays_by_itself_from_the_start_and_as_fast_as_is_chosen(opened):
    with opened("") as page:
        assert page.get_attribute("#play", "aria-label") == "Pause"
        page.select_option("#speed", "4")
        wait_until(page, "document.getElementById('moment').value == 12")


def test_the_slider_stops_a_film_that_plays_at_what_was_chosen(opened, html):
    with opened("") as page:
        page.locator("#moment").evaluate("it => { it.value = 7; it.dispatchEvent(new Event('input')) }")
        assert frame_of(page, html) == 7
        assert page.get_by_role("button", name="Play").count()
        page.keyboard.press("Home")
        page.keyboard.press(" ")
        page.locator("#moment").press("Home")  # where it stands already
        assert page.get_by_role("button", name="Play").count()
        page.keyboard.press(" ")
        box = page.locator("#moment").bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
        page.mouse.down()  # on its thumb, which is not to run away
        assert page.get_by_role("button", name="Play").count()


def test_time_that_passes_unseen_is_not_played(opened, html):
    with opened("") as page:
        page.clock.install()
        page.reload()
        page.wait_for_selector("#controls:not([hidden])")
        page.clock.run_for(100)
        before = frame_of(page, html)
        page.clock.fast_forward(60_000 + data_of(html)["total"] // 2)
        page.clock.run_for(20)
        assert 0 <= frame_of(page, html) - before <= 5


def test_what_a_browser_kept_of_the_controls_is_not_put_back(html):
    page = html5lib.parse(html.decode(), namespaceHTMLElements=False)
    controls = [each for name in ("input", "select") for each in page.findall(f".//*[@id='controls']//{name}")]
    assert len(controls) == 4
    assert {control.get("autocomplete") for control in controls} == {"off"}


def test_the_slider_says_its_moment_and_the_caption_there(opened, html):
    with opened() as page:
        page.locator("#moment").fill("2")
        assert page.get_attribute("#moment", "aria-valuetext") == "epoch 2"
        page.locator("#moment").fill("5")
        assert page.get_attribute("#moment", "aria-valuetext") == "epoch 5: the first knot moves"
        page.get_by_role("button", name="epoch 9 b").click()
        assert frame_of(page, html) == 9
        assert page.locator("#captions [aria-current]").inner_text().split() == ["epoch", "9", "b"]


def test_the_address_leads_to_a_moment_and_follows_without_filling_the_history(opened, html):
    with opened("#epoch=5.5") as page:
        assert frame_of(page, html) == 5
        assert page.get_attribute("#play", "aria-label") == "Play"
        before = page.evaluate("history.length")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        wait_until(page, "location.hash === '#epoch=7'")
        assert page.evaluate("history.length") == before
        page.evaluate("location.hash = '#epoch=<b>'")
        assert frame_of(page, html) == 7


def test_readers_who_want_no_motion_find_the_last_frame(opened, html):
    with opened("", reduced_motion="reduce") as page:
        assert frame_of(page, html) == 12
        assert page.get_attribute("#play", "aria-label") == "Play"
        page.keyboard.press(" ")
        wait_until(page, "document.getElementById('moment').value < 12")


def test_paper_has_the_last_frame_alone(opened, html):
    with opened("#epoch=3") as page:
        page.evaluate("addEventListener('beforeprint', () => window.printed = document.getElementById('moment').value)")
        page.pdf()
        assert page.evaluate("window.printed") == "12"
        assert frame_of(page, html) == 3
        page.emulate_media(media="print")
        assert not page.locator("#controls").is_visible()


def test_without_scripts_it_is_the_last_frame(opened, browser, html, film, tmp_path):
    file = tmp_path / "film.html"
    file.write_bytes(html)
    context = browser.new_context(java_script_enabled=False, viewport={"width": SIZE[0], "height": SIZE[1] + 160})
    page = context.new_page()
    page.goto(file.as_uri())
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": SIZE[0], "height": SIZE[1]})
    context.close()
    picture = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
    assert np.abs(picture - film.frame(-1)[..., :3]).mean() < 5


# ---------------------------------------------------------------- what is seen


def test_a_curve_is_named_with_its_value_as_numpy_has_it(opened, html, film):
    plots, run = data_of(html)["plots"], film.scenes[0].run
    shown = {0: ("unit 1", "preactivation"), 3: ("network", "y")}
    with opened("#epoch=6") as page:
        for number, (name, quantity) in shown.items():
            plot, x = plots[number], np.array([[-3.3]])
            layers = run.network.forward(run.recording.parameters[6].astype(np.float64), x)
            y = float(layers[0][0][0, 0] if number == 0 else layers[-1][1][0, 0])
            page.mouse.move(*place_of(html, plot, x[0, 0], y))
            first, value = told(page).split("\n")
            assert first == name
            assert value.startswith(quantity)
            found = dict(zip("yx", map(float, re.findall(r"-?\d+(?:\.\d+)?(?= at|$)", value)), strict=True))
            pixel = (plot["y"]["ends"][1] - plot["y"]["ends"][0]) / (plot["box"][3] - plot["box"][1]) * 10
            assert found["x"] == pytest.approx(-3.3, abs=0.1)
            assert found["y"] == pytest.approx(y, abs=pixel)


def test_a_unit_is_lit_in_all_panels_and_the_others_are_faint(opened, html, film):
    (unit,) = [number for number, subject in enumerate(data_of(html)["subjects"]) if subject[1] == "unit 2"]
    plot, run = data_of(html)["plots"][0], film.scenes[0].run
    y = run.network.forward(run.recording.parameters[6].astype(np.float64), np.array([[2.5]]))[0][0][0, 1]
    with opened("#epoch=6") as page:
        page.mouse.move(*place_of(html, plot, 2.5, y))
        assert told(page).startswith("unit 2")
        lit = page.eval_on_selector_all(".on", "groups => groups.map(group => Number(group.dataset.s))")
        assert set(lit) == {unit}
        assert len(lit) >= 3  # before and after its activation, and in the diagram
        opacity = "groups => Math.max(...groups.map(group => Number(getComputedStyle(group).opacity)))"
        page.wait_for_timeout(200)
        assert page.eval_on_selector_all(".picture g[data-s]:not(.on)", opacity) < 0.3
        page.mouse.move(1, 1)
        assert not page.locator("#tip").is_visible()
        assert not page.locator(".lit").count()


def test_a_weight_and_a_bias_are_told_as_they_are_at_the_moment(opened, html, film):
    film_data, run = data_of(html), film.scenes[0].run
    with opened("#epoch=6") as page:
        for kind, slot_name in (("weight", "weight"), ("unit", "bias")):
            spot = next(s for s in film_data["spots"] if film_data["subjects"][s["s"]][0] == kind)
            x, y = (np.array(spot["at"]).reshape(-1, 2).mean(axis=0) / film_data["unit"]).tolist()
            page.mouse.move(x, y)
            slot = next(slot for slot in run.network.slots if slot.name == slot_name)
            assert f"{run.recording.parameters[6, slot.start]:.3g}" in told(page)
        assert data_of(html)["words"]["weight"].format(first="x", second="unit 1") in [
            subject[1] for subject in film_data["subjects"]
        ]


@pytest.mark.parametrize("settings", [(), ("target={dataset: circle}",)], ids=["x", "x y"])
def test_a_cell_of_an_activation_map_is_told_with_its_value_as_numpy_has_it(browser, make, tmp_path, settings):
    inputs = 1 + len(settings)
    f = make(*SHORT[1:], *settings, f"model.layer_sizes=[{inputs}, 4, 3, 1]", *LEAKY_MAP)
    html = f.save(tmp_path / "x.html").read_bytes()
    film, run, cells = data_of(html), f.scenes[0].run, f.panels[0].panel
    (number,) = [n for n, subject in enumerate(film["subjects"]) if subject[1] == "layer 2, unit 3"]
    left, top, right, bottom = next(spot["at"] for spot in film["spots"] if spot["s"] == number)
    columns = np.array([0.25, 0.5]) * len(cells.inputs.x) // 1  # where it is hovered, and where keys begin
    x = cells.inputs.x[columns.astype(int)]
    values = run.network.forward(run.last.parameters.astype(float), x)[1][1][:, 2]
    assert np.abs(values).min() > 0.03
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1] + 160}, reduced_motion="reduce")
    page = context.new_page()
    page.goto((tmp_path / "x.html").as_uri())
    page.wait_for_selector("#controls:not([hidden])")
    share = (columns[0] + 0.5) / len(cells.inputs.x)
    page.mouse.move((left + share * (right - left)) / film["unit"], (top + bottom) / 2 / film["unit"])
    hovered = told(page)
    page.mouse.move(1, 1)
    page.locator("g[aria-label^='layer 2, unit 3']").focus()
    for text, value, at in zip((hovered, told(page)), values, x, strict=True):
        name, _, found = text.partition("\n")
        assert name == "layer 2, unit 3"
        assert found.startswith("activation ")
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", found)]
        assert re.findall(r"(\w) =", found) == list("xy"[:inputs])
        assert numbers == pytest.approx([value, *at], rel=0.02, abs=0.004)
    page.keyboard.press("Shift+ArrowRight")
    assert told(page) != text
    context.close()
    assert "class Workbench" not in code_of(html.decode())


def test_keys_go_from_kind_to_kind_and_along_a_curve(opened):
    focused = "document.activeElement.getAttribute('aria-label')"
    with opened("#epoch=6") as page:
        page.evaluate("document.body.focus()")
        names = []
        for _ in range(9):
            page.keyboard.press("Tab")
            names.append(page.evaluate(focused))
        kinds = [name.partition(":")[0] for name in names if name]
        assert {"target", "unit 1", "network", "data", "knots"} <= set(kinds)
        assert "unit 2" not in kinds
        page.locator("g[aria-label^='unit 1']").first.focus()
        page.keyboard.press("ArrowDown")
        before = page.evaluate(focused)
        assert before.startswith("unit 2: preactivation")
        page.keyboard.press("Shift+ArrowRight")
        assert page.evaluate(focused) != before
        assert page.inner_text("#tip").startswith("unit 2")
        page.keyboard.press("Escape")
        assert not page.locator("#tip").is_visible()


def test_knots_and_ghosts_can_be_switched(opened, html):
    subjects = data_of(html)["subjects"]
    with opened("#epoch=9") as page:
        for kind, word in (("knot", "knots"), ("ghost", "earlier curves")):
            (number,) = [n for n, subject in enumerate(subjects) if subject[0] == kind]
            group = page.locator(f"g[data-s='{number}']")
            assert group.evaluate("g => getComputedStyle(g).display") != "none"
            page.get_by_role("checkbox", name=word).uncheck()
            assert group.evaluate("g => getComputedStyle(g).display") == "none"


def test_of_curves_that_meet_the_upper_one_is_named(opened, html, film):
    run, plots = film.scenes[0].run, data_of(html)["plots"]
    plot = next(plot for plot in plots if plot.get("y", {}).get("name") == "y" and plot["box"][0] > 3000)
    x = np.linspace(-4.5, 4.5, 500)
    now, then = (
        run.network.forward(run.recording.parameters[epoch].astype(float), x[:, None])[-1][1][:, 0] for epoch in (5, 4)
    )
    pixel = 10 * np.ptp(plot["y"]["ends"]) / (plot["box"][3] - plot["box"][1])
    place = np.abs(np.abs(now - then) - pixel).argmin()
    assert abs(now - then)[place] == pytest.approx(pixel, rel=0.2)
    with opened("#epoch=5") as page:
        page.mouse.move(*place_of(html, plot, x[place], then[place]))  # on the ghost of epoch 4
        assert told(page).startswith("network")


def test_axes_that_leave_their_labels_to_others_are_read_by_them(make):
    def names(film):
        return [(plot.x.name, plot.y.name) for plot in film.reel().guided().plots]

    variants = "variants=[{label: one, set: {seed: 1}}, {label: two, set: {seed: 2}}]", "animation.ylim=[-9, 9]"
    assert names(make(*variants, "animation.panels=[[prediction]]")) == [("x", "y")] * 2
    layers = [("x", "preactivation"), ("x", "activation"), ("x", "y")]
    assert names(make("animation.panels=[[layers]]")) == layers


def test_a_tap_names_what_is_near(opened, html):
    film_data = data_of(html)
    spot = next(s for s in film_data["spots"] if film_data["subjects"][s["s"]][0] == "unit")
    with opened(has_touch=True) as page:
        x, y = (np.array(spot["at"][:2]) / film_data["unit"]).tolist()
        page.touchscreen.tap(x + 6, y)
        assert told(page).startswith("unit 1")


# ---------------------------------------------------------------- everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(opened, scheme):
    found = importlib.util.find_spec("axe_playwright_python") or pytest.skip("axe-playwright-python is not installed")
    axe = Path(found.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")
    with opened("#epoch=6", color_scheme=scheme) as page:
        page.locator("g[aria-label^='unit 1']").first.focus()
        page.evaluate(axe)
        results = page.evaluate("axe.run()")
        assert [(each["id"], [node["html"][:80] for node in each["nodes"]]) for each in results["violations"]] == []
        assert len(results["passes"]) > 20


@pytest.mark.parametrize("width", [360, 1000])
def test_all_of_it_has_room(opened, width):
    with opened(width=width, height=700) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for control in page.locator("#controls > *:visible, .picture").all():
            box = control.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        page.mouse.move(width - 20, 100)


def test_what_there_is_to_try_stands_within_the_window(opened):
    with opened(width=1000, height=600) as page:
        bottom = page.locator("#bench summary").evaluate("it => it.getBoundingClientRect().bottom")
        assert page.locator(".picture").bounding_box()["height"] + 40 < bottom <= 600


def test_it_plays_in_a_frame_of_another_page(browser, html, tmp_path):
    (tmp_path / "film.html").write_bytes(html)
    (tmp_path / "outer.html").write_text(
        '<iframe src="film.html#epoch=2" sandbox="allow-scripts" width="600"></iframe>'
    )
    page = browser.new_page()
    page.goto((tmp_path / "outer.html").as_uri())
    inner = page.frame_locator("iframe")
    inner.locator("#play").click()
    inner.locator(".plays-now").wait_for(state="attached")
    page.close()


def test_it_asks_for_nothing_and_runs_no_script_but_its_own(browser, html, tmp_path):
    file = tmp_path / "film.html"
    file.write_bytes(html)
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector("#controls:not([hidden])")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [file.as_uri()]
    page.close()


# ---------------------------------------------------------------- what is in it


def strangers(count):
    """Names that would be markup if they were not text."""
    chosen = random.Random(0)
    parts = ["<b>", "</script>", "<!--", "-->", "&amp;", "&", '"', "'", "<", ">", "]]>", "שלום", "\u202e", "{{ 7*7 }}"]
    parts += [
        "{% raw %}",
        "</style>",
        "</title>",
        "javascript:",
        "\\u003c",
        "😀",
        "x",
        " ",
        "`${1}`",
        "<img onerror=x>",
    ]
    return [HOSTILE, *("".join(chosen.choices(parts, k=chosen.randint(1, 9))) for _ in range(count - 1))]


def test_no_name_becomes_markup(film):
    words, names = film.experiment.animation.wording.starting_with("page_"), strangers(500)

    def parsed(names):
        text = pages.page(
            config="".join(names),
            known={"film": {"subjects": names}, "tracks": []},
            picture="",
            moves=True,
            name="r0",
            box="0 0 1 1",
            size=SIZE,
            title=names[0],
            alt=names[1],
            words={name.removeprefix("page_"): names[2] for name in words},
            captions=[(0, name, name) for name in names],
            colors=({"ink": "#000000"}, {"ink": "#ffffff"}),
            follows=True,
            scheme="light",
            switches=[("knot", name) for name in names],
        )
        return html5lib.HTMLParser(strict=True).parse(text, scripting=True)

    found, plain = parsed(names), parsed([f"name {number}" for number in range(500)])
    assert [element.tag for element in found.iter()] == [element.tag for element in plain.iter()]
    assert [sorted(element.attrib) for element in found.iter()] == [sorted(element.attrib) for element in plain.iter()]
    tag = "{http://www.w3.org/1999/xhtml}"
    said = [element.text for element in found.iter(f"{tag}span") if element.get("dir") == "auto"]
    assert said == names
    data = next(element.text for element in found.iter(f"{tag}script") if element.get("id") == "film")
    assert json.loads(data)["config"] == "".join(names)


def test_a_whole_page_is_html_whatever_its_names(make):
    title = json.dumps(f"{HOSTILE} </script> </svg>", ensure_ascii=False)
    f = make(
        *SHORT,
        f"title={title}",
        f"animation.captions=[{{at: 1, text: {title}}}]",
        f"animation.words={{network: {title}, page_play: {title}}}",
        "variants=[{label: '<img onerror=x>&lt;</g>', set: {seed: 1}}, {label: b, set: {seed: 2}}]",
    )
    text = encoder("html").animate(f.reel(), timing_of(f), f.config_text("html"))
    root = html5lib.HTMLParser(strict=True).parse(text.decode())
    tags = {str(element.tag).rpartition("}")[2] for element in root.iter()}
    assert not tags & {"b", "img", "object", "foreignObject"}
    assert sum(str(element.tag).endswith("}script") for element in root.iter()) == 4
    assert json.loads(title) in [element.text for element in root.iter()]


def test_the_page_is_in_the_language_of_the_film(make):
    f = make(*SHORT, "animation.language=de")
    text = encoder("html").animate(f.reel(), timing_of(f), "seed: 0\n").decode()
    assert 'lang="de"' in text[:200]
    assert 'aria-label="Abspielen"' in text
    assert known(text)["film"]["words"]["decimal"] == ","


def test_who_does_not_see_the_page_is_told_its_keys(film, html):
    wording = film.experiment.animation.wording
    root = html5lib.HTMLParser(strict=True).parse(html.decode(), scripting=True)
    unseen = [element.text for element in root.iter() if element.get("class") == "unseen"]
    assert {wording("page_keys"), wording("page_reading")} <= set(unseen)


def test_a_named_theme_is_that_of_the_page_everywhere(make):
    f = make(*SHORT, "animation.theme=dark")
    text = encoder("html").animate(f.reel(), timing_of(f), "seed: 0\n").decode()
    assert "prefers-color-scheme" not in text
    assert f"--background: {f.theme.background}" in text
    assert "color-scheme: dark" in text


def test_the_config_is_read_back_and_damage_is_noticed(film, html, tmp_path):
    path = tmp_path / "x.html"
    path.write_bytes(html)
    assert config.loads(read_config_text(path)) == config.loads(film.config_text("html"))
    for damaged in (html[:-1], html[:-100], html.replace(b"</main>", b"</mian>"), html[:600]):
        with pytest.raises(DamagedError):
            encoder("html").read(damaged)


def test_a_page_that_is_too_large_is_refused_and_one_that_is_transparent(make, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="an HTML page cannot be transparent"):
        make("animation.transparent=true").save(tmp_path / "x.html")
    monkeypatch.setattr(saving, "MOST_OF_SHAPES", 10_000)
    with pytest.raises(FileError, match=r"the HTML page has [\d.]+ kB, for 10 kB at most"):
        make(*SHORT).save(tmp_path / "x.html")
    assert not list(tmp_path.iterdir())
