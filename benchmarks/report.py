"""The table in docs/performance.md: rows that ran are replaced, and a line below says what each was measured with."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
START, END = "<!-- written by make bench -->\n", "<!-- end of what make bench writes -->\n"
HEAD = "| row | work | to reach | measured | |\n|---|---|---|---|---|"
MEASURED = "Measured on "
PACKAGES = ("torch", "numpy", "matplotlib", "pillow", "av")


def setup():
    """The kind of machine and what is installed, without a name that tells which machine."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {processor()}, Python {platform.python_version()}, {packages}"


def processor():
    """`x86_64 with AVX-512`, as far as the system tells."""
    flags = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").exists() else []
    best = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), None)
    return platform.machine() + (f" with {best}" if best else "")


def line(*cells):
    return f"| {' | '.join(cells)} |"


def replace(lines):
    """Write these lines in place of those of the same rows."""
    if lines:
        before, rest = PAGE.read_text().split(START)
        table, after = rest.split(END)
        PAGE.write_text(before + START + merged(table, lines, setup()) + END + after)


def merged(table, lines, measured_with):
    """The table with these lines in place of those of the same rows, by row, and who was measured with what."""
    new = {row_of(text) for text in lines}
    kept = [text for text in table.splitlines() if text[2:3].isdecimal() and row_of(text) not in new]
    setups = {}
    for text in table.splitlines():
        if text.startswith(MEASURED):
            words, _, rows = text[len(MEASURED) :].rstrip(".").rpartition(": rows ")
            setups[words] = {int(row) for row in rows.split(", ")} - new
    setups[measured_with] = setups.get(measured_with, set()) | new
    said = [f"{MEASURED}{words}: rows {', '.join(map(str, sorted(rows)))}." for words, rows in setups.items() if rows]
    return "\n".join([HEAD, *sorted(kept + lines, key=row_of), "", "\n\n".join(said), ""])


def row_of(text):
    return int(text.split("|")[1])
