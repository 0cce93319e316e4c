"""Rules for make that say what was made from what: how names are written there, and which files are such rules.

All of it is as GNU make 4 reads it, which tests hold it to. Where a backslash does not help, `$(if ,,X)` gives X after
make has split the line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from relu_anim.errors import ConfigError
from relu_anim.names import FORMATS

EVERYWHERE = {
    "$": "$$",
    "=": "$(if ,,=)",  # else the line is a variable's
    ";": r"$(if ,,\;)",  # else a recipe follows
    "\t": "$(if ,,\\\t)",
} | {character: f"\\{character}" for character in " #:?*["}
IN_TARGETS = EVERYWHERE | {"%": r"\%"}  # else it is a pattern
IN_SOURCES = EVERYWHERE | {"|": r"\|"}
# Control characters that end a word or a line; a backslash at the end or before what needs one, or with a wildcard;
# spaces at the end; members of archives; words of make's own.
UNSAYABLE = re.compile(r"[\n\r\v\f]|\\(?:$|[ \t#:;%|])|\\.*[?*\[]|[?*\[].*\\|[ \t]$|\(.*\)$|^(?:un)?define$", re.DOTALL)
COMPILED = ("o", "obj", "lo", "d")  # what compilers write rules for
RULE = re.compile(r"(?P<target>\S.*?):(?: .*)?")


def written(rules: Mapping[Path, Iterable[Path]]) -> str:
    """The rules of {target: what it is made from}, and an empty rule for each source, so that make goes on when one is
    removed."""
    lines = [f"{_target(target)}: {' '.join(map(_source, sources))}" for target, sources in rules.items()]
    sources = dict.fromkeys(source for needed in rules.values() for source in needed)
    return "\n".join([*lines, *(f"{_target(source)}:" for source in sources)]) + "\n"


def kept(content: bytes, rules: Mapping[Path, Iterable[Path]]) -> str:
    """Those rules of a file that are of other targets than these."""
    ours = {line.partition(": ")[0].removesuffix(":") for line in written(rules).splitlines()}
    lines = content.decode(errors="surrogateescape").splitlines(keepends=True)
    return "".join(line for line in lines if line.rstrip("\n").partition(": ")[0].removesuffix(":") not in ours)


def unsayable(paths: Iterable[Path]) -> ConfigError | None:
    """What is wrong with the first name that cannot be written so that make reads it, if one cannot."""
    for text in map(str, paths):
        if UNSAYABLE.search(text) or os.path.expanduser(text) != text:  # noqa: PTH111  pathlib's raises for no user
            return ConfigError(f"--deps: there is no way to write the name {text!r} for make; rename it")
    return None


def is_depfile(content: bytes) -> bool:
    """Whether a file is such rules, ours or a compiler's, or empty, and may be replaced. Each line is a rule, and the
    first is of a film, a picture or something compiled: a flat YAML file too is lines with colons."""
    lines = content.decode(errors="surrogateescape").replace("\\\n", " ").splitlines()
    found = [RULE.fullmatch(line) for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        return not content.strip()
    suffixes = (*FORMATS, *COMPILED)
    return all(found) and bool(found[0] and found[0]["target"].lower().endswith(tuple(f".{s}" for s in suffixes)))


def _target(path: Path) -> str:
    text = "".join(IN_TARGETS.get(character, character) for character in str(path))
    return text[:-1] + "$(if ,,&)" if text.endswith("&") else text  # else it is one rule for several targets


def _source(path: Path) -> str:
    return "".join(IN_SOURCES.get(character, character) for character in str(path))
