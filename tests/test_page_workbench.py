"""What readers of a page try out, driven in Debian's Chromium, beside the network in NumPy and the frames it gives."""

import io
import re

import numpy as np
import pytest
from helpers.pages import code_of, known, wait_until
from PIL import Image

from relu_anim.films import Film

pytestmark = pytest.mark.xdist_group("site")  # one browser at a time

SIZE = 600, 400
BIAS, WEIGHT = 1.5, -2.0
SHALLOW = "animation.panels=[[layers, prediction]]", "animation.ylim=[-30, 30]"
DEEP = "model.layer_sizes=[1, 3, 3, 1]", "animation.panels=[[prediction]]", "animation.ylim=[-30, 30]"
SMOOTH = "model.layer_sizes=[1, 4, 1]", "model.activation=tanh", *SHALLOW
CLASSES = "target={dataset: circle}", "model.layer_sizes=[2, 4, 1]", "training.loss=bce"
SEVERAL = "target={dataset: spiral}", "data.classes=3", "model.layer_sizes=[2, 6, 3]", "training.loss=cross_entropy"
NUMBERS = "target={function: x*y}", "model.layer_sizes=[2, 4, 3, 1]", "animation.panels=[[decision]]"


@pytest.fixture(scope="module")
def made():
    """Films that were made, and the folder of their pages."""
    return {}


@pytest.fixture
def film(experiment, fake_recording, made):
    def make(*settings):
        """A film; of networks of one variant the last one but one has a unit of its own, for `BIAS` and `WEIGHT`."""
        if settings not in made:
            e = experiment(f"animation.size={list(SIZE)}", "training.epochs=5", *settings)
            recordings = [fake_recording(member) for _, member in e.members]
            network, parameters = recordings[0].network, recordings[0].parameters
            parameters[-2] = parameters[-1]
            network.tensor(parameters[-2], 0, "bias")[0] = BIAS
            network.tensor(parameters[-2], 0, "weight")[0, 0] = WEIGHT
            made[settings] = Film(e, recordings)
        return made[settings]

    return make


@pytest.fixture
def opened(browser, tmp_path, made):
    """A function that opens the page of a film, at its last frame, where a reader tries it out."""
    contexts = []

    def open_page(film, width=SIZE[0], scheme="light"):
        path = tmp_path / "page.html"
        if film not in made:
            made[film] = film.save(path).read_bytes()
        path.write_bytes(made[film])
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(path.as_uri())
        page.click("#bench summary")
        page.wait_for_selector("#bench-rows input", state="attached")
        return page

    yield open_page
    for context in contexts:
        assert [page.errors for page in context.pages] == [[]]
        context.close()


def learned(film, variant=0):
    """The network of the last frame and its parameters, in double."""
    run = film.scenes[variant].run
    return run.network, run.last.parameters.astype(float)


def numbers(page):
    """The parameters that are shown, by name."""
    rows = page.locator("#bench-rows p")
    return {row.locator("span").inner_text(): float(row.locator("[type=number]").input_value()) for row in rows.all()}


def type_number(page, name, value):
    row = page.locator("#bench-rows p", has=page.locator("span", has_text=re.compile(f"^{name}$")))
    row.locator("[type=number]").fill(str(value))


def placed(page, plot=-1):
    """A function from a place of the picture, in units, to what the axes of a plot say there."""
    found = known(page.content())["film"]["plots"][plot]
    box, x, y = found["box"], found["x"]["ends"], found["y"]["ends"]

    def data(place):
        shares = (place[..., 0] - box[0]) / (box[2] - box[0]), (box[3] - place[..., 1]) / (box[3] - box[1])
        return np.stack([low + share * (high - low) for share, (low, high) in zip(shares, (x, y), strict=True)], -1)

    return data


