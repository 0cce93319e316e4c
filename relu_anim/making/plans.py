"""What must be done for an order, and why: decided here alone, and apart from doing it.

What is imported at the top is light, so that it takes no time to see that nothing has changed; all else is imported
where a config has to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from relu_anim.errors import ConfigError, FileError
from relu_anim.facts import FIGURE_FORMATS, FORMATS, ending, format_of, joined
from relu_anim.making.claims import Claim
from relu_anim.making.kept import changed, hash_of_file, is_there, recordings_folder
from relu_anim.making.orders import EACH_FORMAT, NAME, THEME, Order, hash_of_order
from relu_anim.making.results import Summary, read_summary
from relu_anim.paths import followed, is_stream
from relu_anim.spelling import closest

if TYPE_CHECKING:
    from relu_anim.config import Config, File, TrainedExperiment

PLACES = (NAME, THEME, EACH_FORMAT[1:])  # of an output's name, in which something else is written


@dataclass(frozen=True, slots=True)
class Plan:
    """What must be done for an order. `status`: built | redrawn | current | failed, which is a mistake of the user's;
    nothing while that is not decided. `reason` says why, `files` are those to write, by the ends of their names, and
    `anew` is that no recording that is kept may be used.

    `loaded` is the config, which has passed every check; None where it need not be read, or is no longer held. `inputs`
    are hashes of what was read beside it, `key` is that of the order when it was read, and `seen` that of the summary
    which was found to hold.
    """

    order: Order
    claim: Claim
    loaded: Config | None = None
    status: str = ""
    reason: str = ""
    files: tuple[str, ...] = ()
    anew: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    seen: str = ""

    @property
    def config(self) -> Config:
        """The config, where it is held."""
        assert self.loaded is not None
        return self.loaded

    @property
    def source(self) -> Path:
        """The config's path."""
        return self.order.source

    @property
    def summary(self) -> Path:
        """The path of the summary, beside the outputs."""
        return self.order.summary

    @property
    def paths(self) -> list[Path]:
        """The files that it is to become."""
        return list(map(Path, self.claim.outputs))

    @property
    def outputs(self) -> dict[str, Path]:
        """The same by the ends of their names."""
        return dict(zip(_files(self.order, self.config), self.paths, strict=True))

    @property
    def folder(self) -> Path:
        """Where recordings lie."""
        return recordings_folder()

    @property
    def members(self) -> list[TrainedExperiment]:
        """The experiments that are trained for it."""
        from relu_anim.config import TrainedExperiment

        return [member for _, member in self.config.members if isinstance(member, TrainedExperiment)]

    def recording(self, member: TrainedExperiment) -> Path:
        """Where the recording of a variant lies, named by everything that it depends on."""
        from relu_anim.making.recordings import recording_name

        return self.folder / recording_name(member)

    @property
    def recordings(self) -> list[Path]:
        """Where the recordings of all variants lie."""
        return [self.recording(member) for member in self.members]

    @property
    def ensembles(self) -> list[Path]:
        """Where the networks of many seeds lie that are shown, or from which one is still to be chosen."""
        from relu_anim.making.recordings import ensemble_name, shows_ensemble

        needed = [m for m in self.members if m.choice and (shows_ensemble(m) or not is_there(self.recording(m)))]
        return [self.folder / ensemble_name(m, m.choice.networks) for m in needed if m.choice]


def decide(order: Order, force: bool = False) -> Plan:
    """What must be done for an order; raises a UserError for everything that can be known to fail. Where its text has
    not changed, nor any file, the config is not read."""
    if not (force or order.is_draft) and (plan := _unchanged(order)):
        return plan
    return decided(plan_of(order), force)


def plan(
    source: Path, settings: Sequence[str] = (), output: Path | None = None, formats: Sequence[str] | None = None
) -> Plan:
    """What is to be made from the config at `source`, not yet decided; raises a UserError as `plan_of` does."""
    return plan_of(Order(source, tuple(settings), output, None if formats is None else tuple(formats)))


def plan_of(order: Order) -> Plan:
    """What an order is to become, before it is decided what of it must be done; raises a UserError for everything that
    can be known to fail."""
    from relu_anim import config
    from relu_anim.making.fingerprints import inputs

    wanted = wanted_formats(order)
    key = hash_of_order(order)
    loaded = config.load(order.source, order.settings, wanted, order.at, order.called[0])
    if key != hash_of_order(order):  # it was saved just now, and which of the two texts was read is not known
        key = ""
    if wanted and not set(wanted) & set(loaded.output.formats):
        message = f"a figure that does not move has no {', '.join(wanted)}; write {joined(FIGURE_FORMATS)}"
        raise ConfigError(f"{order.source}: {message}")
    read = inputs(loaded)
    reads = tuple(str(order.source.parent / name) for name in read)
    outputs = tuple(str(order.path(file)) for file in _files(order, loaded).values())
    summary = None if order.is_draft else str(order.summary)
    if order.is_draft:
        loaded = config.drafted(loaded)
        _check_draft(order, outputs)
    return Plan(order, Claim(order.source, reads, outputs, summary, order.called[1]), loaded, inputs=read, key=key)


