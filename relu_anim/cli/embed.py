"""The `embed` command: HTML or Markdown for the files that a config became, which a page takes as it is."""

from __future__ import annotations

import os
import re
import shlex
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from relu_anim.errors import ConfigError, FileError, UserError, of_exit_code
from relu_anim.facts import FORMATS
from relu_anim.making.orders import NAME, Order
from relu_anim.making.plans import Plan, decided, plan_of
from relu_anim.making.results import read_summary
from relu_anim.pages import in_frame
from relu_anim.paths import check_writable, followed, is_stream

if TYPE_CHECKING:
    from relu_anim.config import Config
    from relu_anim.config.files import File

# Formats by what a page shows them as, the better first; and the stills that stand for a film, those that all can read.
VIDEOS = [name for name, row in FORMATS.items() if row.on_page == "video"]
PAGES = [name for name, row in FORMATS.items() if row.on_page == "frame"]
FILMS, STILLS = (
    [name for name, row in reversed(FORMATS.items()) if row.on_page == "image" and row.moves is moves]
    for moves in (True, False)
)
IMAGES, POSTERS = [*FILMS, *STILLS], STILLS[::-1]
OURS = "<!-- made by relu-anim embed -->\n"  # the first line of a file, which may then be replaced
SAFE = "%/:?#@!$&*+,;=~"  # signs that an address may have; no bracket, brace or quote, which end it somewhere
DARK, LIGHT, CALM, MOVING = (
    "(prefers-color-scheme: dark)",
    "(prefers-color-scheme: light)",
    "(prefers-reduced-motion: reduce)",
    "(prefers-reduced-motion: no-preference)",
)
Files = Mapping[str, str]  # addresses by format


@dataclass(frozen=True)
class Figure:
    """What a page needs to know: the addresses of the files in the first theme, and in one for the other scheme of
    colours, with the media query for which they are; CSS pixels, and what readers need who do not see it. A page of a
    film has so many `captions`."""

    files: Files
    others: Files
    scheme: str
    size: tuple[int, int]
    alt: str
    captions: int | None = None


def embedded(
    groups: Iterable[Sequence[Order]], base: str | None, markdown: bool, output: Path | None, strip: bool = False
) -> str:
    """What is to be printed: the figures of each group of orders, which are for one config. With `output` it is written
    there, with {name} in it into a file for each config, and nothing is printed. A UserError says what is wrong with
    all configs, and nothing is written."""
    write = in_markdown if markdown else in_html
    texts: dict[Path, list[str]] = {}
    mistakes = []
    for orders in groups:
        path = Path(str(output or "").replace(NAME, orders[0].source.stem))
        try:
            texts.setdefault(path, []).extend(map(write, figures_of(orders, base, path.parent, strip)))
        except UserError as error:
            mistakes.append(error)
    if mistakes:
        raise of_exit_code(max(error.exit_code for error in mistakes))("\n".join(map(str, mistakes)))
    if output is None:
        return "\n".join(text for found in texts.values() for text in found)
    _check(texts)
    for path, found in texts.items():
        _write(path, "\n".join(found))
    return ""


def figures_of(orders: Sequence[Order], base: str | None, folder: Path, strip: bool = False) -> list[Figure]:
    """What a config became by these orders: its film, or the stills that they name, or its strip. Addresses begin with
    `base`, or else lead there from a folder. ConfigError where it is not made or stale, or where no page shows it."""
    from relu_anim import config

    parts: dict[str, list[tuple[Path, File]]] = {}
    alt = ""
    for order in orders:
        plan = decided(plan_of(order))
        summary = read_summary(plan.summary)
        if plan.status != "current" or summary is None:
            raise ConfigError(f"{order.source}: {plan.reason}; make it first: {_command(order)}")
        alt = summary.alt
        for path, file in _shown(plan, strip):
            parts.setdefault(file.part, []).append((path, file))
    if not parts:
        is_film = isinstance(plan.config, config.Experiment)
        message = (
            "has no strip; add moments: output.strip=[0, 10, 100]"
            if is_film
            else "has no strip, since it does not move"
        )
        raise ConfigError(f"{plan.source}: {message}")
    return [_figure(plan, alt, files, base, folder) for files in parts.values()]


