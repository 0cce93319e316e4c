"""Elements of an SVG whose attributes change from frame to frame, and how long each frame stays (SMIL)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from operator import attrgetter, itemgetter

from relu_anim.encoders.timing import Timing

TICKS = 1000  # a second
EXACT = 5  # ticks, by which a frame may begin too early or too late: half of what a GIF counts in
NOTHING = "M-9999-9999"  # a path that shows nothing
MOVES, RESTS = "m", "s"  # classes of what moves, and of the last frame that stands in its place

Values = Sequence[str]  # one for each frame, or a single one


@dataclass(frozen=True)
class Element:
    """An element through all frames. `fixed` are its attributes that stay, `moving` those that may change, by frame; at
    those at which it is not there all are None. `inside` stands in it. `last` is what rests of it, if that is another.
    """

    tag: str
    fixed: str
    moving: Mapping[str, Sequence[str | None]]
    inside: str = ""
    last: Element | None = None

    @property
    def moves(self) -> bool:
        """Whether anything of it changes, or rests in another way."""
        return self.last is not None or any(len(set(values)) > 1 for values in self.moving.values())

    def values(self) -> dict[str, Values]:
        """The attributes that may change, with what hides it while it is not there."""
        shown = [value is not None for value in next(iter(self.moving.values()))]
        found: dict[str, Values] = {name: _filled(values) for name, values in self.moving.items()}
        if all(shown):
            return found
        if "d" in found and len(set(found["d"])) > 1:
            return found | {"d": [value or NOTHING for value in self.moving["d"]]}
        return found | {"display": ["inline" if there else "none" for there in shown]}


def _filled(values: Sequence[str | None]) -> list[str]:
    """Each value, or that before where there is none."""
    last = next((value for value in values if value is not None), "")
    return [last := last if value is None else value for value in values]


@dataclass(frozen=True)
class Clock:
    """When frames begin, as shares of a film that lasts so many seconds and plays so often."""

    times: Values
    seconds: float
    loop: int | None

    @classmethod
    def of(cls, timing: Timing) -> Clock:
        """The frame times of a film, in as few digits as keep them."""
        total = timing.total(TICKS)
        starts = [timing.start(frame, TICKS) for frame in range(timing.frames)]
        digits = next(digits for digits in range(1, 16) if total * 0.5 * 10**-digits <= EXACT)
        return cls([_share(start / total, digits) for start in starts], total / TICKS, timing.loop)

    def animate(self, name: str, values: Values) -> str:
        """An attribute that changes; nothing if it does not."""
        starts = [number for number, value in enumerate(values) if not number or value != values[number - 1]]
        if len(starts) == 1:
            return ""
        times, changes = (";".join(each[number] for number in starts) for each in (self.times, values))
        count = "indefinite" if self.loop is None else self.loop
        return (
            f'<animate attributeName="{name}" calcMode="discrete" dur="{self.seconds:g}s" repeatCount="{count}"'
            f' keyTimes="{times}" values="{changes}"/>'
        )

    def pack(self, moving: str, last: str) -> str:
        """What stands for an element that moves, which is the other at the end."""
        return moving


def _share(share: float, digits: int) -> str:
    return f"{share:.{digits}f}".rstrip("0").rstrip(".").removeprefix("0") or "0"


@dataclass
class Defs:
    """The boxes to which elements are cut, which may grow, and markers, each with a name."""

    name: str
    clock: Clock
    found: dict[tuple[str, str], str] = field(default_factory=dict)

    def cut(self, *sides: int, widths: Sequence[int] = ()) -> str:
        """The attribute of an element that is cut to a box, which has these widths by frame."""
        left, top, width, height = sides
        grows = self.clock.animate("width", [str(value) for value in widths]) if widths else ""
        rect = f'<rect x="{left}" y="{top}" width="{width}" height="{height}"'
        clip = f"{rect}>{grows}</rect>" if grows else f"{rect}/>"
        return f' clip-path="url(#{self._name("clipPath", clip)})"'

    def mark(self, shape: str, *places: str) -> str:
        """The attributes of a path at whose start, or at all points between its ends (`mid`), this shape is drawn."""
        name = self._name('marker markerUnits="userSpaceOnUse" overflow="visible"', shape)
        return "".join(f' marker-{place}="url(#{name})"' for place in places)

    def hatch(self, name: str, width: int) -> str:
        """What fills an element with slanting stripes of a class, so wide in each row and with gaps three times as
        wide, in units of its own."""
        side = 4 * width
        starts = [-row % side for row in range(side)]
        runs = "".join(f"M{start} {row}h{width}v1h-{width}" for row, start in enumerate(starts))
        runs += "".join(f"M{start - side} {row}h{width}v1h-{width}" for row, start in enumerate(starts))
        size = f'pattern width="{side}" height="{side}" patternUnits="userSpaceOnUse"'
        stripes = f'<path class="{name}" d="{runs}"/>'
        return f' fill="url(#{self._name(size, stripes)})"'

    def used(self, outline: str) -> str:
        """What shows a path that is there but once refers to."""
        tag = f'path d="{outline}"'
        return f"#{self._name(tag, '')}"

    def moving_image(self, webp: bytes, shape: tuple[int, int], count: int, tall: int) -> str:
        """The name of an image whose rows are so tall, and which is one row further up at each of so many moments."""
        height, width = shape
        tops = [str(-tall * number) for number in range(count)]
        sides = f'y="{tops[-1]}" width="{width}" height="{height * tall}"'
        data = f'preserveAspectRatio="none" href="data:image/webp;base64,{b64encode(webp).decode()}"'
        return self._name(f'image {sides} image-rendering="pixelated" {data}', self.clock.animate("y", tops))

    def filter(self, inside: str) -> str:
        """The name of a filter that keeps to what it is given."""
        return self._name('filter color-interpolation-filters="sRGB" x="0" y="0" width="1" height="1"', inside)

    def _name(self, tag: str, inside: str) -> str:
        return self.found.setdefault((tag, inside), f"{self.name}-{len(self.found)}")

    def written(self) -> Iterator[str]:
        """All of them."""
        yield "<defs>"
        for (tag, inside), name in self.found.items():
            end = f">{inside}</{tag.split()[0]}>" if inside else "/>"
            yield f'<{tag} id="{name}"{end}'
        yield "</defs>"


def written(elements: Iterable[Element], clock: Clock) -> Iterator[str]:
    """Elements from the bottom up. What moves is there twice: moving, and as it is at the end, for readers who want no
    motion."""
    for moves, run in groupby(elements, attrgetter("moves")):
        found = list(run)
        last = [element.last or element for element in found if _is_there(element)]
        if not moves:
            yield from _in_groups(last, _at_rest)
            continue
        yield f'<g class="{MOVES}">'
        yield from _in_groups(found, partial(_moving, clock=clock))
        yield f'</g><g class="{RESTS}">'
        yield from _in_groups(last, _at_rest)
        yield "</g>"


def _in_groups(elements: Iterable[Element], write: Callable[[Element], str]) -> Iterator[str]:
    """Elements, and what those behind each other share as attributes of a group around them."""
    for (own, shared), run in groupby(elements, _shared):
        found = list(run)
        if len(found) == 1 or not own:
            yield from map(write, found)
            continue
        bare = [replace(each, fixed="", moving={own: each.moving[own]}, last=None) for each in found]
        yield f"<g{shared}>{''.join(map(write, bare))}</g>"


def _shared(element: Element) -> tuple[str, str]:
    """The one attribute of a path that may change, and all others, which a group may have in its place; nothing of all
    else."""
    own = {"path": "d", "use": "href"}.get(element.tag, "")
    others = {name: set(values) for name, values in element.moving.items() if name != own}
    if own not in element.moving or "opacity=" in element.fixed or any(len(v) > 1 for v in others.values()):
        return "", ""
    return own, element.fixed + "".join(f' {name}="{value}"' for name, (value,) in others.items())


def named(elements: Iterable[tuple[Element, int | None]], clock: Clock) -> Iterator[str]:
    """The same for a page, each with the number of what it shows. What moves is there once: a script knows when readers
    want no motion."""
    for number, run in groupby(elements, itemgetter(1)):
        found = (clock.pack(_moving(element, clock), _last(element)) for element, _ in run)
        yield from found if number is None else (f'<g data-s="{number}">', *found, "</g>")


def _moving(element: Element, clock: Clock) -> str:
    values = element.values()
    inside = "".join(clock.animate(name, each) for name, each in values.items()) + element.inside
    return _element(element, values, inside)


def _is_there(element: Element) -> bool:
    """Whether it is in the last frame."""
    return next(iter(element.moving.values()))[-1] is not None


def _last(element: Element) -> str:
    """The element as it is at the end; nothing where it is not there."""
    return _at_rest(element.last or element) if _is_there(element) else ""


def _at_rest(element: Element) -> str:
    return _element(element, element.values(), element.inside)


def _element(element: Element, values: Mapping[str, Values], inside: str) -> str:
    """Its attributes have the values of the last frame, which is what shows where nothing moves."""
    own = "".join(
        f' {name}="{found[-1]}"' for name, found in values.items() if (name, found[-1]) != ("display", "inline")
    )
    head = f"{element.tag}{element.fixed}{own}"
    return f"<{head}>{inside}</{element.tag}>" if inside else f"<{head}/>"
