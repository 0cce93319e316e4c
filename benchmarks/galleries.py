"""Row 37: the page of a thousand films that are current."""

import json
import shutil
import statistics
import subprocess
from pathlib import Path

from commands import FILM, RELU_ANIM, measured

COUNT = 1000


def page_row(folder):
    """The stills are there: they are read once, after the page is written."""
    outputs = current_films(Path(folder))
    command = [*RELU_ANIM, "gallery", "-q"]
    measured(command, folder)
    taken = statistics.median(measured(command, folder)[0] for _ in range(3))
    megabytes = (outputs / "gallery.html").stat().st_size / 1e6
    yield "37", "gallery of 1,000 current films", "≤ 3 s", f"{taken:.1f} s, a page of {megabytes:.1f} MB", taken <= 3


def current_films(folder):
    """The folder of as many films and summaries, copies of those that a config became, each with its own config."""
    names = [f"film{number:04}" for number in range(COUNT)]
    for name in names:
        shutil.copy(FILM, folder / f"{name}.yaml")
    subprocess.run([*RELU_ANIM, "run", f"{names[0]}.yaml", "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    made = folder / "outputs" / names[0]
    summary = json.loads(made.with_suffix(".json").read_text())
    for name in names[1:]:
        shutil.copy(made.with_suffix(".gif"), folder / "outputs" / f"{name}.gif")
        (folder / "outputs" / f"{name}.json").write_text(json.dumps(summary).replace(names[0], name))
    return folder / "outputs"
