"""Networks that somebody trains himself, and what stands in for parts of the interface for Python."""

import sys
import types
from importlib.util import find_spec

import numpy as np

import relu_anim
from relu_anim import film
from relu_anim.activations import named
from relu_anim.interface.recorder import Recorder
from relu_anim.network import Network
from relu_anim.recording import Recording, Snapshot, stack

NETWORK = Network((1, 3, 1), (named("relu"), named("identity")))
NAN = float("nan")


def recorded(learned=None, network=NETWORK, snapshots=6, steps=1, **numbers):
    """A recording of a network that drifts, with these numbers at all snapshots."""
    start, end = np.random.default_rng(3).normal(0, 1.5, (2, network.parameter_count))
    norms = np.full(len(network.activations), np.nan, np.float32)
    rows = [
        Snapshot(
            epoch,
            epoch * steps,
            (start + (end - start) * epoch / snapshots).astype(np.float32),
            numbers.get("loss", 1 / (1 + epoch)),
            numbers.get("test_loss", NAN),
            norms,
            numbers.get("accuracy", NAN),
            numbers.get("test_accuracy", NAN),
        )
        for epoch in range(snapshots)
    ]
    return stack(network, rows, learned=learned)


def give_interface(monkeypatch):
    """`relu_anim.Recorder`, `.Recording` and the films of recorders, wherever they come from."""
    monkeypatch.setattr(relu_anim, "Recorder", Recorder, raising=False)
    monkeypatch.setattr(relu_anim, "Recording", Recording, raising=False)
    if find_spec("relu_anim.interface.film") is None:
        module = types.ModuleType("relu_anim.interface.film")
        module.Film = film.Film
        monkeypatch.setitem(sys.modules, module.__name__, module)
