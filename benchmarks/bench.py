"""`make bench`: what was measured beside what is to be reached. Ratios carry over between machines, times do not."""

import platform
import sys
import tempfile

import builds
import commands
import films
import steps
import surveys

ROWS = {  # commands first: a child that is forked from a large process counts its memory as its own
    "commands": commands.command_rows,
    "steps": lambda folder: steps.step_rows(),
    "ensemble": lambda folder: steps.ensemble_row(),
    "films": films.all_rows,
    "surveys": surveys.survey_rows,
    "builds": builds.build_rows,
}


def main():
    chosen = sys.argv[1:] or list(ROWS)
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    print("| row | work | to reach | measured | |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            for row, work, wanted, result, reached in ROWS[name](folder):
                print(
                    f"| {row} | {work} | {wanted} | {result} | {'reached' if reached else 'not reached'} |", flush=True
                )


if __name__ == "__main__":
    main()
