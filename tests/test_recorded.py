"""`kind: recorded`: films of recordings that others made."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.configs import refused
from helpers.own_loops import recorded
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.activations import named
from relu_anim.cli import app
from relu_anim.config import ConfigProblems
from relu_anim.config.kinds import RecordedExperiment
from relu_anim.errors import FileError
from relu_anim.films import Film
from relu_anim.network import Network
from relu_anim.recording import Learned, Recording

X = np.linspace(-2, 2, 9)[:, None]
POINTS = Learned(x=X, y=X**2)
BOTH = Learned("x**2", ((-2.0, 2.0),), x=X, y=X**2, loss_kind="mae")
CLASSES = Learned(x=np.c_[X, X[::-1]], y=(X > 0).astype(float), classes=("no", "yes"), columns=("a", "b", "c"))
TWO_ANSWERS = Learned("x*y", ((-2.0, 2.0), (-2.0, 2.0)))
PLANE = Network((2, 3, 2), (named("relu"), named("identity")))
MANY = Network((5, 3, 1), (named("relu"), named("identity")))


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def of(recording, **keys):
    return config.of({"kind": "recorded", "recording": "r", **keys}, tables={"r": recording.to_bytes()})


def messages(recording, **keys):
    error = refused(lambda: of(recording, **keys))
    assert isinstance(error, ConfigProblems)
    return [(problem.key, problem.message) for problem in error.problems]


def drawn(recording, **keys):
    experiment = of(recording, **keys)
    return Film(experiment, [recording])


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A folder with a recording and its config."""
    monkeypatch.chdir(tmp_path)
    recorded(BOTH).save("mine.npz")
    Path("mine.yaml").write_text("kind: recorded\nrecording: mine.npz\nanimation: {size: [320, 240], max_frames: 4}\n")
    return Path("mine.yaml")


# ---------------------------------------------------------------- what is shown


@pytest.mark.parametrize(
    ("recording", "panels", "said"),
    [
        (recorded(BOTH), ["prediction", "layers", "loss"], "learning x**2: after 5 epochs its loss is 0.167."),
        (recorded(POINTS), ["prediction", "contributions"], "learning points of its own: after 5 epochs its loss"),
        (
            recorded(Learned(domain=((-1, 1),)), loss=np.nan),
            ["layers", "activation_map"],
            "does not say: after 5 epochs.",
        ),
        (recorded(None, loss=1.0), ["loss"], "learning what its recording does not say: after 5 epochs its loss is 1."),
        (recorded(CLASSES, PLANE, accuracy=0.5), ["decision", "accuracy"], "epochs it classifies 50"),
        (recorded(None, MANY), ["loss"], "Film of a 5-3-1 network with ReLU units"),
        (recorded(Learned(steps_per_epoch=0, domain=((0, 1),))), ["network"], "after 5 steps its loss is"),
    ],
    ids=["formula and points", "points", "a domain", "nothing", "classes", "many inputs", "steps"],
)
def test_what_a_recording_holds_is_shown(recording, panels, said):
    if not recording.learned or not recording.learned.steps_per_epoch:
        steps = np.arange(len(recording))
        recording = Recording(**{**vars(recording), "step": steps, "epoch": steps * bool(not recording.learned)})
    film = drawn(recording, animation={"panels": [panels], "size": [900, 420], "max_frames": 3})
    frames = [film.frame(number) for number in range(len(film))]
    assert len({frame.tobytes() for frame in frames}) == 3
    assert said.replace("\N{NO-BREAK SPACE}", "") in film.alt.replace("\N{NARROW NO-BREAK SPACE}", "").replace(
        "\N{THIN SPACE}", ""
    )


def test_the_points_and_the_formula_of_a_recording_are_both_there():
    experiment = of(recorded(BOTH))
    np.testing.assert_array_equal(experiment.task.fixed_points()[0].x, X)
    assert experiment.task.value_at(np.array([[3.0]])) == 9
    assert (experiment.target.domain, experiment.loss_word) == ((-2.0, 2.0), "loss_mae")


def test_a_target_of_the_config_takes_the_place_of_the_recordings():
    experiment = of(recorded(BOTH), target={"function": "x", "domain": [-1, 1]})
    assert experiment.task.fixed_points() is None
    assert experiment.task.value_at(np.array([[3.0]])) == 3
    around = of(recorded(POINTS), target={"domain": [-9, 9]})
    assert around.target.domain == (-9, 9)
    np.testing.assert_array_equal(around.task.fixed_points()[0].x, X)


def test_what_a_loss_is_called_is_not_made_up():
    assert of(recorded(POINTS)).loss_word == "loss"


def test_a_stamp_says_no_loss_that_nobody_gave():
    film = drawn(recorded(BOTH, loss=np.nan), animation={"panels": ["layers"]})
    assert not film.stamp.has_loss
    losses = np.append(np.nan, np.ones(5))
    film = drawn(Recording(**{**vars(recorded(BOTH)), "loss": losses}))
    said = [[words.text for words in film.stamp.shapes(moment)] for moment in film.timeline[:2]]
    assert [words[1:] for words in said] == [["–"], ["1.00"]]


