"""Write the keys of every kind of config into config.md, each with its default and what it is: make reference."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from relu_anim.config import setting
from relu_anim.config.extends import KEY as EXTENDS
from relu_anim.config.kinds import KINDS
from relu_anim.config.schemas import Key, root_of
from relu_anim.facts import usual

PAGE = Path(__file__).with_name("config.md")
BLOCK = re.compile(r"(<!-- keys of kind: (\w+) -->\n```yaml\n).*?(```\n)", re.DOTALL)
WIDTH, COLUMN, MOST = 120, 30, 50  # of a page, of comments, and of what they may stand beside
FEW = 6  # names that stand in a comment; more are in `relu-anim list`


def page(text: str) -> str:
    """The page with its blocks as the models give them."""
    return BLOCK.sub(lambda found: found[1] + "\n".join(block(found[2])) + "\n" + found[3], text)


def block(kind: str) -> Iterator[str]:
    """The keys of a kind as YAML with comments. Those of a film's sections stand below each other."""
    after_section = False
    for key in root_of(KINDS[kind]).children():
        if key.path == EXTENDS or (key.path == "kind" and not key.is_required):
            continue
        is_section = kind == usual(KINDS) and key.is_section
        yield from [""] * (is_section or after_section)
        after_section = is_section
        if is_section:
            yield from _commented(f"{key.path}:", key)
            for inner in key.children():
                yield from _commented(f"  {_line(inner)}", inner)
        else:
            yield from _commented(_line(key), key)


def _line(key: Key) -> str:
    value = key.example() if key.is_required else key.default
    if key.path == "target.function":  # one of three must be written
        value = key.example()
    return setting(key.path.rpartition(".")[2], value).replace("=", ": ", 1)


def _commented(line: str, key: Key) -> Iterator[str]:
    """A line with what its key is beside it, as many lines as that takes."""
    names = () if "relu-anim list" in key.description else key.names()
    words = f"{' | '.join(names)}: " if len(names) in range(1, FEW + 1) else ""
    column = max(COLUMN, len(line) + 2) if len(line) < MOST else COLUMN
    if len(line) >= MOST:
        yield line
        line = ""
    first, *others = textwrap.wrap(words + key.description, WIDTH - column - 2, break_on_hyphens=False)
    yield f"{line.ljust(column)}# {first}"
    for other in others:
        yield f"{' ' * column}# {other}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
