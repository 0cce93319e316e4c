"""A network that was trained elsewhere, from its recording, and how that is filmed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr, field_serializer

from relu_anim.config.animation import Animation
from relu_anim.config.cells import Cell
from relu_anim.config.checks import moments, outputs, panels, room, target, texts
from relu_anim.config.checks.check import Checks, Finding, reads
from relu_anim.config.defaults import of_target, unless_set
from relu_anim.config.held import HeldTarget, OwnTarget
from relu_anim.config.kinds.experiment import Experiment, Shape
from relu_anim.config.outputs import Output
from relu_anim.config.recordings import HeldRecording
from relu_anim.config.sections import Data, Model, SideName, Target, Training
from relu_anim.config.tasks import task_of
from relu_anim.config.values import Alt, FilmTitle
from relu_anim.facts import LOSSES, PANELS, UNANSWERED_PANEL, usual_loss, usual_panel
from relu_anim.plurals import plural
from relu_anim.recording import Learned, Recording
from relu_anim.targets import Task

NEED_DATA = "give data=(x, y) to the Recorder"


@reads("target")
def one_target(e: RecordedExperiment) -> Iterator[Finding]:
    """A target of the config's own is one thing, of as many inputs and outputs as the network has."""
    if not isinstance(e.target, HeldTarget):
        yield from target.one_target(e)
    sizes = e.recording_held.network.layer_sizes
    if not e.target.is_known:
        return
    classes = len(e.task.class_names)
    if e.task.inputs != sizes[0]:
        has = f"has {plural(e.task.inputs, 'input')}"
        yield ("target",), f"{has}, the network of {e.recording} {sizes[0]}"
    if classes and sizes[-1] not in (classes, 1 if classes == 2 else classes):
        yield ("target",), f"has {classes} classes, the network of {e.recording} {plural(sizes[-1], 'output')}"


@reads("target", "animation.panels")
def panels_have_what_they_show(e: RecordedExperiment) -> Iterator[Finding]:
    """The recording holds what each panel shows."""
    outputs, classes = e.model.layer_sizes[-1], e.task.class_names
    for path, cell in panels.panel_places(e):
        panel = PANELS[cell.name]
        if (
            (panel.one_output or panel.answers)
            and outputs > 1
            and not classes
            and panel.inputs in (None, e.task.inputs)
        ):
            yield path, f"{cell.name} needs one output, the network of {e.recording} has {outputs}"
        elif panel.answers and not e.has_answers:
            cure = "give data=(x, y) or target= to the Recorder, or write target: {function: x**2}, say"
            yield path, f"{cell.name} needs a target or points, and {e.recording} holds none; {cure}"
        elif panel.numbers and _are_usual(cell):
            if message := e.lacks(panel.numbers):
                yield path, f"{cell.name} needs {panel.numbers}, which {message}"
        elif not panel.over_time and not e.has_inputs:
            yield path, f"{cell.name} needs inputs to show the network at, and {e.recording} holds none; {_cure(e)}"


def _cure(e: RecordedExperiment) -> str:
    few = "give domain=(-5, 5) to the Recorder, or write target: {domain: [-5, 5]}, say"
    return few if e.recording_held.network.layer_sizes[0] <= 2 else NEED_DATA


def _are_usual(cell: Cell) -> bool:
    """Whether a panel shows the numbers of a recording, and not others that it could show."""
    options = PANELS[cell.name].options
    return "of" not in options or cell.options.get("of", options["of"].default) == options["of"].default


@reads("animation.pacing")
def motion_is_seen(e: RecordedExperiment) -> Iterator[Finding]:
    """Where frames follow the curve, there are inputs at which it is looked at."""
    if e.animation.pacing == "motion" and not e.has_inputs:
        yield ("animation", "pacing"), f"motion needs inputs to look at, and {e.recording} holds none; {_cure(e)}"


