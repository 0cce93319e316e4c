"""The same config with many seeds: their networks, trained together, and the sheet that shows them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config import ConfigProblems, TrainedExperiment
from relu_anim.config.braces import IN_BRACES, OF_SEEDS, is_number
from relu_anim.config.checks.panels import unfilmable
from relu_anim.config.glyphs import BOLD, no_sign
from relu_anim.config.reader import scalar
from relu_anim.errors import ConfigError
from relu_anim.facts import FORMATS, ending
from relu_anim.making.keeping import Keeper
from relu_anim.making.kept import content_of_recording, recordings_folder
from relu_anim.making.plans import Plan, plan
from relu_anim.making.recordings import Recordings, ensemble_name
from relu_anim.numbers import counted, percent, written
from relu_anim.recording import Ensemble
from relu_anim.survey import Group, Rounding, Survey, chosen_of, survey

if TYPE_CHECKING:
    from relu_anim.training.ensemble import Epoch

MOST_SEEDS = 100_000
MOST_VALUES = 12  # of a key


def surveyed(plan: Plan, count: int) -> TrainedExperiment:
    """The experiment of a plan; ConfigError where there is none, there are several, or too many seeds are asked for."""
    base = _trainable(plan, count)
    if base.variants:
        ways = [f"  {label}:  {shlex.join(arguments)}" for label, arguments in settings_of_variants(plan, base)]
        raise ConfigError("\n".join([f"{plan.source}: has variants; survey one of them, with", *ways]))
    return base


def _trainable(plan: Plan, count: int, of: str = "seeds") -> TrainedExperiment:
    if not isinstance(plan.config, TrainedExperiment):
        raise ConfigError(f"{plan.source}: only configs of kind: training can be surveyed")
    if count > MOST_SEEDS:
        raise ConfigError(f"-n {count}: at most {MOST_SEEDS:,} {of} are compared")
    return plan.config


# What makes look and title fit where variants are gone that it arranges or whose numbers they show.
LOOKS = ((), ("animation.arrange=columns",), ("animation={}",))
FITTING = (*LOOKS, *((*look, 'title=""') for look in LOOKS))


def settings_of_variants(plan: Plan, base: TrainedExperiment) -> Iterator[tuple[str, list[str]]]:
    """Each variant's label, and the arguments that make the config that of this variant alone."""
    for variant in base.variants:
        own = ["variants=[]", *(config.setting(key, value) for key, value in variant.set.items())]
        ways = ([*own, *more] for more in FITTING)
        fitting = next((way for way in ways if _is_right(plan, way)), own)
        yield variant.label, [argument for setting in fitting for argument in ("-s", setting)]


def _is_right(plan: Plan, settings: Sequence[str]) -> bool:
    try:
        config.load(plan.source, [*plan.order.settings, *settings])
    except ConfigError:
        return False
    return True


def trained(experiment: TrainedExperiment, count: int, report: Report, keep: Keeper) -> Ensemble:
    """The networks with the seeds 0 to count - 1, so far as they are kept from there; untrained ones are not kept."""
    if not experiment.training.epochs:
        return Recordings({}, lambda name, data: None, report, nullcontext, keep.tell).ensemble(experiment, count=count)
    name = ensemble_name(experiment, count)
    content = content_of_recording(recordings_folder() / name)
    kept = {name: content} if content is not None else {}
    return Recordings(kept, keep, report, nullcontext, keep.tell).ensemble(experiment, count=count)


def sheet_path(base: Plan) -> Path:
    """Where the contact sheet of a config's seeds lies, beside its outputs."""
    return base.summary.with_name(f"{base.order.stem.name}_seeds.png")


def plan_of_film(base: Plan, count: int) -> Plan:
    """The film of the best of `count` networks with the others behind it, beside the outputs. Raises a UserError for
    everything that can be known to fail."""
    moving = [name for name in (*base.config.output.formats, *FORMATS) if FORMATS[name].moves]
    path = sheet_path(base).with_suffix(ending(moving[0]))
    for message in unfilmable(surveyed(base, count), count):
        raise ConfigError(f"--film: {message}")
    settings = [f"seed={{best_of: {count}}}", "animation.ensemble=members"]
    return plan(base.source, [*base.order.settings, *settings], path)


def make_survey(plan: Plan, count: int, report: Report, keep: Keeper) -> tuple[Survey, Path]:
    """The numbers of the seeds below `count`, and the contact sheet that is written beside the config's outputs."""
    experiment = surveyed(plan, count)
    ensemble = trained(experiment, count, report, keep)
    found = survey(experiment, ensemble)
    luck = f"{percent(round(found.share_good, 2))} of {counted(count, 'seed')} within twice the best"
    return found, _write_sheet(plan, luck, [Group("", experiment, ensemble)])


