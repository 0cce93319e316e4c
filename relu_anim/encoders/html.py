"""HTML: a page that plays a film as lines and text, and tells what is seen in it; or a figure that does not move.

The picture is the animated SVG itself, whose clock a script of the page holds. Values of attributes that change stand
compressed beside it, with all else that scripts know, so that without scripts it is the last frame. The page loads
nothing. Its config stands in it as JSON; a check sum at its end covers all before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from relu_anim import pages
from relu_anim.aliases import Array
from relu_anim.drawing.shapes import Axis, Guide, Plot, Reading, Reel, Spot, Subject
from relu_anim.encoders.animated_svg import Parts
from relu_anim.encoders.elements import TICKS, Clock, Values, named
from relu_anim.encoders.encoder import Encoder
from relu_anim.encoders.files import Bytes, DamagedError
from relu_anim.encoders.outlines import UNIT, in_units
from relu_anim.encoders.timing import Timing

BEGINNING = pages.BEGINNING.encode()
DATA = re.compile(rb'<script type="application/json" id="film">(.*?)</script>')
PICTURE = re.compile(rb'(<svg xmlns=.*</svg>)\n<div id="tip"', re.DOTALL)
END = re.compile(rb"<!-- ([0-9a-f]{64}) -->\n\Z")
END_BYTES = 80
LONG = 200  # signs of an element
SWITCHES = ("knot", "switch", "ghost")  # kinds of subjects that a reader can do without


def animate(reel: Reel, timing: Timing, config_text: str) -> bytes:
    """The film or figure as a page of its own."""
    return page(reel, timing, config_text).encode()


def page(reel: Reel, timing: Timing, config_text: str) -> str:
    """The same as text."""
    assert reel.guided is not None
    tape = _tape(timing)
    still, guide, parts = reel.still, reel.guided(), Parts(reel, tape, config_text)
    numbers: dict[Subject, int] = {}
    elements = [(element, _number(numbers, subject)) for element, subject in parts.body]
    picture = [
        f"<style>{''.join([*parts.fonts, *parts.inks.rules()])}</style>",
        *parts.inside(named(elements, parts.clock)),
    ]
    spots = [_spot(spot, _number(numbers, spot.subject), still.pixels[1]) for spot in guide.spots]
    film = {
        "unit": UNIT,
        "plots": [_plot(plot, still.pixels[1]) for plot in guide.plots],
        "spots": spots,
        "subjects": [_subject(subject) for subject in numbers],
        **(_of_film(guide, timing, numbers) if guide.moments else {"decimal": guide.words["decimal"]}),
    }
    readings = {numbers[subject]: _reading(own) for subject, own in guide.readings.items() if subject in numbers}
    text = pages.page(
        config=config_text,
        known={"film": film, **({"tracks": list(tape.tracks)} if guide.moments else {"readings": readings})},
        moves=bool(guide.moments),
        picture="\n".join(picture),
        name=parts.name,
        box=parts.box,
        size=[round(side) for side in still.size],
        title=still.title,
        alt=still.alt,
        words=guide.words,
        captions=[(frame, guide.times[frame], said) for frame, said in guide.captions],
        colors=guide.colors,
        follows=reel.dark is not None,
        scheme=guide.scheme,
        switches=[(kind, guide.words[kind]) for kind in SWITCHES if kind in {s.kind for s in numbers}],
    )
    return f"{text}<!-- {sha256(text.encode()).hexdigest()} -->\n"


Recorded = tuple[str, Sequence[int], Sequence[str]]


@dataclass(frozen=True)
class Tape(Clock):
    """What changes, as a script sets it going: an attribute's name, and its values with the frames at which they begin;
    or a whole element with no name, if it is much longer than what rests of it. In the picture stands its number."""

    tracks: dict[Recorded, int] = field(default_factory=dict)

    def animate(self, name: str, values: Values) -> str:
        """A place for an attribute that changes; nothing if it does not."""
        starts = tuple(n for n, value in enumerate(values) if not n or value != values[n - 1])
        if len(starts) == 1:
            return ""
        track = name, starts, tuple(values[number] for number in starts)
        return f'<animate data-t="{self.tracks.setdefault(track, len(self.tracks))}"/>'

    def pack(self, moving: str, last: str) -> str:
        """An element that says many things as what it says last."""
        if len(moving) < 2 * len(last) + LONG:
            return moving
        track: Recorded = "", (), (moving,)
        return f'<g data-t="{self.tracks.setdefault(track, len(self.tracks))}">{last}</g>'


def _tape(timing: Timing) -> Tape:
    clock = Clock.of(timing)
    return Tape(clock.times, clock.seconds, clock.loop)


def _number(numbers: dict[Subject, int], subject: Subject | None) -> int | None:
    return None if subject is None else numbers.setdefault(subject, len(numbers))


def _of_film(guide: Guide, timing: Timing, numbers: Mapping[Subject, int]) -> Mapping[str, Any]:
    """When frames begin, in milliseconds, which moments they are, and what is known of each."""
    return {
        "starts": [timing.start(frame, TICKS) for frame in range(timing.frames)],
        "total": timing.total(TICKS),
        "loop": timing.loop,
        "counts": guide.counts,
        "steps": guide.steps,
        "moments": list(map(_short, guide.moments)),
        "times": guide.times,
        "captions": [list(caption) for caption in guide.captions],
        "numbers": {numbers[subject]: values for subject, values in guide.numbers.items() if subject in numbers},
        "words": guide.words,
        **({"computing": guide.computing} if guide.computing else {}),
    }


def _reading(reading: Reading) -> Mapping[str, Any]:
    places = {"x": reading.x} if reading.y is None else {"x": reading.x, "y": reading.y}
    rows = {name: [_short(value) for value in values.tolist()] for name, values in places.items()}
    return {**rows, "columns": [[name, list(texts)] for name, texts in reading.columns.items()]}


def _short(number: float) -> float:
    return float(f"{number:.9g}")


def _subject(subject: Subject) -> Sequence[Any]:
    return [subject.kind, subject.name, subject.variant, subject.layer, subject.unit, subject.source]


def _spot(spot: Spot, number: int | None, height: float) -> Mapping[str, Any]:
    return {"s": number, "at": in_units(spot.places, height).ravel().tolist(), **({"box": True} if spot.is_box else {})}


def _plot(plot: Plot, height: float) -> Mapping[str, Any]:
    left, bottom, right, top = plot.box
    corners: Array = np.array([[left, top], [right, bottom]])
    axes = {name: _axis(axis) for name, axis in (("x", plot.x), ("y", plot.y)) if axis}
    return {"box": in_units(corners, height).ravel().tolist(), **axes}


def _axis(axis: Axis) -> Mapping[str, Any]:
    return {
        "name": axis.name,
        "ends": list(map(_short, axis.ends)),
        "scale": axis.scale,
        **({"percent": True} if axis.is_percent else {}),
    }


def calm(content: bytes) -> bytes:
    """The picture of a page of ours as an SVG of its own, as it is where there are no scripts."""
    found = PICTURE.search(content)
    if found is None:
        raise DamagedError("there is no picture in it")
    return found[1]


def _begins(head: bytes) -> bool:
    return head.startswith(BEGINNING)


def _read(data: Bytes) -> bytes | None:
    """The config inside of a page that is whole."""
    end, found = END.search(data, max(len(data) - END_BYTES, 0)), DATA.search(data)
    if end is None or found is None:
        raise DamagedError("the file does not end as a whole page does")
    if sha256(memoryview(data)[: end.start()]).hexdigest().encode() != end[1]:
        raise DamagedError("its check sum is wrong")
    config: str = json.loads(found[1])["config"]
    return config.encode()


ENCODER = Encoder(_begins, _read, animate=animate)
