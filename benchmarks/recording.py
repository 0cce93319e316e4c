"""Rows 30 and 31: what a Recorder adds to somebody's own loop."""

import statistics
import time

import by_hand
import numpy as np
import torch

from relu_anim.interface.recorder import Recorder

SIZES, EPOCHS, STEPS, POINTS = (1, 64, 64, 1), 1000, 10, 256
MOST_MICROSECONDS, MOST_SHARE = 50, 0.05


def loop():
    """A model, and an epoch of its training."""
    model, step = by_hand.plain_loop(SIZES, "sgd", 0.01)
    random = np.random.default_rng(0)
    x = torch.from_numpy(random.uniform(-2, 2, (POINTS, 1)).astype(np.float32))

    def epoch():
        for _ in range(STEPS):
            loss = step(x, x**2)
        return loss

    return model, epoch


def snap_row(_folder):
    """The median of single snapshots; some of them get new memory from the system."""
    torch.set_num_threads(1)
    model, _ = loop()
    recorder, taken = Recorder(model, target="x**2"), []
    for _ in range(2000):
        start = time.perf_counter()
        recorder.snap(loss=0.5)
        taken.append(time.perf_counter() - start)
    median = 1e6 * statistics.median(taken)
    yield "30", "snap of 1-64-64-1", f"≤ {MOST_MICROSECONDS} µs", f"{median:.0f} µs", median <= MOST_MICROSECONDS


def overhead_row(_folder):
    """The share of the time of a loop that its snapshots take, in turn with its epochs."""
    torch.set_num_threads(1)
    model, epoch = loop()
    recorder, trained, recorded = Recorder(model, target="x**2"), 0.0, 0.0
    for _ in range(EPOCHS):
        start = time.perf_counter()
        loss = epoch()
        middle = time.perf_counter()
        recorder.snap(loss=loss)
        trained, recorded = trained + middle - start, recorded + time.perf_counter() - middle
    share = recorded / trained
    work = f"recording {EPOCHS:,} epochs of 1-64-64-1"
    yield (
        "31",
        work,
        f"≤ {100 * MOST_SHARE:.0f} % more",
        f"{100 * share:.1f} % ({recorded:.2f} of {trained:.1f} s)",
        share <= MOST_SHARE,
    )
