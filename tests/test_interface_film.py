"""Films as Python has them."""

import base64
import io
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from shutil import which
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageSequence

import relu_anim as ra
from relu_anim import config
from relu_anim.interface import notebooks, progress
from relu_anim.interface.film import Film
from relu_anim.making import build

FIGURE = {"kind": "activation", "functions": ["relu"], "animation": {"size": [400, 300]}}
FORMATS = ("gif", "mp4", "webp", "png", "svg", "pdf")


@pytest.fixture(name="new_film")
def _new_film(experiment, fake_recording):
    """A film that was not trained: of 13 snapshots, of which it shows 8."""
    return Film(given := experiment(), [fake_recording(given)])


@pytest.fixture(name="film", scope="module")
def _film(experiment, fake_recording):
    """The same for all tests, since nothing changes a film."""
    return Film(given := experiment(), [fake_recording(given)])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which the command made all files of a config; and the film of that."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "a.yaml").write_text(
        "target: {function: x**2}\ndata: {samples: 32}\nmodel: {layer_sizes: [1, 2, 1]}\n"
        "training: {epochs: 3, batch_size: 16}\n"
        "animation: {size: [240, 180], theme: paper, captions: [{at: 1, text: now}]}\n"
        f"output: {{formats: [{', '.join(FORMATS)}], stills: [1, step 4], strip: [0, 2], themes: [light, dark]}}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build.run(build.plan(Path("a.yaml")), lambda *said: None)
        return folder / "outputs", ra.run("a.yaml")


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_the_bytes_that_the_command_gives_it(name, made, here):
    outputs, film = made
    assert film.save(f"x.{name}") == Path(f"x.{name}")
    assert Path(f"x.{name}").read_bytes() == (outputs / f"a.{name}").read_bytes()


def test_another_theme_gives_the_other_files_of_the_command(made, here):
    outputs, film = made
    dark = film.set({"animation.theme": "dark"})
    for name in ("gif", "svg"):
        assert dark.save(f"x.{name}").read_bytes() == (outputs / f"a-dark.{name}").read_bytes()


@pytest.mark.parametrize("name", ["png", "svg", "pdf"])
def test_stills_and_strips_have_the_bytes_that_the_command_gives_them(name, made, here):
    outputs, film = made
    film.still(f"e.{name}", epoch=1)
    film.still(f"s.{name}", step=4)
    film.still(f"end.{name}")
    film.strip(f"strip.{name}", [0, 2])
    pairs = {"e": "a-epoch-1", "s": "a-step-4", "end": "a", "strip": "a-strip"}
    for own, theirs in pairs.items():
        assert Path(f"{own}.{name}").read_bytes() == (outputs / f"{theirs}.{name}").read_bytes(), own


def test_a_film_saved_twice_is_the_same_and_so_is_one_whose_frames_were_looked_at(new_film, here):
    first = new_film.save("a.gif").read_bytes()
    list(new_film.frames())
    assert new_film.save("sub/b.gif").read_bytes() == first  # its folder is made, as the command does


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda film: film.save("x.bmp"), "x.bmp: the suffix must be one of .gif"),
        (lambda film: film.save(5), "expected the path of a file, got an int"),
        (lambda film: film.still("x.gif", epoch=5), "x.gif: the suffix of a picture is .png, .svg or .pdf"),
        (lambda film: film.still("x.png", epoch=5.5), "x.png: there is no snapshot then; the nearest are 5 and 6"),
        (lambda film: film.still("x.png", epoch=5, step=3), "a moment is an epoch or a step, not both"),
        (lambda film: film.strip("x.png", []), "x.png: a strip is of several moments: [0, 5, 50], not []"),
        (lambda film: film.strip("x.png", "5"), "x.png: a strip is of several moments: [0, 5, 50], not '5'"),
        (lambda film: film.to_matplotlib(99), "epoch 99: there is no snapshot then"),
        (lambda film: film.to_matplotlib("5"), "epoch: expected a number, got '5'"),
        (lambda film: film.to_matplotlib([5]), "epoch: expected a number, got [5]"),
        (lambda film: film.to_matplotlib(step=1.5), "step: expected a whole number, got 1.5"),
        (lambda film: film.save("\ud800.gif"), "expected the path of a file"),
        (lambda film: film.set({"training.epochs": 5}), "training.epochs: the recordings of this film depend on it"),
        (lambda film: film.set({"seed": 5}), "seed: the recordings of this film depend on it"),
        (lambda film: film.set({"animation.theme": "drak"}), "did you mean dark?"),
        (lambda film: film.set({"nimation.theme": "dark"}), "nimation: unknown key; did you mean animation?"),
        (lambda film: film.set(5), "settings are a mapping"),
    ],
)
def test_what_a_film_cannot_do_is_said_in_words(call, message, film, here):
    with pytest.raises(ra.ConfigError) as caught:
        call(film)
    assert message in str(caught.value)
    assert list(here.iterdir()) == []


