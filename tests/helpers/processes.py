"""The command in processes of its own, and in this one, and configs for it."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

from typer.testing import CliRunner

from relu_anim.cli import app

TINY = """\
target: {{function: x**2}}
seed: {seed}
data: {{samples: 32}}
model: {{layer_sizes: [1, 4, 1]}}
training: {{epochs: {epochs}}}
animation: {{size: [200, 150], max_frames: 4, panels: [[loss]]}}
"""


WITH_CSV = """\
target: {csv: data/points.csv}
model: {layer_sizes: [1, 4, 1]}
training: {epochs: 3}
animation: {size: [200, 150], max_frames: 4, panels: [[loss]]}
"""


def write(count, epochs=3):
    """So many configs, and one with a CSV file."""
    for number in range(count):
        Path(f"c{number:02}.yaml").write_text(TINY.format(seed=number, epochs=epochs))
    Path("data").mkdir(exist_ok=True)
    Path("data/points.csv").write_text("x,y\n" + "".join(f"{n},{n * n}\n" for n in range(20)))
    Path("table.yaml").write_text(WITH_CSV)
    return [*sorted(path.name for path in Path.cwd().glob("c*.yaml")), "table.yaml"]


def write_stills(count):
    """So many configs of figures that need no torch."""
    for number in range(count):
        Path(f"still{number}.yaml").write_text(f"kind: activation\ntitle: figure {number}\nfunctions: [relu]\n")
    return sorted(path.name for path in Path.cwd().glob("still*.yaml"))


def command(*arguments):
    return [sys.executable, "-m", "relu_anim", "run", *map(str, arguments)]


def run(*arguments, **options):
    environment = {**os.environ, **options.pop("env", {})}
    options = {"capture_output": True, "text": True, "timeout": 180, "env": environment, **options}
    return subprocess.run(command(*arguments), check=False, **options)


def invoke(*arguments):
    """`relu-anim run` in this process, which has loaded all that takes long."""
    return CliRunner().invoke(app, ["run", *map(str, arguments)])


def made_here(*arguments):
    """What the outputs are where this process makes them."""
    assert invoke("-q", *arguments).exit_code == 0
    return hashes()


def start(*arguments, **options):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command(*arguments), **pipes, **options)


def hashes(folder="outputs"):
    """Of every output and recording; summaries tell how long it took."""
    files = [path for path in Path(folder).rglob("*") if path.is_file() and path.suffix != ".json"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def wait_for(found, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("it did not happen")
