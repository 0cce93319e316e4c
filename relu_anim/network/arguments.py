"""What a network is asked with from Python, checked in words: parameters, points and intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from relu_anim.aliases import Array
from relu_anim.errors import ConfigError


class CannotBeComputed(ConfigError, ValueError):
    """A number that a network does not have, or arrays that are not its own."""


def parameters_of(given: Any, count: int) -> Array:
    """Parameters [..., count]."""
    if hasattr(given, "parameters"):
        raise CannotBeComputed(f"parameters: expected an array, got a {type(given).__name__}; give its .parameters")
    found = array_of(given, "parameters")
    if not found.ndim or found.shape[-1] != count:
        raise CannotBeComputed(f"parameters: the network has {count:,}, got the shape {found.shape}")
    return found


def points_of(given: Any, inputs: int) -> Array:
    """Points [..., points, inputs]."""
    found = array_of(given, "x")
    if found.ndim < 2 or found.shape[-1] != inputs:
        advice = "; write x[:, None]" if found.ndim == inputs == 1 else ""
        raise CannotBeComputed(f"x: expected the shape [points, {inputs}], got {list(found.shape)}{advice}")
    return found


def interval_of(given: Any) -> tuple[float, float]:
    """The ends of an interval, which may be without end."""
    ends = np.ravel(array_of(given, "domain")).tolist()
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise CannotBeComputed(f"domain: goes from one number to a larger one, (-5, 5), got {given!r}")
    return ends[0], ends[1]


def array_of(
    given: Any,
    name: str,
    error: type[ConfigError] = CannotBeComputed,
    read: Callable[[Any], Any] = np.asarray,
) -> Array:
    """The array that `read` makes of what somebody gave; an error that names it where that is no array of numbers."""
    try:
        found = read(given)
    except Exception as problem:  # whatever somebody else's array raises, and lists of unequal lengths
        raise error(f"{name}: is no array: {' '.join(str(problem).split())}") from None
    if found.dtype.kind not in "fiub":
        of_what = f" of {found.dtype}" if found.ndim else ""
        raise error(f"{name}: expected an array of numbers, got {type(given).__name__}{of_what}")
    return cast("Array", found)
