"""What a film shows, in words, from its config and the numbers of its run."""

from __future__ import annotations

from typing import Any

from relu_anim.config import Experiment, Target
from relu_anim.config.values import moment_step, moment_words
from relu_anim.numbers import counted, percent, written


def describe(film: Experiment, metrics: dict[str, Any]) -> str:
    """What readers who do not see the film need to know; of variants, the metrics are by label."""
    return " ".join([_film(film, metrics), *_captions(film)])


def _captions(film: Experiment) -> list[str]:
    """What its author says at its moments, one sentence each, in their order."""
    steps = film.members[0][1].steps
    captions = sorted(film.animation.captions, key=lambda caption: moment_step(caption.at, steps))
    return [
        f"At {moment_words(caption.at)}: {caption.text.rstrip('.')}." for caption in captions if caption.text.strip()
    ]


def _film(film: Experiment, metrics: dict[str, Any]) -> str:
    if film.variants:
        return _of_variants(film, metrics)
    network = f"{_sizes(film)} network{_units(film)}"
    return f"Film of a {network} learning {_learned(film)}{_luck(film, metrics)}: {_outcome(film, metrics)}."


def _of_variants(film: Experiment, metrics: dict[str, Any]) -> str:
    """Of variants, what they have in common and what became of each."""
    members = [member for _, member in film.members]
    phrases = [list(dict.fromkeys(map(phrase, members))) for phrase in (_sizes, _units)]
    sizes, units = (found[0] if len(found) == 1 else "" for found in phrases)
    each = f", each {sizes}{units}," if sizes else ""
    learned = " and ".join(dict.fromkeys(map(_learned, members)))
    luck = {label: _luck(member, metrics[label]) for label, member in film.members}
    outcomes = "; ".join(f"{label}{luck[label]}: {_outcome(member, metrics[label])}" for label, member in film.members)
    return f"Film of {len(members)} networks{each} learning {learned}. {outcomes}."


def source(target: Target) -> str:
    """Where the points come from; a CSV file without its path."""
    if target.csv is not None:
        return "a CSV file"
    return target.function or f"the data set {target.dataset}"


def _learned(experiment: Experiment) -> str:
    return f"{'the points of ' if experiment.target.csv is not None else ''}{source(experiment.target)}"


def _sizes(experiment: Experiment) -> str:
    return "-".join(map(str, experiment.model.layer_sizes))


def _units(experiment: Experiment) -> str:
    hidden = dict.fromkeys(activation.title for activation in experiment.model.activations[:-1])
    return f" with {' and '.join(hidden)} units" if hidden else ""


def _luck(experiment: Experiment, metrics: dict[str, Any]) -> str:
    """Which of many seeds it is, where it was chosen."""
    choice = experiment.choice
    return f", the {choice.which} of {written(choice.networks)} seeds ({metrics['seed']})" if choice else ""


def _outcome(experiment: Experiment, metrics: dict[str, Any]) -> str:
    """How well one network does in the end."""
    steps = f" ({counted(metrics['step'], 'step')})" if experiment.counts_steps else ""
    epochs = f"after {counted(metrics['epoch'], 'epoch')}{steps}"
    ended = ", before the training diverges" if "stopped" in metrics else ""
    if "accuracy" in metrics:
        held_out = f" and {percent(metrics['test_accuracy'])} of those held out" if "test_accuracy" in metrics else ""
        return f"{epochs} it classifies {percent(metrics['accuracy'])} of the points right{held_out}{ended}"
    loss = "not a number" if metrics["loss"] is None else written(metrics["loss"], 3)
    return f"{epochs} its loss is {loss}{ended}"
