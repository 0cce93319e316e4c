"""Films that must not be larger than a number of bytes."""

import re

import av
import numpy as np
import pytest
from helpers.configs import problems
from PIL import Image, ImageSequence

from relu_anim import config
from relu_anim.errors import FileError
from relu_anim.films import Film
from relu_anim.films.budget import Look, looks, smaller_scale, write_within

CONFIG = """\
target: {function: x**2}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 40}
animation: {size: [240, 160], max_frames: 20, hold: 1, hold_first: 0}
"""


@pytest.fixture(name="film")
def _film(fake_recording):
    def make(*settings):
        e = config.loads(CONFIG, settings=settings)
        return Film(e, [fake_recording(e)])

    return make


def seconds(path):
    with Image.open(path) as image:
        return sum(frame.info["duration"] for frame in ImageSequence.Iterator(image)) / 1000


def test_a_film_that_is_small_enough_is_as_without_a_budget(film, tmp_path):
    film().save(tmp_path / "a.gif")
    within = film("output.max_size=1MB")
    within.save(tmp_path / "b.gif")
    with Image.open(tmp_path / "a.gif") as one, Image.open(tmp_path / "b.gif") as other:
        for frame, again in zip(ImageSequence.Iterator(one), ImageSequence.Iterator(other), strict=True):
            assert (np.asarray(frame.convert("RGB")) == np.asarray(again.convert("RGB"))).all()
    assert not [note for note in within.notes if "to stay within" in note]


@pytest.mark.parametrize("name", ["gif", "mp4", "webp"])
def test_a_film_stays_within_its_budget_and_says_what_was_lowered(film, tmp_path, name):
    whole = film().save(tmp_path / f"whole.{name}").stat().st_size
    f = film(f"output.max_size={round(0.75 * whole)}")
    small = f.save(tmp_path / f"small.{name}")
    assert small.stat().st_size <= 0.75 * whole
    (note,) = [note for note in f.notes if "to stay within" in note]
    assert ("less quality" if name == "mp4" else "fewer colours") in note


def test_a_film_of_fewer_frames_and_pixels_takes_as_long_and_keeps_its_config(film, tmp_path):
    f = film("output.max_size=6kB")
    f.save(tmp_path / "x.gif")
    f.save(tmp_path / "x.mp4")
    with Image.open(tmp_path / "x.gif") as image:
        assert image.n_frames < 20
        assert image.size in [(240, 160), (180, 120), (120, 80)]
    assert seconds(tmp_path / "x.gif") == pytest.approx(20 / 20 + 1, abs=0.06)
    with av.open(str(tmp_path / "x.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.width % 2 == stream.height % 2 == 0
    assert "max_size: 6000" in f.config_text("gif")


def test_a_budget_that_cannot_be_met_leaves_the_old_file_and_the_least_that_is_told_is_enough(film, tmp_path):
    (tmp_path / "x.gif").write_text("old")
    with pytest.raises(
        FileError, match=r"output\.max_size: the GIF has [\d.]+ kB at the least, for 1 kB; show less"
    ) as no:
        film("output.max_size=1kB").save(tmp_path / "x.gif")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
    least = re.search(r"has ([\d.]+ kB) at", str(no.value))[1]
    film(f"output.max_size={least}").save(tmp_path / "x.gif")
    below = (tmp_path / "x.gif").stat().st_size - 1
    with pytest.raises(FileError, match=rf"has {re.escape(least)} at"):
        film(f"output.max_size={below}").save(tmp_path / "x.gif")


def test_quality_is_lowered_before_frames_and_frames_before_pixels():
    found = list(looks(100, 1))
    assert found[0] == Look()
    for key in ("coarse", "frames", "scale"):
        values = [abs(getattr(look, key) - getattr(Look(), key)) for look in found]
        assert values == sorted(values)
    assert {look.frames for look in looks(12, 1)} == {1}  # ten frames are the least
    assert {look.scale for look in looks(100, 0.5)} == {1}


@pytest.mark.parametrize("fits", range(11))
def test_the_first_look_that_fits_is_found_in_a_few_tries(fits, tmp_path):
    ways, tries = [Look(coarse) for coarse in range(10)], []

    def write(look, path):
        tries.append(look.coarse)
        path.write_bytes(bytes(100 - look.coarse))

    if fits == 10:
        with pytest.raises(FileError, match="has 91 bytes at the least, for 90 bytes"):
            write_within(tmp_path / "x.gif", 90, iter(ways), write)
    else:
        assert write_within(tmp_path / "x.gif", 100 - fits, iter(ways), write).coarse == fits
        assert (tmp_path / "x.gif").stat().st_size == 100 - fits
    assert tries[0] == 0
    assert len(tries) <= 5


def test_a_smaller_scale_has_even_sides_where_they_must_be():
    found = smaller_scale((301, 203), 0.75, even=True)
    assert found <= 0.75
    assert round(301 * found) % 2 == round(203 * found) % 2 == 0
    assert smaller_scale((301, 203), 0.75, even=False) == 0.75


@pytest.mark.parametrize(
    ("text", "count"), [("1MB", 10**6), ("1.5 kB", 1500), ("2MiB", 2**21), ("4000", 4000), ("1e6", 10**6)]
)
def test_a_budget_is_a_number_of_bytes(text, count):
    assert config.loads(CONFIG, settings=[f"output.max_size={text}"]).output.max_size == count


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 mega", "a size is a number of bytes: write 1MB, 500kB or 800000"),
        ("-1MB", "a size is a number of bytes: write 1MB, 500kB or 800000"),
        ("12", "must be at least 1,000, got 12"),
    ],
)
def test_what_is_no_budget_is_refused(text, message):
    (problem,) = problems(CONFIG, f"output.max_size={text}")
    assert problem.key == "output.max_size"
    assert message in problem.message
