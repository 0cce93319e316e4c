"""HTML pages from the templates beside this file, each with its style and its script inside. What a template is given
is text, whatever stands in it: every value is escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

FOLDER = Path(__file__).parent


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(FOLDER)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def rendered(name: str, **values: Any) -> str:
    """The page of this name with these values, and with a hash of its script, by which its policy knows it."""
    style, script = ((FOLDER / f"{name}.{suffix}").read_text(encoding="utf-8") for suffix in ("css", "js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    own = {"style": Markup(style), "script": Markup(script), "script_hash": f"sha256-{digest}"}
    return _environment().get_template(f"{name}.html").render(**own, **values)
