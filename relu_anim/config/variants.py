"""Variants: the same config with some keys changed, each checked as a config of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from relu_anim.config.document import Document, path_of
from relu_anim.config.hints import torn
from relu_anim.config.kinds import Config, TrainedExperiment, Variant
from relu_anim.config.messages import other_key
from relu_anim.config.places import Problem, dotted

CHANGEABLE = ("seed", "data", "model", "training")
Check = Callable[[type[Config], Document, list[Problem]], Config | None]


def members(
    experiment: TrainedExperiment, doc: Document, check: Check, problems: list[Problem]
) -> Iterator[TrainedExperiment]:
    """The experiment of each variant; what is wrong with one is added to the problems, at the place of the change."""
    for number in range(len(experiment.variants)):
        place = ("variants", number, "set")
        changes = experiment.variants[number].set
        foreign = [key for key in changes if path_of(key)[0] not in CHANGEABLE]
        for key in foreign:
            message = f"a variant may change keys of {', '.join(CHANGEABLE)}{_advice(key, changes[key])}"
            problems.append(Problem(doc.key_mark((*place, key)), dotted((*place, key)), message))
        if foreign:
            continue
        changed = doc.with_changes(place, without="variants")
        _take_panels(changed, experiment)
        found = changed.problems
        member = check(TrainedExperiment, changed, found)
        problems += [problem for problem in found if problem not in problems]
        if isinstance(member, TrainedExperiment):
            yield member


def _advice(key: str, value: Any) -> str:
    """What to write instead of a key that a variant cannot change."""
    if rest := torn(key, value):
        return f"; {rest}"
    path = path_of(key)
    meant = "" if path[0] in TrainedExperiment.model_fields else other_key(path, TrainedExperiment)
    return meant if "?" in meant else ", such as model.activation"


def _take_panels(changed: Document, experiment: TrainedExperiment) -> None:
    """All variants are shown by the panels of the whole, also where one of them alone would have others."""
    animation = changed.data.setdefault("animation", {})
    if isinstance(animation, dict):
        animation.setdefault("panels", [[cell.short() for cell in row] for row in experiment.animation.panels])


def written_out(
    variants: Sequence[Variant], base: TrainedExperiment, members: Sequence[TrainedExperiment]
) -> tuple[Variant, ...]:
    """The variants with a loss that follows from what they change among their changes, so that they mean the same
    beside a base in which every key is written."""
    return tuple(
        variant.model_copy(update={"set": {**variant.set, "training.loss": member.training.loss}})
        if member.training.loss != base.training.loss and not {"training", "training.loss"} & variant.set.keys()
        else variant
        for variant, member in zip(variants, members, strict=True)
    )