def curve(page, kind, plot=-1):
    """Corners of the curve [n, 2] of a kind of subject that stands in a plot, as its axes have them."""
    film = known(page.content())["film"]
    number = [subject[0] for subject in film["subjects"]].index(kind)
    course = page.evaluate(
        """([number, box]) => {
        return [...document.querySelectorAll(`g[data-s="${number}"] path`)].filter(path => {
            const rect = document.getElementById(path.getAttribute("clip-path").slice(5, -1)).firstElementChild
            return Math.abs(rect.getAttribute("x") - box[0]) < 2
        }).at(-1).getAttribute("d") }""",
        [number, film["plots"][plot]["box"]],
    )
    steps = []
    for kind, text in re.findall("([Mlhv])([^Mlhv]*)", course):
        numbers = [int(number) for number in re.findall(r"-?\d+", text)]
        pairs = {"h": [(step, 0) for step in numbers], "v": [(0, step) for step in numbers]}
        steps += pairs.get(kind, list(zip(numbers[::2], numbers[1::2], strict=False)))
    return placed(page, plot)(np.cumsum(steps, axis=0))


def picture(page):
    """The picture as pixels, without what lies over it."""
    page.add_style_tag(content=".grips { display: none }")
    page.wait_for_timeout(250)  # until a map is fine
    shot = page.locator("svg.picture").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB").resize(SIZE)).astype(int)


def away(one, other):
    """How far two pictures are from each other, below their titles and stamps."""
    return np.abs(one[40:, :, :3].astype(int) - other[40:, :, :3]).mean()


def drag(page, grip, right, down):
    """Drag a grip; where it was let go, in units of the picture."""
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for share in (0.5, 1):
        page.mouse.move(x + share * right, y + share * down)
    page.mouse.up()
    return np.array([x + right, y + down]) * 10


def test_a_knot_that_is_dragged_moves_the_bias_of_its_unit(film, opened):
    f = film(*SHALLOW)
    page = opened(f)
    network, parameters = learned(f)
    grip = page.locator(".grips circle").last
    unit = int(re.search(r"\d+", grip.get_attribute("aria-label"))[0]) - 1
    x, _ = placed(page)(drag(page, grip, -40, 25))
    weight = network.tensor(parameters, 0, "weight")[unit, 0]
    assert page.locator("#bench-unit").input_value() == str(unit)
    assert numbers(page)["bias"] == pytest.approx(-weight * x, rel=1e-3)
    network.tensor(parameters, 0, "bias")[unit] = -weight * x
    corners = curve(page, "output")
    pixel = 60 / 400
    assert np.abs(corners[:, 1] - network.output(parameters, corners[:, :1])[:, 0]).max() < 2 * pixel
    assert np.abs(corners[:, 0] - x).min() < 0.02
    assert float(grip.get_attribute("aria-valuenow")) == pytest.approx(x, rel=1e-3, abs=1e-3)


def test_a_knot_of_a_later_layer_is_dragged_too(film, opened):
    f = film(*DEEP)
    page = opened(f)
    network, parameters = learned(f)
    grips = page.locator(".grips circle")
    names = [grip.get_attribute("aria-label") for grip in grips.all()]
    chosen = next(number for number, name in enumerate(names) if "layer 2" in name)
    layer, unit = (int(number) - 1 for number in re.findall(r"\d+", names[chosen]))
    x, _ = placed(page)(drag(page, grips.nth(chosen), 12, 0))
    before = network.forward(parameters, np.array([[x]]))[layer][0][0, unit]
    bias = network.tensor(parameters, layer, "bias")[unit] - before
    assert numbers(page)["bias"] == pytest.approx(bias, rel=1e-3, abs=1e-3)


SOAK = pytest.mark.soak


@pytest.mark.parametrize(
    ("settings", "scheme"),
    [
        pytest.param(SHALLOW, "dark", id="shallow"),
        pytest.param(DEEP, "light", id="deep", marks=SOAK),
        pytest.param(SMOOTH, "light", id="smooth", marks=SOAK),
        pytest.param(CLASSES, "dark", id="classes"),
        pytest.param(SEVERAL, "light", id="several", marks=SOAK),
        pytest.param(NUMBERS, "light", id="numbers"),
    ],
)
def test_a_changed_network_looks_as_the_film_shows_it(film, opened, settings, scheme):
    page = opened(film(*settings), scheme=scheme)
    before = picture(page)
    type_number(page, "bias", BIAS)
    type_number(page, "weight from x", WEIGHT)
    changed = picture(page)
    page.locator("#moment").focus()
    page.keyboard.press("ArrowLeft")
    own = picture(page)
    assert away(changed, own) < away(before, own) / 6  # names at ends are not shown meanwhile