@reads("target", "animation.panels")
def panels_fit_the_target(e: RecordedExperiment) -> Iterator[Finding]:
    """Each panel can show what was learned."""
    yield from panels.panels_fit_the_target(e)


CHECKS: Checks = (
    one_target,
    target.dataset_is_here,
    target.domains,
    target.target_is_finite,
    panels.mosaic,
    panels_fit_the_target,
    panels_have_what_they_show,
    motion_is_seen,
    room.panels_have_room,
    panels.variants,
    panels.shown_domain,
    outputs.film_speed,
    outputs.film_size,
    outputs.pixels,
    outputs.unique_formats,
    outputs.unique_themes,
    texts.title,
    texts.words,
    texts.captions,
)
CHECKS_OF_MEMBERS: Checks = (
    panels.metrics,
    panels.options,
    panels.ensemble,
    panels.highlight,
    texts.numbers_in_title,
    moments.epochs,
    moments.pacing,
    moments.stills,
    moments.captions,
    moments.ghosts,
)


class RecordedExperiment(Experiment):
    """A network that was trained elsewhere, and how its recording is filmed."""

    kind: Literal["recorded"] = Field(description="what becomes of the config")
    title: FilmTitle = ""
    alt: Alt = ""
    recording: SideName = Field(
        description="a file beside the config, of a Recorder or of `relu-anim import`", examples=["mine.npz"]
    )
    target: OwnTarget = Field(
        default=None,
        validate_default=True,
        description="what was learned; else what the recording holds of it, beside which a domain may stand here",
        examples=[{"function": "x**2"}],
    )
    animation: Animation = Field(default=Animation(), description="what is drawn, how fast, and how large")
    output: Output = Field(default=Output(), description="the files to write")

    checks: ClassVar[Checks] = CHECKS
    checks_of_members: ClassVar[Checks] = CHECKS_OF_MEMBERS
    seed: ClassVar[int] = 0
    variants: ClassVar[tuple[Any, ...]] = ()

    _held: HeldRecording | None = PrivateAttr(default=None)

    @field_serializer("target")
    def _target_said(self, target: Target) -> Any:
        """What the config says of it itself."""
        if not isinstance(target, HeldTarget):
            return target.model_dump(mode="json")
        return {"domain": target.domain} if target.says_domain else None

    def with_own_values(self) -> RecordedExperiment:
        """The config with what the recording holds, and a panel that can show it."""
        own = self.target
        is_own = any(value is not None for value in (own.function, own.dataset, own.csv))
        target = of_target(own, Data())["target"] if is_own else HeldTarget.of(self.recording_held, own)
        e = self.model_copy(update={"target": target})
        if not e.target.is_known:
            return e
        classes, outputs = len(e.task.class_names), e.model.layer_sizes[-1]
        can_show = e.has_answers and (classes or outputs == 1)
        panel = usual_panel(e.task.inputs, classes, outputs) if can_show else UNANSWERED_PANEL
        if (number := PANELS[panel].numbers) and e.lacks(number):
            panel = UNANSWERED_PANEL
        return e.model_copy(update={"animation": unless_set(e.animation, {"panels": ((Cell.of(panel),),)})})

    @property
    def recording_held(self) -> Recording:
        """The recording, once it is read."""
        assert self._held is not None
        return self._held.recording

    @property
    def is_read(self) -> bool:
        """Whether its recording is there."""
        return self._held is not None

    @property
    def digest(self) -> str:
        """The SHA-256 of the recording's file."""
        return self._held.digest if self._held else ""

    @property
    def learned(self) -> Learned:
        """What the recording says of what was learned."""
        return self.recording_held.learned or Learned(steps_per_epoch=_steps_per_epoch(self.recording_held))

    @property
    def has_answers(self) -> bool:
        """Whether it is known what was to be learned."""
        is_said = not isinstance(self.target, HeldTarget) or self.target.function is not None
        return is_said or self.task.fixed_points() is not None

    @property
    def has_inputs(self) -> bool:
        """Whether there are inputs at which the network can be shown."""
        return not isinstance(self.target, HeldTarget) or self.target.has_inputs

    @property
    def has_held_out(self) -> bool:
        """What is known of them is in the recording, or not."""
        return True

    def lacks(self, number: str) -> str:
        """What to say of a number that the recording does not hold, with what to do; nothing where it holds it."""
        values = getattr(self.recording_held, number, None)
        if values is not None:
            if np.isfinite(values).any():
                return ""
            if values.ndim == 1:
                return f"is not in {self.recording}; give it to snap: {number}=…"
            return self._no_gradients
        return "" if self.has_inputs else f"needs inputs to count at, and {self.recording} holds none; {_cure(self)}"

    @property
    def _no_gradients(self) -> str:
        """Why the gradients of the loss cannot be computed; nothing where they can."""
        name, classes, network = self.learned.loss_kind, len(self.task.class_names), self.recording_held.network
        if not name:
            cure = 'give loss="mse", say, to the Recorder'
        elif not self.has_answers:
            cure = "give data=(x, y) or target= to the Recorder"
        else:
            loss, last = LOSSES[name], network.activations[-1].name
            takes_last = not loss.last_activations or last in loss.last_activations
            if takes_last and loss.fits(classes) and loss.outputs(classes) == network.layer_sizes[-1]:
                return ""
            cure = f"the loss {name} does not go with this network and what it learned"
        return f"is not in {self.recording}, nor can it be computed; {cure}"

    @cached_property
    def data(self) -> Data:
        """How points of a target of the config's own are drawn."""
        is_held = isinstance(self.target, HeldTarget)
        return Data() if is_held else of_target(self.target, Data())["data"]

    @cached_property
    def task(self) -> Task:
        """What was learned."""
        return task_of(self.target, self.data, 0)

    @cached_property
    def model(self) -> Model:
        """The network, of which a recording may be larger than one that is trained here."""
        network = self.recording_held.network
        model = Model.model_construct(layer_sizes=network.layer_sizes)
        model.__dict__["activations"] = network.activations
        return model

    @cached_property
    def training(self) -> Training:
        """What is known of the training: how long it was, and what its loss is."""
        classes, last = len(self.task.class_names), int(self.recording_held.epoch[-1])
        loss = self.learned.loss_kind or usual_loss(classes, self.model.layer_sizes[-1])
        return Training.model_construct(loss=loss, epochs=last, snapshots="step")

    @property
    def loss_word(self) -> str:
        """The word for the loss."""
        return super().loss_word if self.learned.loss_kind else "loss"

    @property
    def shape(self) -> Shape:
        """What a Network of this recording is made of."""
        n = self.recording_held.network
        return n.layer_sizes, n.activations, n.center, n.spread, n.output_center, n.output_spread

    @property
    def steps(self) -> int:
        """How many steps an epoch has; 1 where steps alone were counted."""
        return self.learned.steps_per_epoch or 1

    @property
    def counts_steps(self) -> bool:
        """Whether the film counts steps and not epochs: those alone were counted, or it shows moments within one."""
        steps = self.learned.steps_per_epoch
        return not steps or bool((self.recording_held.step % steps).any())

    @property
    def snapshots(self) -> int:
        """How many snapshots there are."""
        return len(self.recording_held)

    def moments(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The epochs that are over at each snapshot, and the steps that are done: int64 [snapshots]."""
        return self.recording_held.epoch, self.recording_held.step

    @property
    def effort(self) -> float:
        """About how many seconds it takes to make."""
        return self.drawing_effort


def _steps_per_epoch(recording: Recording) -> int:
    """How many steps an epoch has in a recording that was trained here, all of whose epochs are as long."""
    epochs = recording.epoch[-1]
    return int(recording.step[-1] // epochs) if epochs else 1
