"""Row 4: training steps a second, beside the loop of every tutorial."""

import itertools
import statistics
import time

import by_hand
import elsewhere
import numpy as np
import torch

from relu_anim import config
from relu_anim.training import Learner
from relu_anim.training import ensemble as ensembles

STEPS = 300
SHAPES = (((1, 20, 1), 3.0), ((1, 64, 64, 1), 1.5))
RATES = {"sgd": 0.01, "adam": 0.001}


def pair(layer_sizes, optimizer):
    """Our learner and the plain loop, from the same parameters."""
    experiment = config.loads(
        "target: {function: x**2}",
        settings=[
            f"model.layer_sizes={list(layer_sizes)}",
            f"training.optimizer={{name: {optimizer}, lr: {RATES[optimizer]}}}",
        ],
    )
    learner = Learner(experiment)
    model, step = by_hand.plain_loop(layer_sizes, optimizer, RATES[optimizer])
    with torch.no_grad():
        for parameter, slot in zip(model.parameters(), learner.network.slots, strict=True):
            parameter.copy_(learner.parameters[slot.start : slot.stop].view(slot.shape))
    return learner, step


def points(random):
    x = torch.from_numpy(random.uniform(-2, 2, (256, 1)).astype(np.float32))
    return x, x**2


def largest_difference(layer_sizes, optimizer, steps=1000):
    """Of the losses of both over this many steps on the same batches, relative to the first loss."""
    learner, step = pair(layer_sizes, optimizer)
    random = np.random.default_rng(0)
    worst = first = 0.0
    for _ in range(steps):
        x, y = points(random)
        theirs = step(x, y)
        with torch.inference_mode():
            ours = learner.gradient(x, y)
            learner.update()
        first = first or theirs
        worst = max(worst, abs(ours - theirs) / first)
    return worst


def only_products(layer_sizes):
    """Seconds of a step's matrix products alone: forward, and two backward for each layer but the first."""
    random = np.random.default_rng(0)
    activations = [random.random((256, n), np.float32) for n in layer_sizes]
    weights = [random.random((o, i), np.float32) for i, o in itertools.pairwise(layer_sizes)]
    start = time.perf_counter()
    for _ in range(STEPS):
        for layer, weight in enumerate(weights):
            activations[layer].dot(weight.T)
            activations[layer + 1].T.dot(activations[layer])
            if layer:
                activations[layer + 1].dot(weight)
    return (time.perf_counter() - start) / STEPS


def step_rows(_folder):
    torch.set_num_threads(1)
    x, y = points(np.random.default_rng(1))
    for layer_sizes, wanted in SHAPES:
        products = statistics.median(only_products(layer_sizes) for _ in range(7))
        for optimizer in RATES:
            learner, _ = pair(layer_sizes, optimizer)
            timed = []
            with elsewhere.plain_loop(layer_sizes, optimizer, RATES[optimizer]) as theirs_take:
                for _ in range(9):
                    start = time.perf_counter()
                    with torch.inference_mode():
                        for _ in range(STEPS):
                            learner.step(x, y)
                    timed.append(((time.perf_counter() - start) / STEPS, theirs_take(STEPS) / STEPS))
            ours, theirs = (1e6 * statistics.median(side) for side in zip(*timed, strict=True))
            ratio = statistics.median(b / a for a, b in timed)
            name = "-".join(map(str, layer_sizes))
            result = f"{ratio:.1f} × ({ours:.0f} against {theirs:.0f} µs; its products alone {1e6 * products:.0f} µs)"
            yield "4", f"a step of {name}, {optimizer}", f"≥ {wanted} ×", result, ratio >= wanted
            difference = largest_difference(layer_sizes, optimizer)
            yield "4", "its losses over 1,000 steps", "equal in float32", f"within {difference:.0e}", difference < 1e-4


def ensemble_row(_folder):
    """64 networks with fresh points of their own, all snapshots, against one plain loop with fresh points."""
    torch.set_num_threads(1)
    epochs, count, limit = 50, 64, 8
    text = "target: {function: x**2}\nmodel: {layer_sizes: [1, 20, 1]}\ntraining: {epochs: 50}\n"
    experiments = [config.loads(text, settings=[f"seed={seed}"]) for seed in range(count)]
    timed = []
    with elsewhere.plain_loop((1, 20, 1), "sgd", 0.01) as theirs_take:
        for _ in range(5):
            start = time.perf_counter()
            for _ in ensembles.epochs(experiments):
                pass
            timed.append((time.perf_counter() - start, theirs_take(epochs * 10)))
    ours, theirs = (statistics.median(side) for side in zip(*timed, strict=True))
    ratio = statistics.median(a / b for a, b in timed)
    work = f"{count} networks 1-20-1 together, {epochs} epochs"
    yield "16", work, f"≤ {limit} × one by hand", f"{ratio:.1f} × ({ours:.2f} against {theirs:.2f} s)", ratio <= limit