# ---------------------------------------------------------------- what is refused

EMPTY = recorded(None, loss=np.nan)
REFUSED = [
    (EMPTY, {}, "animation.panels", "network needs inputs to show the network at, and r holds none; give domain="),
    (EMPTY, {"panels": "loss"}, "animation.panels", "loss needs loss, which is not in r; give it to snap: loss=…"),
    (EMPTY, {"panels": "prediction"}, "animation.panels", "prediction needs a target or points, and r holds none"),
    (EMPTY, {"panels": "loss", "pacing": "motion"}, "animation.pacing", "motion needs inputs to look at"),
    (recorded(POINTS), {"panels": "gradients"}, "animation.panels", 'nor can it be computed; give loss="mse", say, to'),
    (recorded(POINTS), {"panels": "profile"}, "animation.panels", "profile needs gradient_norms, which is not in r"),
    (
        recorded(Learned(domain=((-1, 1),), loss_kind="mse")),
        {"panels": "gradients"},
        "animation.panels",
        "nor can it be computed; give data=(x, y) or target= to the Recorder",
    ),
    (
        recorded(Learned(x=CLASSES.x, y=CLASSES.y, classes=CLASSES.classes, loss_kind="mse"), PLANE),
        {"panels": "gradients"},
        "animation.panels",
        "nor can it be computed; the loss mse does not go with this network and what it learned",
    ),
    (recorded(BOTH), {"panels": "accuracy"}, "animation.panels", "accuracy needs a target of classes"),
    (recorded(BOTH), {"panels": "decision"}, "animation.panels", "decision needs 2 inputs, the target has 1"),
    (recorded(BOTH), {"panels": ["prediction", "loss"], "size": [200, 100]}, "animation.size", ""),
    (recorded(BOTH), {"panels": [["loss"], ["loss", "layers"]]}, "animation.panels.1", "has 2 panels, the first row 1"),
    (recorded(BOTH), {"fps": 60}, "animation.fps", "a GIF plays at most 50"),
    (recorded(BOTH), {"ensemble": "band"}, "animation.ensemble", "there is one network alone"),
    (recorded(BOTH), {"arrange": "overlay"}, "animation.arrange", "there are no variants to arrange"),
    (recorded(BOTH), {"domain": [-1, 1]}, "animation.domain", "must contain the domain that is learned"),
    (recorded(BOTH), {"domain": [[-1, 1], [0, 1]]}, "animation.domain", "gives two intervals for 1 input"),
    (recorded(BOTH), {"size": [1600, 900], "scale": 4}, "animation.scale", "are more than 4,000 pixels"),
    (recorded(BOTH), {"words": {"depht": "x"}}, "animation.words.depht", "there is no such word"),
    (recorded(BOTH), {"captions": [{"at": 1, "text": "\u1781"}]}, "animation.captions.0.text", ""),
    (
        recorded(CLASSES, PLANE),
        {"panels": "accuracy"},
        "animation.panels",
        "accuracy needs accuracy, which is not",
    ),
    (
        recorded(Learned(domain=((0, 1), (0, 1))), PLANE),
        {"panels": "decision"},
        "animation.panels",
        "decision needs one output",
    ),
    (
        recorded(TWO_ANSWERS, PLANE),
        {"panels": "decision"},
        "animation.panels",
        "decision needs one output",
    ),
    (recorded(None, MANY), {"panels": "network"}, "animation.panels", "holds none; give data=(x, y) to the Recorder"),
]
WHOLE = [
    ({"target": {"function": "x*y"}}, "target", "has 2 inputs, the network of r 1"),
    ({"target": {"function": "x", "csv": "a.csv"}}, "target", "keep one of them"),
    ({"target": {"function": "1/x"}}, "target.function", "is infinite at x = 0"),
    ({"title": "\u1781"}, "title", ""),
    ({"title": "{test_loss}"}, "title", "{test_loss} is not in r; give it to snap: test_loss=…"),
    ({"output": {"formats": ["gif", "gif"]}}, "output.formats.1", "gif is there already"),
    ({"output": {"themes": ["dark", "dark"]}}, "output.themes.1", "dark is there already"),
    ({"output": {"formats": ["mp4"]}, "animation": {"size": [401, 300]}}, "animation.size", "an MP4 needs even sizes"),
    ({"output": {"stills": [9]}}, "output.stills.0", "there is no snapshot then; the nearest is 5"),
    ({"animation": {"panels": "metrics", "metrics": ["test_loss"]}}, "animation.metrics.0", "test_loss is not in r"),
    ({"seed": 1}, "seed", "unknown key"),
    ({"variants": []}, "variants", "unknown key"),
]
CASES = [(recording, {"animation": look}, key, message) for recording, look, key, message in REFUSED]
CASES += [(recorded(BOTH), *case) for case in WHOLE]


