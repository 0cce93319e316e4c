"""One experiment end to end: resolve, record, draw, encode, summarise."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from relu_anim import __version__, config
from relu_anim.config import ActivationFigure, Config, DataFigure, Experiment
from relu_anim.errors import ConfigError, FileError, TrainingDiverged
from relu_anim.names import FORMATS
from relu_anim.recording import Recording, load, stack, to_bytes

Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is

RECORDINGS = ".recordings"
STILL_FORMATS = {"png", "svg"}
PALETTE_FRAMES = 8  # sampled for a palette; more change nothing that is seen
TRAINING_PACKAGES = ("numpy", "torch")


@dataclass(frozen=True)
class Plan:
    """A config that has passed every check, and the files it is to become: format → path."""

    source: Path
    config: Config
    outputs: dict[str, Path]
    summary: Path

    def recording(self, member: Experiment) -> Path:
        """Where the recording of a variant lies, named by everything that it depends on."""
        return self.summary.parent / RECORDINGS / f"{training_fingerprint(member)}.npz"


@dataclass
class Result:
    """What became of one config. `status`: built (trained and drawn) | redrawn (from its recording) | failed."""

    config: str
    status: str
    outputs: list[str]
    metrics: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    error: str | None = None


def plan(
    source: Path, settings: Sequence[str] = (), output: Path | None = None, formats: Sequence[str] | None = None
) -> Plan:
    """What is to be made from the config at `source`; raises a UserError for everything that can be known to fail."""
    if output is not None:
        suffix = output.suffix.lstrip(".").lower()
        if suffix not in FORMATS:
            raise ConfigError(f"-o {output}: the suffix must be one of .{', .'.join(FORMATS)}")
        formats = [suffix]
    loaded = config.load(source, settings)
    if formats is not None:
        if not isinstance(loaded, Experiment) and not set(formats) <= STILL_FORMATS:
            raise ConfigError(f"{source}: a figure that does not move has no {', '.join(formats)}; write png or svg")
        loaded = config.load(source, [*settings, f"output.formats=[{', '.join(dict.fromkeys(formats))}]"])
    stem = output.with_suffix("") if output else Path("outputs") / source.stem
    outputs: dict[str, Path] = {name: output or stem.parent / f"{stem.name}.{name}" for name in loaded.output.formats}
    return Plan(source, loaded, outputs, stem.parent / f"{stem.name}.json")


def check_writable(plan: Plan) -> None:
    """Make the output folder; FileError if it or a file in it cannot be written."""
    folder = plan.summary.parent
    if folder.exists() and not folder.is_dir():
        raise FileError(f"{folder}: is a file; outputs need a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FileError(f"{folder}: cannot write into this folder: {error.strerror or error}") from None
    for path in (*plan.outputs.values(), plan.summary):
        if path.is_dir():
            raise FileError(f"{path}: is a folder; name a file")


def check_texts(loaded: Config) -> None:
    """ConfigError if a text that is drawn has characters that would come out as empty boxes."""
    for key, text in _texts(loaded):
        if text.isascii():
            continue
        from relu_anim.film import missing_glyphs

        if missing := missing_glyphs(text):
            raise ConfigError(f"{key}: the font has no sign for {', '.join(missing)}; write it without")


def _texts(loaded: Config) -> Iterator[tuple[str, str]]:
    """The user's own words that are drawn, each with its key."""
    yield "title", loaded.title
    if isinstance(loaded, Experiment):
        yield from ((f"variants.{number}.label", variant.label) for number, variant in enumerate(loaded.variants))
    table = None if isinstance(loaded, ActivationFigure) else loaded.target.table
    if table is not None:
        yield "target.csv", " ".join((*table.columns, *table.class_names))


def run(plan: Plan, report: Report, force: bool = False) -> Result:
    """Make the files of a plan; raises a UserError, after which the old files are still there."""
    check_writable(plan)
    check_texts(plan.config)
    clock = Stopwatch()
    if isinstance(plan.config, Experiment):
        recordings, status = _record(plan, plan.config, report, clock, force)
        metrics = _run_film(plan, plan.config, recordings, report, clock)
    else:
        metrics, status = _run_still(plan, plan.config, clock), "built"
    result = Result(str(plan.source), status, [str(path) for path in plan.outputs.values()], metrics, clock.seconds)
    _summarise(plan, result)
    return result


def _record(
    plan: Plan, experiment: Experiment, report: Report, clock: Stopwatch, force: bool
) -> tuple[list[Recording], str]:
    """The recording of each variant: the one that is kept if there is one, else a new one."""
    recordings, status = [], "redrawn"
    for label, member in experiment.members:
        kept = None if force else _kept(plan.recording(member))
        if kept is None:
            kept, status = _made(plan.recording(member), label, member, report, clock), "built"
        recordings.append(kept)
    if not any(np.isfinite(recording.loss).any() for recording in recordings):
        raise TrainingDiverged(recordings[0].stopped)
    return recordings, status


def _kept(path: Path) -> Recording | None:
    """The recording at this path; None if there is none, or it is damaged."""
    if not path.exists():
        return None
    try:
        return load(path)
    except FileError:
        return None


def _made(path: Path, label: str, experiment: Experiment, report: Report, clock: Stopwatch) -> Recording:
    with clock.stage("train"):
        recording = record(experiment, report, label)
    with clock.stage("save"):
        from relu_anim.encoders import atomic_write

        path.parent.mkdir(exist_ok=True)
        atomic_write(path, to_bytes(recording))
    return recording


