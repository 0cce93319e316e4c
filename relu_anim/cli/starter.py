"""The config that `relu-anim new` writes."""

from __future__ import annotations

import os
from pathlib import Path

from relu_anim.config import load, loads
from relu_anim.errors import ConfigError, FileError
from relu_anim.facts import FORMATS, THEMES

STARTER = """\
# Make the film with:  relu-anim run {path}
# The names that may be used here:  relu-anim list
title: {title}
seed: 0                        # another seed, another start

target:
  function: sin(x) + x/4       # a formula in x, or a name of `relu-anim list targets`
  domain: [-5, 5]              # the interval on which it is learned

data:
  samples: 2560                # training points per epoch
  noise: 0.0                   # standard deviation added to y
  resample: true               # fresh points every epoch; false: one fixed set, which is drawn

model:
  layer_sizes: [1, 16, 16, 1]  # input, hidden layers, output
  activation: relu             # `relu-anim list activations`, or a formula in x

training:
  optimizer: {{name: adam, lr: 0.005}}
  loss: mse
  epochs: 150
  snapshots: step              # what a film can show: epoch | step | early, each step of the first two epochs alone
  batch_size: 256

animation:
  panels: [[prediction], [loss]]   # rows of panels: `relu-anim list panels`
  pacing: motion               # even | log: early epochs get more frames | motion: the curve moves evenly
  max_frames: 150
  fps: 20
  hold_first: 0.8              # how many seconds longer the first frame stays
  hold: 2.0                    # the same of the last one
  size: [700, 700]             # pixels
  theme: auto                  # {themes}

# The same with other keys, side by side:
# variants:
#   - {{label: tanh, set: {{model.activation: tanh}}}}
#   - {{label: ReLU, set: {{model.activation: relu}}}}

output:
  formats: [gif]               # {formats}
"""


def write_starter(name: str, like: Path | None) -> Path:
    """Write a config called `name` (a name in this folder, or a path) and return its path; never over another file."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    if not name.isprintable() or not path.stem.strip(". ") or path.name in (".yaml", ".yml"):
        raise ConfigError(f"{name!r} is no name for a file")
    title = path.stem.replace("_", " ").replace("-", " ").capitalize()[:120]  # as long as titles may be
    if like is None:
        names = {"formats": ", ".join(FORMATS), "themes": " | ".join(THEMES)}
        text = STARTER.format(path=path, title=_quoted(title), **names)
        loads(text, str(path))
    else:
        load(like)  # a copy of a broken config would help nobody
        text = like.read_text(encoding="utf-8-sig")
    if os.path.lexists(path):
        raise ConfigError(f"{path}: exists already; choose another name or remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def _quoted(title: str) -> str:
    return '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