@pytest.mark.parametrize(("recording", "keys", "key", "message"), CASES, ids=[case[2] for case in CASES])
def test_what_a_recording_cannot_show_is_said_with_place_and_cure(recording, keys, key, message):
    found = messages(recording, **keys)
    assert any(own == key and message in said for own, said in found), found
    assert not any("best_of" in said for _, said in found)  # which this kind has not


def test_every_check_has_a_case_here(monkeypatch):
    fired = set()

    def noted(check):
        def checked(e):
            found = list(check(e))
            fired.update([check.__name__] if found else [])
            return iter(found)

        vars(checked).update(vars(check))
        return checked

    every = RecordedExperiment.checks
    monkeypatch.setattr(RecordedExperiment, "checks", tuple(map(noted, every)))
    for recording, keys, *_ in CASES:
        messages(recording, **keys)
    assert fired == {check.__name__ for check in every} - {"dataset_is_here"}


# ---------------------------------------------------------------- files and commands


def test_it_is_made_redrawn_and_current_as_any_other(mine):
    assert "built" in run("run", mine).stderr
    assert "nothing to do" in run("run", mine).stderr or "current" in run("run", mine).stderr
    summary = json.loads(Path("outputs/mine.json").read_text())
    assert (summary["config"]["target"], list(summary["inputs"])) == (None, ["mine.npz"])
    assert not Path("outputs/.recordings").exists()
    before = Path("outputs/mine.gif").read_bytes()
    recorded(BOTH, snapshots=7).save("mine.npz")
    result = run("run", mine, "-n")
    assert "the recording has changed" in result.stdout + result.stderr
    run("run", mine)
    assert Path("outputs/mine.gif").read_bytes() != before
    assert config.loads(run("show", "outputs/mine.gif").stdout).recording == "mine.npz"


def test_stills_themes_settings_and_drafts_work(mine):
    result = run("run", mine, "-s", "output.themes=[light, dark]", "-s", "output.strip=[0, 5]", "--at", "2,5")
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in Path("outputs").glob("*.png")} == {
        f"mine{theme}-epoch-{epoch}.png" for theme in ("", "-dark") for epoch in (2, 5)
    }
    assert run("run", mine, "--draft", "--deps", "mine.d").exit_code == 0
    assert Path("outputs/mine-draft.gif").exists()
    assert "mine.npz" in Path("mine.d").read_text()


@pytest.mark.soak
def test_it_is_made_alike_in_another_process(mine):
    shutil.copy(mine, "other.yaml")
    assert run("run", mine, "other.yaml", "-j", "2").exit_code == 0
    here = {name: Path(f"outputs/{name}.gif").read_bytes() for name in ("mine", "other")}
    assert here["mine"] == here["other"]
    assert run("run", mine, "--force").exit_code == 0
    assert Path("outputs/mine.gif").read_bytes() == here["mine"]


def test_a_film_is_never_written_over_its_recording_and_a_bad_one_is_named(mine):
    assert run("run", mine, "-s", "recording=mien.npz").stderr.startswith(
        "--set:1:11: recording: there is no file mien.npz; did you mean mine.npz?"
    )
    Path("mine.npz").write_bytes(Path("mine.npz").read_bytes()[:-30])
    result = run("validate", mine)
    assert result.exit_code == 2
    assert "mine.yaml:2:12: recording: mine.npz: not a usable recording" in result.stdout + result.stderr
    result = run("seeds", mine)
    assert (result.exit_code, "Traceback" in result.stderr) == (2, False)


def test_many_seeds_of_a_recording_cannot_be_compared(mine):
    result = run("seeds", mine)
    assert (result.exit_code, "only configs of kind: training can be surveyed" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps_per_epoch": "1"},
        {"domain": [[1, 0]]},
        {"domain": [[0, "inf"]]},
        {"classes": [1]},
        {"points": 3},
        {"function": None},
        {"loss_kind": 3},
        {"columns": 5},
    ],
)
def test_a_recording_that_says_what_cannot_be_is_refused(wrong, monkeypatch):
    said = Learned.as_json
    monkeypatch.setattr(Learned, "as_json", lambda self: {**said(self), **wrong})
    content = recorded(POINTS).to_bytes()
    error = refused(lambda: Recording.from_bytes(content, "r.npz"))
    assert isinstance(error, FileError)
    assert str(error).startswith("r.npz: not a usable recording")


@pytest.mark.parametrize(
    "learned",
    [
        Learned(x=np.ones((3, 2)), y=np.ones((3, 1))),
        Learned(domain=((0, 1), (0, 1))),
        Learned(x=np.ones((3, 1)), y=np.full((3, 1), np.nan)),
        Learned(x=np.ones((3, 1)), y=np.ones((2, 1))),
        Learned(x=np.ones((3, 1)), y=np.full((3, 1), 0.5), classes=("a", "b")),
        Learned(x=np.ones((3, 1)), y=np.full((3, 1), 2.0), classes=("a", "b")),
    ],
)
def test_points_that_do_not_fit_a_network_are_refused(learned):
    assert "not a usable recording" in str(refused(lambda: Recording.from_bytes(recorded(learned).to_bytes())))
