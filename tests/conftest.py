"""Fixtures that several test files use: experiments from a few keys, and recordings made without training. What is no
fixture stands in `helpers`."""

import gc
import os

from relu_anim import kernels

kernels.pin()  # before NumPy is loaded, as the command does

import json  # noqa: E402
from copy import deepcopy  # noqa: E402
from functools import cache  # noqa: E402

import numpy as np  # noqa: E402
import pytest  # noqa: E402
import typer.testing  # noqa: E402

pytest.register_assert_rewrite("helpers")

from helpers.pages import chromium  # noqa: E402

from relu_anim import config  # noqa: E402
from relu_anim.making import executors  # noqa: E402
from relu_anim.network import Network  # noqa: E402
from relu_anim.recording import Recording  # noqa: E402

# As in a process, the command is put together once, and not for every call, which takes as long as many calls do.
typer.testing._get_command = cache(typer.testing._get_command)

BASE = """
target: {function: x**2, domain: [-5, 5]}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 12}
animation: {size: [400, 300], max_frames: 8}
"""


def experiment(*settings):
    """A small experiment with these KEY=VALUE changes."""
    return config.loads(BASE, settings=settings)


def fake_recording(experiment, seed=0, stopped=""):
    """A recording whose network drifts from one random state to another while its loss falls and its accuracy rises."""
    network = Network(*experiment.shape)
    random = np.random.default_rng(seed)
    start, end = random.normal(0, 1.5, (2, network.parameter_count)).astype(np.float32)
    epochs = experiment.training.epochs
    has_classes, has_tests = experiment.training.loss in ("bce", "cross_entropy"), experiment.data.test_fraction > 0
    epoch = np.arange(epochs + 1)
    none = np.full(epochs + 1, np.nan)
    return Recording(
        network,
        epoch=epoch,
        step=experiment.steps * epoch,
        parameters=start + (end - start) * (epoch / max(epochs, 1)).astype(np.float32)[:, None],
        loss=100 / (epoch + 1),
        test_loss=120 / (epoch + 1) if has_tests else none,
        gradient_norms=np.ones((epochs + 1, len(network.activations)), np.float32),
        accuracy=1 - 0.5 / (epoch + 1) if has_classes else none,
        test_accuracy=1 - 0.6 / (epoch + 1) if has_classes and has_tests else none,
        stopped=stopped,
    )


def pytest_collection_finish():
    """Have Python look no more for garbage among the modules and tests, which all stay, and seldom among the rest: a
    tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.hookimpl(tryfirst=True)  # before their groups are read
def pytest_collection_modifyitems(items):
    """Have one process run all tests of a file, since they share what it makes, and begin with those that take long."""
    group = {item: mark.args[0] if (mark := item.get_closest_marker("xdist_group")) else "" for item in items}
    for item in items:
        if not group[item]:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: group[item] == "")


def pytest_xdist_auto_num_workers():
    """Two more than there are processors: tests wait for browsers and other processes."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, in which the test runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")  # what drives it is in the way of other event loops
def browser():
    """Debian's Chromium, for tests of the group «site», which one process runs."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def worker():
    """What does a job once, and gives the same whenever it is asked for again."""
    done, real = {}, executors.run_job

    def run_job(job, report, keep):
        key = json.dumps({**job, "recordings": []}, default=str)
        made = done.get(key) or done.setdefault(key, real(job, report))
        for name, content in made["recordings"].items():
            keep(name, content)
        return {**deepcopy(made), "recordings": {}}

    return run_job


@pytest.fixture(name="experiment", scope="session")
def _experiment():
    return experiment


@pytest.fixture(name="fake_recording", scope="session")
def _fake_recording():
    return fake_recording
