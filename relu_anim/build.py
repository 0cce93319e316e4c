"""One experiment end to end: resolve, record, draw, encode, summarise."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from relu_anim import config
from relu_anim.config import ActivationFigure, Config, DataFigure, Experiment
from relu_anim.errors import ConfigError, FileError, TrainingDiverged
from relu_anim.kept import (
    FORMAT,
    RECORDINGS,
    Order,
    changed,
    hash_of,
    hash_of_file,
    hash_of_order,
    read_summary,
    touch,
    versions,
)
from relu_anim.names import FORMATS
from relu_anim.recording import Recording, load, stack, to_bytes

Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, how much there is

STILL_FORMATS = {"png", "svg"}
PALETTE_FRAMES = 8  # sampled for a palette; more change nothing that is seen
TRAINING_PACKAGES = ("numpy", "torch")
NOT_TRAINED = {"title", "animation", "output", "variants"}  # sections that a recording does not depend on


@dataclass(frozen=True)
class Plan:
    """A config that has passed every check, and the files it is to become: format → path."""

    order: Order
    config: Config
    outputs: dict[str, Path]

    @property
    def source(self) -> Path:
        """The config's path."""
        return self.order.source

    @property
    def summary(self) -> Path:
        """The path of the summary, beside the outputs."""
        return self.order.summary

    def recording(self, member: Experiment) -> Path:
        """Where the recording of a variant lies, named by everything that it depends on."""
        return self.summary.parent / RECORDINGS / f"{training_fingerprint(member)}.npz"

    @property
    def recordings(self) -> list[Path]:
        """Where the recordings of all variants lie."""
        return [self.recording(m) for _, m in self.config.members] if isinstance(self.config, Experiment) else []


@dataclass(frozen=True)
class Todo:
    """What must be done for a plan: what its status will be, why, and the formats to write; `anew` if no recording that
    is kept may be used."""

    status: str
    reason: str
    formats: tuple[str, ...]
    anew: bool = False


@dataclass
class Result:
    """What became of one config. `status`: built (trained and drawn) | redrawn (from its recordings) | current (there
    was nothing to do) | failed."""

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
    order = Order(source, tuple(settings), output, None if formats is None else tuple(formats))
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
    stem = order.stem
    outputs: dict[str, Path] = {name: output or stem.parent / f"{stem.name}.{name}" for name in loaded.output.formats}
    return Plan(order, loaded, outputs)


def decide(plan: Plan, force: bool = False) -> Todo:
    """What must be done, apart from doing it."""
    every = tuple(plan.outputs)
    if force:
        return Todo("built", "--force", every, anew=True)
    status = "redrawn" if plan.recordings and all(path.exists() for path in plan.recordings) else "built"
    summary, folder = read_summary(plan.summary), plan.summary.parent
    if summary is None:
        return Todo(status, "there is no summary of an earlier run", every)
    if reason := difference(summary, plan.config):
        return Todo(status, reason, every)
    if reason := changed(folder / RECORDINGS, summary["recordings"], may_be_missing=True):
        return Todo("built", reason, every, anew=True)
    stale = {name: changed(folder, {path.name: summary["files"].get(path.name)}) for name, path in plan.outputs.items()}
    if not any(stale.values()):
        return Todo("current", "", ())
    formats = tuple(name for name, reason in stale.items() if reason)
    return Todo(status, stale[formats[0]], formats)


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
    """Make the files of a plan, so far as they are not there; raises a UserError, after which the old files are still
    there."""
    check_writable(plan)
    check_texts(plan.config)
    todo, clock = decide(plan, force), Stopwatch()
    outputs = [str(path) for path in plan.outputs.values()]
    if todo.status == "current":
        summary = read_summary(plan.summary) or {}
        result = Result(str(plan.source), "current", outputs, summary["metrics"])
        _write_summary(plan, summary | {"orders": _orders(plan, summary)})
        touch(plan.outputs.values())
        return result
    if isinstance(plan.config, Experiment):
        recordings, status = _record(plan, plan.config, report, clock, todo.anew)
        metrics = _run_film(plan, plan.config, recordings, todo.formats, report, clock)
    else:
        metrics, status = _run_still(plan, plan.config, todo.formats, clock), "built"
    result = Result(str(plan.source), status, outputs, metrics, clock.seconds)
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
    plan: Plan,
    experiment: Experiment,
    recordings: Sequence[Recording],
    formats: Sequence[str],
    report: Report,
    clock: Stopwatch,
) -> dict[str, Any]:
    with clock.stage("prepare"):
        from relu_anim.film import Film

        film = Film(experiment, recordings)
        text = config.dump(experiment)
    for name in formats:
        with clock.stage(name):
            if name == "svg":
                _write_svg(plan.outputs[name], film, text)
            elif name == "png":
                _write_png(plan.outputs[name], film, text, experiment.animation.size)
            else:
                _write_film(name, plan.outputs[name], film, text, report)
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


