"""docs/recorder.md: every block runs, with the real libraries."""

import re
import sys
import warnings
from pathlib import Path

import pytest

from relu_anim import config
from relu_anim.recording import Recording

PAGE = (Path(__file__).parent.parent / "docs" / "recorder.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(python|yaml)\n(.*?)```", PAGE, re.DOTALL)
LIBRARIES = {"sklearn": "sklearn.gif", "keras": "keras.gif"}


def of_library(code):
    return next((name for name in LIBRARIES if f"import {name}\n" in code or f"from {name}." in code), "")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_blocks_of_torch_and_of_recordings_run_one_after_the_other():
    names = {}
    for kind, code in BLOCKS:
        if kind == "python" and not of_library(code):
            exec(code, names)
        elif kind == "yaml":
            Path("mine.yaml").write_text(code)
            assert config.load(Path("mine.yaml")).kind == "recorded"
    assert Path("mine.gif").read_bytes().startswith(b"GIF89a")
    assert names["header"]["version"] == 4
    assert (names["arrays"]["parameters"] == Recording.load("mine.npz").parameters).all()
    assert len(Recording.load("safe.npz")) == 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_loops_of_other_libraries_run(library, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (code,) = [code for _, code in BLOCKS if of_library(code) == library]
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        exec(code, names)
    recording = names["recorder"].recording
    x = names["x"]
    wanted = names["net"].predict(x) if library == "sklearn" else names["model"](x).detach().numpy().ravel()
    output = recording.network.output(recording.parameters[-1].astype(float), x).ravel()
    assert abs(output - wanted).max() < 1e-5
    assert abs(recording.parameters[1] - recording.parameters[-1]).max() > 1e-3
    assert Path(LIBRARIES[library]).read_bytes().startswith(b"GIF89a")
    assert library in sys.modules
