"""Random numbers of many seeds: those of `default_rng` for each, without making a generator for each.

NumPy promises that neither changes: how SeedSequence turns a seed into bits (by M. E. O'Neill, "Developing a seed_seq
alternative"), done here for all seeds at once, and how PCG64 starts from them. For ten thousand seeds
that takes an eighth of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

FEW = 24  # seeds, for which it is not worth it
POOL = 4
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645  # of PCG64, mod 2^128
LEFT, RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)
HALF = np.uint32(16)


def generator(seed: int, stream: str) -> np.random.Generator:
    """The random numbers of one use, so that drawing more for one changes no other."""
    return np.random.default_rng([seed, *stream.encode()])


def generators(seeds: Sequence[int], stream: str) -> Iterator[np.random.Generator]:
    """For each seed what `generator` gives: one object, good until the next one is asked for."""
    words = stream.encode()
    if len(seeds) < FEW or max(seeds) >= 2**32:  # such a seed is more than one word
        yield from (generator(seed, stream) for seed in seeds)
        return
    bits = np.random.PCG64(0)
    random, state = np.random.Generator(bits), bits.state
    entropy = [np.array([word], dtype=np.uint32) for word in words]
    entropy = [np.array(seeds, dtype=np.uint32), *entropy, *[np.zeros(1, dtype=np.uint32)] * (POOL - 1 - len(words))]
    for high, low, step_high, step_low in _seed_sequences(entropy).tolist():
        step = (step_high << 65 | step_low << 1 | 1) % 2**128
        first = ((step + (high << 64 | low)) * MULTIPLIER + step) % 2**128
        state["state"] = {"state": first, "inc": step}
        bits.state = state
        yield random


def _seed_sequences(entropy: Sequence[Words]) -> NDArray[np.uint64]:
    """What SeedSequence generates for PCG64 from words of entropy, at least four, each [seeds]: uint64 [seeds, 4]."""
    mixing = _Hash(0x43B0D7E5, 0x931E8875)
    pool = [mixing(word) for word in entropy[:POOL]]
    for source in range(POOL):
        for target in range(POOL):
            if source != target:
                pool[target] = _mixed(pool[target], mixing(pool[source]))
    for word in entropy[POOL:]:
        pool = [_mixed(own, mixing(word)) for own in pool]
    generating = _Hash(0x8B51F9DD, 0x58F38DED)
    halves = [generating(pool[number % POOL]).astype(np.uint64) for number in range(2 * POOL)]
    return np.stack([low | high << np.uint64(32) for low, high in zip(halves[::2], halves[1::2], strict=True)], axis=1)


class _Hash:
    """SeedSequence's hash of a word, another one at each call."""

    def __init__(self, start: int, factor: int) -> None:
        self.constant, self.factor = start, factor

    def __call__(self, words: Words) -> Words:
        before, self.constant = self.constant, self.constant * self.factor % 2**32
        words = (words ^ np.uint32(before)) * np.uint32(self.constant)
        return words ^ words >> HALF


def _mixed(a: Words, b: Words) -> Words:
    words = LEFT * a - RIGHT * b
    return words ^ words >> HALF