def test_the_line_of_a_unit_is_dragged_over_a_map(film, opened):
    f = film(*CLASSES)
    network, parameters = learned(f)
    page = opened(f)
    grip = page.locator(".grips circle").first
    unit = int(re.search(r"\d+", grip.get_attribute("aria-label"))[0]) - 1
    point = placed(page, 0)(drag(page, grip, 30, -20))
    weight = network.tensor(parameters, 0, "weight")[unit]
    assert numbers(page)["bias"] == pytest.approx(-(weight @ point), rel=1e-2, abs=1e-2)
    box = grip.bounding_box()
    assert placed(page, 0)(np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]) * 10) == pytest.approx(
        point, abs=0.1
    )


def test_keys_move_a_grip_and_numbers_but_not_the_film(film, opened):
    page = opened(film(*SHALLOW))
    moment = page.locator("#now").inner_text()
    grip = page.locator(".grips circle").first
    grip.focus()
    before = float(grip.get_attribute("aria-valuenow"))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert float(grip.get_attribute("aria-valuenow")) == pytest.approx(before + 0.2, abs=0.01)  # of 10
    row = page.locator("#bench-rows p").first
    for kind in ("number", "range"):
        value = numbers(page)["weight from x"]
        row.locator(f"[type={kind}]").focus()
        page.keyboard.press("ArrowUp")
        assert numbers(page)["weight from x"] > value
        page.keyboard.press("ArrowLeft")  # in a number it goes to the digit before
    assert page.locator("#now").inner_text() == moment


def test_back_to_what_was_learned_undoes_all(film, opened):
    page = opened(film(*SHALLOW))
    back = page.get_by_text("Back to what was learned")
    before = numbers(page), page.locator("#bench-score").inner_text(), page.locator("svg.picture").inner_html()
    assert back.is_disabled()
    type_number(page, "bias", 2)
    changed = page.locator("#bench-score").inner_text()
    assert changed.endswith(before[1].rpartition(" ")[2])
    assert page.locator("svg.picture").inner_html() != before[2]
    back.click()
    after = numbers(page), page.locator("#bench-score").inner_text(), page.locator("svg.picture").inner_html()
    assert after == before


def test_the_error_is_that_at_the_points(film, opened):
    f = film(*SHALLOW)
    network, parameters = learned(f)
    points = f.scenes[0].run.task.evaluation_points()
    page = opened(f)
    type_number(page, "bias", 2)
    network.tensor(parameters, 0, "bias")[0] = 2
    error = np.mean((network.output(parameters, points.x) - points.y) ** 2)
    assert page.locator("#bench-score").inner_text().startswith(f"mean squared error {float(f'{error:.3g}'):g};")


def test_a_film_that_goes_on_shows_what_was_learned(film, opened):
    page = opened(film(*SHALLOW))
    type_number(page, "bias", 2)
    page.locator("#moment").focus()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_text("Back to what was learned").is_disabled()
    type_number(page, "bias", 2)
    page.locator("#play").click()
    assert page.get_by_text("Back to what was learned").is_disabled()
    type_number(page, "bias", 2)
    assert page.locator("#play").get_attribute("aria-label") == "Play"


def test_each_variant_is_tried_by_itself(film, opened):
    f = film(
        "animation.panels=[[prediction]]",
        "animation.arrange=overlay",
        "variants=[{label: '<b>&', set: {seed: 1}}, {label: tanh, set: {model.activation: tanh}}]",
    )
    page = opened(f)
    assert page.locator("#bench-variant option").all_inner_texts() == ["<b>&", "tanh"]
    page.select_option("#bench-variant", "1")
    wait_until(page, "document.querySelectorAll('.grips circle:not(.off)').length === 0")
    courses = lambda: page.locator("g[data-s] path").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")  # noqa: E731
    before = courses()
    type_number(page, "bias", 3)
    assert sum(one != other for one, other in zip(before, courses(), strict=True)) == 1


