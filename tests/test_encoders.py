"""Encoded films are read back with other decoders: Pillow, imageio, and PyAV's demuxer for MP4."""

import ctypes
import os
import platform
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path

import av
import imageio.v3 as iio
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from relu_anim import facts
from relu_anim.encoders import Timing, atomic_write, encoder, files, gif, markup, mp4, png, read_config_text, webp
from relu_anim.encoders import palette as palette_module
from relu_anim.encoders.palette import Indexer, choose_palette
from relu_anim.errors import FileError

SIZE = (120, 80)
CONFIG = "title: x², é, 😀 <&>\n" * 500  # over 10 kB, with what XML would trip over
ALL = sorted(name for name in facts.FORMATS if encoder(name).writer)  # the others are made of shapes
FILMS = ["gif", "mp4", "webp"]


def line_art(count, size=SIZE):
    """Antialiased curves and changing text in five colours; every frame is drawn into the same buffer."""
    width, height = size
    large = Image.new("RGBA", (2 * width, 2 * height))
    draw, buffer = ImageDraw.Draw(large), np.empty((height, width, 4), np.uint8)
    xs = np.arange(2 * width)
    for number in range(count):
        draw.rectangle((0, 0, *large.size), fill="white")
        for curve, colour in enumerate(("#0072B2", "#D55E00", "#009E73", "#CC79A7")):
            ys = height * (1 + 0.8 * np.sin(xs / 30 + curve + number / 7))
            draw.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), fill=colour, width=3)
        draw.text((8, 8), f"epoch {number}", fill="black")
        buffer[:] = np.asarray(large.reduce(2))
        yield buffer


def plot(count):
    """What the room of films draws: Matplotlib's own buffer, blitted."""
    figure = Figure(figsize=(3, 2), dpi=100)
    canvas, axes = FigureCanvasAgg(figure), figure.add_subplot(xlim=(-5, 5), ylim=(-5, 30))
    x = np.linspace(-5, 5, 200)
    axes.plot(x, x**2, "--")
    (line,), text = axes.plot(x, x, lw=2, color="#D55E00", animated=True), axes.text(0, 24, "", animated=True)
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    for number in range(count):
        canvas.restore_region(background)
        line.set_ydata(x**2 * number / count + np.sin(x + number))
        text.set_text(f"epoch {number}")
        axes.draw_artist(line)
        axes.draw_artist(text)
        yield np.asarray(canvas.buffer_rgba())


def noise(count, size=SIZE):
    generator = np.random.default_rng(0)
    return (
        generator.integers(0, 256, (size[1], size[0], 4), np.uint8) | np.uint8([0, 0, 0, 255]) for _ in range(count)
    )


def stream(path, frames, timing, *, size=SIZE, config_text=CONFIG, sample=None):
    write_to = encoder(path.suffix[1:]).encode
    sample = sample or list(line_art(1, size))
    with write_to(
        path, size=size, timing=timing, config_text=config_text, palette_frames=lambda: iter(sample)
    ) as write:
        for frame in frames:
            write(frame)


def reused(frames):
    """Give the frames in one buffer that is spoilt as soon as the next one is asked for."""
    buffer = np.empty_like(frames[0])
    for frame in frames:
        buffer[:] = frame
        yield buffer
        buffer[:] = 99


def encode(path, frames, *, size=SIZE, fps=20.0, hold=0.5, loop=None, config_text=CONFIG, hold_first=0.0):
    """A film as it should be made; returns its frames."""
    frames = [frame.copy() for frame in frames]
    timing = Timing(len(frames), fps, hold, loop, hold_first)
    stream(path, reused(frames), timing, size=size, config_text=config_text, sample=frames[::4])
    return frames


def decoded(path) -> Iterator[tuple[np.ndarray, int]]:
    """Pillow's view of a GIF or WebP: every RGB frame and its milliseconds."""
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            yield np.asarray(image.convert("RGB")), image.info["duration"]


def psnr(got, wanted):
    error = np.mean((got.astype(float) - wanted[..., :3]) ** 2)
    return 10 * np.log10(255**2 / error) if error else np.inf


