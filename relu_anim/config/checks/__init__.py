"""What the keys of a config must fulfil together; each check yields (path, message)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from relu_anim.config.checks import births, panels, target, texts
from relu_anim.config.checks.target import Finding
from relu_anim.config.models import ActivationFigure, BornDeadFigure, Config, DataFigure, Experiment
from relu_anim.config.places import Path_, related

__all__ = ["CHECKS", "Finding", "findings", "findings_of_members"]

# Each check with the keys that it reads: where one of them is wrong by itself, the check has nothing to say.
Checks = Mapping[Callable[[Any], Iterator[Finding]], str]

CHECKS: Mapping[type[Config], Checks] = {
    Experiment: {
        target.one_target: "target",
        target.dataset_is_here: "target",
        target.own_values: "target data",
        target.classes: "target data",
        target.layer_sizes: "target data model.layer_sizes training.loss",
        target.loss: "target data training.loss model.output_activation",
        target.activations: "model.layer_sizes model.activation",
        target.domains: "target animation.domain",
        target.target_is_finite: "target",
        target.test_fraction: "target data",
        target.optimizer: "training.optimizer",
        target.recording_fits: "model.layer_sizes model.activation training.epochs",
        panels.mosaic: "animation.panels",
        panels.panels_fit_the_target: "target data model.layer_sizes training.loss animation.panels",
        panels.panels_have_room: ("model animation.panels animation.metrics animation.size animation.arrange variants"),
        panels.variants: "variants animation.panels animation.arrange",
        panels.shown_domain: "target animation.domain",
        panels.film_speed: "output.formats animation.fps",
        panels.film_size: "output.formats animation.size",
        panels.unique_formats: "output.formats",
        texts.title: "title",
        texts.labels: "variants",
    },
    ActivationFigure: {
        panels.figure_has_room: "animation.size",
        panels.figure_is_finite: "functions domain",
        panels.marks: "domain marks derivative",
        panels.unique_formats: "output.formats",
        texts.title: "title",
    },
    DataFigure: {
        target.one_target: "target",
        target.dataset_is_here: "target",
        target.own_values: "target data",
        target.classes: "target data",
        target.points_are_fixed: "target data",
        target.domains: "target",
        target.target_is_finite: "target",
        target.test_fraction: "target data",
        panels.figure_has_room: "animation.size",
        panels.unique_formats: "output.formats",
        texts.title: "title",
    },
    BornDeadFigure: {
        births.unique_widths: "widths",
        births.ylim_of_shares: "animation.ylim",
        births.can_be_counted: "networks widths depth",
        panels.figure_has_room: "animation.size",
        panels.unique_formats: "output.formats",
        texts.title: "title",
    },
}


# What all variants have in common, or depends on how they are shown together: checked once for all of them.
TOGETHER = {panels.panels_have_room, panels.variants, texts.title, texts.labels}


def findings(config: Config, wrong: Sequence[Path_] = (), is_variant: bool = False) -> Iterator[Finding]:
    """Everything wrong between the keys of a config, but for those that are `wrong` one by one."""
    for check, keys in CHECKS[type(config)].items():
        reads = [tuple(key.split(".")) for key in keys.split()]
        if is_variant and check in TOGETHER:
            continue
        if not any(related(path, read) for path in wrong for read in reads):
            yield from check(config)


def findings_of_members(e: Experiment) -> Iterator[Finding]:
    """What is wrong with an experiment all of whose variants are right."""
    yield from panels.metrics(e)
    yield from panels.ensemble(e)
    yield from panels.panels_of_members_have_room(e)