def test_it_begins_with_the_first_variant_that_has_something_to_drag(film, opened):
    page = opened(
        film(
            "animation.panels=[[prediction]]",
            "animation.arrange=overlay",
            "variants=[{label: tanh, set: {model.activation: tanh}}, {label: ReLU, set: {seed: 1}}, "
            "{label: more, set: {seed: 2}}]",
        )
    )
    assert page.locator("#bench-variant option:checked").inner_text() == "ReLU"
    assert page.locator("#said").inner_text() == "Variant: ReLU"
    assert page.locator(".grips circle:not(.off)").count()
    page.select_option("#bench-variant", "0")  # and then with the one that was chosen
    page.click("#bench summary")
    page.click("#bench summary")
    wait_until(page, "document.querySelectorAll('#bench-rows input').length > 0")
    assert page.locator("#bench-variant option:checked").inner_text() == "tanh"


def test_a_network_that_is_no_number_can_be_tried_too(film, opened):
    page = opened(film("animation.panels=[[prediction]]", "model.activation=log(x)"))
    assert page.locator("#bench-score").inner_text() == "mean squared error –"
    type_number(page, "weight from x", 0)
    type_number(page, "bias", 3)
    page.select_option("#bench-unit", "1")
    type_number(page, "weight from x", 0)
    type_number(page, "bias", 3)
    assert re.fullmatch(r"mean squared error [\d.]+; learned: –", page.locator("#bench-score").inner_text())


def test_keys_lead_a_grip_to_both_ends_and_the_film_stays(film, opened):
    page = opened(film(*SHALLOW))
    frame = page.locator("#moment").input_value()
    grip = page.locator(".grips circle").first
    grip.focus()
    for key, end in (("Home", -5), ("End", 5)):
        page.keyboard.press(key)
        assert float(grip.get_attribute("aria-valuenow")) == pytest.approx(end, abs=0.01)
    assert page.locator("#moment").input_value() == frame
    size = grip.bounding_box()["width"]
    page.set_viewport_size({"width": SIZE[0] // 2, "height": 900})
    page.wait_for_timeout(50)
    assert grip.bounding_box()["width"] == pytest.approx(size, abs=0.5)


def test_to_open_it_stops_the_film(film, opened):
    page = opened(film(*SHALLOW))
    page.click("#bench summary")
    page.keyboard.press("Home")
    page.click("#play")
    page.click("#bench summary")
    page.wait_for_selector(".grips circle:not(.off)")
    assert page.get_by_role("button", name="Play").count()


def test_numbers_of_a_small_film_have_room_in_a_wide_window(film, opened):
    page = opened(film("animation.size=[200, 150]", "animation.panels=[[prediction]]"), width=900)
    assert page.locator("#bench-rows").evaluate("it => it.scrollWidth - it.clientWidth") == 0


def test_a_number_beyond_all_bounds_is_shown_as_none_and_undone(film, opened):
    page = opened(film("animation.panels=[[prediction]]"))
    learned = page.locator("#bench-score").inner_text()
    type_number(page, "weight from x", "1e308")
    assert page.locator("#bench-score").inner_text().startswith("mean squared error –; learned")
    page.click("#bench-back")
    assert page.locator("#bench-score").inner_text() == learned
    assert page.locator(".grips circle:not(.off)").count()


def test_all_of_it_fits_a_telephone(film, opened):
    page = opened(film(*SHALLOW, "model.layer_sizes=[1, 8, 1]"), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = [each.bounding_box() for each in page.locator("#bench-rows input").all()]
    assert min(box["width"] for box in boxes) >= 80
    assert max(box["x"] + box["width"] for box in boxes) <= 360
    assert page.locator(".grips circle").first.bounding_box()["width"] >= 12


def test_a_page_that_cannot_compute_does_not_offer_it(film, tmp_path):
    text = film("model.layer_sizes=[1, 65, 1]", "animation.panels=[[prediction]]").save(tmp_path / "x.html").read_text()
    assert 'id="bench"' not in text
    assert "function forward" not in code_of(text)
    text = film("animation.panels=[[loss]]").save(tmp_path / "y.html").read_text()
    assert 'id="bench"' not in text