def leftovers(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("suffix", ["gif", "webp"])
@pytest.mark.parametrize("film", [plot, line_art])
def test_every_frame_of_a_line_drawing_comes_back_at_50_db(tmp_path, film, suffix):
    path = tmp_path / f"film.{suffix}"
    frames = [frame.copy() for frame in film(40)]
    height, width = frames[0].shape[:2]
    encode(path, frames, size=(width, height))
    values = [psnr(got, wanted) for (got, _), wanted in zip(decoded(path), frames, strict=True)]
    assert min(values) >= 50


def indexed(indexer, frame):
    """The whole frame as indices, from the changes that the indexer tells."""
    shown = getattr(indexer, "whole", np.zeros(frame.shape[:2], np.uint8))
    changed, indices = indexer.changes(frame)
    shown.ravel()[changed] = indices
    indexer.whole = shown
    return shown


def test_only_pixels_that_change_are_told():
    frames = list(line_art(2))
    first, second = (frame.copy() for frame in (frames[0], frames[1]))
    indexer = Indexer(choose_palette([first, second]), SIZE)
    assert len(indexer.changes(first)[0]) == SIZE[0] * SIZE[1]
    assert set(indexer.changes(second)[0]) <= set(np.flatnonzero((first != second).any(-1)))
    assert len(indexer.changes(second)[0]) == 0


def test_a_film_with_more_colours_gets_a_larger_palette():
    few, many = (len(choose_palette(frames)) for frames in (line_art(5), noise(2)))
    assert few < 64
    assert many == 255


def test_the_palette_is_closer_than_median_cut():
    frames = list(noise(1)) + [frame.copy() for frame in line_art(3)]
    for frame in frames:
        palette = choose_palette([frame])
        ours = palette[indexed(Indexer(palette, SIZE), frame)]
        cut = Image.fromarray(frame[..., :3]).quantize(len(palette), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        assert psnr(ours, frame) > psnr(np.asarray(cut.convert("RGB")), frame) + 1


def test_refining_a_palette_brings_it_closer(monkeypatch):
    (frame,) = noise(1)
    quality = []
    for rounds in (0, palette_module._REFINEMENTS):
        monkeypatch.setattr(palette_module, "_REFINEMENTS", rounds)
        palette = choose_palette([frame])
        quality.append(psnr(palette[indexed(Indexer(palette, SIZE), frame)], frame))
    assert quality[1] > quality[0] + 0.3


def test_a_few_flat_colours_come_back_exactly(tmp_path):
    colours = np.uint8([[255, 255, 255, 255], [230, 159, 0, 255], [0, 114, 178, 255], [1, 2, 3, 255]])
    frames = [np.roll(colours, number, 0).repeat(SIZE[0] // 4, 0)[None].repeat(SIZE[1], 0) for number in range(4)]
    for suffix in ("gif", "webp"):
        encode(tmp_path / f"flat.{suffix}", frames)
        for (got, _), wanted in zip(decoded(tmp_path / f"flat.{suffix}"), frames, strict=True):
            np.testing.assert_array_equal(got, wanted[..., :3])


def test_indices_stay_right_when_only_part_of_the_frame_changes():
    palette, indexer = choose_palette(line_art(6)), Indexer(choose_palette(line_art(6)), SIZE)
    for number, frame in enumerate(line_art(6)):
        distances = ((frame[..., None, :3].astype(int) - palette) ** 2).sum(-1)
        shown = np.take_along_axis(distances, indexed(indexer, frame)[..., None].astype(int), -1)[..., 0]
        assert (shown - distances.min(-1)).max() <= (palette_module.CLOSE_ENOUGH if number else 0)


def test_a_pixel_stays_as_it_is_where_another_colour_would_hardly_be_closer():
    palette = np.uint8([[200, 200, 200], [206, 200, 200], [216, 200, 200]])
    indexer = Indexer(palette, (1, 1))
    for red, shown in ((200, 0), (204, 0), (206, 1), (210, 1), (214, 2), (200, 0)):
        assert indexed(indexer, np.uint8([[[red, 200, 200, 255]]])).item() == shown


@pytest.mark.parametrize("fps", [10, 12.5, 24, 30, 50])
def test_a_gif_lasts_as_long_as_was_asked(tmp_path, fps):
    encode(tmp_path / "film.gif", line_art(31), fps=fps, hold=0.7)
    delays = [milliseconds for _, milliseconds in decoded(tmp_path / "film.gif")]
    assert len(delays) == 31
    assert abs(sum(delays) - 1000 * (31 / fps + 0.7)) <= 10
    assert min(delays) >= 20
    # No frame is more than half a tick from its time: rounding errors do not add up.
    np.testing.assert_allclose(np.cumsum(delays[:-1]), 1000 * np.arange(1, 31) / fps, atol=5.001)


@pytest.mark.parametrize("fps", [12.5, 24, 30, 60])
def test_a_webp_lasts_as_long_as_was_asked(tmp_path, fps):
    encode(tmp_path / "film.webp", line_art(31), fps=fps, hold=0.7)
    delays = [milliseconds for _, milliseconds in decoded(tmp_path / "film.webp")]
    assert len(delays) == 31
    assert abs(sum(delays) - 1000 * (31 / fps + 0.7)) <= 1


@pytest.mark.parametrize(
    ("fps", "rate"), [(12.5, Fraction(25, 2)), (24, 24), (30, 30), (30000 / 1001, Fraction(30000, 1001))]
)
def test_an_mp4_repeats_the_last_frame_while_it_is_held(tmp_path, fps, rate):
    encode(tmp_path / "film.mp4", line_art(9), fps=fps, hold=2.0)
    with av.open(str(tmp_path / "film.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == SIZE
        assert stream.average_rate == rate
        assert float(stream.duration * stream.time_base) == pytest.approx((9 + round(2 * fps)) / fps, abs=0.001)
    pictures = iio.imread(tmp_path / "film.mp4", plugin="pyav")
    assert len(pictures) == 9 + round(2 * fps)
    assert psnr(pictures[-1], pictures[8]) > 30 > psnr(pictures[-1], pictures[0])


@pytest.mark.parametrize("suffix", FILMS)
@pytest.mark.parametrize("fps", [12.5, 30])
def test_the_first_frame_stays_as_long_as_was_asked_and_all_others_come_later(tmp_path, suffix, fps):
    path = tmp_path / f"film.{suffix}"
    frames = encode(path, line_art(9), fps=fps, hold=1.0, hold_first=0.8)
    if suffix == "mp4":
        pictures = iio.imread(path, plugin="pyav")
        held = round(0.8 * fps)
        assert len(pictures) == 9 + held + round(fps)
        assert psnr(pictures[held], frames[0]) > psnr(pictures[held], frames[1])
        assert psnr(pictures[held + 1], frames[1]) > psnr(pictures[held + 1], frames[0])
        return
    delays = np.array([milliseconds for _, milliseconds in decoded(path)])
    wanted = np.full(9, 1000 / fps)
    wanted[[0, -1]] += 800, 1000
    np.testing.assert_allclose(np.cumsum(delays), np.cumsum(wanted), atol=5.001)


@pytest.mark.parametrize("suffix", FILMS)
def test_a_film_of_one_frame_is_held_once(tmp_path, suffix):
    for name, first in (("once", 0.0), ("twice", 7.0)):
        encode(tmp_path / f"{name}.{suffix}", line_art(1), hold=1.0, hold_first=first)
    assert (tmp_path / f"once.{suffix}").read_bytes() == (tmp_path / f"twice.{suffix}").read_bytes()


def test_times_that_a_gif_cannot_hold_are_refused(tmp_path):
    with pytest.raises(FileError, match="at most 50 frames a second"):
        encode(tmp_path / "fast.gif", line_art(2), fps=51)
    with pytest.raises(FileError, match=r"at most 655\.35 seconds"):
        encode(tmp_path / "long.gif", line_art(2), hold=656)
    encode(tmp_path / "edge.gif", line_art(2), fps=1, hold=654.35)
    assert leftovers(tmp_path) == ["edge.gif"]


@pytest.mark.parametrize("loop", [None, 1, 2, 7])
def test_a_film_is_played_as_often_as_was_asked(tmp_path, loop):
    encode(tmp_path / "film.gif", line_art(3), loop=loop)
    encode(tmp_path / "film.webp", line_art(3), loop=loop)
    repeats = {None: 0, 1: None}.get(loop, (loop or 1) - 1)  # a GIF counts repeats, a WebP counts plays
    with Image.open(tmp_path / "film.gif") as image:
        assert image.info.get("loop") == repeats
    with Image.open(tmp_path / "film.webp") as image:
        assert image.info["loop"] == (loop or 0)


@pytest.mark.parametrize("suffix", FILMS)
def test_a_frozen_film_keeps_its_frames(tmp_path, suffix):
    path = tmp_path / f"still.{suffix}"
    frames = [next(line_art(1)).copy()] * 12
    encode(path, frames, fps=10, hold=0)
    # Pillow merges equal GIF frames when it writes, not when it reads.
    pictures = iio.imread(path, plugin="pyav") if suffix == "mp4" else [picture for picture, _ in decoded(path)]
    assert len(pictures) == 12
    assert psnr(pictures[-1], frames[0]) > (25 if suffix == "mp4" else 50)


@pytest.mark.parametrize("suffix", ALL)
def test_one_frame_is_a_film_too(tmp_path, suffix):
    path = tmp_path / f"one.{suffix}"
    frames = encode(path, line_art(1), hold=1.0)
    if suffix == "mp4":
        assert len(iio.imread(path, plugin="pyav")) == 21
        return
    with Image.open(path) as image:
        assert image.size == SIZE
        assert getattr(image, "n_frames", 1) == 1
        assert psnr(np.asarray(image.convert("RGB")), frames[0]) > 50


def test_a_gif_has_one_palette_for_all_frames(tmp_path):
    encode(tmp_path / "film.gif", line_art(20))
    found = gif.walk((tmp_path / "film.gif").read_bytes())
    assert found.images == 20
    assert found.local_tables == 0
    assert found.global_colours in (32, 64)
    with Image.open(tmp_path / "film.gif") as image:
        assert image.global_palette is not None
        assert len(image.global_palette.palette) == 3 * found.global_colours


def test_a_png_is_the_last_frame_exactly(tmp_path):
    frames = encode(tmp_path / "film.png", line_art(3))
    np.testing.assert_array_equal(iio.imread(tmp_path / "film.png"), frames[-1][..., :3])
    with Image.open(tmp_path / "film.png") as image:
        assert image.text == {"relu-anim": CONFIG}


def test_colours_survive_in_an_mp4_and_are_tagged(tmp_path):
    colours = np.uint8([[255, 0, 0], [0, 255, 0], [0, 0, 255], [230, 159, 0], [255, 255, 255], [0, 0, 0]])
    stripes = colours.repeat(32, 0)[None].repeat(64, 0)
    encode(tmp_path / "film.mp4", [stripes] * 3, size=(192, 64))
    with av.open(str(tmp_path / "film.mp4")) as container:
        context = container.streams.video[0].codec_context
        # By the numbers of H.264's tables: BT.709 is 1, limited range is 1.
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        assert tags == (1, 1, 1, 1)
        assert context.pix_fmt == "yuv420p"
        planes = next(container.decode(video=0)).to_ndarray().astype(float)
    luma = planes[32, 16:192:32]
    np.testing.assert_allclose(luma, 16 + 219 * (colours / 255 @ [0.2126, 0.7152, 0.0722]), atol=2)
    middle = iio.imread(tmp_path / "film.mp4", plugin="pyav", index=1)[32, 16::32]
    np.testing.assert_allclose(middle.astype(int), colours.astype(int), atol=6)


def test_an_mp4_starts_with_its_index_and_has_no_sound(tmp_path):
    encode(tmp_path / "film.mp4", line_art(30), fps=10)
    data = (tmp_path / "film.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"Lavf" not in data  # FFmpeg signs its work unless it is told not to
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_x264_is_told_to_use_one_thread_and_a_key_frame_every_ten_seconds():
    options = mp4.codec_options(12.5)
    assert options["threads"] == "1"
    assert options["g"] == "125"
    assert "mbtree=0:cpu-independent=1:" in options["x264-params"]


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("text", ["title: x², é, 😀\n", CONFIG, "]]> &amp; <a>\n" * 19 + "ü" * 128])
def test_the_config_comes_back_out(tmp_path, suffix, text):
    path = tmp_path / f"film.{suffix}"
    encode(path, line_art(3), config_text=text)
    assert read_config_text(path.rename(tmp_path / "renamed")) == text


def test_the_config_comes_out_of_an_svg_of_matplotlibs_as_version_0_2_wrote_it(tmp_path):
    Figure().savefig(tmp_path / "plot.svg", metadata={"Description": CONFIG, "Date": None})
    assert read_config_text(tmp_path / "plot.svg") == CONFIG


def test_other_programs_find_the_config(tmp_path):
    for suffix in FILMS:
        encode(tmp_path / f"film.{suffix}", line_art(3))
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.metadata["comment"] == CONFIG
    with Image.open(tmp_path / "film.webp") as image:
        assert markup.description(image.info["xmp"]).decode() == CONFIG
    with Image.open(tmp_path / "film.gif") as image:
        assert image.info["comment"].decode() == CONFIG


@pytest.mark.parametrize("suffix", ALL)
def test_a_file_without_its_last_byte_is_damaged(tmp_path, suffix):
    path = tmp_path / f"film.{suffix}"
    encode(path, line_art(6))
    check = {"gif": gif, "mp4": mp4, "png": png, "webp": webp}[suffix].check
    timing = Timing(6, 20.0, 0.5, None)
    check(path, SIZE, timing)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(files.DamagedError):
        check(path, SIZE, timing)
    with pytest.raises(FileError, match="cannot read"):
        read_config_text(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(files.DamagedError):
        check(path, SIZE, timing)


@pytest.mark.parametrize("suffix", ALL)
def test_the_check_knows_what_was_asked_for(tmp_path, suffix):
    path = tmp_path / f"film.{suffix}"
    encode(path, line_art(6))
    check = {"gif": gif, "mp4": mp4, "png": png, "webp": webp}[suffix].check
    wrong = [((120, 82), Timing(6, 20.0, 0.5, None))]
    if suffix != "png":
        wrong += [(SIZE, Timing(7, 20.0, 0.5, None)), (SIZE, Timing(6, 20.0, 1.5, None))]
    for size, timing in wrong:
        with pytest.raises(files.DamagedError, match="came out wrong"):
            check(path, size, timing)


def test_a_png_with_a_flipped_bit_is_damaged(tmp_path):
    encode(tmp_path / "film.png", line_art(1))
    data = bytearray((tmp_path / "film.png").read_bytes())
    data[-30] ^= 1
    with pytest.raises(files.DamagedError, match="check sum"):
        list(png.chunks(bytes(data)))


@pytest.mark.parametrize("suffix", ALL)
def test_a_truncated_or_scrambled_file_is_an_error_and_never_a_crash(tmp_path, suffix):
    path = tmp_path / f"film.{suffix}"
    encode(path, line_art(3), config_text="title: short\n")
    whole, generator = path.read_bytes(), np.random.default_rng(1)
    for _ in range(150):
        broken = bytearray(whole[: generator.integers(0, len(whole))])
        for place in generator.integers(0, max(len(broken), 1), 5 if broken else 0):
            broken[place] = generator.integers(0, 256)
        path.write_bytes(broken)
        with pytest.raises(FileError, match="cannot read"):
            read_config_text(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello", "not a GIF, MP4, WebP, PNG, SVG, animated SVG, HTML page or PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no config"),
        (b"<svg><unclosed></svg>", "not whole XML"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>', "entities"),
    ],
)
def test_a_file_without_a_config_says_why(tmp_path, content, reason):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(FileError, match=f"cannot read .*file.*{reason}"):
        read_config_text(tmp_path / "file")


def test_a_picture_of_somebody_else_has_no_config(tmp_path):
    for suffix in ("gif", "png", "webp"):
        Image.new("RGB", SIZE).save(tmp_path / f"other.{suffix}")
        with pytest.raises(FileError, match="no config"):
            read_config_text(tmp_path / f"other.{suffix}")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(FileError, match=r"cannot read .*none\.gif: No such file"):
        read_config_text(tmp_path / "none.gif")


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_a_failed_encode_leaves_the_old_file(tmp_path, suffix, error):
    path = tmp_path / f"film.{suffix}"
    path.write_bytes(b"old")

    def failing():
        yield from line_art(3)
        raise error("mine")

    # The caller's own OSError stays what it is: it does not speak of the film.
    with pytest.raises(error, match="mine"):
        stream(path, failing(), Timing(9, 20, 0, None))
    assert leftovers(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("given", [2, 4])
def test_another_number_of_frames_than_promised_is_a_mistake(tmp_path, suffix, given):
    with pytest.raises(ValueError, match=r"\b3( frames)? promised"):
        stream(tmp_path / f"film.{suffix}", line_art(given), Timing(3, 20, 0, None))
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("shape", [(80, 122, 4), (80, 120), (120, 80, 3)])
def test_a_frame_of_another_shape_is_a_mistake(tmp_path, suffix, shape):
    with pytest.raises(ValueError, match="a frame is"):
        stream(tmp_path / f"film.{suffix}", [np.zeros(shape, np.uint8)], Timing(1, 20, 0, None))
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("suffix", ALL)
def test_a_film_that_fails_its_check_never_gets_its_name(tmp_path, suffix, monkeypatch):
    writer = {"gif": gif.GifWriter, "mp4": mp4.Mp4Writer, "png": png.PngWriter, "webp": webp.WebpWriter}[suffix]
    close = writer.close

    def cut(self):
        close(self)
        (temporary,) = tmp_path.glob(".film.*.part")
        os.truncate(temporary, temporary.stat().st_size - 1)

    monkeypatch.setattr(writer, "close", cut)
    with pytest.raises(FileError, match=rf"cannot write .*film\.{suffix}: "):
        encode(tmp_path / f"film.{suffix}", line_art(3))
    assert leftovers(tmp_path) == []


@pytest.fixture
def small_disk():
    """No file may grow beyond 20 kB: the nearest thing to a full disk that needs no disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("suffix", ALL)
def test_a_full_disk_is_an_error_and_leaves_the_old_file(tmp_path, suffix, small_disk):
    path = tmp_path / f"film.{suffix}"
    path.write_bytes(b"old")
    with pytest.raises(FileError, match=rf"cannot write .*film\.{suffix}: "):
        encode(path, noise(8))
    assert leftovers(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", ALL)
def test_a_place_that_cannot_be_written_is_an_error(tmp_path, suffix):
    (tmp_path / "file").touch()
    (tmp_path / f"folder.{suffix}").mkdir()
    for place, reason in (("file/x", "Not a directory"), ("none/x", "No such file"), ("folder", "it is a folder")):
        with pytest.raises(FileError, match=rf"cannot write .*{place}\.{suffix}: {reason}"):
            encode(tmp_path / f"{place}.{suffix}", line_art(1))
    with pytest.raises(FileError, match="cannot write"):
        atomic_write(tmp_path / "file" / "x.json", b"{}")


def test_an_atomic_write_replaces_the_file_whole(tmp_path):
    (tmp_path / "x.json").write_bytes(b"old and longer")
    atomic_write(tmp_path / "x.json", b"new")
    assert leftovers(tmp_path) == ["x.json"]
    assert (tmp_path / "x.json").read_bytes() == b"new"


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_new_files_follow_the_umask(tmp_path, mask):
    before = os.umask(mask)
    try:
        encode(tmp_path / "film.gif", line_art(1))
        atomic_write(tmp_path / "x.json", b"{}")
    finally:
        os.umask(before)
    for name in ("film.gif", "x.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~mask


def test_the_same_frames_give_the_same_bytes_elsewhere_and_at_another_time(tmp_path):
    script = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path; import test_encoders as t\n"
        "for suffix in t.ALL: t.encode(Path(sys.argv[1]) / f'film.{suffix}', t.line_art(12))"
    )
    other = tmp_path / "another folder"
    other.mkdir()
    environment = {**os.environ, "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    subprocess.run([sys.executable, "-c", script, str(other), *paths], env=environment, cwd=other, check=True)
    for suffix in ALL:
        encode(tmp_path / f"film.{suffix}", line_art(12))
        assert (tmp_path / f"film.{suffix}").read_bytes() == (other / f"film.{suffix}").read_bytes(), suffix


@pytest.mark.parametrize("suffix", FILMS)
def test_memory_does_not_grow_with_the_number_of_frames(tmp_path, suffix):
    size = (320, 240)  # 300 kB a frame: 200 kept ones would be 60 MB
    few, many = [frame.copy() for frame in line_art(8, size)], 300
    resident = []

    def watched():
        for number in range(many):
            yield few[number % len(few)]
            if number in (100, many - 1):
                resident.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())

    stream(tmp_path / f"film.{suffix}", watched(), Timing(many, 20, 0, None), size=size, sample=few)
    assert resident[1] - resident[0] < 30e6


def waves(count, size):
    """Two colours whose border moves: with x264's macroblock tree, some encodes out of forty are others."""
    y, x = np.mgrid[: size[1], : size[0]]
    for number in range(count):
        height = np.sin(x / 9 + number / 3) + np.cos(y / 7 - number / 5)
        frame = np.full((*height.shape, 4), 255, np.uint8)
        frame[..., 0], frame[..., 1], frame[..., 2] = (
            127 + 60 * height,
            np.where(height > 0, 180, 60),
            127 - 60 * height,
        )
        yield frame


def cells(count, size):
    """Squares of any colour: x264 chooses otherwise among their directions where it has faster instructions."""
    random, (width, height) = np.random.default_rng(0), size
    for _ in range(count):
        colours = random.integers(0, 256, (height // 4 + 1, width // 4 + 1, 4), np.uint8) | np.uint8([0, 0, 0, 255])
        yield np.kron(colours, np.ones((4, 4, 1), np.uint8))[:height, :width]


@pytest.mark.parametrize(
    ("times", "size"), [(60, (64, 48)), pytest.param(200, (200, 150), marks=pytest.mark.soak)], ids=["small", "soak"]
)
def test_an_mp4_does_not_depend_on_what_memory_held_before(tmp_path, times, size):
    random, junk, seen = np.random.default_rng(0), [], set()
    frames = list(waves(14, size))
    for _ in range(times):
        junk = [*junk[-20:], random.integers(0, 255, random.integers(10_000, 400_000)).astype(np.uint8)]
        encode(tmp_path / "film.mp4", frames, size=size)
        seen.add((tmp_path / "film.mp4").read_bytes())
    assert len(seen) == 1


def test_x264_writes_the_same_film_whatever_instructions_the_processor_has(tmp_path, monkeypatch):
    frames, size, seen = list(cells(12, (200, 150))), (200, 150), set()
    for instructions in (None, "0", *(("SSE2", "SSSE3") if platform.machine() in ("x86_64", "AMD64") else ())):
        if instructions:
            monkeypatch.setitem(mp4.X264, "asm", instructions)
        encode(tmp_path / "film.mp4", frames, size=size)
        seen.add((tmp_path / "film.mp4").read_bytes())
    assert len(seen) == 1


@pytest.fixture
def instructions_of_ffmpeg():
    """A function that has FFmpeg, as PyAV loaded it, use only the instructions whose bits are set."""
    maps = Path("/proc/self/maps")
    libraries = (
        {line.split()[-1] for line in maps.read_text().splitlines() if "libavutil" in line} if maps.exists() else ()
    )
    if not libraries:
        pytest.skip("where FFmpeg's libraries lie is only known on Linux")
    force = ctypes.CDLL(next(iter(libraries))).av_force_cpu_flags
    yield force
    force(-1)


def test_rgb_becomes_yuv_alike_whatever_instructions_the_processor_has(tmp_path, instructions_of_ffmpeg):
    frames, size, seen = list(waves(3, (122, 82))), (122, 82), set()
    for bits in (-1, 0, 3, 0x11):  # all there are, none, MMX with its extensions, SSE2
        instructions_of_ffmpeg(bits)
        encode(tmp_path / "film.mp4", frames, size=size)
        seen.add((tmp_path / "film.mp4").read_bytes())
    assert len(seen) == 1


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="the program ffmpeg is not installed")
def test_an_mp4_of_lines_is_as_small_and_as_good_as_what_ffmpeg_makes_unasked(tmp_path):
    frames = [frame.copy() for frame in plot(60)]
    height, width = frames[0].shape[:2]
    encode(tmp_path / "ours.mp4", frames, size=(width, height), hold=0, config_text="")
    command = f"ffmpeg -loglevel error -f rawvideo -pix_fmt rgba -s {width}x{height} -framerate 20 -i pipe: "
    command += f"-vcodec h264 -pix_fmt yuv420p {tmp_path}/theirs.mp4"
    subprocess.run(command.split(), input=b"".join(frame.tobytes() for frame in frames), check=True)
    sizes, qualities = [], []
    for name in ("ours", "theirs"):
        shown = iio.imread(tmp_path / f"{name}.mp4", plugin="pyav")
        sizes.append((tmp_path / f"{name}.mp4").stat().st_size)
        qualities.append(np.mean([psnr(got, wanted) for got, wanted in zip(shown, frames, strict=True)]))
    assert sizes[0] <= 1.15 * sizes[1]
    assert qualities[0] >= qualities[1]


# ---------------------------------------------------------------- what a path leads to


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "x.json").symlink_to("far/one.json")
    (tmp_path / "far" / "one.json").symlink_to("two.json")  # which is not there yet
    for data in (b"new", b"newer"):
        atomic_write(tmp_path / "x.json", data)
        assert (tmp_path / "far" / "two.json").read_bytes() == data
    assert leftovers(tmp_path) == ["far", "x.json"]
    assert leftovers(tmp_path / "far") == ["one.json", "two.json"]
    assert (tmp_path / "x.json").is_symlink()


def test_a_link_that_leads_in_a_circle_is_an_error(tmp_path):
    (tmp_path / "x.json").symlink_to("y.json")
    (tmp_path / "y.json").symlink_to("x.json")
    with pytest.raises(FileError, match="symbolic links"):
        atomic_write(tmp_path / "x.json", b"new")


@pytest.mark.parametrize("mode", [0o600, 0o444, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path, mode):
    (tmp_path / "film.gif").touch()
    (tmp_path / "film.gif").chmod(mode)
    encode(tmp_path / "film.gif", line_art(1))
    assert stat.S_IMODE((tmp_path / "film.gif").stat().st_mode) == mode


def test_a_pipe_is_written_into(tmp_path):
    os.mkfifo(tmp_path / "film.gif")
    encode(tmp_path / "whole.gif", line_art(2))
    reader = subprocess.Popen(["cat", tmp_path / "film.gif"], stdout=subprocess.PIPE)
    encode(tmp_path / "film.gif", line_art(2))
    assert reader.communicate()[0] == (tmp_path / "whole.gif").read_bytes()
    assert (tmp_path / "film.gif").is_fifo()
    assert leftovers(tmp_path) == ["film.gif", "whole.gif"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_device_is_written_into_and_stays(tmp_path):
    for device in ("/dev/full", "/dev/null"):
        opened = os.open(device, os.O_WRONLY)
        path = tmp_path / f"{device[-4:]}.gif"
        path.symlink_to(f"/dev/fd/{opened}")  # where nothing can be replaced, should it be tried after all
        with pytest.raises(FileError, match="No space left") if device == "/dev/full" else nullcontext():
            encode(path, line_art(1))
        assert path.is_symlink()
        assert path.is_char_device()
        os.close(opened)


@pytest.mark.parametrize("name", ["x" * 251 + ".gif", "漢" * 83 + "xx.gif"])
def test_a_name_may_be_as_long_as_the_file_system_has_room_for(tmp_path, name):
    encode(tmp_path / name, line_art(1))
    assert leftovers(tmp_path) == [name]
