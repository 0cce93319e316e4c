"""What the sections of a config say is to be learned."""

from __future__ import annotations

from relu_anim.config.sections import Choice, Data, Target
from relu_anim.targets import DATASETS, Task, function


def task_of(target: Target, data: Data, seed: int | Choice) -> Task:
    """The target with the way its points are drawn; of a seed that is still to be chosen, as with 0."""
    return Task(
        function=function(target.function) if target.function else None,
        dataset=DATASETS[target.dataset] if target.dataset else None,
        table=target.table,
        domain=target.domain,
        samples=data.samples,
        noise=data.noise,
        resample=data.resample,
        test_fraction=data.test_fraction,
        classes=data.classes or 0,
        seed=seed if isinstance(seed, int) else 0,
        standardize=data.standardize,
    )
