"""`make bench`: what was measured beside what is to be reached. Ratios carry over between machines, times do not.

`python benchmarks/bench.py 3,9` runs rows 3 and 9. Rows that ran are replaced in the table of docs/performance.md.
"""

import importlib
import sys
import tempfile
import time

import elsewhere  # noqa: F401  it keeps the environment as it is before the kernels are chosen
import report

from relu_anim import kernels

kernels.pin()  # as the command does, before NumPy and torch load

# Rows → module and function, which is given an empty folder's path and yields (row, work, to reach, measured, reached).
# Modules load when they are needed. Commands first: a child that is forked from a large process counts its memory.
ROWS = {
    (5,): ("commands", "run_row"),
    (6,): ("commands", "theme_row"),
    (21,): ("commands", "stills_row"),
    (22, 23): ("commands", "watch_rows"),
    (7,): ("commands", "short_rows"),
    (8,): ("commands", "memory_row"),
    (32,): ("commands", "import_row"),
    (4,): ("steps", "step_rows"),
    (16,): ("steps", "ensemble_row"),
    (30,): ("recording", "snap_row"),
    (31,): ("recording", "overhead_row"),
    (1, 3): ("films", "prediction_rows"),
    (2, 3): ("films", "layers_rows"),
    (9,): ("films", "thread_row"),
    (19,): ("formats", "mp4_rows"),
    (20,): ("formats", "webp_rows"),
    (33,): ("vectors", "size_rows"),
    (17,): ("surveys", "fresh_row"),
    (18,): ("surveys", "memory_row"),
    (11, 12): ("builds", "ways_rows"),
    (13,): ("builds", "current_row"),
    (14,): ("builds", "many_current_row"),
    (15,): ("builds", "tiny_row"),
    (37,): ("galleries", "page_row"),
    (10,): ("scaling", "growth_rows"),
}


def chosen_rows(words):
    """The numbers in `3,9` or `3 9`; without any, all."""
    known = {row for rows in ROWS for row in rows}
    numbers = ",".join(words).replace(" ", ",").split(",")
    chosen = {int(number) if number.isdecimal() else number for number in numbers if number} or known
    if unknown := sorted(map(str, chosen - known)):
        sys.exit(f"no row {', '.join(unknown)}; there are {', '.join(map(str, sorted(known)))}")
    return chosen


def main():
    chosen = chosen_rows(sys.argv[1:])
    print(f"{report.setup()}\n\n{report.HEAD}")
    lines = []  # of the whole run, since row 3 has two origins
    for rows, (module, name) in ROWS.items():
        if wanted := chosen & set(rows):
            start = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                for row, *cells, reached in getattr(importlib.import_module(module), name)(folder):
                    if int(row) in wanted:
                        lines.append(report.line(row, *cells, "reached" if reached else "not reached"))
                        print(lines[-1], flush=True)
            report.replace(lines)
            print(f"rows {', '.join(map(str, rows))}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
