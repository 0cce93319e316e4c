"""What a film shows, in words, from its config and the numbers of its run."""

from __future__ import annotations

from typing import Any

from relu_anim.config import Experiment, Target
from relu_anim.config.values import moment_parts, moment_step
from relu_anim.numbers import percent, written
from relu_anim.words import Wording


def describe(film: Experiment, metrics: dict[str, Any]) -> str:
    """What readers who do not see the film need to know; of variants, the metrics are by label."""
    words = film.members[0][1].animation.wording
    return " ".join([_film(film, metrics, words), *_captions(film, words)])


def _captions(film: Experiment, words: Wording) -> list[str]:
    """What its author says at its moments, one sentence each, in their order."""
    steps = film.members[0][1].steps
    captions = sorted(film.animation.captions, key=lambda caption: moment_step(caption.at, steps))
    said = [(moment_parts(caption.at), caption.text.rstrip(".")) for caption in captions if caption.text.strip()]
    return [words("alt_caption", moment=f"{words(name)} {number}", text=text) for (name, number), text in said]


def _film(film: Experiment, metrics: dict[str, Any], words: Wording) -> str:
    if film.variants:
        return _of_variants(film, metrics, words)
    network = _named(film, words, "alt_network", "alt_network_of")
    learned, choice, outcome = _learned(film, words), _luck(film, metrics, words), _outcome(film, metrics, words)
    return words("alt_film", network=network, learned=learned, choice=choice, outcome=outcome)


def _of_variants(film: Experiment, metrics: dict[str, Any], words: Wording) -> str:
    """Of variants, what they have in common and what became of each."""
    members = [member for _, member in film.members]
    each = _common(members, words)
    learned = words.list(*dict.fromkeys(_learned(member, words) for member in members))
    luck = {label: _luck(member, metrics[label], words) for label, member in film.members}
    ends = {label: _outcome(member, metrics[label], words) for label, member in film.members}
    outcomes = "; ".join(f"{label}{luck[label]}: {ends[label]}" for label in ends)
    parts: dict[str, str | int] = {"n": len(members), "learned": learned, "outcomes": outcomes}
    return words("alt_films_each", each=each, **parts) if each else words("alt_films", **parts)


def _common(members: list[Experiment], words: Wording) -> str:
    """The sizes that all networks have, with their units where all have the same; nothing where sizes differ."""
    sizes, units = set(map(_sizes, members)), {_units(member, words) for member in members}
    if len(sizes) > 1:
        return ""
    return _named(members[0], words, "", "alt_each_of") if len(units) == 1 else sizes.pop()


def _named(experiment: Experiment, words: Wording, plain: str, with_units: str) -> str:
    """A network by its sizes, and its units if it has hidden ones, in the words of these keys."""
    sizes, units = _sizes(experiment), _units(experiment, words)
    if units:
        return words(with_units, sizes=sizes, units=units)
    return words(plain, sizes=sizes) if plain else sizes


def source(target: Target, words: Wording) -> str:
    """Where the points come from; a CSV file without its path."""
    if target.csv is not None:
        return words("alt_csv")
    return target.function or words("alt_data_set", name=str(target.dataset))


def _learned(experiment: Experiment, words: Wording) -> str:
    target = experiment.target
    if not target.csv and not target.dataset and not target.function:  # of a recording
        return words("alt_points" if experiment.task.fixed_points() else "alt_unsaid")
    return words("alt_points_of_csv") if target.csv is not None else source(target, words)


def _sizes(experiment: Experiment) -> str:
    return "-".join(map(str, experiment.model.layer_sizes))


def _units(experiment: Experiment, words: Wording) -> str:
    return words.list(*dict.fromkeys(activation.title for activation in experiment.model.activations[:-1]))


def _luck(experiment: Experiment, metrics: dict[str, Any], words: Wording) -> str:
    """Which of many seeds it is, where it was chosen."""
    choice = experiment.choice
    return words("alt_choice", choice=choice.in_words(words), seed=str(metrics["seed"])) if choice else ""


def _outcome(experiment: Experiment, metrics: dict[str, Any], words: Wording) -> str:
    """How well one network does in the end."""
    when = words("alt_epochs", n=metrics["epoch"])
    if experiment.counts_steps:
        steps = words("alt_steps", n=metrics["step"])
        only = metrics["step"] and not metrics["epoch"] and experiment.steps == 1  # who recorded it counted no epochs
        when = (
            words("alt_after_steps", steps=steps) if only else words("alt_epochs_and_steps", epochs=when, steps=steps)
        )
    ended = words("alt_diverged") if "stopped" in metrics else ""
    return _how_well(metrics, when, words) + ended


def _how_well(metrics: dict[str, Any], when: str, words: Wording) -> str:
    if "accuracy" not in metrics:
        if metrics["loss"] is None and "stopped" not in metrics:
            return when
        loss = words("alt_no_number") if metrics["loss"] is None else written(metrics["loss"], 3)
        return words("alt_loss", when=when, loss=loss)
    share = percent(metrics["accuracy"])
    if "test_accuracy" not in metrics:
        return words("alt_right", when=when, share=share)
    return words("alt_right_held_out", when=when, share=share, held_out=percent(metrics["test_accuracy"]))
