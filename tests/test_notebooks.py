"""The notebooks of the docs, with shorter films: run in a kernel, exported to HTML, and looked at in Debian's Chromium,
on paper too; the suite does so with one, and runs the cells of the others in this process."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from helpers.pages import LOADED
from PIL import Image

pytestmark = pytest.mark.xdist_group("site")  # one browser, one kernel

InteractiveShell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell
publisher = pytest.importorskip("IPython.core.displaypub")
displayhook = pytest.importorskip("IPython.core.displayhook")
Config = pytest.importorskip("traitlets.config").Config
nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
DOCS = Path(__file__).parent.parent / "docs" / "notebooks"
NAMES = ["first_film", "own_loop", "luck"]
FILMS = {"first_film": 3, "own_loop": 3, "luck": 2}
MADE = {"first_film": {"strip.png", "two_units.gif", "two_units.pdf"}, "own_loop": {"own_loop.gif", "own_loop.npz"}}
ALONE = "image => image.style = 'position: fixed; inset: 0 auto auto 0; z-index: 9'"
IMAGES = "[...document.images].map(image => [image.className, image.alt, image.naturalWidth])"


def read(name):
    return nbformat.read(DOCS / f"{name}.ipynb", as_version=4)


def shorter(name, **numbers):
    """A notebook with three frames a film, and with these numbers in place of others."""
    text = (DOCS / f"{name}.ipynb").read_text()
    for key, number in {"max_frames": 3, **numbers}.items():
        text, count = re.subn(rf'({key}[\\": =]+)\d+', rf"\g<1>{number}", text)
        assert count
    return nbformat.reads(text, as_version=4)


@pytest.fixture(scope="module", params=[NAMES[0], *(pytest.param(name, marks=pytest.mark.soak) for name in NAMES[1:])])
def executed(request, tmp_path_factory):
    """A notebook that ran in a kernel: its name, the folder where it ran, which has its export, and its cells."""
    name, folder = request.param, tmp_path_factory.mktemp("notebooks")
    nbformat.write(shorter(name), folder / "all.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "all.ipynb"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    book = nbformat.read(folder / "all.ipynb", as_version=4)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(book)
    (folder / "all.html").write_text(page)
    return name, folder, book.cells


@pytest.fixture
def shell(here, monkeypatch):
    """IPython's shell, in this process, which says that it is a notebook's and keeps what it is given to show."""
    monkeypatch.setenv("IPYTHONDIR", str(here / "ipython"))
    without_history = Config({"HistoryManager": {"enabled": False}})
    own = InteractiveShell.instance(config=without_history, user_module=ModuleType("notebook"))
    own.kernel, own.display_pub = object(), publisher.CapturingDisplayPublisher()
    own.display_trap.hook = displayhook.CapturingDisplayHook(own, own.display_pub.outputs)
    yield own
    InteractiveShell.clear_instance()
    del sys.modules["notebook"]


def bundles(cells):
    """What the cells show that has a picture, in their order."""
    outputs = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return [data for data in outputs if "image/png" in data]


def pixels(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_lies_here_as_it_was_before_it_ran(name):
    cells = [cell for cell in read(name).cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)


def test_every_notebook_of_the_docs_is_run_and_links_to_what_is_there():
    assert {path.stem for path in DOCS.glob("*.ipynb")} == {*NAMES}
    for name in NAMES:
        for link in re.findall(r"\]\(([^){]+)\)", "".join(cell.source for cell in read(name).cells)):
            assert (DOCS / link).is_file(), link


@pytest.mark.parametrize(("name", "numbers"), [("own_loop", {}), ("luck", {"epochs": 20})])
@pytest.mark.soak
def test_the_cells_of_a_notebook_show_films(name, numbers, shell, here):
    for cell in shorter(name, **numbers).cells:
        if cell.cell_type == "code":
            shell.run_cell(cell.source).raise_error()
    assert all((here / file).stat().st_size for file in MADE.get(name, ()))
    films = [output for output in shell.display_pub.outputs if "image/png" in output["data"]]
    assert len([film for film in films if not film.get("update")]) == FILMS[name]
    pages = [(film["data"]["text/html"], "transient" in film) for film in films]
    assert all('alt="Film of ' in page for page, _ in pages)
    live = [page for page, is_live in pages if is_live]
    assert "after 200 epochs" in live[-1] if name == "own_loop" else not live


def test_the_export_of_a_notebook_shows_its_films_and_on_paper_their_last_frames(executed, browser):
    name, folder, cells = executed
    shown = bundles(cells)
    assert len(shown) == FILMS[name]
    assert all((folder / file).stat().st_size for file in MADE.get(name, ()))
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.route("http**", lambda route: route.abort())  # scripts for formulas, of which there are none
    page, said = context.new_page(), []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((folder / "all.html").as_uri())
    page.evaluate(LOADED)
    assert not said
    if name == "first_film":
        frame = page.frame_locator("iframe")
        frame.locator("#controls:not([hidden])").wait_for()  # its script may begin later than the page
        frame.locator("#moment").press("End")
        frame.locator("#moment").press("Home")
        frame.locator("#now", has_text=re.compile("step 0$")).wait_for()
        assert frame.locator("main").evaluate("main => main.scrollHeight <= innerHeight")
    for own, alt, width in page.evaluate(IMAGES):
        assert alt.startswith("Film of ") if own else alt == "The network after 0, 5 and 200 epochs", alt
        assert width >= 300
    page.emulate_media(media="print")
    images = page.locator("img[class^=relu-anim]").all()
    for image, data in zip(images, shown, strict=True):
        last = pixels(base64.b64decode(data["image/png"]))
        image.evaluate(ALONE)
        height, width, _ = last.shape
        printed = pixels(page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}))
        assert np.abs(printed - last).mean() < 1
    context.close()


@pytest.mark.soak
@pytest.mark.parametrize("executed", ["own_loop"], indirect=True)
def test_a_live_view_is_one_picture_that_ends_with_the_last_snapshot(executed):
    _, _, cells = executed
    (loop,) = (cell for cell in cells if "recorder.show(" in cell.source)
    (output,) = loop.outputs
    assert output.output_type == "display_data"
    assert "after 200 epochs" in output.data["text/html"]
