"""Rows 19 and 20: films of the catalogue as MP4 and WebP, beside what Matplotlib and Pillow write of equal frames."""

import sys
import time
from pathlib import Path

import av
import by_hand
import numpy as np
from matplotlib.animation import FFMpegWriter
from PIL import Image

from relu_anim import config
from relu_anim.encoders import Timing, encoder
from relu_anim.films import Film
from relu_anim.films.saving import PALETTE_FRAMES
from relu_anim.network import Network
from relu_anim.recording import stack
from relu_anim.training import train

CONFIGS = Path(__file__).parent.parent / "configs"
LINES = ("quadratic_20neuron", "quadratic_2neuron", "cosine_30neuron", "extrapolation", "spectral_bias")
MAPS = ("hyperplane", "dead_neurons")  # a class boundary, which units are on


def frames_of(name):
    """The film's frames, and how many are shown in a second."""
    experiment = config.load(CONFIGS / f"{name}.yaml", [])
    film = Film(experiment, [stack(Network(*member.shape), train(member)) for _, member in experiment.members])
    return [frame.copy() for frame in film.frames()], experiment.animation.fps


def encoded(path, frames, fps):
    """What `relu-anim` writes of them."""
    height, width = frames[0].shape[:2]
    sample = frames[:: max(1, len(frames) // PALETTE_FRAMES)]
    timing = Timing(len(frames), fps, 0, None)
    encode = encoder(path.suffix[1:]).encode
    with encode(path, size=(width, height), timing=timing, config_text="", palette_frames=lambda: sample) as write:
        for frame in frames:
            write(frame)


def mean_psnr(path, frames):
    """Of all frames as another program shows them: PyAV for MP4, Pillow for WebP."""
    shown = _from_mp4(path) if path.suffix == ".mp4" else _from_pillow(path)
    errors = [np.square(a.astype(np.float32) - b[..., :3]).mean() for a, b in zip(shown, frames, strict=True)]
    return float(np.mean([10 * np.log10(255**2 / max(error, 1e-9)) for error in errors]))


def _from_mp4(path):
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            yield picture.to_ndarray(format="rgb24")


def _from_pillow(path):
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            yield np.asarray(image.convert("RGB"))


def compared(folder, suffix, name, write_theirs):
    """Ours and theirs: bytes, mean PSNR, and milliseconds to encode a frame, the less of two."""
    frames, fps = frames_of(name)
    sides = []
    for who, write in (("ours", encoded), ("theirs", write_theirs)):
        path, taken = Path(folder) / f"{who}.{suffix}", []
        for _ in range(2):
            start = time.perf_counter()
            write(path, frames, fps)
            taken.append(time.perf_counter() - start)
        sides.append((path.stat().st_size, mean_psnr(path, frames), 1000 * min(taken) / len(frames)))
    return len(frames), *sides


def said(ours, theirs):
    bytes_, quality, each = zip(ours, theirs, strict=True)
    return (
        f"{bytes_[0] / bytes_[1]:.2f} × ({bytes_[0] // 1000} against {bytes_[1] // 1000} kB), "
        f"{quality[0]:.2f} against {quality[1]:.2f} dB, {each[0]:.0f} against {each[1]:.0f} ms a frame"
    )


def mp4_rows(folder):
    if not FFMpegWriter.isAvailable():
        print("row 19 needs the program ffmpeg", file=sys.stderr)
        return
    for name in LINES + MAPS:
        count, ours, theirs = compared(folder, "mp4", name, by_hand.mp4)
        allowed = 0.2 if name in MAPS else 0
        wanted = f"≤ 1.15 × FFMpegWriter's, {'its PSNR within 0.2 dB' if allowed else 'at least its PSNR'}"
        reached = ours[0] <= 1.15 * theirs[0] and ours[1] >= theirs[1] - allowed
        yield "19", f"MP4 of {name}, {count} frames", wanted, said(ours, theirs), reached


def webp_rows(folder):
    for name in (LINES[0], MAPS[0]):
        count, ours, theirs = compared(folder, "webp", name, by_hand.webp)
        yield "20", f"WebP of {name}, {count} frames", "say it beside Pillow's", said(ours, theirs), True
