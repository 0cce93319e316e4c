"""Rows 1 to 3 and 9: films drawn and encoded, beside what a user writes by hand."""

import statistics
import time
import unittest.mock
from concurrent.futures import Executor, Future
from pathlib import Path

import by_hand
import numpy as np
from PIL import Image

from relu_anim import config
from relu_anim.encoders import Timing, encoder
from relu_anim.films import Film
from relu_anim.films.saving import PALETTE_FRAMES
from relu_anim.network import Network
from relu_anim.recording import stack
from relu_anim.training import train

PREDICTION = """
target: {function: x**2}
model: {layer_sizes: [1, 20, 1]}
training: {epochs: 99}
animation: {max_frames: 100, hold: 0, size: [700, 500]}
"""
LAYERS = """
seed: 3
target: {function: x**2}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 499}
animation: {panels: [layers], max_frames: 500, hold: 0, size: [1000, 1000], ylim: [-30, 30]}
"""


def recorded(text, *settings):
    experiment = config.loads(text, settings=settings)
    return experiment, stack(Network(*experiment.shape), train(experiment))


def write_film(path, experiment, recording):
    """What `relu-anim run` does with a recording; returns the film."""
    film = Film(experiment, [recording])
    animation = experiment.animation
    timing = Timing(len(film), animation.fps, animation.hold, None)
    every = max(1, len(film) // PALETTE_FRAMES)
    with encoder(path.suffix[1:]).encode(
        path, size=animation.size, timing=timing, config_text="", palette_frames=lambda: film.frames(every)
    ) as write:
        for frame in film.frames():
            write(frame)
    return film


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def side_by_side(ours, theirs, times):
    """Medians of both, run in turn, and the median of their ratios."""
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(times)]
    return *(statistics.median(side) for side in zip(*pairs, strict=True)), statistics.median(b / a for a, b in pairs)


def psnr_of_worst_frame(path, film):
    """Every frame of a GIF, decoded by Pillow, against the frame as it was drawn."""
    worst = np.inf
    with Image.open(path) as image:
        for number, frame in enumerate(film.frames()):
            image.seek(number)
            shown = np.asarray(image.convert("RGB")).astype(np.float64)
            worst = min(worst, 10 * np.log10(255**2 / max(((shown - frame[..., :3]) ** 2).mean(), 1e-9)))
    return worst


def prediction_rows(folder):
    yield from compared(1, *recorded(PREDICTION), 25, 3, Path(folder))


def layers_rows(folder):
    yield from compared(2, *recorded(LAYERS), 40, 1, Path(folder))  # theirs takes three minutes


def compared(row, experiment, recording, wanted, times, folder):
    """Theirs this many times; ours once before and twice after, so that what else the machine does meets both."""
    ours, theirs = folder / "ours.gif", folder / "theirs.gif"
    by, arguments = by_hands_version(experiment, recording)

    def write():
        return seconds(lambda: write_film(ours, experiment, recording))

    first = write()
    b = statistics.median(seconds(lambda: by(theirs, *arguments)) for _ in range(times))
    a = statistics.median([first, write(), write()])
    frames = len(recording)
    what = f"{frames} frames {'×'.join(map(str, experiment.animation.size))}"
    each = f"{1000 * a / frames:.1f} against {1000 * b / frames:.0f} ms a frame"
    yield f"{row}", f"draw and encode, {what}", f"≥ {wanted} ×", f"{b / a:.1f} × ({each})", b / a >= wanted
    size = ours.stat().st_size / theirs.stat().st_size
    worst = psnr_of_worst_frame(ours, Film(experiment, [recording]))
    quality = f"{size:.3f} ({ours.stat().st_size // 1000} kB), worst frame {worst:.1f} dB"
    yield "3", f"bytes and PSNR of {row}", "≤ 0.40, ≥ 50 dB", quality, size <= 0.40 and worst >= 50


def by_hands_version(experiment, recording):
    """The function of `by_hand` for this film and what it is given: curves computed beforehand."""
    network = Network(*experiment.shape)
    stages = network.stages(recording.parameters.astype(np.float64), np.linspace(-5, 5, 1000)[:, None])
    if "layers" in experiment.animation.panels[0]:
        return by_hand.layers_film, ([(s.title, s.values) for s in stages], recording.epoch, recording.loss)
    return by_hand.prediction_film, (stages[-1].values[..., 0], recording.epoch, recording.loss)


class AtOnce(Executor):
    """Does in this thread what is handed to it."""

    def __init__(self, max_workers):
        pass

    def submit(self, function, *arguments):
        done = Future()
        done.set_result(function(*arguments))
        return done


def thread_row(folder):
    experiment, recording = recorded(LAYERS, "animation.max_frames=100")
    path = Path(folder) / "film.gif"

    def in_one_thread():
        with unittest.mock.patch("relu_anim.encoders.gif.ThreadPoolExecutor", AtOnce):
            write_film(path, experiment, recording)

    *_, gain = side_by_side(lambda: write_film(path, experiment, recording), in_one_thread, 5)
    yield "9", "compressing in a second thread", "say the gain", f"{gain:.2f} ×", True
