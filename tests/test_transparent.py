"""`animation.transparent`: the page is seen behind pictures and films, read back with Pillow, FFmpeg and poppler."""

import shutil
import subprocess

import av
import numpy as np
import pytest
from helpers.configs import SMALLEST, problems
from PIL import Image
from typer.testing import CliRunner

from relu_anim import config, figures
from relu_anim.cli import app
from relu_anim.drawing.shapes import Area
from relu_anim.encoders import encoder
from relu_anim.errors import ConfigError
from relu_anim.films import Film
from relu_anim.films.saving import save
from relu_anim.films.stills import Moments

PANELS = "animation.panels=[[prediction, activation_map], [network, loss]]"  # marks, cells, casings, and end labels
SMALL = ("animation.size=[700, 500]", "animation.max_frames=4", "data.samples=40")
SETTINGS = (*SMALL, "data.resample=false", "data.test_fraction=0.3", PANELS)
PAGES = {"white": (255, 255, 255), "black": (0, 0, 0), "orange": (255, 165, 0)}
DARK = [22, 25, 29]  # the background of the theme
FIGURES = {
    "activation": "kind: activation\nfunctions: [tanh]\nmarks: [0]\n",
    "data": "kind: data\ntarget: {dataset: moons}\n",
    "born_dead": "kind: born_dead\nnetworks: 20\nwidths: [2]\ndepth: 4\n",
}


def made(experiment, fake_recording, *settings):
    e = experiment("animation.transparent=true", *SETTINGS, *settings)
    return Film(e, [fake_recording(e)])


@pytest.fixture(scope="module")
def film(experiment, fake_recording):
    return made(experiment, fake_recording)


@pytest.fixture(scope="module")
def dark(experiment, fake_recording):
    return made(experiment, fake_recording, "animation.theme=dark")


@pytest.fixture(scope="module")
def dark_gif(dark, tmp_path_factory):
    return dark.save(tmp_path_factory.mktemp("dark") / "x.gif")


def over(frame, page):
    """A picture on a page, by the definition of opacity."""
    opacity = frame[..., 3:] / 255
    return frame[..., :3] * opacity + np.array(page) * (1 - opacity)


def test_on_any_page_frames_look_as_if_they_had_been_drawn_on_it(film, experiment, fake_recording):
    frames = [frame.copy() for frame in film.frames()]
    assert all((frame[0, 0, 3], frame[..., 3].max()) == (0, 255) for frame in frames)
    other = made(experiment, fake_recording)
    for page, color in PAGES.items():
        other.figure.set_facecolor(page)
        other._background = None
        for frame, drawn in zip(frames, other.frames(), strict=True):
            assert (drawn[..., 3] == 255).all()
            assert np.abs(over(frame, color) - drawn[..., :3]).max() <= 4  # Agg's rounding adds up


@pytest.mark.parametrize("kind", FIGURES)
def test_figures_that_do_not_move_are_transparent_too(kind, tmp_path):
    figure = config.loads(FIGURES[kind] + "animation: {transparent: true, theme: dark}\n")
    still = figures.Still(figures.of(figure, lambda *said: None))
    frame = still.last_frame().copy()
    still.figure.set_facecolor("white")
    assert np.abs(over(frame, PAGES["white"]) - still.last_frame()[..., :3]).max() <= 4
    assert frame[0, 0, 3] == 0


def decoded_by_ffmpeg(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]


def decoded_by_pillow(path):
    with Image.open(path) as image:
        return [_rgba(image, number) for number in range(image.n_frames)]


def _rgba(image, number):
    image.seek(number)
    return np.asarray(image.convert("RGBA"))


@pytest.mark.parametrize("decoded", [decoded_by_ffmpeg, decoded_by_pillow])
def test_each_frame_of_a_gif_is_transparent_where_nothing_is_and_has_its_edges_over_the_theme_s_background(
    dark, dark_gif, decoded
):
    found = decoded(dark_gif)
    vanished, before = 0, None
    for frame, read in zip(dark.frames(), found, strict=True):
        is_seen = frame[..., 3] > 0
        assert (read[..., 3] == 255 * is_seen).all()
        errors = (read[..., :3] - over(frame, DARK)) * is_seen[..., None]
        assert (errors**2).mean() < 255**2 / 10**5  # 50 dB
        vanished += 0 if before is None else (before & ~is_seen).sum()
        before = is_seen
    assert vanished > 1000


def test_each_frame_of_a_webp_is_as_opaque_as_it_was_drawn(dark, tmp_path):
    found = decoded_by_pillow(dark.save(tmp_path / "x.webp"))
    for frame, read in zip(dark.frames(), found, strict=True):
        drawn, opacity = frame[..., 3].astype(int), read[..., 3].astype(int)
        assert np.abs(drawn - opacity).max() <= 5
        assert ((opacity == 255) == (drawn > 250)).all()
        assert ((opacity == 0) == (drawn < 5)).all()
        errors = over(read, (255, 128, 0)) - over(frame, (255, 128, 0))
        assert (errors**2).mean() < 255**2 / 10**4.4


