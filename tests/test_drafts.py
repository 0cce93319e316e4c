"""Drafts, for a quick look, and films that are opened when they are made."""

from pathlib import Path

import numpy as np
import pytest
from helpers.configs import DATA_FIGURE
from PIL import Image
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.films import Film
from relu_anim.making.orders import Order

CONFIG = """\
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 60}
animation: {size: [361, 262]}
"""


def run(*arguments):
    return CliRunner().invoke(app, ["run", "c.yaml", *map(str, arguments), "-q"])


@pytest.fixture(name="figure")
def _figure(here):
    Path("c.yaml").write_text(f"{DATA_FIGURE}animation: {{size: [420, 300]}}\noutput: {{formats: [png]}}\n")


def test_a_draft_is_half_as_large_with_even_sides_and_has_few_frames(fake_recording):
    e = config.drafted(config.loads(CONFIG))
    film = Film(e, [fake_recording(e)])
    assert e.animation.pixels == (180, 132)
    assert len(film) <= 40 < len(Film(config.loads(CONFIG), [fake_recording(e)]))


def test_a_draft_says_so_at_its_upper_right_corner_and_no_film_does(fake_recording):
    e = config.drafted(config.loads(CONFIG, settings=["animation.size=[700, 500]"]))
    draft = Film(e, [fake_recording(e)], is_draft=True).frame(0)
    film = Film(e, [fake_recording(e)]).frame(0)
    orange = lambda frame: np.ptp(frame[:20, -50:, :3].astype(int), axis=-1).max()  # noqa: E731  black on white has none
    assert orange(draft) > 100 > 20 > orange(film)


@pytest.mark.parametrize(
    ("output", "path"),
    [
        (None, "outputs/c-draft.gif"),
        ("static/x.gif", "static/x-draft.gif"),
        ("{name}/{name}.gif", "c/c-draft.gif"),
        ("static/{name}-{theme}.gif", "static/c-draft-light.gif"),
    ],
)
def test_a_draft_has_a_name_of_its_own(output, path):
    order = Order(Path("c.yaml"), output=output and Path(output), is_draft=True)
    assert order.path(config.File("gif", "light")) == Path(path)


def test_a_draft_has_no_summary_and_is_made_each_time(figure):
    for _ in range(2):
        assert run("--draft").stdout == "outputs/c-draft.png\n"
    assert [path.name for path in Path("outputs").iterdir()] == ["c-draft.png"]
    with Image.open("outputs/c-draft.png") as image:
        assert image.size == (210, 150)


def test_a_draft_is_not_written_over_a_file_of_the_user_s_nor_over_the_film_of_another_config(figure):
    Image.new("RGB", (3, 3)).save("mine-draft.png")
    before = Path("mine-draft.png").read_bytes()
    assert run("--draft", "-o", "mine.png").exit_code == 2
    assert Path("mine-draft.png").read_bytes() == before

    Path("c-draft.yaml").write_text(f"{DATA_FIGURE}output: {{formats: [png]}}\n")
    assert CliRunner().invoke(app, ["run", "c-draft.yaml", "-q"]).exit_code == 0
    refused = run("--draft")
    assert refused.exit_code == 2
    assert "outputs/c-draft.png, which is what c-draft.yaml became" in refused.output


def test_a_draft_cannot_be_out_of_date(figure):
    assert run("--draft", "--check").exit_code == 2


def test_a_film_is_opened_in_the_viewer_of_the_system(figure, monkeypatch):
    opened = []
    monkeypatch.setattr("typer.launch", lambda path: opened.append(path) or 0)
    for _ in range(2):  # one that was there is shown too
        assert run("--open").exit_code == 0
    assert opened == [str(Path("outputs/c.png").resolve())] * 2


def test_a_system_without_a_viewer_is_told_which_film_to_open(figure, monkeypatch):
    monkeypatch.setattr("typer.launch", lambda path: 1)
    found = run("--open")
    assert found.exit_code == 4
    assert "open outputs/c.png yourself" in found.output
