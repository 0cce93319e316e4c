"""What a network learned, as far as who recorded it said so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from relu_anim.aliases import Array
from relu_anim.recording.npz import Layout

POINTS: Layout = {"x": (np.float64, 2), "y": (np.float64, 2)}
NO_POINTS = np.zeros((0, 1))
LISTS = ("domain", "columns", "classes")


@dataclass(frozen=True, eq=False)
class Learned:
    """Beside a recording that was not trained from a config: what is known of its target and of its loss.

    `function` is a formula of the inputs, or empty; `domain` an interval for each input, or nothing; `columns` are the
    names of the inputs and of what is learned, `classes` those of the classes; `loss_kind` a name of `facts.LOSSES`, or
    empty; `steps_per_epoch` is 0 where steps alone were counted. `x` float64 [points, inputs] and `y` float64
    [points, 1] (a number, or the index of a class) are the training points; there may be none.
    """

    function: str = ""
    domain: tuple[tuple[float, float], ...] = ()
    columns: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    loss_kind: str = ""
    steps_per_epoch: int = 1
    x: Array = field(default_factory=lambda: NO_POINTS)
    y: Array = field(default_factory=lambda: NO_POINTS)

    @property
    def arrays(self) -> dict[str, Array]:
        """The points as arrays of a file; nothing where there are none."""
        return {name: getattr(self, name) for name in POINTS} if len(self.x) else {}

    def as_json(self) -> dict[str, Any]:
        """All but the points."""
        data = {own.name: getattr(self, own.name) for own in fields(self) if own.name not in POINTS}
        return {**data, **{name: list(data[name]) for name in LISTS}, "points": len(self.x)}

    @classmethod
    def of_json(cls, data: Mapping[str, Any], arrays: Mapping[str, Array]) -> Learned:
        """What `as_json` describes, with its points. For anything else a ValueError, TypeError or KeyError."""
        known = {own.name: data[own.name] for own in fields(cls) if own.name not in POINTS}
        domain = tuple((float(low), float(high)) for low, high in known["domain"])
        columns, classes = (tuple(known[name]) for name in ("columns", "classes"))
        texts = [*columns, *classes, known["function"], known["loss_kind"]]
        if not all(isinstance(text, str) for text in texts) or type(known["steps_per_epoch"]) is not int:
            raise ValueError("what was learned is said in values of other types")
        if not all(math.isfinite(low) and low < high < math.inf for low, high in domain):
            raise ValueError("a domain goes from one number to a larger one")
        points: dict[str, Any] = dict(arrays)
        if data["points"] != (len(points["x"]) if points else 0):
            raise ValueError("its points are not all there")
        if points and (len(points["x"]) != len(points["y"]) or points["y"].shape[1] != 1):
            raise ValueError("its points do not fit together")
        if not all(np.isfinite(values).all() for values in points.values()):
            raise ValueError("its points are finite numbers")
        return cls(**{**known, "domain": domain, "columns": columns, "classes": classes}, **points)

    def fits(self, inputs: int) -> bool:
        """Whether it can be what a network of this many inputs learned."""
        widths = {len(self.domain) or inputs, self.x.shape[1] if len(self.x) else inputs, inputs}
        labels = self.y.ravel() if len(self.x) and self.classes else np.zeros(0)
        are_classes = bool((labels == np.rint(labels)).all() and (labels >= 0).all())
        return widths == {inputs} and are_classes and bool((labels < max(len(self.classes), 1)).all())
