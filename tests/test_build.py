import json
from pathlib import Path

import numpy as np
import pytest
from helpers.processes import hashes, made_here, run
from PIL import Image

from relu_anim import config
from relu_anim.encoders import read_config_text
from relu_anim.errors import ConfigError, FileError, TrainingDiverged
from relu_anim.films import Film
from relu_anim.making import build
from relu_anim.recording import Recording

TINY = """
target: {function: x**2}
data: {samples: 32}
model: {layer_sizes: [1, 2, 1]}
training: {epochs: 3, batch_size: 16}
animation: {size: [200, 150]}
"""


def nobody(what, done, total):
    pass


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("tiny.yaml")
    path.write_text(TINY)
    return path


def make(source, *settings, force=False, **options):
    return build.run(build.plan(source, settings, **options), nobody, force=force)


def test_outputs_lie_flat_under_the_stem_of_the_config(source):
    result = make(source, formats=["gif", "png", "svg"])
    assert result.outputs == ["outputs/tiny.gif", "outputs/tiny.png", "outputs/tiny.svg"]
    assert sorted(p.name for p in Path("outputs").iterdir()) == [
        ".recordings",
        "tiny.gif",
        "tiny.json",
        "tiny.png",
        "tiny.svg",
    ]


def test_a_new_look_is_drawn_from_the_kept_recording(source):
    assert make(source).status == "built"
    assert make(source, "animation.theme=dark", "title=Another").status == "redrawn"
    assert make(source, "seed=1").status == "built"
    assert make(source, force=True).status == "built"


def test_a_damaged_recording_is_made_anew(source):
    make(source)
    (recording,) = Path("outputs/.recordings").glob("*.npz")
    recording.write_bytes(recording.read_bytes()[:100])
    assert make(source).status == "built"
    assert make(source).status == "current"


def test_the_summary_tells_what_was_made_and_from_what(source):
    result = make(source)
    summary = json.loads(Path("outputs/tiny.json").read_text())
    assert summary["metrics"] == result.metrics
    assert summary["config"] == json.loads(json.dumps(config.load(source).model_dump(mode="json")))
    assert {"relu-anim", "torch", "numpy", "matplotlib", "av"} <= summary["versions"].keys()
    assert {"train", "prepare", "gif", "measure"} <= summary["seconds"].keys()
    assert "1-2-1 network with ReLU units learning x**2" in summary["alt"]


def test_a_divergence_writes_nothing_and_keeps_the_old_file(source):
    make(source)
    before = {path: path.read_bytes() for path in Path("outputs").rglob("*") if path.is_file()}
    with pytest.raises(TrainingDiverged):
        make(source, "training.optimizer.lr=1e6", "training.epochs=30")
    assert {path: path.read_bytes() for path in Path("outputs").rglob("*") if path.is_file()} == before


def test_a_divergence_may_be_kept_up_to_its_last_number(source):
    result = make(source, "training.optimizer.lr=1e6", "training.epochs=30", "training.on_divergence=keep")
    assert result.metrics["epoch"] < 30
    assert "diverged" in result.metrics["stopped"]
    again = make(source, "training.optimizer.lr=1e6", "training.epochs=30", "training.on_divergence=keep")
    assert (again.status, again.metrics) == ("current", result.metrics)


@pytest.mark.parametrize("options", [{}, {"formats": ["png", "png", "gif"]}, {"output": Path("a.svg")}])
def test_a_config_is_read_once(source, options, monkeypatch):
    read, reads = config.document.read, []
    monkeypatch.setattr(config.document, "read", lambda path: reads.append(path) or read(path))
    plan = build.plan(source, **options)
    assert (reads, list(plan.outputs)) == (
        [source],
        {"": [".gif"], "formats": [".png", ".gif"], "output": [".svg"]}["".join(options)],
    )


@pytest.mark.parametrize("name", ["film.txt", "film", "film.jpeg"])
def test_an_output_of_no_known_format_is_refused(source, name):
    with pytest.raises(ConfigError, match="suffix"):
        build.plan(source, output=Path(name))


def test_an_output_name_may_hold_dots(source):
    assert make(source, output=Path("a/fig.1.png")).outputs == ["a/fig.1.png"]
    assert Path("a/fig.1.json").exists()


def test_a_file_where_the_output_folder_should_be_is_said_before_training(source):
    Path("outputs").write_text("in the way")
    with pytest.raises(FileError, match="outputs"):
        build.run(build.plan(source), lambda *_: pytest.fail("training began"))


def test_progress_goes_from_nothing_to_all(source):
    told = []
    build.run(build.plan(source), lambda *args: told.append(args))
    for what in ("training", "drawing gif"):
        done = [d for w, d, _ in told if w == what]
        total = {t for w, _, t in told if w == what}
        assert done[0] == 0
        assert {done[-1]} == total


def test_the_same_config_gives_the_same_bytes_wherever_it_runs(source, tmp_path):
    """In this process, and in one with another folder, time zone, language and number of threads."""
    order = "tiny.yaml", "-f", "gif,mp4,webp,png,svg,pdf"
    here = made_here(*order)
    there = tmp_path / "there"
    there.mkdir()
    (there / "tiny.yaml").write_text(TINY)
    (there / "matplotlibrc").write_text("lines.linewidth: 9\n")
    changes = {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "OMP_NUM_THREADS": "2"}
    assert run(*order, "-q", cwd=there, env=changes).returncode == 0
    assert len(here) == 8
    assert hashes(there / "outputs") == here


def test_every_frame_of_a_gif_is_shown_at_50_db(source):
    settings = ["animation.panels=[[prediction, loss]]", "animation.size=[500, 300]", "training.epochs=40"]
    make(source, *settings)
    loaded = config.load(source, settings)
    film = Film(loaded, [Recording.load(build.plan(source, settings).recording(loaded))])
    with Image.open("outputs/tiny.gif") as image:
        assert image.n_frames == len(film)
        for number, frame in enumerate(film.frames()):
            image.seek(number)
            error = np.asarray(image.convert("RGB")).astype(float) - frame[..., :3]
            assert 10 * np.log10(255**2 / np.square(error).mean()) >= 50


def test_the_config_inside_a_film_makes_the_same_film_again(source, tmp_path):
    make(source, "seed=5")
    first = Path("outputs/tiny.gif").read_bytes()
    again = tmp_path / "again.yaml"
    again.write_text(read_config_text(Path("outputs/tiny.gif")))
    make(again)
    assert Path("outputs/again.gif").read_bytes() == first