def _shown(plan: Plan, strip: bool) -> Iterator[tuple[Path, File]]:
    """The files of a plan that are meant."""
    from relu_anim import config

    for end, file in config.files(plan.config).items():
        if file.is_strip if strip else file.is_film if plan.order.at is None else file.moment is not None:
            yield plan.outputs[end], file


def _figure(plan: Plan, alt: str, files: Sequence[tuple[Path, File]], base: str | None, folder: Path) -> Figure:
    from relu_anim.config import Experiment

    by_theme: dict[str, dict[str, str]] = {}
    for path, file in files:
        by_theme.setdefault(file.theme, {})[file.format] = _address(path, base, folder)
    first, *rest = by_theme
    if not _first(by_theme[first], (*PAGES, *VIDEOS, *IMAGES)):
        advice = f"add one of {', '.join(IMAGES)} to output.formats"
        raise ConfigError(f"{plan.source}: a page shows no {', '.join(by_theme[first])}; {advice}")
    other = next((theme for theme in rest if (theme == "dark") != (first == "dark")), None)
    scheme = LIGHT if first == "dark" else DARK
    path, file = next((path, file) for path, file in files if FORMATS[file.format].on_page)
    size = _size_of(path, plan.config.animation.scale) if file.is_strip else plan.config.animation.size
    others, words = by_theme[other] if other else {}, _line(_alt(plan.config, alt, file))
    captions = len(plan.config.animation.captions) if isinstance(plan.config, Experiment) else None
    return Figure(by_theme[first], others, scheme, size, words, captions)


def _alt(config: Config, alt: str, file: File) -> str:
    """What is said of a film, and for stills of it which moments they are."""
    from relu_anim.config import Experiment
    from relu_anim.config.values import moment_parts

    if not isinstance(config, Experiment) or file.is_film:
        return alt
    words = config.animation.wording
    moments = config.output.strip if file.moment is None else (file.moment,)
    named = (f"{words(name)} {number}" for name, number in map(moment_parts, moments))
    return words("alt_still", alt=alt, moments=", ".join(named))


def _size_of(path: Path, scale: float) -> tuple[int, int]:
    """The CSS pixels of a picture of ours, in a format that does not move."""
    with path.open("rb") as file:
        head = file.read(300)
    if found := re.search(rb'<svg[^>]* width="(\d+)" height="(\d+)"', head):
        return int(found[1]), int(found[2])
    width, height = struct.unpack(">II", head[16:24])
    return round(width / scale), round(height / scale)


def _command(order: Order) -> str:
    """What makes an order, as it is written in a shell."""
    parts = ["relu-anim", "run", str(order.source)]
    parts += [part for setting in order.settings for part in ("-s", setting)]
    parts += ["-o", str(order.output)] if order.output else []
    parts += ["-f", ",".join(order.formats)] if order.formats else []
    parts += ["--at", ",".join(order.at)] if order.at else []
    parts += ["--summaries", str(order.summaries)] if order.summaries else []
    return shlex.join(parts)


def _address(path: Path, base: str | None, folder: Path) -> str:
    """What a page writes for a file."""
    if base is None:
        return quote(os.fsencode(Path(os.path.relpath(path, folder)).as_posix()), safe="/")
    beginning = f"{base}/" if base and not base.endswith("/") else base
    return quote(beginning, safe=SAFE) + quote(os.fsencode(path.name))


def _line(text: str) -> str:
    """A text on one line, without line breaks, which could end a paragraph."""
    return " ".join(filter(None, map(str.strip, text.splitlines())))


# ---------------------------------------------------------------- HTML


def in_html(figure: Figure) -> str:
    """The figure as an element of a page: a page of its own or a video if there is one, else a picture, which may
    move."""
    if _first(figure.files, PAGES):
        return _frame(figure)
    return _video(figure) if _first(figure.files, VIDEOS) else _picture(figure)


def _frame(figure: Figure) -> str:
    """A page inside of the page, at most as wide as its column."""
    address = {"src": _first(figure.files, PAGES), "title": figure.alt, "loading": "lazy"}
    around = {"style": f"container-type: inline-size; max-width: {figure.size[0]}px"}
    own = address | in_frame(figure.size, figure.captions)
    return _element(f"div {_written(around)}", [f"<iframe {_written(own)}></iframe>"])


