"""`seed: {best_of: 64}`: a seed that the run chooses, and the networks that it was chosen from."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.drawn import drawn
from helpers.recorders import Box
from matplotlib.colors import to_hex, to_rgba
from typer.testing import CliRunner

from relu_anim import config
from relu_anim.cli import app
from relu_anim.config.kinds import experiment as experiment_kind
from relu_anim.drawing.shapes import Area, Lines
from relu_anim.films import Film
from relu_anim.making import recordings as own
from relu_anim.panels.ensembles import FAINT, quantiles
from relu_anim.recording import Ensemble, joined
from relu_anim.training import ensemble as training
from relu_anim.training.ensemble import epochs, gathered
from relu_anim.words import Wording

TINY = """\
title: A parabola
seed: {best_of: 6}
target: {function: x**2}
data: {samples: 64}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 5}
animation: {size: [420, 300], max_frames: 2}
"""
VARIANTS = """\
variants:
  - {label: ReLU, set: {model.activation: relu}}
  - {label: tanh, set: {model.activation: tanh}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY)


def call(*arguments, code=0):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.stderr
    return result


def made(*arguments):
    return json.loads(call("run", *arguments, "--json", "-q").stdout)


def together(experiment, count, whole=True):
    members = [experiment.with_seed(seed) for seed in range(count)]
    return gathered(members, epochs(members), whole)


def loaded(*settings, text=TINY):
    return config.loads(text, settings=settings)


# ---------------------------------------------------------------- which seed


@pytest.mark.parametrize(("which", "place"), [("best", 0), ("median", 2), ("worst", 5)])
def test_a_run_takes_the_seed_that_a_survey_names(which, place):
    survey = json.loads(call("seeds", "tiny.yaml", "-n", 6, "--json").stdout)
    metrics = made("tiny.yaml", "-s", f"seed={{{which}_of: 6}}")["metrics"]
    ranked = sorted((loss, int(seed)) for seed, loss in survey["losses"].items())
    assert (metrics["loss"], metrics["seed"]) == ranked[place] == (survey[which]["loss"], survey[which]["seed"])


def test_the_network_is_the_one_that_a_run_with_this_seed_alone_shows():
    chosen = made("tiny.yaml")["metrics"]
    alone = made("tiny.yaml", "-s", f"seed={chosen['seed']}", "-o", "alone.gif")["metrics"]
    assert chosen["loss"] == pytest.approx(alone["loss"], rel=1e-5)
    assert "seed" not in alone


def test_the_summary_and_the_stamp_name_the_seed():
    metrics = made("tiny.yaml")["metrics"]
    summary = json.loads(Path("outputs/tiny.json").read_text())
    assert summary["metrics"]["seed"] == metrics["seed"]
    assert summary["config"]["seed"] == {"best_of": 6}
    assert f"learning x**2, the best of 6 seeds ({metrics['seed']}): after 5 epochs" in summary["alt"]
    film = filmed("animation.size=[600, 300]")
    assert f"seed {metrics['seed']}, best of 6" in words(film)
    assert f"seed {metrics['seed']}" in words(filmed("animation.size=[260, 300]"))


def filmed(*settings, text=TINY):
    experiment = loaded(*settings, text=text)
    recorded = Box().record(experiment)
    return Film(experiment, recorded.recordings, recorded.ensembles)


def words(film):
    return [text.get_text() for text in film.figure.texts]


def test_the_film_carries_the_choice_and_not_what_came_of_it():
    call("run", "tiny.yaml", "-q")
    shown = call("show", "outputs/tiny.gif").stdout
    assert config.loads(shown).choice == loaded().choice
    assert config.loads(shown).choice.in_words(Wording({})) == "best of 6"


def test_each_variant_chooses_for_itself():
    Path("two.yaml").write_text(TINY.replace("[420, 300]", "[600, 300]") + VARIANTS)
    metrics = made("two.yaml")["metrics"]
    for label, activation in (("ReLU", "relu"), ("tanh", "tanh")):
        survey = call("seeds", "tiny.yaml", "-n", 6, "-s", f"model.activation={activation}", "--json").stdout
        assert metrics[label]["seed"] == json.loads(survey)["best"]["seed"]
    film = filmed("animation.size=[600, 300]", text=TINY + VARIANTS)
    assert "each the best of 6" in words(film)
    titles = [axes.get_title(loc="left") for axes in film.figure.axes]
    assert titles == [f"{label}, seed {metrics[label]['seed']}" for label in ("ReLU", "tanh")]


