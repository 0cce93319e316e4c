"""What `make bench` writes: rows that ran are replaced, all others stay as they were measured."""

import runpy
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
TABLE = """\
| row | work | to reach | measured | |
|---|---|---|---|---|
| 2 | films | ≥ 40 × | 51 × | reached |
| 4 | steps | ≥ 3 × | 4 × | reached |
| 4 | losses | equal | within 1e-7 | reached |
| 10 | growth | say it | 1.0 | reached |

Measured on an old machine: rows 2, 4.

Measured on another: rows 10.
"""


def report():
    return runpy.run_path(str(BENCHMARKS / "report.py"))


def test_rows_that_ran_are_replaced_and_say_what_they_were_measured_with():
    lines = ["| 4 | steps | ≥ 3 × | 5 × | reached |", "| 11 | new | x | y | not reached |"]
    assert report()["merged"](TABLE, lines, "a new machine") == TABLE.replace(
        "| 4 | steps | ≥ 3 × | 4 × | reached |\n| 4 | losses | equal | within 1e-7 | reached |", lines[0]
    ).replace(
        "| 10 | growth | say it | 1.0 | reached |\n", f"| 10 | growth | say it | 1.0 | reached |\n{lines[1]}\n"
    ).replace("rows 2, 4.", "rows 2.") + ("\nMeasured on a new machine: rows 4, 11.\n")


def test_a_setup_of_which_no_row_is_left_is_no_longer_named():
    text = report()["merged"](TABLE, ["| 10 | growth | say it | 1.1 | reached |"], "an old machine")
    assert "another" not in text
    assert text.endswith("Measured on an old machine: rows 2, 4, 10.\n")


def test_the_page_has_a_place_for_the_table():
    names, text = report(), PAGE.read_text()
    assert text.count(names["START"]) == text.count(names["END"]) == 1


def test_rows_that_do_not_exist_are_refused():
    done = subprocess.run([sys.executable, BENCHMARKS / "bench.py", "3,99", "x"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "no row 99, x; there are 1, 2, 3," in done.stderr


def test_a_row_that_two_functions_measure_keeps_the_lines_of_both(tmp_path):
    (tmp_path / "page.md").write_text(f"before\n{report()['START']}{report()['END']}after\n")
    (tmp_path / "fake.py").write_text(
        "def one(folder):\n    yield '1', 'a', 'b', 'c', True\n    yield '3', 'of 1', 'b', 'c', True\n"
        "def two(folder):\n    yield '2', 'a', 'b', 'c', True\n    yield '3', 'of 2', 'b', 'c', False\n"
    )
    script = (
        "import sys; from pathlib import Path; sys.path[:0] = sys.argv[1:3]; import bench, report\n"
        "bench.ROWS = {(1, 3): ('fake', 'one'), (2, 3): ('fake', 'two')}\n"
        "report.PAGE = Path(sys.argv.pop(2)) / 'page.md'; sys.argv[1:] = ['3']; bench.main()"
    )
    subprocess.run([sys.executable, "-c", script, BENCHMARKS, tmp_path], check=True, capture_output=True)
    lines = (tmp_path / "page.md").read_text().splitlines()
    assert [line for line in lines if line.startswith("| 3")] == [
        "| 3 | of 1 | b | c | reached |",
        "| 3 | of 2 | b | c | not reached |",
    ]
    assert not [line for line in lines if line.startswith(("| 1", "| 2"))]
    assert (lines[0], lines[-1]) == ("before", "after")
