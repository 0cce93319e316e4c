"""What a recording holds of what was learned, as the target of the config that names it."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import numpy as np
from pydantic import PrivateAttr, ValidatorFunctionWrapHandler, WrapValidator

from relu_anim.config.defaults import around
from relu_anim.config.sections import Target
from relu_anim.recording import Learned, Recording
from relu_anim.targets import Domain, Points, Table

NOT_SAID = Target(domain=(0.0, 1.0))  # the target of a config that has none


class HeldTarget(Target):
    """What a recording holds of what was learned, and a domain of the config's own beside it."""

    _says_domain: bool = PrivateAttr(default=False)
    _has_inputs: bool = PrivateAttr(default=True)

    @classmethod
    def of(cls, recording: Recording, own: Target) -> HeldTarget:
        """The target that a recording holds, with the domain of the config's own."""
        learned, inputs = recording.learned or Learned(), recording.network.layer_sizes[0]
        says = "domain" in own.model_fields_set and own is not NOT_SAID
        domain: Domain | None = own.domain if says else _domain(learned)
        held = cls.model_construct(
            function=learned.function or None, dataset=None, csv=None, domain=domain or Target().domain
        )
        held._says_domain, held._has_inputs = says, len(learned.x) > 0 or (domain is not None and inputs <= 2)
        if len(learned.x) or not learned.function:
            held._table = _table(learned, inputs)
        return held

    @property
    def is_known(self) -> bool:
        """As much as there is to know."""
        return True

    @property
    def says_domain(self) -> bool:
        """Whether the config has a domain of its own."""
        return self._says_domain

    @property
    def has_inputs(self) -> bool:
        """Whether there are inputs at which a network can be looked at: points, or a domain."""
        return self._has_inputs


def _own(value: Any, handler: ValidatorFunctionWrapHandler) -> Target:
    return NOT_SAID if value is None else handler(value)


OwnTarget = Annotated[Target, WrapValidator(_own, json_schema_input_type=Target | None)]


def _domain(learned: Learned) -> Domain | None:
    """The domain that is said, or else around the points; None where neither is there."""
    if len(learned.domain) in (1, 2):
        return learned.domain[0] if len(learned.domain) == 1 else (learned.domain[0], learned.domain[1])
    return around(Points(learned.x, learned.y)) if len(learned.x) and learned.x.shape[1] <= 2 else None


def _table(learned: Learned, inputs: int) -> Table:
    """The points as a table, which has no rows where there are none."""
    points = Points(learned.x, learned.y) if len(learned.x) else Points(np.zeros((0, inputs)), np.zeros((0, 1)))
    names = ("x", "y") if inputs == 1 else (*(f"x{number}" for number in range(1, inputs + 1)), "y")
    said = repr((learned.as_json(), inputs)).encode()
    digest = hashlib.sha256(said + points.x.tobytes() + points.y.tobytes()).hexdigest()
    return Table(learned.columns or names, points, learned.classes, (), digest)
