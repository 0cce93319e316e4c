"""Variants: the same config with some keys changed, each checked as a config of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from relu_anim.config.document import Document, path_of
from relu_anim.config.models import Config, Experiment
from relu_anim.config.places import Problem, dotted

CHANGEABLE = ("seed", "data", "model", "training")
Check = Callable[[type[Config], Document, list[Problem]], Config | None]


def members(experiment: Experiment, doc: Document, check: Check, problems: list[Problem]) -> Iterator[Experiment]:
    """The experiment of each variant; what is wrong with one is added to the problems, at the place of the change."""
    for number in range(len(experiment.variants)):
        place = ("variants", number, "set")
        foreign = [key for key in experiment.variants[number].set if path_of(key)[0] not in CHANGEABLE]
        for key in foreign:
            message = f"a variant may change keys of {', '.join(CHANGEABLE)}, such as model.activation"
            problems.append(Problem(doc.key_mark((*place, key)), dotted((*place, key)), message))
        if foreign:
            continue
        changed = doc.with_changes(place, without="variants")
        found = changed.problems
        member = check(Experiment, changed, found)
        problems += [problem for problem in found if problem not in problems]
        if isinstance(member, Experiment):
            yield member
