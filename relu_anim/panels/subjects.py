"""What is seen in panels, as pages name it: the same in all panels that show it."""

from __future__ import annotations

from relu_anim.drawing.shapes import Subject
from relu_anim.panels.scenes import Scene

# Kinds: what is read along a curve, at points, or of a network's diagram.
CURVE, TARGET, OUTPUT, UNIT, SERIES = "curve", "target", "output", "unit", "series"
POINT, KNOT, GHOST, LINE, SWITCH = "point", "knot", "ghost", "line", "switch"
INPUT, WEIGHT = "input", "weight"
BIAS_OF = (UNIT, OUTPUT)  # which have a bias


def target(scene: Scene) -> Subject:
    """What is to be learned."""
    return Subject(TARGET, scene.words("target"))


def output(scene: Scene) -> Subject:
    """The network's output, or one of several."""
    last = len(scene.run.network.activations) - 1
    return Subject(OUTPUT, _whose(scene, scene.words("network")), scene.number, last, 0)


def outputs(scene: Scene) -> list[Subject]:
    """All outputs of a network, numbered where there are several."""
    network, last = scene.run.network, len(scene.run.network.activations) - 1
    if network.layer_sizes[-1] == 1:
        return [output(scene)]
    names = [f"{scene.words('output')} {number + 1}" for number in range(network.layer_sizes[-1])]
    return [Subject(OUTPUT, _whose(scene, name), scene.number, last, unit) for unit, name in enumerate(names)]


def units(scene: Scene, layer: int) -> list[Subject]:
    """The units of a hidden layer."""
    sizes, words = scene.run.network.layer_sizes, scene.words
    names = [words("unit_number", number=str(unit + 1)) for unit in range(sizes[layer + 1])]
    if len(sizes) > 3:
        names = [f"{words('layer_number', number=str(layer + 1))}, {name}" for name in names]
    return [Subject(UNIT, _whose(scene, name), scene.number, layer, unit) for unit, name in enumerate(names)]


def of_layer(scene: Scene, layer: int) -> list[Subject]:
    """The units of any layer after the first, or the inputs (-1)."""
    if layer < 0:
        names = _inputs(scene)
        return [Subject(INPUT, name, scene.number, layer, unit) for unit, name in enumerate(names)]
    is_last = layer == len(scene.run.network.activations) - 1
    return outputs(scene) if is_last else units(scene, layer)


def weight(scene: Scene, before: Subject, after: Subject) -> Subject:
    """The weight that leads from one unit or input to another."""
    name = scene.words("page_weight", first=_short(before), second=_short(after))
    return Subject(WEIGHT, _whose(scene, name), scene.number, after.layer, after.unit, before.unit)


def curve(scene: Scene, name: str) -> Subject:
    """Any other curve over the inputs."""
    return Subject(CURVE, _whose(scene, name), scene.number)


def series(scene: Scene, name: str, layer: int = -1) -> Subject:
    """A line of numbers over the training."""
    return Subject(SERIES, _whose(scene, name), scene.number, layer)


def of_line(scene: Scene, layer: int) -> Subject:
    """A line of numbers of one layer, which is the same layer in all plots."""
    return series(scene, scene.words("layer_number", number=str(layer + 1)), layer)


def shared(kind: str, name: str) -> Subject:
    """What is the same for all variants, such as training points."""
    return Subject(kind, name)


def own(kind: str, scene: Scene, name: str) -> Subject:
    """What each variant has, such as knots."""
    return Subject(kind, _whose(scene, name), scene.number)


def _inputs(scene: Scene) -> list[str]:
    run, count = scene.run, scene.run.network.layer_sizes[0]
    if run.task.table is not None:
        return list(run.task.table.columns[:count])
    named = [run.words("x"), run.words("y")]
    return named[:count] if count <= len(named) else [f"{run.words('input')} {n + 1}" for n in range(count)]


def _short(subject: Subject) -> str:
    """A name without that of its variant, which is said once."""
    return subject.name.rpartition(": ")[2]


def _whose(scene: Scene, name: str) -> str:
    """The name of something, after that of its variant if there are several."""
    return f"{scene.look.label}: {name}" if scene.look.label else name