def record(experiment: Experiment, report: Report, label: str = "") -> Recording:
    """Train and keep every snapshot; a run that diverges raises, or ends there where the config says `keep`.

    A network whose loss is no number from the start is then kept as it is untrained.
    """
    from relu_anim.training import train, untrained

    epochs, what = experiment.training.epochs, f"training {label}".strip()
    snapshots = []
    report(what, 0, epochs)
    try:
        for snapshot in train(experiment):
            snapshots.append(snapshot)
            report(what, snapshot.epoch, epochs)
    except TrainingDiverged as error:
        if experiment.training.on_divergence == "fail":
            raise TrainingDiverged(f"{label}: {error}" if label else str(error)) from None
        return stack(snapshots or [untrained(experiment)], stopped=str(error))
    return stack(snapshots)


def _run_film(
    plan: Plan, experiment: Experiment, recordings: Sequence[Recording], report: Report, clock: Stopwatch
) -> dict[str, Any]:
    with clock.stage("prepare"):
        from relu_anim.film import Film

        film = Film(experiment, recordings)
        text = config.dump(experiment)
    for name, path in plan.outputs.items():
        with clock.stage(name):
            if name == "svg":
                _write_svg(path, film, text)
            elif name == "png":
                _write_png(path, film, text, experiment.animation.size)
            else:
                _write_film(name, path, film, text, report)
    with clock.stage("measure"):
        from relu_anim.metrics import measure

        members = zip(experiment.members, recordings, strict=True)
        metrics = {label: measure(member, recording) for (label, member), recording in members}
        return metrics if experiment.variants else metrics[""]


def _write_film(name: str, path: Path, film: Any, text: str, report: Report) -> None:
    """Stream the frames of a film into one file."""
    from relu_anim.encoders import ENCODERS, Timing

    animation = film.experiment.animation
    plays = {"forever": None, "once": 1}.get(animation.loop, animation.loop)
    timing = Timing(frames=len(film), fps=animation.fps, hold=animation.hold, loop=plays)
    sampled = max(1, len(film) // PALETTE_FRAMES)
    with ENCODERS[name](
        path, size=animation.size, timing=timing, config_text=text, palette_frames=lambda: film.frames(sampled)
    ) as write:
        report(f"drawing {name}", 0, len(film))
        for number, frame in enumerate(film.frames(), 1):
            write(frame)
            report(f"drawing {name}", number, len(film))


def _write_png(path: Path, picture: Any, text: str, size: tuple[int, int]) -> None:
    from relu_anim.encoders import ENCODERS, Timing

    timing = Timing(frames=1, fps=1, hold=0, loop=1)
    with ENCODERS["png"](path, size=size, timing=timing, config_text=text, palette_frames=list) as write:
        write(picture.last_frame())


def _write_svg(path: Path, picture: Any, text: str) -> None:
    from relu_anim.encoders import atomic_write

    atomic_write(path, picture.svg(text))


def _run_still(plan: Plan, figure: ActivationFigure | DataFigure, clock: Stopwatch) -> dict[str, Any]:
    with clock.stage("prepare"):
        from relu_anim.film import Still

        still = Still(figure)
        text = config.dump(figure)
    for name, path in plan.outputs.items():
        with clock.stage(name):
            if name == "svg":
                _write_svg(path, still, text)
            else:
                _write_png(path, still, text, figure.animation.size)
    with clock.stage("measure"):
        from relu_anim.metrics import measure_data, measure_functions

        return measure_functions(figure) if isinstance(figure, ActivationFigure) else measure_data(figure)


def _summarise(plan: Plan, result: Result) -> None:
    """Write the summary beside the outputs."""
    from relu_anim.encoders import atomic_write
    from relu_anim.metrics import alt_text

    summary = {
        "config": plan.config.model_dump(mode="json"),
        "fingerprints": {"training": _training_fingerprints(plan.config), "animation": fingerprint(plan.config)},
        "versions": {"relu-anim": __version__, **installed_versions(("numpy", "torch", "matplotlib", "av"))},
        "status": result.status,
        "outputs": [path.name for path in plan.outputs.values()],
        "metrics": result.metrics,
        "alt": alt_text(plan.config, result.metrics),
        "seconds": result.seconds,
    }
    text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    atomic_write(plan.summary, text.encode(errors="backslashreplace"))  # file names need not be UTF-8


def fingerprint(loaded: Config) -> str:
    """Hash of the whole resolved config, and of the files that it reads, with our version."""
    return _hash(loaded.model_dump(mode="json") | _files(loaded))


def training_fingerprint(loaded: Config) -> str:
    """Hash of what a recording depends on: all but the title, `animation`, `output` and other variants, and the
    versions that train."""
    data = loaded.model_dump(mode="json", exclude={"title", "animation", "output", "variants"}) | _files(loaded)
    return _hash(data | {"versions": installed_versions(TRAINING_PACKAGES)})


def _training_fingerprints(loaded: Config) -> str | dict[str, str]:
    """That of the training, or with variants one for each label."""
    if not isinstance(loaded, Experiment) or not loaded.variants:
        return training_fingerprint(loaded)
    return {label: training_fingerprint(member) for label, member in loaded.members}


def _files(loaded: Config) -> dict[str, str]:
    """The content of the files that a config reads, as hashes."""
    table = None if isinstance(loaded, ActivationFigure) else loaded.target.table
    return {"csv": table.digest} if table else {}


def _hash(data: dict[str, Any]) -> str:
    text = json.dumps({"relu-anim": __version__, **data}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def installed_versions(packages: Sequence[str]) -> dict[str, str]:
    """Versions by package, without importing them."""
    return {package: version(package) for package in packages}


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, under this name."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - start, 3)
