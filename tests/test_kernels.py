"""The same config gives the same film on every x86-64 processor with AVX2, whatever the caller's environment says.

`python tests/test_kernels.py` prints what stands in kernels.json, for a change that is meant to change films.
"""

import hashlib
import json
import math
import os
import re
import subprocess
import sys
import tempfile
from base64 import b64decode
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from relu_anim import kernels
from relu_anim.errors import FileError
from relu_anim.expressions import parse
from relu_anim.making import jobs
from relu_anim.recording import Recording
from relu_anim.recording.snapshots import ARRAYS
from relu_anim.training.arithmetic import exact
from relu_anim.training.gradients import quietly

KNOWN = Path(__file__).with_name("kernels.json")
PACKAGES = ("numpy", "torch", "matplotlib", "pillow", "av")
ONE_INPUT = """
target: {function: sin(2*x) + x/3, domain: [-4, 4]}
data: {samples: 300}
training: {epochs: 12, batch_size: 50, optimizer: OPTIMIZER}
model: {layer_sizes: [1, 24, 16, 1], activation: ACTIVATION}
animation: {size: [400, 700], max_frames: 6, panels: PANELS}
output: {formats: [FORMAT]}
"""
TWO_INPUTS = """
target: {function: sin(x*y), domain: [-2, 2]}
data: {samples: 300}
training: {epochs: 10, optimizer: {name: adam, lr: 0.01, amsgrad: true}, l1: 0.001}
model: {layer_sizes: [2, 16, 16, 1], activation: relu}
animation: {size: [400, 400], max_frames: 5, panels: [decision]}
"""
CLASSES = """
target: {dataset: spiral}
data: {samples: 200, test_fraction: 0.2, classes: 3}
training: {epochs: 10, batch_size: 32, loss: cross_entropy, optimizer: {name: adam, lr: 0.01}}
model: {layer_sizes: [2, 20, 20, 3], activation: tanh}
animation: {size: [500, 420], max_frames: 5, panels: [[decision, accuracy], [network, gradients]]}
"""
ENSEMBLE = """
seed: {best_of: 6}
target: {function: x**2, domain: [-5, 5]}
training: {epochs: 10}
model: {layer_sizes: [1, 8, 8, 1]}
animation: {size: [400, 300], max_frames: 5, ensemble: band, panels: [[prediction], [loss]]}
"""


def one_input(optimizer, activation="relu", panels="[prediction]", form="gif"):
    words = {"OPTIMIZER": optimizer, "ACTIVATION": activation, "PANELS": panels, "FORMAT": form}
    text = ONE_INPUT
    for word, value in words.items():
        text = text.replace(word, value)
    return text


CONFIGS = {
    "sgd": one_input("{name: sgd, lr: 0.05, momentum: 0.9, nesterov: true}", panels="[[layers], [loss]]"),
    "adam_formula": one_input("{name: adam, lr: 0.01}", '"x / (1 + exp(-1.7*x)) + 0.1*sin(3*x)"'),
    "adamw": one_input("{name: adamw, lr: 0.01}", "gelu", form="mp4"),
    "rmsprop": one_input("{name: rmsprop, lr: 0.003, momentum: 0.5}", "prelu", "[[contributions, activation_map]]"),
    "adagrad": one_input("{name: adagrad, lr: 0.05}", "elu", form="webp"),
    "cells": one_input("{name: sgd, lr: 0.05}", panels="[activation_map]", form="animated-svg"),
    "two_inputs": TWO_INPUTS,
    "classes": CLASSES,
    "ensemble": ENSEMBLE,
}
ALL, BETWEEN, NONE = "NumPy with all there is", "NumPy without AVX-512", "all without AVX2"
LEVELS = {
    ALL: {"MKL_CBWR": "AUTO", "ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "ALL"},
    BETWEEN: {"NPY_ENABLE_CPU_FEATURES": "X86_V3", "MKL_CBWR": "AVX512"},
    NONE: {
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "ATEN_CPU_CAPABILITY": "default",
    },
}


def found_in(folder, **environment):
    """The hashes of every recording and decoded film that the command makes in this folder with this environment."""
    for name, text in CONFIGS.items():
        (folder / f"{name}.yaml").write_text(text)
    ours = {*kernels.KERNELS, *kernels.THREADS} - {"OPENBLAS_NUM_THREADS"}
    caller = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "-m", "relu_anim", "run", "-q", *(f"{name}.yaml" for name in CONFIGS)]
    subprocess.run(command, cwd=folder, env={**caller, **environment}, check=True, stdout=subprocess.DEVNULL)
    return {name: hashes(folder / "outputs", name) for name in CONFIGS}


def hashes(outputs, name):
    summary = json.loads((outputs / f"{name}.json").read_text())
    assert summary["kernels"] == kernels.PINNED
    (film,) = summary["outputs"]
    recording = hashlib.sha256()
    for kept in summary["recordings"]:
        found = Recording.load(outputs / ".recordings" / kept)
        for name in sorted(ARRAYS):  # not the header, which says by which version it was written
            recording.update(getattr(found, name).tobytes())
    shown = hashlib.sha256(b"".join(frames(outputs / film)))
    return {"recording": recording.hexdigest()[:16], "film": shown.hexdigest()[:16]}


def frames(path):
    """The frames as another program decodes them: RGB, or the planes of a video. Of an SVG its images, as they are
    compressed."""
    if path.suffix == ".svg":
        yield from map(b64decode, re.findall(rb"data:image/webp;base64,([^\"]+)", path.read_bytes()))
        return
    if path.suffix == ".mp4":
        with av.open(str(path)) as container:
            yield from (frame.to_ndarray(format=frame.format.name).tobytes() for frame in container.decode(video=0))
        return
    with Image.open(path) as image:
        yield from (frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(image))


