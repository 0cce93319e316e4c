"""Whether an output is what its config would become now, as `run -n` says it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path

from relu_anim.errors import UserError
from relu_anim.facts import format_of, stem_of
from relu_anim.making.kept import changed, made_with
from relu_anim.making.orders import EACH_FORMAT, THEME, Order, hash_of_order
from relu_anim.making.plans import decide
from relu_anim.making.results import Summary

TEXT_AT_MOST = 200_000  # bytes of a config that a page shows as it was written


@dataclass(frozen=True)
class Freshness:
    """`stale` says why an output would be made anew, and `note` why that cannot be told; nothing where neither is.
    `text` is the config as it was written, where that alone made the output. `is_current`: its files have the hashes
    that stand in its summary."""

    stale: str = ""
    note: str = ""
    text: str = ""
    is_current: bool = False


def freshness(summary: Summary, place: Path, folder: Path, themes: Sequence[str]) -> Freshness:
    """That of the output whose summary lies at this place, and whose files, in these themes, lie in this folder."""
    if summary.source is None:
        return Freshness(note=changed(folder, summary.files))
    source = Path(os.path.relpath(place.parent / summary.source))
    if not source.is_file():
        return Freshness(note=f"its config {source} is gone; {changed(folder, summary.files)}".removesuffix("; "))
    if other := _other_versions(summary):
        return Freshness(stale=other)
    orders = _orders(summary, source, place, folder, themes)
    likeliest = next(orders, Order(source))
    fulfilled = next((order for order in chain([likeliest], orders) if hash_of_order(order) in summary.orders), None)
    try:
        plan = decide(fulfilled or likeliest)
    except UserError:  # which may show what stands in a file that only says it is a config
        return Freshness(note=f"its config has mistakes now: relu-anim validate {source}")
    is_current = plan.status == "current"
    return Freshness(plan.reason, text=_text(source) if is_current and fulfilled else "", is_current=is_current)


def _other_versions(summary: Summary) -> str:
    """The first thing that makes films and is another now; so much is known without the config, and that it counts."""
    before = {**summary.versions, "kernels": summary.kernels}
    for name, installed in made_with().items():
        if before.get(name) != installed:
            return f"{name} {before.get(name)} → {installed}"
    return ""


def _orders(summary: Summary, source: Path, place: Path, folder: Path, themes: Sequence[str]) -> Iterator[Order]:
    """The orders by which its files may have been made. The first is the likeliest: it is looked at where the summary
    knows none of them."""
    summaries = None if _same(place.parent, folder) else place.parent
    is_usual = summaries is None and _same(Order(source).summary, place)
    for names in filter(None, [*summary.orders.values(), summary.outputs]):
        formats = tuple(dict.fromkeys(map(format_of, names)))
        outputs: list[Path | None] = [folder / name for name in _outputs(names[0], len(formats), place.stem, themes)]
        if is_usual:
            outputs.insert(0 if stem_of(names[0]) == place.stem else len(outputs), None)
        for chosen, output in product((None, formats), outputs):
            yield Order(source, (), output, chosen, None, summaries)


def _same(path: Path, other: Path) -> bool:
    return path == other or path.resolve() == other.resolve()


def _outputs(first: str, formats: int, stem: str, themes: Sequence[str]) -> list[str]:
    """What `-o` may have been given where the first file has this name, and files have so many formats."""
    core = stem_of(first)
    suffix = first[len(core) :]
    ends = (EACH_FORMAT, suffix) if formats > 1 else (suffix, EACH_FORMAT)
    cores = [core] if core == stem else [core.replace(themes[0], THEME), core]
    return [f"{own}{end}" for own in dict.fromkeys(cores) for end in ends]


def _text(source: Path) -> str:
    """A config as it was written; nothing where it is no text, or more than a page should show."""
    try:
        content = source.read_bytes()
        return content.decode("utf-8-sig") if len(content) <= TEXT_AT_MOST else ""
    except (OSError, UnicodeDecodeError):
        return ""