def test_a_smaller_webp_has_fewer_opacities(dark, tmp_path):
    for path, level in ((tmp_path / "a.webp", 0), (tmp_path / "b.webp", 1)):
        save(dark, path, lambda *said: None, coarse=level)
    fine, rough = (np.unique(decoded_by_pillow(tmp_path / name)[0][..., 3]) for name in ("a.webp", "b.webp"))
    assert len(rough) == 16 < len(fine) <= 32


def test_stills_and_strips_as_png_are_the_frames_with_their_opacity(film, tmp_path):
    film.save(tmp_path / "x.png")
    strip = Moments(film, (0, 5)).last_frame()
    assert (np.asarray(Image.open(tmp_path / "x.png")) == film.last_frame()).all()
    assert (strip == np.concatenate([film.at(0), film.at(5)], axis=1)).all()
    assert strip[0, 0, 3] == strip[0, -1, 3] == 0


def test_an_opaque_png_has_no_channel_for_opacity(experiment, fake_recording, tmp_path):
    e = experiment()
    with Image.open(Film(e, [fake_recording(e)]).save(tmp_path / "x.png")) as image:
        assert image.mode == "RGB"


def test_no_area_of_an_svg_lies_behind_the_picture(film, experiment, fake_recording):
    e = experiment(*SETTINGS)
    opaque = Film(e, [fake_recording(e)])

    def largest(picture):
        return max(np.prod(np.ptp(s.outline, axis=0)) for s in picture.drawing().shapes if isinstance(s, Area))

    assert largest(opaque) == 700 * 500
    assert largest(film) < 700 * 500 / 10


@pytest.mark.skipif(shutil.which("pdftocairo") is None, reason="needs pdftocairo, from poppler-utils")
def test_in_a_pdf_the_gaps_between_the_rows_of_a_map_are_transparent_too(film, tmp_path):
    (tmp_path / "x.pdf").write_bytes(encoder("pdf").draw(film.drawing(), "seed: 0\n"))
    command = ["pdftocairo", "-png", "-transp", "-singlefile", "-r", "96", "x.pdf", "x"]
    subprocess.run(command, cwd=tmp_path, check=True)
    opacity, frame = np.asarray(Image.open(tmp_path / "x.png").convert("RGBA"))[..., 3], film.last_frame()[..., 3]
    (room,) = (placed.room for placed in film.panels if placed.cell.name == "activation_map")
    left, bottom, right, top = room.plots[0].bbox.extents.round().astype(int)
    inside = slice(500 - top + 2, 500 - bottom - 2), slice(left + 2, right - 2)
    wanted, found = (frame[inside] < 255).sum(), (opacity[inside] < 255).sum()  # gaps there are half a pixel wide
    assert wanted / 2 < found < wanted * 2
    assert (opacity == 0).mean() == pytest.approx((frame == 0).mean(), abs=0.02)


@pytest.mark.parametrize("more", ["themes: [light, dark]", "stills: [0]", "max_size: 1MB"])
def test_an_mp4_cannot_be_transparent_and_the_mistake_stands_at_the_format(more):
    (problem,) = problems(SMALLEST + f"animation: {{transparent: true}}\noutput: {{formats: [gif, mp4], {more}}}\n")
    assert "output.formats.1: an MP4 cannot be transparent; write gif, webp or animated-svg, or remove" in str(problem)


@pytest.mark.parametrize("how", [("-o", "x.mp4"), ("-f", "webp,mp4"), ("-s", "output.formats=[mp4]")])
def test_a_transparent_mp4_is_refused_before_anything_is_made(here, how):
    (here / "c.yaml").write_text(SMALLEST + "animation: {transparent: true}\n")
    result = CliRunner().invoke(app, ["run", "c.yaml", *how])
    assert result.exit_code == 2
    assert "an MP4 cannot be transparent" in result.output
    assert [path.name for path in here.iterdir()] == ["c.yaml"]


def test_a_film_that_is_transparent_is_not_saved_as_mp4(film, tmp_path):
    with pytest.raises(ConfigError, match="an MP4 cannot be transparent"):
        film.save(tmp_path / "x.mp4")
    assert not list(tmp_path.iterdir())


def test_contrasts_are_those_with_the_theme_s_background(here):
    text = SMALLEST + "animation: {transparent: %s, colors: {network: '#dddddd'}}\n"
    opaque, transparent = (config.loads(text % value).remarks for value in ("false", "true"))
    assert "with the background #ffffff" in transparent[0]
    assert [line.split("colors", 1)[1] for line in opaque] == [line.split("colors", 1)[1] for line in transparent]