def test_where_all_seeds_diverge_nothing_is_written():
    settings = ["-s", "training.optimizer.lr=1e9", "-s", "training.epochs=40"]
    result = call("run", "tiny.yaml", *settings, code=3)
    assert "training diverged with each of 6 seeds" in result.stderr
    assert not list(Path("outputs").glob("*.gif"))
    metrics = made("tiny.yaml", *settings, "-s", "training.on_divergence=keep")["metrics"]
    assert (metrics["seed"], metrics["stopped"][:17]) == (0, "training diverged")


def test_seeds_that_diverge_are_never_chosen():
    settings = ["training.optimizer.lr=0.05", "training.epochs=40", "seed={worst_of: 12}"]
    recorded = Box().record(loaded(*settings))
    losses = together(loaded(*settings), 12).last_losses
    assert 0 < np.isnan(losses).sum() < 12
    assert losses[recorded.recordings[0].seed] == np.nanmax(losses) == recorded.recordings[0].loss[-1]


# ---------------------------------------------------------------- the same bytes, and nothing twice


@pytest.mark.parametrize(
    "settings",
    [
        ["model.layer_sizes=[1, 2, 1]"],
        ["model.layer_sizes=[1, 16, 16, 1]", "model.activation=tanh", "training.optimizer=adam"],
        ["data={samples: 33, resample: false}", "model.activation=prelu"],
        ["target={dataset: circle}", "model.layer_sizes=[2, 5, 2]", "data={samples: 50}"],
    ],
)
def test_a_network_is_the_same_to_the_last_bit_in_whatever_company_it_is_trained(settings):
    experiment = loaded(*settings, "training.batch_size=16")
    whole = together(experiment, 7)
    for seeds in ([0], [5], [6, 2], [4, 5, 6], [3, 2, 1, 0]):
        members = [experiment.with_seed(seed) for seed in seeds]
        found = gathered(members, epochs(members), whole=True)
        for index, seed in enumerate(seeds):
            assert found.recording(index).to_bytes() == whole.recording(seed).to_bytes()


def test_a_survey_before_it_changes_no_byte_of_a_film():
    Path("b").mkdir()
    Path("b/tiny.yaml").write_text(TINY)
    for count in (3, 9):
        call("seeds", "b/tiny.yaml", "-n", count)
    for ensemble in ("none", "members", "band"):
        settings = ["-s", f"animation.ensemble={ensemble}", "-q", "--force"]
        call("run", "tiny.yaml", *settings, "-o", "a/tiny.gif")
        call("run", "tiny.yaml", *settings[:2], "-q")
        assert Path("outputs/tiny.gif").read_bytes() == Path("a/tiny.gif").read_bytes()


@pytest.mark.soak
def test_processes_make_the_same_bytes():
    Path("other.yaml").write_text(TINY.replace("best_of", "worst_of"))
    settings = ["-q", "-s", "animation.ensemble=band"]
    call("run", "tiny.yaml", "other.yaml", *settings)
    alone = [Path(f"outputs/{name}.gif").read_bytes() for name in ("tiny", "other")]
    call("run", "tiny.yaml", "other.yaml", *settings, "--force", "-j", 2)
    assert [Path(f"outputs/{name}.gif").read_bytes() for name in ("tiny", "other")] == alone


def test_another_look_trains_nothing():
    box = Box()
    box.record(loaded())
    assert box.trained == 1
    again = Box(box.kept)
    again.record(loaded("animation.ensemble=band"))
    again.record(loaded("animation.theme=dark"))
    assert not again.trained
    assert made("tiny.yaml")["status"] == "built"
    for ensemble in ("band", "members"):
        assert made("tiny.yaml", "-s", f"animation.ensemble={ensemble}")["status"] == "redrawn"
    assert made("tiny.yaml", "-s", "animation.ensemble=members")["status"] == "current"


def test_another_choice_from_the_same_seeds_trains_nothing():
    box = Box()
    best = box.record(loaded())
    assert box.trained == 1
    worst = box.record(loaded("seed={worst_of: 6}"))
    assert box.trained == 1
    assert best.recordings[0].seed != worst.recordings[0].seed


