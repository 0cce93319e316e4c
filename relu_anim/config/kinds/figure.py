"""What the kinds have in common that do not move."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from relu_anim.config.kinds.experiment import LEAST_SECONDS, Experiment, Variant
from relu_anim.config.kinds.root import Root


class Figure(Root):
    """What does not move; nothing is trained, and there is nothing to learn unless its kind says so."""

    moves: ClassVar[Literal[False]] = False
    members: ClassVar[tuple[tuple[str, Experiment], ...]] = ()
    variants: ClassVar[tuple[Variant, ...]] = ()

    def with_own_values(self) -> Self:
        """The config with defaults that follow from other keys."""
        return self

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make."""
        return LEAST_SECONDS
