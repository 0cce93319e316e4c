"""What a check is: a function of a config that yields (path, message) for each thing wrong between its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from relu_anim.config.places import Path_, related

if TYPE_CHECKING:
    from relu_anim.config.kinds import Config, Experiment

Finding = tuple[Path_, str]
C = TypeVar("C", bound=Callable[[Any], Iterator[Finding]])
Checks = tuple[Callable[[Any], Iterator[Finding]], ...]


def reads(*keys: str, of_variants: bool = True) -> Callable[[C], C]:
    """Declare the keys that a check reads: where one of them is wrong by itself, the check has nothing to say. Without
    `of_variants` it is about what all variants have in common, and is made once for all of them."""

    def declared(check: C) -> C:
        vars(check).update(keys=[tuple(key.split(".")) for key in keys], of_variants=of_variants)
        return check

    return declared


def findings(config: Config, wrong: Sequence[Path_] = (), is_variant: bool = False) -> Iterator[Finding]:
    """Everything wrong between the keys of a config, but for those that are `wrong` one by one."""
    for check in config.checks:
        declared = vars(check)
        if is_variant and not declared["of_variants"]:
            continue
        if not any(related(path, key) for path in wrong for key in declared["keys"]):
            yield from check(config)


def findings_of_members(e: Experiment) -> Iterator[Finding]:
    """What is wrong with an experiment all of whose variants are right."""
    for check in e.checks_of_members:
        yield from check(e)
