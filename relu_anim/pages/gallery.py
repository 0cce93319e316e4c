"""The page of all outputs of a folder. What it is given is text, whatever stands in it: every value is escaped."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined


def gallery(**values: Any) -> str:
    """The page with these values, its style and its script, and a hash by which its policy knows the script."""
    script, style, page = (_text(f"gallery.{suffix}") for suffix in ("js", "css", "html"))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    own = {"script": script, "style": style, "script_hash": b64encode(sha256(script.encode()).digest()).decode()}
    return environment.from_string(page).render(**own, **values)


def _text(name: str) -> str:
    return resources.files("relu_anim.pages").joinpath(name).read_text(encoding="utf-8")
