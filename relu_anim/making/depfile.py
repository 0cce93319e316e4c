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
from relu_anim.facts import FORMATS

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
HIDDEN = re.compile(r"\$\(if ,,(\\?.)\)")  # a character that make is not to see before it has split the line
RULE = re.compile(r"(?P<target>\S.*?):(?: (?P<sources>.*))?")


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
    first is of something compiled, or of a film or picture: then each source has an empty rule too, as we write them. A
    flat YAML file too is lines with colons."""
    lines = [
        line for line in content.decode(errors="surrogateescape").replace("\\\n", " ").splitlines() if line.strip()
    ]
    found = [RULE.fullmatch(HIDDEN.sub(r"\1", line)) for line in lines if not line.startswith("#")]
    rules = [match for match in found if match]
    if not found:
        return not lines
    suffix = rules[0]["target"].lower().rpartition(".")[2] if len(rules) == len(found) else ""
    if suffix in FORMATS:
        return len(rules) == len(lines) and _names_each_source(rules)
    return suffix in COMPILED


def _names_each_source(rules: Iterable[re.Match[str]]) -> bool:
    """Whether each source of these rules has an empty rule of its own."""
    bare = {match["target"].replace(r"\%", "%") for match in rules if not match["sources"]}
    words = [word for match in rules for word in re.split(r"(?<!\\) +", match["sources"] or "") if word]
    return all(word.replace(r"\|", "|") in bare for word in words)


def _target(path: Path) -> str:
    text = "".join(IN_TARGETS.get(character, character) for character in str(path))
    return text[:-1] + "$(if ,,&)" if text.endswith("&") else text  # else it is one rule for several targets


def _source(path: Path) -> str:
    return "".join(IN_SOURCES.get(character, character) for character in str(path))
