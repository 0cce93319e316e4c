"""Panels: each draws one thing and updates it. The panel `activation_map` of a config is the class `ActivationMapPanel`
of the module `panels.activation_map`; what others need to know of it stands in `facts.PANELS`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from relu_anim.panels.scenes import Panel, Scene, make_scenes

__all__ = ["Panel", "Scene", "make_scenes", "panel_class"]


def panel_class(name: str) -> Callable[..., Panel]:
    """What draws the panel of this name; it takes its room, the scenes, and the panel's options."""
    words = name.split("_")
    found: Callable[..., Panel] = getattr(import_module(f"{__name__}.{name}"), "".join(map(str.title, words)) + "Panel")
    return found