def _check_draft(order: Order, outputs: Sequence[str]) -> None:
    """ConfigError if a draft would be written over what is none: over a file that we did not make, or that another
    config became."""
    from relu_anim.encoders import read_config_text

    summary = read_summary(order.summary)
    for path in map(Path, outputs):
        if summary and path.name in summary.files:
            raise ConfigError(f"{order.source}: would write {path}, which is what {path.stem}.yaml became; rename one")
        if not path.is_file() or is_stream(followed(path)):
            continue
        try:
            read_config_text(path)
        except FileError:
            raise ConfigError(f"{order.source}: would write its draft over {path}, which is none; move it") from None


def _files(order: Order, loaded: Config) -> dict[str, File]:
    """The files that a config is to become by an order, by the ends of their names."""
    from relu_anim.config import files

    return {end: file for end, file in files(loaded).items() if order.at is None or file.moment is not None}


def wanted_formats(order: Order) -> tuple[str, ...]:
    """The formats that an order names beside its config; none if it does not. ConfigError for an output without one."""
    if order.output is None:
        return order.formats or ()
    named = f"{order.called[1]} {order.output}"
    if THEME in str(order.output.parent):
        raise ConfigError(f"{named}: {THEME} stands in the name of the file, not in that of its folder")
    if EACH_FORMAT[1:] in str(order.output).removesuffix(EACH_FORMAT):
        message = f"{EACH_FORMAT[1:]} stands in place of the suffix alone, as film{EACH_FORMAT}"
        raise ConfigError(f"{named}: {message}")
    for braces in re.findall(r"{\w+}", str(order.output)):
        if braces not in PLACES and (meant := closest(braces, PLACES)):
            raise ConfigError(f"{named}: nothing stands in place of {braces}; did you mean {meant}?")
    if order.output.suffix == EACH_FORMAT:
        return order.formats or ()
    name = format_of(order.output.name)
    if name not in FORMATS:
        endings = ", ".join(map(ending, FORMATS))
        raise ConfigError(f"{named}: the suffix must be one of {endings}, or {EACH_FORMAT}")
    return (name,)


# ---------------------------------------------------------------- what is current, and what is built or redrawn


def _unchanged(order: Order) -> Plan | None:
    """The plan of an order for which nothing has changed since it was carried out, neither what its files depend on nor
    the files; None if anything has, or if that cannot be told without the config."""
    path, key = order.summary, hash_of_order(order)
    summary = read_summary(path) if key else None
    names = summary.orders.get(key) if summary else None
    if not summary or not names or not all(map(order.may_become, names)):
        return None
    folder = order.stem.parent
    if (
        changed(folder, {name: summary.files.get(name) for name in names})
        or changed(recordings_folder(), summary.recordings, may_be_missing=True)
        or changed(order.source.parent, summary.inputs)
    ):
        return None
    reads = tuple(str(order.source.parent / name) for name in summary.inputs)
    outputs = tuple(str(folder / name) for name in names)
    return Plan(order, Claim(order.source, reads, outputs, str(path), order.called[1]), status="current")


def decided(plan: Plan, force: bool = False) -> Plan:
    """The plan with what must be done."""
    from relu_anim.making.fingerprints import difference

    every = tuple(plan.outputs)
    if force:
        return replace(plan, status="built", reason="--force", files=every, anew=True)
    needed = [*plan.recordings, *plan.ensembles]
    status = "redrawn" if needed and all(map(is_there, needed)) else "built"
    if plan.order.is_draft:
        return replace(plan, status=status, reason="--draft", files=every)
    seen = _hash_of_summary(plan.summary)
    summary = read_summary(plan.summary)
    reason = difference(summary, plan.config) if summary else "there is no summary of an earlier run"
    if reason or summary is None:
        return replace(plan, status=status, reason=reason, files=every)
    if reason := changed(recordings_folder(), summary.recordings, may_be_missing=True):
        return replace(plan, status="built", reason=reason, files=every, anew=True)
    if stale := _stale_files(plan, summary):
        return replace(plan, status=status, reason=next(iter(stale.values())), files=tuple(stale))
    return replace(plan, status="current", seen=seen)


def _hash_of_summary(path: Path) -> str:
    try:
        return hash_of_file(path)
    except OSError:
        return ""


def _stale_files(plan: Plan, summary: Summary) -> dict[str, str]:
    """The files that are to be written though the film is the same, by the ends of their names, with the reasons."""
    from relu_anim.making.fingerprints import difference_of_file, file_fingerprints

    wanted, found = file_fingerprints(plan.config, plan.outputs), {}
    for end, path in plan.outputs.items():
        if reason := changed(path.parent, {path.name: summary.files.get(path.name)}):
            found[end] = reason
        elif summary.fingerprints["files"].get(path.name) != wanted[path.name]:
            found[end] = difference_of_file(summary, path.name, end, plan.config)
    return found


def longest_first(plans: Sequence[Plan]) -> list[Plan]:
    """Those that take longest first, so that no long one begins when all others are done; those whose config is not
    held in their order behind them."""
    return sorted(plans, key=lambda plan: -plan.config.effort if plan.loaded else 0.0)