def test_the_title_in_a_line_about_a_film_has_its_numbers_counted(experiment, fake_recording):
    film = Film(given := experiment("title='{knots} knots'"), [fake_recording(given)])
    assert repr(film) == f"<Film {film.title!r}, {given.animation.size[0]}×{given.animation.size[1]}>"
    assert film.title[0].isdigit()


def test_a_recording_that_a_film_shows_cannot_be_changed(film, new_film):
    with pytest.raises(ValueError, match="read-only"):
        film.recording.parameters[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        film.recording.loss[0] = 0


# ---------------------------------------------------------------- other films


def test_set_gives_another_film_and_leaves_this_one(film):
    before = film.frame(-1)
    other = film.set({"animation.theme": "dark", "title": "Other"})
    assert other.recording is film.recording
    assert (other.title, film.title) == ("Other", "")
    assert (film.frame(-1) == before).all()
    assert other.frame(-1)[0, 0, 0] < 60 < 200 < before[0, 0, 0]


def test_other_networks_that_are_not_there_cannot_be_shown(experiment, fake_recording):
    given = experiment("seed={best_of: 4}")
    film = Film(given, [fake_recording(given.with_seed(0))])
    with pytest.raises(ra.ConfigError, match=r"animation\.ensemble: members shows networks that are not among"):
        film.set({"animation.ensemble": "members"})


def test_a_file_that_has_changed_since_is_noticed(here, fake_recording):
    (here / "points.csv").write_text("x,y\n0,1\n1,2\n2,4\n3,3\n")
    given = config.of({"target": {"csv": "points.csv"}, "model": {"layer_sizes": [1, 2, 1]}, "training": {"epochs": 3}})
    film = Film(given, [fake_recording(given)])
    film.set({"title": "the same"})
    (here / "points.csv").write_text("x,y\n0,1\n1,2\n2,4\n3,9\n")
    with pytest.raises(ra.FileError, match=r"points.csv: the CSV file has changed since this film was made"):
        film.set({"title": "another"})


# ---------------------------------------------------------------- frames


def test_frames_may_be_kept(film):
    frames = list(film.frames())
    assert len(frames) == len(film) == 8
    for number, frame in enumerate(frames):
        assert (frame == film.frame(number)).all()
    assert not (frames[0] == frames[-1]).all()
    assert (film.frame(-8) == frames[0]).all()
    for number in (8, -9):
        with pytest.raises(IndexError, match="they are counted from 0 to 7"):
            film.frame(number)


@pytest.mark.parametrize("settings", [(), ("animation.epochs=[3, 9]",)])
def test_shown_is_the_snapshot_of_each_frame(settings, experiment, fake_recording):
    given = experiment(*settings)
    film = Film(given, [fake_recording(given)])
    epochs = film.recording.epoch[film.shown]
    assert (epochs[0], epochs[-1], len(epochs)) == ((3, 9, 7) if settings else (0, 12, 8))
    still = film.to_matplotlib(int(epochs[2]))
    still.canvas.draw()
    assert np.abs(np.asarray(still.canvas.buffer_rgba()).astype(int) - film.frame(2)).mean() < 0.05


def test_a_figure_of_matplotlib_looks_like_the_frame_and_is_its_own(experiment, fake_recording):
    given = experiment(
        "title=A film of x²", "animation.captions=[{at: 4, text: now}]", "animation.panels=[[layers, loss]]"
    )
    film = Film(given, [fake_recording(given)])
    before, figure = film.frame(-1), film.to_matplotlib()
    file = io.BytesIO()
    figure.savefig(file)
    shown = np.asarray(Image.open(file).convert("RGB")).astype(int)
    assert np.abs(shown - before[..., :3]).mean() < 0.05
    figure.axes[0].set_facecolor("red")
    figure.savefig(file := io.BytesIO())
    assert np.abs(np.asarray(Image.open(file).convert("RGB")) - shown).mean() > 3
    assert (film.frame(-1) == before).all()


# ---------------------------------------------------------------- figures that do not move


def test_a_figure_that_does_not_move_is_a_film_of_one_frame(here):
    film = ra.run(FIGURE)
    assert (len(film), film.frame(0).shape, film.recordings) == (1, (300, 400, 4), {})
    Path("act.yaml").write_text("kind: activation\nfunctions: [relu]\nanimation: {size: [400, 300]}\n")
    build.run(build.plan(Path("act.yaml")), lambda *said: None)
    for name in ("png", "svg"):
        assert film.save(f"x.{name}").read_bytes() == Path(f"outputs/act.{name}").read_bytes()
    assert (np.asarray(Image.open("x.png").convert("RGBA")) == film.frame(-1)).all()
    assert film.set({"functions": ["elu"]}).alt != film.alt
    calls = {
        "a figure that does not move has no gif; write png, svg, html or pdf": lambda: film.save("x.gif"),
        "has no moments": lambda: film.still("y.png", epoch=3),
        "has no recording": lambda: film.network,
        "has no snapshots": lambda: film.shown,
    }
    for message, call in calls.items():
        with pytest.raises(ra.ConfigError, match=message):
            call()
    assert {*film._repr_mimebundle_()} == {"text/html", "image/png", "text/plain"}
    assert 'src="data:image/png;base64,' in film._repr_mimebundle_()["text/html"]


# ---------------------------------------------------------------- notebooks


class Images(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [dict(attrs)] if tag == "img" else []


def test_a_film_shows_itself_in_a_notebook(experiment, fake_recording, tmp_path):
    given = experiment('alt=A <curve> & "its" film')
    film = Film(given, [fake_recording(given)])
    bundle = film._repr_mimebundle_(include=None, exclude=None)
    (image,) = Images(bundle["text/html"]).found
    assert (image["alt"], image["width"], image["height"]) == ('A <curve> & "its" film', "400", "300")
    kind, _, content = image["src"].partition(";base64,")
    assert kind == "data:image/svg+xml"
    assert base64.b64decode(content) == film.save(tmp_path / "film.animated.svg").read_bytes()
    last = np.asarray(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).convert("RGBA"))
    assert (last == film.frame(-1)).all()
    paper = re.search(r"@media print.*\.(\S+) \{ content: url\(data:image/png;base64,(.*?)\)", bundle["text/html"])
    assert (paper[1], paper[2]) == (image["class"], bundle["image/png"])
    assert bundle["text/plain"] == repr(film) == "<Film '', 400×300>"


@pytest.mark.parametrize("limit", ["interface.notebooks.MOST_BYTES", "films.saving.MOST_OF_SHAPES"])
def test_a_film_of_too_many_lines_shows_itself_in_pixels(experiment, fake_recording, monkeypatch, limit):
    monkeypatch.setattr(f"relu_anim.{limit}", 1000)
    given = experiment()
    film = Film(given, [fake_recording(given)])
    (image,) = Images(film._repr_mimebundle_()["text/html"]).found
    kind, _, content = image["src"].partition(";base64,")
    assert kind == "data:image/gif"
    with Image.open(io.BytesIO(base64.b64decode(content))) as gif:
        assert len(list(ImageSequence.Iterator(gif))) == len(film)


def test_a_film_too_fast_for_its_format_is_shown_slower(film, monkeypatch):
    monkeypatch.setattr("relu_anim.interface.notebooks.MOST_BYTES", 0)
    fast = film.set({"animation.fps": 60, "output.formats": ["mp4"]})
    with pytest.raises(ra.ConfigError, match="at most 50 frames a second"):
        fast.save("x.gif")
    assert "image/gif" in fast._repr_mimebundle_()["text/html"]


def test_a_notebook_with_a_film_becomes_a_page(film):
    formatters = pytest.importorskip("IPython.core.formatters")
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    data, metadata = formatters.DisplayFormatter().format(film)
    assert {"text/html", "image/png"} <= {*data}
    output = nbformat.v4.new_output("execute_result", data=data, metadata=metadata, execution_count=1)
    cell = nbformat.v4.new_code_cell("film", outputs=[output], execution_count=1)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    (image,) = Images(page).found
    assert image == Images(data["text/html"]).found[0]
    assert f".{image['class']} {{ content: url(data:image/png;base64,{data['image/png']}) }}" in page


@pytest.mark.skipif(not (which("chromium") and which("pdfimages")), reason="needs Chromium and poppler's pdfimages")
def test_on_paper_a_film_is_its_last_frame(film, here):
    Path("page.html").write_text(film._repr_mimebundle_()["text/html"])
    print_it = (
        "chromium --headless --no-sandbox --disable-gpu --user-data-dir=browser --print-to-pdf=page.pdf page.html"
    )
    subprocess.run(print_it.split(), check=True, capture_output=True, timeout=60)
    subprocess.run(["pdfimages", "-png", "page.pdf", "image"], check=True)
    (image,) = (np.asarray(Image.open(path).convert("RGB")) for path in here.glob("image-*.png"))
    assert (image == film.frame(-1)[..., :3]).all()


# ---------------------------------------------------------------- progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("streams", "is_shown"), [(("stdout", "stderr"), True), (("stderr",), False)])
def test_a_bar_is_shown_in_a_terminal_alone(streams, is_shown, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    given = {name: Terminal() for name in streams}
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", given.get(name, io.StringIO()))
    with progress.shown("auto") as report:
        report("training", 0, 5)
        report("drawing gif", 3, 5)
    text = given["stderr"].getvalue()
    assert ("drawing gif" in text) is is_shown
    if is_shown:
        assert given["stdout"].getvalue() == ""
        assert text.endswith("\x1b[1A\x1b[2K")  # the bar is gone


def test_a_bar_in_a_notebook_is_gone_at_the_end(monkeypatch):
    said = []
    handle = SimpleNamespace(update=lambda data, raw: said.append(data))
    display = lambda data, raw, display_id: said.append(data) or handle  # noqa: E731
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(notebooks.sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(notebooks.sys.modules, "IPython.display", SimpleNamespace(display=display))
    with progress.shown("auto") as report:
        report("training <a>", 1, 5)
    assert said[0]["text/html"] == '<progress value="1" max="5"></progress> training &lt;a&gt;: 1 of 5'
    assert said[-1] == {"text/plain": "", "text/html": ""}