def test_a_damaged_ensemble_is_trained_anew(tmp_path):
    settings = ["-s", "animation.ensemble=members"]
    call("run", "tiny.yaml", *settings, "-q")
    before = Path("outputs/tiny.gif").read_bytes()
    (kept,) = Path("outputs/.recordings/seeds").iterdir()
    kept.write_bytes(kept.read_bytes()[:-200])
    Path("outputs/tiny.gif").unlink()
    call("run", "tiny.yaml", *settings, "-q")
    assert Path("outputs/tiny.gif").read_bytes() == before
    assert len(Ensemble.from_bytes(kept.read_bytes())) == 6


def test_networks_too_large_to_be_kept_whole_give_the_same_recording(monkeypatch):
    whole = Box().record(loaded()).recordings[0]
    monkeypatch.setattr(experiment_kind, "MOST_ENSEMBLE_BYTES", 1000)
    box = Box()
    assert box.record(loaded()).recordings[0].to_bytes() == whole.to_bytes()
    (kept,) = (Ensemble.from_bytes(data) for name, data in box.kept.items() if name.startswith("seeds/"))
    assert (kept.is_whole, kept.parameters.shape[:2], kept.loss.shape) == (False, (6, 1), (6, 6))


def test_the_last_snapshots_alone_are_those_before_a_divergence():
    experiment = loaded("training.optimizer.lr=0.05", "training.epochs=40")
    whole, last = (together(experiment, 12, whole) for whole in (True, False))
    assert np.isnan(whole.last_losses).any()
    assert np.array_equal(whole.last_parameters, last.last_parameters)
    for index in range(12):
        assert whole.last(index).to_bytes() == last.last(index).to_bytes()
        assert np.isfinite(whole.last(index).parameters).all()


def test_ensembles_are_saved_joined_and_cut_without_loss():
    whole = together(loaded(), 5)
    parts = [together(loaded(), 5).first(2), gathered_of(range(2, 5))]
    assert joined(parts).to_bytes() == whole.to_bytes()
    assert Ensemble.from_bytes(whole.to_bytes()).to_bytes() == whole.to_bytes()


def gathered_of(seeds):
    members = [loaded().with_seed(seed) for seed in seeds]
    return gathered(members, epochs(members), whole=True)


def test_dry_run_says_that_the_choice_has_changed():
    call("run", "tiny.yaml", "-q")
    said = call("run", "tiny.yaml", "-n", "-s", "seed={best_of: 8}").stdout
    assert said == 'tiny.yaml: built (seed {"best_of": 6} → {"best_of": 8})\n'


# ---------------------------------------------------------------- how they are shown


def test_a_band_lies_between_the_quantiles_of_numpy():
    film = filmed("animation.ensemble=band", "animation.panels=[[prediction, loss]]", "animation.size=[600, 300]")
    prediction, loss = (placed.panel for placed in film.panels)
    recorded = Box().record(loaded()).recordings[0]
    ensemble = together(loaded(), 6)
    x = np.linspace(-5, 5, 201)
    outputs = film.scenes[0].run.network.output(ensemble.parameters[:, -1].astype(float), x[:, None])[..., 0]
    low, middle, high = np.quantile(outputs, [0.1, 0.5, 0.9], axis=0)
    ((band,), (median, _)) = drawn(prediction, Area), drawn(prediction, Lines)
    assert np.allclose(band.y, np.append(low, high[::-1]), atol=1e-4)
    assert np.allclose(median.y, middle, atol=1e-4)
    median, _ = drawn(loss, Lines)
    assert np.allclose(median.y, np.median(ensemble.loss, axis=0))
    assert np.allclose(median.x, recorded.epoch)


def test_members_are_all_drawn_faint_behind_the_chosen_one():
    film = filmed("animation.ensemble=members")
    panel = film.panels[0].panel
    *members, chosen = drawn(panel, Lines)
    assert [len(member.points) for member in members] == [201] * 6
    faint = to_rgba(to_hex((*rgb(film.theme.muted), FAINT), keep_alpha=True))
    assert {member.shape.pen.color for member in members} == {faint}
    assert chosen.shape.pen.color == to_rgba(film.theme.output)
    assert {text.get_text() for text in panel.axes.get_legend().get_texts()} >= {"6 seeds"}


