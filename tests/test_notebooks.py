"""The notebooks of the docs: run in a kernel, exported to HTML, and looked at in Debian's Chromium, on paper too."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.pages import LOADED, chromium
from PIL import Image

pytestmark = pytest.mark.xdist_group("site")  # one browser, one kernel

nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
DOCS = Path(__file__).parent.parent / "docs" / "notebooks"
NAMES = ["first_film", "own_loop", "luck"]
FORGET = "%reset -f"  # between notebooks, which share a kernel
MADE = {"first_film": {"strip.png", "two_units.gif", "two_units.pdf"}, "own_loop": {"own_loop.gif", "own_loop.npz"}}
ALONE = "image => image.style = 'position: fixed; inset: 0 auto auto 0; z-index: 9'"
IMAGES = "[...document.images].map(image => [image.className, image.alt, image.naturalWidth])"


def read(name):
    return nbformat.read(DOCS / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The folder where they ran, which has their exports, and the cells of each with what they gave."""
    folder, books = tmp_path_factory.mktemp("notebooks"), {name: read(name) for name in NAMES}
    cells = [cell for book in books.values() for cell in [*book.cells, nbformat.v4.new_code_cell(FORGET)]]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=books["luck"].metadata), folder / "all.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "all.ipynb"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = iter(nbformat.read(folder / "all.ipynb", as_version=4).cells)
    for name, book in books.items():
        book.cells = upto(found)
        page, _ = nbconvert.HTMLExporter().from_notebook_node(book)
        (folder / f"{name}.html").write_text(page)
    return folder, {name: book.cells for name, book in books.items()}


@pytest.fixture(scope="module")
def browser(executed):
    with chromium() as found:
        yield found


def upto(cells):
    """The cells up to where another notebook begins."""
    found = []
    while (cell := next(cells)).source != FORGET:
        found.append(cell)
    return found


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


@pytest.mark.parametrize(("name", "films"), [("first_film", 3), ("own_loop", 3), ("luck", 2)])
def test_the_export_of_a_notebook_shows_its_films_and_on_paper_their_last_frames(executed, browser, name, films):
    folder, cells = executed
    shown = bundles(cells[name])
    assert len(shown) == films
    assert all((folder / file).stat().st_size for file in MADE.get(name, ()))
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.route("http**", lambda route: route.abort())  # scripts for formulas, of which there are none
    page = context.new_page()
    page.goto((folder / f"{name}.html").as_uri())
    page.evaluate(LOADED)
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


def test_a_live_view_is_one_picture_that_ends_with_the_last_snapshot(executed):
    _, cells = executed
    (loop,) = (cell for cell in cells["own_loop"] if "recorder.show(" in cell.source)
    (output,) = loop.outputs
    assert output.output_type == "display_data"
    assert "after 200 epochs" in output.data["text/html"]
