"""What became of each config of `run_all`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from relu_anim.errors import UserError
from relu_anim.making import results


@dataclass(frozen=True)
class Result:
    """What became of a config. `status`: built (trained and drawn) | redrawn (from its recordings) | current (there was
    nothing to do) | failed, with the `error`. `metrics` are the numbers of its run, with variants by label, `seconds`
    those of each stage, and `notes` lines for its author."""

    config: Path
    status: str
    outputs: tuple[Path, ...] = ()
    metrics: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: UserError | None = None

    @classmethod
    def of(cls, made: results.Result, notices: tuple[str, ...] = ()) -> Result:
        """The same as the machinery has it, with what is to be said of the config."""
        notes = (*notices, *made.notes, *made.advice)
        outputs = tuple(map(Path, made.outputs))
        return cls(made.order.source, made.status, outputs, made.metrics, made.seconds, notes, made.error)