def rounded(plan: Plan, copies: int, report: Report, keep: Keeper) -> list[Rounding]:
    """For each variant, what becomes of copies of its network that start a rounding apart. A UserError where
    there is nothing to train, or too many copies are asked for."""
    experiment = _trainable(plan, copies, "copies")
    if copies < 2:
        raise ConfigError(f"-n {copies}: rounding is told from two copies at least")
    return [_rounded(plan, label, member, copies, report, keep) for label, member in experiment.members]


def _rounded(plan: Plan, label: str, member: TrainedExperiment, copies: int, report: Report, keep: Keeper) -> Rounding:
    from relu_anim.initial import initial_parameters, moved_by_rounding
    from relu_anim.network import Network
    from relu_anim.training.ensemble import chunks, epochs, gathered

    if member.choice is not None:
        chosen = chosen_of(trained(member, member.choice.networks, report, keep))
        member = member.with_seed(chosen[member.choice.which][0] if chosen else 0)
    network = Network(*member.shape).inner
    first = moved_by_rounding(network, initial_parameters(network, member.model.init, member.task), copies)
    what = f"training {copies:,} copies of {label}" if label else f"training {copies:,} copies"

    def reported(epoch: Epoch) -> Epoch:
        report(what, epoch.epoch, member.training.epochs)
        return epoch

    losses: list[float] = []
    for start, chunk in chunks([member] * copies):
        own = gathered(chunk, map(reported, epochs(chunk, first[start : start + len(chunk)])), whole=False)
        losses += own.last_losses.tolist()
    assert isinstance(member.seed, int)
    return Rounding(label, member.seed, tuple(losses))


def varied(base: Plan, text: str, count: int) -> dict[float, Plan]:
    """The plan with each of the values that a text such as `training.optimizer.lr=[0.01, 0.1]` gives a key; raises a
    UserError for what is no such text, or gives networks that cannot be trained together."""
    key, _, values = (part.strip() for part in text.partition("="))
    numbers = [scalar(part.strip()) for part in values[1:-1].split(",")]
    if not key or values[:1] + values[-1:] != "[]" or any(type(number) not in (int, float) for number in numbers):
        raise ConfigError(f"--vary {text}: write a key and numbers, such as 'training.optimizer.lr=[0.01, 0.1]'")
    if not len(set(numbers)) == len(numbers) <= MOST_VALUES:
        raise ConfigError(f"--vary {text}: at most {MOST_VALUES} values, each of them once")
    if key.partition(".")[0] == "seed":
        raise ConfigError(f"--vary {text}: each value is tried with the same seeds; vary another key")
    plans = {number: _with_value(base, key, number) for number in numbers}
    first = surveyed(base, count)
    for other in plans.values():
        if difference := first.incompatible_key(surveyed(other, count)):
            raise ConfigError(f"--vary {key}: networks with another {difference} cannot be compared seed by seed")
    return plans


def _with_value(base: Plan, key: str, value: float) -> Plan:
    """The plan with this value of a key."""
    settings = base.order.settings
    try:
        return plan(base.source, [*settings, f"{key}={value!r}"])
    except ConfigProblems as error:
        own = [problem.message for problem in error.problems if problem.mark.source.number > len(settings)]
        raise ConfigError(f"--vary {key}: {value:g} is refused: {own[0]}") if own else error from None


def make_comparison(
    plans: Mapping[float, Plan], key: str, count: int, report: Report, keep: Keeper
) -> tuple[list[Survey], Path]:
    """The numbers of the seeds below `count` for each value of a key, and the contact sheet with a row for each."""
    groups, found = [], []
    for value, own in plans.items():
        experiment = surveyed(own, count)
        ensemble = trained(experiment, count, report, keep)
        found.append(survey(experiment, ensemble))
        groups.append(Group(f"{key.rpartition('.')[2]} {written(value)}", experiment, ensemble))
    first, *_ = plans.values()
    return found, _write_sheet(first, f"{counted(count, 'seed')} for each {key}", groups)


def _write_sheet(plan: Plan, luck: str, groups: Sequence[Group]) -> Path:
    from relu_anim.encoders import write_picture
    from relu_anim.films.sheet import Sheet

    stem = plan.order.stem.name
    fonts = plan.config.animation.fonts or ()
    asked = [words for words in IN_BRACES.findall(plan.config.title) if is_number(words)]
    has_them = len(groups) == 1 and all(map(OF_SEEDS.fullmatch, asked))  # other numbers are those of one network
    own = plan.config.title if has_them or not asked else ""
    name = own or ("" if no_sign(stem, BOLD, fonts=fonts) else stem)  # a file may have any name
    title = f"{name}: {luck}".removeprefix(": ")
    path = sheet_path(plan)
    write_picture(path, Sheet(title, groups).last_frame(), config.dump(plan.config))
    return path