def _video(figure: Figure) -> str:
    """A video that plays by itself. Where motion is not wanted and there is a still, no source is taken, and the poster
    stays. Browsers that play none show the picture inside of it."""
    still = _first(figure.files, POSTERS)
    calm = [MOVING] if still else []
    kinds = (([figure.scheme, *calm], figure.others), (calm, figure.files))
    sources = [_source(queries, "src", found) for queries, files in kinds if (found := _first(files, VIDEOS))]
    inside = [_image(figure)] if _first(figure.files, IMAGES) else []
    poster = {"poster": still} if still else {}
    own = {**poster, **_box(figure), "aria-label": figure.alt}
    return _element(f"video autoplay muted loop playsinline {_written(own)}", [*sources, *inside])


def _picture(figure: Figure) -> str:
    """A picture, with sources for those who want it calm, and in the other scheme of colours."""
    moves = _first(figure.files, FILMS)
    calm = [(CALM, POSTERS)] if moves else []
    sources = []
    for query, formats in (*calm, ("", IMAGES)):
        for scheme, files in ((figure.scheme, figure.others), ("", figure.files)):
            queries, found = [part for part in (query, scheme) if part], _first(files, formats)
            if queries and found:
                sources.append(_source(queries, "srcset", found))
    return _element("picture", [*sources, _image(figure)]) if sources else f"{_image(figure)}\n"


def _image(figure: Figure) -> str:
    own = {
        "src": _first(figure.files, IMAGES),
        **_box(figure),
        "loading": "lazy",
        "decoding": "async",
        "alt": figure.alt,
    }
    return f"<img {_written(own)}>"


def _first(files: Files, formats: Iterable[str]) -> str:
    """The address in the first of these formats that there is; nothing if there is none."""
    return next((files[name] for name in formats if name in files), "")


def _box(figure: Figure) -> dict[str, str]:
    """How large it is: as wide as its column at most, and of the same shape there."""
    width, height = figure.size
    return {"width": str(width), "height": str(height), "style": "max-width: 100%; height: auto"}


def _source(queries: Sequence[str], key: str, address: str) -> str:
    media = {"media": " and ".join(queries)} if queries else {}
    return f"<source {_written({**media, key: address})}>"


def _element(beginning: str, inside: Iterable[str]) -> str:
    """An element on lines of its own, none of them empty, so that Markdown takes it as HTML."""
    name = beginning.split()[0]
    return "\n".join([f"<{beginning}>", *(f"  {line}" for line in inside), f"</{name}>", ""])


def _written(attributes: Mapping[str, str]) -> str:
    """Attributes in quotes. Braces are escaped too, which template languages of sites would read."""
    return " ".join(f'{key}="{_escaped(value)}"' for key, value in attributes.items())


def _escaped(text: str) -> str:
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


# ---------------------------------------------------------------- Markdown


def in_markdown(figure: Figure) -> str:
    """The figure as a picture of Markdown; a page or a video, which it does not have, as a link. No two braces stand
    beside each other, which template languages of sites would read."""
    alt = re.sub(r"([\\\[\]{}`*_<>!&])", r"\\\1", figure.alt)
    image = _first(figure.files, IMAGES)
    shown = f"![{alt}]({image})" if image else alt
    video = "" if _first(figure.files, FILMS) else _first(figure.files, VIDEOS)
    link = _first(figure.files, PAGES) or video
    return f"[{shown}]({link})\n" if link else f"{shown}\n"


# ---------------------------------------------------------------- files


def _check(paths: Iterable[Path]) -> None:
    """ConfigError if a file is not one of ours, and would be lost."""
    for path in paths:
        if is_stream(followed(path)):
            continue
        check_writable([path])
        try:
            is_ours = not path.exists() or path.read_bytes()[: len(OURS)] in (OURS.encode(), b"")
        except OSError as error:
            raise FileError(f"-o {path}: cannot be read: {error.strerror or error}") from None
        if not is_ours:
            raise ConfigError(f"-o {path}: was not made by relu-anim embed, and stays; name another file")


def _write(path: Path, text: str) -> None:
    from relu_anim.encoders import atomic_write

    atomic_write(path, f"{'' if is_stream(followed(path)) else OURS}{text}".encode())
