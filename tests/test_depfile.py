"""Rules for make, read by make itself: GNU make with names of every kind."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from relu_anim.making.depfile import is_depfile, unsayable, written

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")

CHARACTERS = " \t$#%:~?*[]=;|&'\"()<>{}!é漢-@^+,`.\\"
NAMES = [name for c in CHARACTERS for name in (f"a{c}b", f"{c}a", f"a{c}.{c}b")]
NAMES += [
    "a(1)",
    "x (2) y",
    "$(x)",
    "${x}",
    "$$",
    "%%",
    "a b/c d=e",
    "a: b; c # d",
    "[c]",
    "a::b",
    "a:=b",
    "-include y",
]
# Each is one that a pattern or a name cut short would also find.
DECOYS = ["axb.csv", "axb.yaml", "ab.csv", "a.csv", "b.csv", "a", "b", "c.csv"]
MAKEFILE = "all:\nout/%.gif:\n\t@$(file >>made.txt,$@)\ninclude figures.d\n"


def touch(paths, when):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (when, when))


def made():
    """What make makes again, or thinks that it does."""
    Path("made.txt").unlink(missing_ok=True)
    done = subprocess.run(["make", "-rR"], capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stderr
    return sorted(Path("made.txt").read_text().splitlines()) if Path("made.txt").exists() else []


def test_make_reads_every_name_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rules = {Path(f"out/{name}.gif"): [Path(f"{name}.yaml"), Path(f"{name}.csv")] for name in NAMES}
    Path("Makefile").write_text(MAKEFILE)
    Path("figures.d").write_text(written({Path("all"): list(rules)} | rules))
    configs, tables = zip(*rules.values(), strict=True)
    touch([*configs, *tables], 1_000)
    touch(rules, 2_000)
    others = {path.name for paths in (rules, configs, tables) for path in paths}
    touch([Path(name) for name in DECOYS if name not in others], 3_000)
    everything = sorted(map(str, rules))
    assert made() == []
    touch(tables, 3_000)
    assert made() == everything
    touch(tables, 1_000)
    assert made() == []
    touch(configs, 3_000)
    assert made() == everything
    touch(configs, 1_000)
    for path in tables:
        path.unlink()
    assert made() == everything


@pytest.mark.parametrize(
    "name",
    ["a\nb", "a\rb", "a\vb", "a ", "a\\", "a\\ b", "a\\#b", "a\\:b", "a\\b*", "[a\\b]", "~/a", "~", "a(1)", "define"],
)
def test_a_name_that_make_cannot_read_is_refused(name):
    assert f"there is no way to write the name {name!r} for make" in str(unsayable([Path("b.yaml"), Path(name)]))


def test_a_name_that_is_no_utf_8_is_written_as_it_is(tmp_path):
    text = written({Path("a.gif"): [Path(os.fsdecode(b"\xff.csv"))]})
    assert text.encode(errors="surrogateescape") == b"a.gif: \xff.csv\n\xff.csv:\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"outputs/a.gif: a.yaml\na.yaml:\n",
        b"main.o: main.c \\\n defs.h\n\ndefs.h:\n",
        b"# a comment\nx.lo x.d: x.c\n",
        written({Path(f"out/{name}.gif"): [Path(f"{name}.csv")] for name in NAMES}).encode(),
    ],
)
def test_rules_of_ours_and_of_compilers_are_known(content):
    assert is_depfile(content)


@pytest.mark.parametrize(
    "content",
    [
        b"title: x\nseed: 1\n",
        b"x,y\n1,2\n",
        b"all: a.gif\n",
        b"a.gif: a.yaml\n\trelu-anim run a.yaml\n",
        b"import os\nif os:\n    pass\n",
        b"GIF89a\x00\xff",
        b"# nothing but a comment\n",
        b"a.gif: a.yaml\nsome words\n",
        b"relu.gif: The ReLU function\ntanh.gif: The tanh\n",
        b"# made by hand\noutputs/a.gif: a.yaml\na.yaml:\n",
    ],
)
def test_no_other_file_is_taken_for_rules(content):
    assert not is_depfile(content)
