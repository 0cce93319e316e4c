"""What is sent to browsers: pages, each with its style and its scripts, which are files of this room."""

from __future__ import annotations

import functools
import json
import zlib
from base64 import b64encode, b85encode
from collections.abc import Mapping, Sequence, Set
from hashlib import sha256
from importlib import resources
from typing import Any

FIRST = "common.js"  # which begins the others
SCRIPTS = ("places.js", "tracks.js", "player.js", "marks.js", "page.js")  # one after the other, as a module
STANDING = ("places.js", "marks.js", "figure.js")  # of figures that do not move
NETWORK = ("network.js",)  # of films whose networks it computes
CELLS = ("cells.js",)  # to read activation maps
TRIED = ("trial.js", "redraw.js", "grips.js", "workbench.js")  # to try networks out
MAPS = ("contours.js", "remap.js")  # with maps
CONTROLS, ROW = 96, 32  # pixels below the picture of a film, and for each caption there, or a second row of controls
NARROW = 475  # pixels, below which controls begin to need one
PACKED = bytes.maketrans(  # the signs of `b85encode`, which stand for 0 to 84, to those from ( to |, but } for <
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    bytes(range(40, 125)).replace(b"<", b"}"),
)
BEGINNING = '<!DOCTYPE html>\n<html data-film="relu-anim"'  # how a page of ours begins


def page(**values: Any) -> str:
    """The page of a film, or of a figure if it does not `move`. All values are text but for `picture`, an SVG, and
    `known`, what scripts know of it: its `film`, and numbers. It is compressed, as scripts are."""
    known = values.pop("known")
    computing = known["film"].get("computing") or {"variants": (), "plots": ()}
    shown = {plot["shows"] for plot in computing["plots"] if plot}
    code = "".join(map(_script, _scripts(shown) if values["moves"] else STANDING))
    first = _script(FIRST)
    own = {
        "config": data({"config": values.pop("config")}),
        "known": packed(data(known)),
        "script": first,
        "code": packed(code),
        "script_hashes": [_hash(first), _hash(code)],
        "style": text("page.css"),
    }
    variants = len(computing["variants"]) if shown - {"cells"} else 0  # that are tried out
    return _template("page.html").render(**own, variants=variants, **values)


def gallery(**values: Any) -> str:
    """The page of all outputs of a folder. All values are text."""
    script = text("gallery.js")
    own = {"script": script, "script_hash": _hash(script), "style": text("gallery.css")}
    return _template("gallery.html").render(**own, **values)


def in_frame(size: tuple[int, int], captions: int | None) -> dict[str, str]:
    """The attributes of an <iframe> that shows the page of a picture of this size in pixels: as wide as what is around,
    which has the style `container-type: inline-size`, and as high as the picture then is with what is below it: of a
    film its controls and so many captions, of a figure that does not move, with None, nothing."""
    (width, height), below = size, 0 if captions is None else CONTROLS + ROW * captions
    parts = [f"{100 * height / width:.2f}cqw"]
    if below:
        parts += [f"{below}px", f"clamp(0px, {NARROW}px - 100cqw, {ROW}px)"]
    style = f"width: 100%; height: calc({' + '.join(parts)}); border: 0"
    return {"width": str(width), "height": str(height + below), "style": style}


def data(values: Mapping[str, Any]) -> str:
    """Values as JSON that ends no element of a page."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).translate({60: "\\u003c"})


def packed(content: str) -> str:
    """Text compressed, in signs that end no element of a page; 6 % shorter than in base64."""
    return b85encode(zlib.compress(content.encode(), 9)).translate(PACKED).decode()


def text(name: str) -> str:
    """A file of this room."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _scripts(shown: Set[str]) -> Sequence[str]:
    """The scripts that a page needs which computes what is shown, the one that starts it last."""
    parts = {NETWORK: shown, CELLS: "cells" in shown, TRIED: shown - {"cells"}, MAPS: "map" in shown}
    return *SCRIPTS[:-1], *(name for names, are_needed in parts.items() if are_needed for name in names), SCRIPTS[-1]


def _script(name: str) -> str:
    """A script without its comments, which stand on lines of their own, and without what is before lines."""
    lines = (line.strip() for line in text(name).splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith(("//", "/*", "* ", "*/")))


@functools.cache
def _template(name: str) -> Any:
    """A page that escapes all values. Loaded when one is made: the template engine takes 40 ms."""
    from jinja2 import Environment, StrictUndefined

    class Keyed(Environment):
        """What stands behind a point is a key first: a word may be called `keys`, as methods of mappings are."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            return self.getitem(obj, attribute)

    strict = Keyed(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return strict.from_string(text(name))


def _hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
