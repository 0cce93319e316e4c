"""The same config with many seeds: their recordings, trained together, and the sheet that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relu_anim import config
from relu_anim.build.fingerprints import training_fingerprint
from relu_anim.build.jobs import Report
from relu_anim.build.plans import Plan
from relu_anim.config import Experiment
from relu_anim.errors import ConfigError, FileError
from relu_anim.kept import RECORDINGS
from relu_anim.recording import Recording, load, to_bytes
from relu_anim.survey import Survey, survey

MOST_SEEDS = 100_000


def experiments_of(plan: Plan, count: int) -> list[Experiment]:
    """The experiment of a plan with the seeds 0 to count - 1; ConfigError where there is none, or there are several."""
    base = plan.config
    if not isinstance(base, Experiment):
        raise ConfigError(f"{plan.source}: a figure that is not trained does not depend on luck")
    if base.variants:
        raise ConfigError(f"{plan.source}: has variants; survey a config of one of them")
    if count > MOST_SEEDS:
        raise ConfigError(f"-n {count}: at most {MOST_SEEDS:,} seeds are compared")
    return [with_seed(base, seed) for seed in range(count)]


def with_seed(experiment: Experiment, seed: int) -> Experiment:
    """The same experiment with another seed."""
    other = experiment.model_copy(update={"seed": seed})
    for made in ("task", "shape"):  # for the old one
        other.__dict__.pop(made, None)
    return other


def record_all(plan: Plan, experiments: Sequence[Experiment], report: Report) -> list[Recording]:
    """The recording of each: one that an earlier survey kept, or a new one, trained together with the others.

    They are kept apart from those of `run`, whose films must not depend on whether there was a survey. What diverged is
    not kept.
    """
    found = {number: kept for number, e in enumerate(experiments) if (kept := _kept(_place(plan, e))) is not None}
    missing = [number for number in range(len(experiments)) if number not in found]
    if missing:
        for number, recording in zip(missing, _trained([experiments[n] for n in missing], report), strict=True):
            found[number] = recording
            if not recording.stopped:
                _keep(_place(plan, experiments[number]), recording)
    return [found[number] for number in range(len(experiments))]


def _trained(experiments: Sequence[Experiment], report: Report) -> list[Recording]:
    from relu_anim.training.ensemble import chunk_size, epochs, recordings

    made: list[Recording] = []
    size, length = chunk_size(experiments[0]), experiments[0].training.epochs
    for start in range(0, len(experiments), size):
        chunk, snapshots = experiments[start : start + size], []
        what = f"training seeds {chunk[0].seed} to {chunk[-1].seed}"
        report(what, 0, length)
        for snapshot in epochs(chunk):
            snapshots.append(snapshot)
            report(what, snapshot.epoch, length)
        made += recordings(snapshots)
    return made


def _place(plan: Plan, experiment: Experiment) -> Path:
    return plan.summary.parent / RECORDINGS / "seeds" / f"{training_fingerprint(experiment)}.npz"


def _kept(path: Path) -> Recording | None:
    try:
        return load(path) if path.exists() else None
    except FileError:
        return None


def _keep(path: Path, recording: Recording) -> None:
    from relu_anim.encoders import atomic_write

    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, to_bytes(recording))


def make_survey(plan: Plan, count: int, report: Report) -> tuple[Survey, Path]:
    """The numbers of so many seeds, and the contact sheet that is written beside the config's outputs."""
    from relu_anim.encoders import ENCODERS, Timing
    from relu_anim.film.sheet import Sheet

    experiments = experiments_of(plan, count)
    recordings = record_all(plan, experiments, report)
    found = survey(experiments, recordings)
    base = experiments[0]
    luck = f"{100 * found.share_good:.0f} % of {count} seeds within twice the best"
    title = f"{base.title or plan.order.stem.name}: {luck}"
    sheet = Sheet(title, experiments, recordings)
    path = plan.summary.with_name(f"{plan.order.stem.name}_seeds.png")
    still = Timing(frames=1, fps=1, hold=0, loop=1)
    text = config.dump(plan.config)
    with ENCODERS["png"](path, size=sheet.size, timing=still, config_text=text, palette_frames=list) as write:
        write(sheet.last_frame())
    return found, path
