"""Torch on one thread while a network is trained, and on as many as before in between."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

import torch

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def on_one_thread(generator: Callable[Arguments, Iterator[Value]]) -> Callable[Arguments, Iterator[Value]]:
    """A generator that runs with one thread of torch. More threads add up in another order, and are slower for networks
    this small. The process may be somebody else's, so whoever takes the values has his own number of threads."""

    @functools.wraps(generator)
    def wrapped(*arguments: Arguments.args, **options: Arguments.kwargs) -> Iterator[Value]:
        values = generator(*arguments, **options)
        while True:
            threads = torch.get_num_threads()
            torch.set_num_threads(1)
            try:
                value = next(values)
            except StopIteration:
                return
            finally:
                torch.set_num_threads(threads)
            yield value

    return wrapped
