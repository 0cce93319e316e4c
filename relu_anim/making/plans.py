"""What is to be made from a config, and what of it must be done: decided apart from doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from relu_anim import config
from relu_anim.config import BornDeadFigure, Config, Experiment
from relu_anim.errors import ConfigError
from relu_anim.facts import FORMATS, KINDS, STILL_FORMATS, joined
from relu_anim.making.claims import Claim
from relu_anim.making.fingerprints import difference, inputs
from relu_anim.making.kept import Order, changed, is_there, read_summary, recordings_folder
from relu_anim.making.recordings import ensemble_name, recording_name, shows_ensemble

EVALUATED = 1000  # points at which the loss of each epoch is measured
TOGETHER = 10  # networks take as long as one alone
STEP_SECONDS, PRODUCTS_A_SECOND, PIXEL_SECONDS, WEIGHT_SECONDS = 1e-4, 1.5e10, 2e-8, 2e-8


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
        return self.folder / recording_name(member)

    @property
    def folder(self) -> Path:
        """Where recordings lie."""
        return recordings_folder()

    @property
    def recordings(self) -> list[Path]:
        """Where the recordings of all variants lie."""
        return [self.recording(m) for _, m in self.config.members] if isinstance(self.config, Experiment) else []

    @property
    def ensembles(self) -> list[Path]:
        """Where the networks of many seeds lie that are shown, or from which one is still to be chosen."""
        members = [m for _, m in self.config.members] if isinstance(self.config, Experiment) else []
        needed = [m for m in members if m.choice and (shows_ensemble(m) or not is_there(self.recording(m)))]
        return [self.folder / ensemble_name(m, m.choice.networks) for m in needed if m.choice]

    @property
    def sources(self) -> list[Path]:
        """The files that it is made from, the config first."""
        return [self.source, *(self.source.parent / name for name in inputs(self.config))]

    @property
    def claim(self) -> Claim:
        """What is read and what is written."""
        return Claim(tuple(self.sources), tuple(self.outputs.values()), self.summary)


@dataclass(frozen=True)
class Todo:
    """What must be done for a plan: what its status will be, why, and the formats to write; `anew` if no recording that
    is kept may be used."""

    status: str
    reason: str
    formats: tuple[str, ...]
    anew: bool = False


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
        if not KINDS[loaded.kind].moves:
            films, formats = formats, [name for name in formats if name in STILL_FORMATS]
            if not formats:
                message = f"a figure that does not move has no {', '.join(films)}; write {joined(STILL_FORMATS)}"
                raise ConfigError(f"{source}: {message}")
        loaded = config.load(source, [*settings, f"output.formats=[{', '.join(dict.fromkeys(formats))}]"])
    stem = order.stem
    outputs: dict[str, Path] = {name: output or stem.parent / f"{stem.name}.{name}" for name in loaded.output.formats}
    return Plan(order, loaded, outputs)


def decide(plan: Plan, force: bool = False) -> Todo:
    """What must be done."""
    every = tuple(plan.outputs)
    if force:
        return Todo("built", "--force", every, anew=True)
    needed = [*plan.recordings, *plan.ensembles]
    status = "redrawn" if needed and all(map(is_there, needed)) else "built"
    summary, folder = read_summary(plan.summary), plan.summary.parent
    if summary is None:
        return Todo(status, "there is no summary of an earlier run", every)
    if reason := difference(summary, plan.config):
        return Todo(status, reason, every)
    if reason := changed(recordings_folder(), summary["recordings"], may_be_missing=True):
        return Todo("built", reason, every, anew=True)
    stale = {name: changed(folder, {path.name: summary["files"].get(path.name)}) for name, path in plan.outputs.items()}
    if not any(stale.values()):
        return Todo("current", "", ())
    formats = tuple(name for name, reason in stale.items() if reason)
    return Todo(status, stale[formats[0]], formats)


def longest_first(orders: Sequence[Order], plans: Mapping[Order, Plan]) -> list[Order]:
    """The orders that take longest first, so that no long one begins when all others are done; those without a plan in
    their order behind them."""
    return sorted(orders, key=lambda order: -effort(plans[order].config) if order in plans else 0.0)


def effort(loaded: Config) -> float:
    """About how many seconds it takes to make: to train with so many parameters, and to draw so many pixels."""
    if isinstance(loaded, BornDeadFigure):
        return 0.5 + loaded.networks * loaded.weights_of_one * WEIGHT_SECONDS
    if not isinstance(loaded, Experiment):
        return 0.5
    seconds = 0.5
    for _, member in loaded.members:
        training, points = member.training, member.data.samples
        steps = -(-points // training.batch_size)
        products = 6 * (points + EVALUATED) * member.model.parameter_count
        one = training.epochs * (steps * STEP_SECONDS + products / PRODUCTS_A_SECOND)
        seconds += one * (1 if member.choice is None else 1 + member.choice.networks / TOGETHER)
    frames = min(loaded.animation.max_frames, loaded.training.epochs + 1)
    return seconds + frames * loaded.animation.size[0] * loaded.animation.size[1] * PIXEL_SECONDS
