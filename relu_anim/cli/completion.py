"""What the Tab key offers: formats, names, and after `-s` keys of configs and their values. Typer asks, in a process of
its own for each press, so that heavy rooms are loaded only where their names are offered."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import redirect_stdout, suppress
from itertools import pairwise

import typer

from relu_anim.facts import FORMATS, KINDS

ASKED = "_RELU_ANIM_COMPLETE"  # the variable by which a shell asks
HARD = ("{", "}", ",", " ")  # of values that a shell takes apart, or that are more than a name


def answer(command: Callable[[], int]) -> int:
    """Print what a shell asks for; the exit code. A failure of ours offers nothing, since nobody can read of it in the
    middle of a line."""
    code, said, offered = 0, io.StringIO(), ""
    with suppress(Exception), redirect_stdout(said):
        offered = _mend(os.environ)
        code = command()
    for line in said.getvalue().splitlines():
        typer.echo(_behind(line, offered))
    return code


def _mend(environment: MutableMapping[str, str]) -> str:
    """Bash takes words apart at each `=`. Put those before the cursor together again; what of the last one stands
    before its last `=`, behind which bash puts what is offered."""
    if environment[ASKED] != "complete_bash":
        return ""
    at = int(environment["COMP_CWORD"])
    torn = environment["COMP_WORDS"].split("\n")[: at + 1]
    torn += [""] * (at + 1 - len(torn))
    words = torn[:1]
    for before, word in pairwise(torn):
        if word == "=" or (before == "=" and word):
            words[-1] += word
        else:
            words.append(word)
    environment["COMP_WORDS"], environment["COMP_CWORD"] = "\n".join(words), str(len(words) - 1)
    whole, mark, _ = words[-1].rpartition("=")
    return whole + mark


def _behind(line: str, offered: str) -> str:
    """What bash is to put behind what stands there: of `--set=animation.theme=` Typer knows the value alone."""
    for start in (offered, offered.partition("=")[2]):
        if start and line.startswith(start):
            return line.removeprefix(start)
    return line


def formats(incomplete: str) -> Iterator[str]:
    """gif,mp<Tab>: the formats that do not stand there yet."""
    before, comma, _ = incomplete.rpartition(",")
    return (f"{before}{comma}{name}" for name in FORMATS if name not in before.split(","))


def kinds() -> list[str]:
    """The kinds of configs."""
    return list(KINDS)


def lists() -> list[str]:
    """What `relu-anim list` has."""
    from relu_anim.cli.catalogue import LISTS

    return list(LISTS)


def configs() -> list[str]:
    """The configs that come with the package."""
    from relu_anim.cli.starter import catalogue

    return list(catalogue())


def keys() -> list[str]:
    """What `relu-anim help` tells of: keys of all kinds, and options of panels by their short names."""
    from relu_anim.config.kinds import KINDS as MODELS
    from relu_anim.config.schemas import keys_of

    paths = dict.fromkeys(key.path for model in MODELS.values() for key in keys_of(model))
    return [path.removeprefix("animation.panels.") for path in paths]


def settings(incomplete: str) -> list[str]:
    """Keys that `-s` may set; where only one begins so, or `=` stands behind it, that key with its values."""
    values = _values()
    key, mark, _ = incomplete.partition("=")
    begun = [key] if mark else [path for path in values if path.startswith(key)]
    if len(begun) != 1:
        return begun
    return [f"{begun[0]}={value}" for value in values.get(begun[0], ())] or [*begun][: not mark]


def _values() -> dict[str, list[str]]:
    """The keys of all kinds that are no sections, each with the values that can be offered: names, true and false, or
    else its default."""
    from relu_anim.config import setting
    from relu_anim.config.extends import KEY as EXTENDS
    from relu_anim.config.kinds import KINDS as MODELS
    from relu_anim.config.schemas import keys_of, plain

    found: dict[str, list[str]] = {}
    for key in (key for model in MODELS.values() for key in keys_of(model)):
        if key.is_section or key.is_in_list or key.path == EXTENDS:
            continue
        default = setting("", plain(key.default)).removeprefix("=")
        values = list(key.names()) or (["true", "false"] if isinstance(key.default, bool) else [default])
        offered = [value for value in values if not any(sign in value for sign in HARD)]
        found[key.path] = list(dict.fromkeys([*found.get(key.path, []), *offered]))
    return found
