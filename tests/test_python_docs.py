"""Every block of `docs/python.md` is run, in its order, as a reader would."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs" / "python.md"
BLOCKS = re.findall(r"^```(yaml|python)\n(.*?)^```", DOCS.read_text(), re.DOTALL | re.MULTILINE)


def test_every_block_of_the_docs_of_python_runs(here, capsys):
    for kind, text in BLOCKS:
        if kind == "yaml":
            name = re.match(r"# (\S+\.yaml)\n", text)
            Path(name[1]).write_text(text)
    names = {"__name__": "docs"}
    blocks = [text for kind, text in BLOCKS if kind == "python"]
    assert len(blocks) >= 10
    for number, text in enumerate(blocks):
        try:
            exec(compile(text, f"block {number}", "exec"), names)
        except Exception as error:
            pytest.fail(f"{text}\n{type(error).__name__}: {error}")
    for file in ("two_units.gif", "film.gif", "film-dark.gif", "start.png", "strip.svg", "activations.svg", "mine.npz"):
        assert Path(file).stat().st_size, file
    said = capsys.readouterr().out
    assert "(1, 8, 1) 0.01" in said
    assert "two_units.yaml redrawn" in said
    assert "training.epohcs" in said
