"""The moments of snapshots: epochs, steps or both, as their author counts them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from relu_anim.errors import ConfigError

HOW = "say steps_per_epoch to the Recorder"
MOST = 10**15  # epochs or steps


@dataclass(frozen=True)
class Moment:
    """The last moment that was recorded. `steps_per_epoch` is None while that is not known; `counts`: epoch | step, or
    nothing while only the very first moment is there."""

    epoch: int = -1
    step: int = -1
    steps_per_epoch: int | None = None
    counts: str = ""

    def following(self, epoch: int | None, step: int | None) -> Moment:
        """The moment of an epoch or of a step, or the next one; ConfigError unless it comes after this one."""
        for name, number in (("epoch", epoch), ("step", step)):
            if number is None:
                continue
            if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or number < 0:
                raise ConfigError(f"{name}: expected a whole number from 0 on, got {number!r}")
            if number > MOST:
                raise ConfigError(f"{name}: must be at most {MOST:g}")
        if epoch is None and step is None:
            epoch, step = (None, self.step + 1) if self.counts == "step" else (self.epoch + 1, None)
        found = self._found(epoch, step)
        if found.step > MOST:
            raise ConfigError(f"epoch {epoch} has more than {MOST:g} steps before it")
        if found.step <= self.step:
            name = "epoch" if step is None else "step"
            given, before = getattr(found, name), getattr(self, name)
            raise ConfigError(f"{name} {given} is not later than {name} {before}, the last one that was recorded")
        return found

    def _found(self, epoch: int | None, step: int | None) -> Moment:
        steps = self.steps_per_epoch
        if step is None:
            if self.counts == "step" and not steps:
                raise ConfigError(f"epoch: steps were counted until now; {HOW}")
            assert epoch is not None
            return self._at(epoch, epoch * (steps or 1), steps, "epoch")
        if epoch is None:
            if self.counts == "epoch" and not steps:
                raise ConfigError(f"step: epochs were counted until now; {HOW}")
            return self._at(step // steps if steps else 0, step, steps, "epoch" if steps else "step")
        if not steps and not self.counts and epoch and step % epoch == 0:
            steps = step // epoch
        if step // (steps or 1) != epoch:
            known = f"an epoch has {steps or 1} steps" if steps or self.counts else HOW
            raise ConfigError(f"epoch {epoch} and step {step} do not go together; {known}")
        return self._at(epoch, step, steps, "epoch")

    def _at(self, epoch: int, step: int, steps: int | None, counts: str) -> Moment:
        return replace(
            self, epoch=int(epoch), step=int(step), steps_per_epoch=steps and int(steps), counts=counts if step else ""
        )