def rgb(color):
    return tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))


def test_networks_that_have_diverged_are_gone_from_then_on():
    settings = ["training.optimizer.lr=0.05", "training.epochs=40", "seed={best_of: 12}", "animation.ensemble=members"]
    film = filmed(*settings)
    run = film.scenes[0].run
    for number in (0, len(film) - 1):
        film.frame(number)
        ended = run.ensemble.ends <= run.shown[number]
        *members, _ = drawn(film.panels[0].panel, Lines)
        assert [bool(np.isnan(member.y).all()) for member in members] == ended.tolist()
    assert ended.any()
    names = [text.get_text() for text in film.panels[0].panel.axes.get_legend().get_texts()]
    assert f"12 seeds, {np.isnan(run.ensemble.last_losses).sum()} diverged" in names
    assert len(list(film.frames())) == 2


def test_quantiles_leave_out_what_is_no_number():
    values = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan], [2.0, 7.0, np.nan]])
    assert quantiles(values)[1, :2].tolist() == [2.0, 6.0]
    assert np.isnan(quantiles(values)[:, 2]).all()


def test_overlaid_variants_show_their_medians_and_no_single_network():
    settings = ["animation.ensemble=band", "animation.arrange=overlay"]
    film = filmed(*settings, text=TINY + VARIANTS)
    panel = film.panels[0].panel
    assert [len(drawn(panel, kind)) for kind in (Area, Lines)] == [2, 2]
    texts = [text.get_text() for text in panel.axes.get_legend().get_texts()]
    assert texts == ["target", "ReLU", "tanh", "10–90 %"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            ["seed={best_of: 1}", "animation.ensemble=band"],
            "there is one network alone; write seed: {best_of: 64}, say",
        ),
        (["seed=1", "animation.ensemble=band"], "there is one network alone; write seed: {best_of: 64}, say"),
        (["animation.ensemble=band", "animation.panels=network"], "only the panels prediction and loss can show many"),
        (["animation.ensemble=members", "training.epochs=1000000"], "take more than 256 MiB"),
        (["animation.ensemble=all"], "animation.ensemble: expected one of none, members, band"),
        (["seed={best_of: 2, worst_of: 3}"], "write one of best_of, median_of and worst_of, with a number"),
        (["seed={best_of: 0}"], "seed.best_of: must be at least 1, got 0"),
        (["seed={best_of: 1000000}"], "seed.best_of: must be at most 100,000, got 1000000"),
        (["seed={best: 3}"], "seed.best: unknown key; did you mean best_of?"),
    ],
)
def test_a_choice_that_cannot_be_made_or_shown_is_refused(settings, words):
    options = [part for setting in settings for part in ("-s", setting)]
    assert words in call("validate", "tiny.yaml", *options, code=2).stderr


# ---------------------------------------------------------------- seeds --film


def test_the_film_of_a_survey_trains_nothing_twice(monkeypatch):
    trained = []
    monkeypatch.setattr(training, "epochs", lambda chunk: trained.extend(e.seed for e in chunk) or epochs(chunk))
    monkeypatch.setattr(own, "train_alone", None)  # calling it is an error of its own
    Path("plain.yaml").write_text(TINY.replace("{best_of: 6}", "3"))
    outputs = call("seeds", "plain.yaml", "-n", 5, "--film").stdout.splitlines()[-2:]
    assert outputs == ["outputs/plain_seeds.png", "outputs/plain_seeds.gif"]
    assert trained == [0, 1, 2, 3, 4]
    assert config.loads(call("show", outputs[1]).stdout).animation.ensemble == "members"
    more = json.loads(call("seeds", "plain.yaml", "-n", 7, "--film", "--json").stdout)
    assert trained == [0, 1, 2, 3, 4, 5, 6]
    assert more["outputs"] == outputs


def test_a_film_that_cannot_show_many_networks_is_refused_before_any_is_trained():
    result = call("seeds", "tiny.yaml", "-n", 5, "--film", "-s", "animation.panels=network", code=2)
    assert "only the panels prediction and loss can show many networks" in result.stderr
    assert not Path("outputs").exists() or not list(Path("outputs").iterdir())