def installed():
    return {name: version(name) for name in PACKAGES}


needs_pinned = pytest.mark.skipif(kernels.chosen() != kernels.PINNED, reason=f"kernels are {kernels.chosen()}")


@needs_pinned
@pytest.mark.parametrize("level", [ALL, *(pytest.param(level, marks=pytest.mark.soak) for level in (BETWEEN, NONE))])
def test_recordings_and_films_have_the_known_hashes_whatever_the_environment_says(level, tmp_path):
    known = json.loads(KNOWN.read_text())
    if known["versions"] != installed():
        pytest.skip("the hashes are those of other versions of the packages")
    assert found_in(tmp_path, **LEVELS[level]) == known["hashes"]


def chosen_by(code, **environment):
    """What a fresh process says of its kernels after this code."""
    ours = {*kernels.KERNELS, kernels.CORE} if "OPENBLAS_CORETYPE" in environment else set(kernels.KERNELS)
    caller = {name: value for name, value in os.environ.items() if name not in ours}
    code = f"{code}\nfrom relu_anim import kernels\nprint(kernels.chosen())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**caller, **environment}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


PIN = "from relu_anim import kernels; kernels.pin()"


@needs_pinned
def test_kernels_are_pinned_before_numpy_is_loaded_and_in_the_processes_of_one_that_is():
    assert chosen_by(PIN, MKL_CBWR="AVX2") == kernels.PINNED
    assert chosen_by(f"{PIN}; import numpy; kernels.pin()") == kernels.PINNED
    assert chosen_by("import numpy", **kernels.KERNELS) == kernels.PINNED


@needs_pinned
@pytest.mark.parametrize("load", ["import numpy", "import sys; sys.modules['torch'] = None"], ids=["numpy", "torch"])
def test_where_numpy_or_torch_was_loaded_before_it_is_said_and_nothing_is_set(load):
    code = f"import os; {load}; before = dict(os.environ); {PIN}; assert os.environ == before"
    assert chosen_by(code) == "not pinned: NumPy or torch was loaded before"


@needs_pinned
def test_a_core_that_the_environment_names_is_respected_and_said():
    assert chosen_by(PIN, OPENBLAS_CORETYPE="Zen") == "OPENBLAS_CORETYPE=Zen"
    assert chosen_by(PIN, OPENBLAS_CORETYPE="HASWELL") == kernels.PINNED
    assert chosen_by(PIN, OPENBLAS_CORETYPE="") == kernels.PINNED


@pytest.mark.parametrize(
    ("machine", "flags", "words"),
    [
        ("aarch64", b"", "not pinned: the processor is aarch64, not x86-64"),
        ("x86_64", b"flags : sse2 avx fma\n", "not pinned: no AVX2 is found on this processor"),
    ],
)
def test_a_processor_without_these_kernels_works_with_its_own_and_says_so(machine, flags, words, monkeypatch, tmp_path):
    (tmp_path / "cpuinfo").write_bytes(flags)
    monkeypatch.setattr(kernels, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(kernels.platform, "machine", lambda: machine)
    monkeypatch.setattr(kernels, "_loaded", lambda: False)
    for name in kernels.KERNELS:
        monkeypatch.setenv(name, "of the caller")
    kernels._missing.cache_clear()
    try:
        kernels.pin()
        assert kernels.chosen() == words
        assert not set(kernels.KERNELS) & set(os.environ)
    finally:
        kernels._missing.cache_clear()


def test_a_job_for_other_kernels_is_refused_with_the_command_that_has_them():
    there = {"torch": "1.0", "kernels": "OPENBLAS_CORETYPE=Zen"}
    wanted = {"torch": "1.0", "kernels": "pinned"}
    expected = "has kernels OPENBLAS_CORETYPE=Zen, here they are pinned; set OPENBLAS_CORETYPE alike on both sides, or "
    assert jobs.other_versions(there, wanted) == expected + "nowhere"
    assert not jobs.other_versions(there, there)
    unpinned = jobs.other_versions({"torch": "1.0", "kernels": "not pinned"}, wanted)
    assert unpinned == "has kernels not pinned, here they are pinned; start it with: relu-anim worker ADDRESS"
    made = jobs.run_job({"versions": {"kernels": "others"}})
    assert (made["exit_code"], made["error"].split(";")[0]) == (
        FileError.exit_code,
        f"a worker has kernels {kernels.chosen()}, here they are others",
    )


@pytest.mark.parametrize("formula", ["sqrt(x)", "x**0.5", "x**1.5"])
def test_roots_in_training_are_the_nearest_numbers_as_those_of_mkl_are_not(formula):
    x = torch.from_numpy(np.random.default_rng(0).uniform(0.01, 9, 1000).astype(np.float32))
    value, slope = parse(formula, ("x",)).with_derivative(x, exact)
    roots = np.sqrt(x.numpy())
    if formula == "x**1.5":
        assert (slope.numpy() == np.float32(1.5) * roots).all()
    else:
        assert (value.numpy() == roots).all()
        assert np.abs(slope.numpy() * roots - 0.5).max() < 1e-6


@pytest.mark.parametrize("name", ["asin", "acos", "atan"])
def test_inverse_angles_in_training_are_those_of_float64(name):
    x = torch.linspace(-1, 1, 2001)
    expected = [getattr(math, name)(value) for value in x.tolist()]
    assert getattr(exact, name)(x).double().numpy() == pytest.approx(expected, abs=4e-7)
    with quietly():
        beyond = getattr(exact, name)(torch.tensor([2.0])).isnan().item()
    assert beyond == (name != "atan")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps({"versions": installed(), "hashes": found_in(Path(scratch))}, indent=2))  # noqa: T201