def _run_still(
    plan: Plan, figure: ActivationFigure | DataFigure, formats: Sequence[str], clock: Stopwatch
) -> dict[str, Any]:
    with clock.stage("prepare"):
        from relu_anim.film import Still

        still = Still(figure)
        text = config.dump(figure)
    for name in formats:
        with clock.stage(name):
            if name == "svg":
                _write_svg(plan.outputs[name], still, text)
            else:
                _write_png(plan.outputs[name], still, text, figure.animation.size)
    with clock.stage("measure"):
        from relu_anim.metrics import measure_data, measure_functions

        return measure_functions(figure) if isinstance(figure, ActivationFigure) else measure_data(figure)


def _summarise(plan: Plan, result: Result) -> None:
    """Write the summary beside the outputs. What it says of files of other formats stays, if they are of the same
    film."""
    from relu_anim.metrics import alt_text

    before = read_summary(plan.summary) or {}
    if difference(before, plan.config):
        before = {}
    table = _table(plan.config)
    summary = {
        "format": FORMAT,
        "config": plan.config.model_dump(mode="json"),
        "fingerprints": fingerprints(plan.config),
        "versions": dict(versions()),
        "orders": _orders(plan, before),
        "inputs": {table[0]: hash_of_file(plan.source.parent / table[0])} if table else {},
        "files": before.get("files", {}) | {path.name: hash_of_file(path) for path in plan.outputs.values()},
        "recordings": {path.name: hash_of_file(path) for path in plan.recordings},
        "status": result.status,
        "outputs": [path.name for path in plan.outputs.values()],
        "metrics": result.metrics,
        "alt": alt_text(plan.config, result.metrics),
        "seconds": result.seconds,
    }
    _write_summary(plan, summary)


def _write_summary(plan: Plan, summary: dict[str, Any]) -> None:
    from relu_anim.encoders import atomic_write

    text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    atomic_write(plan.summary, text.encode(errors="backslashreplace"))  # file names need not be UTF-8


def _orders(plan: Plan, summary: Mapping[str, Any]) -> dict[str, list[str]]:
    """The orders that these files fulfil, as hashes, with the names of their files."""
    return {**summary.get("orders", {}), hash_of_order(plan.order): [path.name for path in plan.outputs.values()]}


def fingerprints(loaded: Config) -> dict[str, Any]:
    """Hashes of all that the training depends on, with variants one for each label, and of all that the film does."""
    training: Any = training_fingerprint(loaded)
    if isinstance(loaded, Experiment) and loaded.variants:
        training = {label: training_fingerprint(member) for label, member in loaded.members}
    return {"training": training, "animation": fingerprint(loaded)}


def fingerprint(loaded: Config) -> str:
    """Hash of the whole resolved config but for the formats, of the files that it reads, and of all versions."""
    data = loaded.model_dump(mode="json", exclude={"output"}) | _files(loaded)
    return hash_of(data | {"versions": dict(versions())})


def training_fingerprint(loaded: Config) -> str:
    """Hash of what a recording depends on: all but the title, `animation`, `output` and other variants, and the
    versions that train."""
    data = loaded.model_dump(mode="json", exclude=NOT_TRAINED) | _files(loaded)
    return hash_of(data | {"versions": {name: versions()[name] for name in ("relu-anim", *TRAINING_PACKAGES)}})


def inputs(loaded: Config) -> list[str]:
    """The files that a config names, as it names them."""
    table = _table(loaded)
    return [table[0]] if table else []


def _table(loaded: Config) -> tuple[str, str] | None:
    """Name and content hash of the CSV file that a config reads."""
    if isinstance(loaded, ActivationFigure) or loaded.target.table is None:
        return None
    return str(loaded.target.csv), loaded.target.table.digest


def _files(loaded: Config) -> dict[str, str]:
    """The content of the files that a config reads, as hashes."""
    table = _table(loaded)
    return {"csv": table[1]} if table else {}


def difference(summary: Mapping[str, Any], loaded: Config) -> str:
    """What has changed since a summary was written, in words: «animation.fps 20 → 25»; nothing if nothing has."""
    before, now = summary.get("fingerprints"), fingerprints(loaded)
    if before == now:
        return ""
    old, new = flat(summary.get("config", {})), flat(loaded.model_dump(mode="json"))
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key) and not key.startswith("output.")]
    keys.sort(key=lambda key: key.split(".")[0] in NOT_TRAINED)  # what is trained anew says more
    if keys:
        return f"{keys[0]} {_shown(old.get(keys[0]))} → {_shown(new.get(keys[0]))}"
    for package, installed in versions().items():
        known = summary.get("versions", {}).get(package)
        if known != installed:
            return f"{package} {known} → {installed}"
    return "the CSV file has changed"


def flat(data: Any, path: str = "") -> dict[str, Any]:
    """Nested mappings as one, with dotted keys; lists are values."""
    if not isinstance(data, dict) or not data:
        return {path: data}
    return {
        key: value for part, inner in data.items() for key, value in flat(inner, f"{path}.{part}".lstrip(".")).items()
    }


def _shown(value: Any) -> str:
    """A value as a short text."""
    if isinstance(value, float):
        return f"{value:g}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


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
