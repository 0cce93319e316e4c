"""The `seeds` command: how the result of a config depends on its seed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from relu_anim.making.claims import check, check_film, check_picture
from relu_anim.making.orders import Order
from relu_anim.paths import check_writable

LEAST_FOR_QUANTILES = 10  # networks

if TYPE_CHECKING:
    from relu_anim.making.build import Keeper, Plan
    from relu_anim.survey import Fresh, Rounding, Survey


def survey_seeds(order: Order, count: int, *, film: bool, quiet: bool, as_json: bool) -> None:
    """Train this many seeds. Print what became of them, where the contact sheet is, and where the film of all is if one
    is wanted. Raises a UserError."""
    from relu_anim.making import build
    from relu_anim.making.surveys import make_survey, plan_of_film

    planned = _planned(order, count, quiet)
    filmed = plan_of_film(planned, count) if film else None
    check_files(planned, filmed)
    with reported(order, quiet) as (report, keep):
        found, path = make_survey(planned, count, report, keep)
        outputs = [str(path)] + (build.run(filmed, report, keep=keep).outputs if filmed else [])
    _print(order, found.as_json(), lines(found), outputs, as_json)


def compare_seeds(order: Order, count: int, vary: str, *, quiet: bool, as_json: bool) -> None:
    """The same for each of several values of a key; raises a UserError."""
    from relu_anim.making.surveys import make_comparison, varied

    planned = _planned(order, count, quiet)
    plans, key = varied(planned, vary, count), vary.partition("=")[0]
    check_files(planned, None)
    with reported(order, quiet) as (report, keep):
        found, path = make_comparison(plans, key, count, report, keep)
    pairs = list(zip(plans, found, strict=True))
    result = {"vary": key, "values": [{"value": value, **own.as_json()} for value, own in pairs]}
    _print(order, result, compared(key.rpartition(".")[2], pairs), [str(path)], as_json)


def tell_rounding(order: Order, copies: int, *, quiet: bool, as_json: bool) -> None:
    """Train copies of the network that start a rounding apart, and print how far apart they end; raises a UserError."""
    from relu_anim.making import build
    from relu_anim.making.surveys import rounded

    planned = build.plan(order.source, order.settings)
    with reported(order, quiet) as (report, keep):
        found = rounded(planned, copies, report, keep)
    if as_json:
        result = {"config": str(order.source), "n": copies, "rounding": [own.as_json() for own in found]}
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for own in found:
        typer.echo(f"{own.label}: {verdict(own)}" if own.label else verdict(own))


def verdict(found: Rounding) -> str:
    """What rounding does, in a line: «steady: loss 0.125175 ± 2e-7», or «chaotic: 0.0017 to 0.0146»."""
    if found.diverged == len(found.losses):
        return f"all {len(found.losses):,} diverge"
    if found.is_steady:
        return f"steady: loss {found.losses[0]:.6g} ± {short(found.spread)}"
    finite = [loss for loss in found.losses if math.isfinite(loss)]
    what = [f"{min(finite):.3g} to {max(finite):.3g}"] if finite else []
    if found.diverged:
        what.append(f"{found.diverged:,} of {len(found.losses):,} diverge")
    return f"chaotic: {', '.join(what)}"


def short(number: float) -> str:
    """A number with one digit: 2e-7, 0.03."""
    return re.sub(r"e([-+])0", r"e\1", f"{number:.1g}")


def _planned(order: Order, count: int, quiet: bool) -> Plan:
    """The plan of a config that can be surveyed; its notices are printed."""
    from relu_anim.cli.run import tell_notices
    from relu_anim.making import build
    from relu_anim.making.surveys import surveyed

    planned = build.plan(order.source, order.settings)
    surveyed(planned, count)
    if not quiet:
        tell_notices(order.source, planned.config)
    return planned


def check_files(planned: Plan, filmed: Plan | None) -> None:
    """Raise a UserError if the sheet or the film cannot be written, or would be written over a file of the user's."""
    from relu_anim.making.surveys import sheet_path

    sheet = sheet_path(planned)
    claim = replace(planned.claim, outputs=(str(sheet), *(filmed.claim.outputs if filmed else ())), summary=None)
    check_picture(claim.source, sheet)
    if filmed:
        claim = replace(claim, summary=filmed.claim.summary)
        check_film(claim.source, filmed.summary)
    check(claim)
    check_writable(path for path, _ in claim.replaced())


@contextmanager
def reported(order: Order, quiet: bool) -> Iterator[tuple[Callable[[str, int, int], None], Keeper]]:
    """What tells on stderr how far it is, and what keeps recordings."""
    from relu_anim.cli.progress import make_progress
    from relu_anim.making.build import Keeper

    with make_progress(quiet=quiet) as progress:
        yield lambda *said: progress.report(order.stem.name, *said), Keeper(progress.tell)


def _print(order: Order, result: dict[str, Any], table: Sequence[str], outputs: Sequence[str], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"config": str(order.source), **result, "outputs": outputs}, ensure_ascii=False))
        return
    for line in (*table, *outputs):
        typer.echo(line)


def compared(name: str, surveys: Sequence[tuple[float, Survey]]) -> list[str]:
    """Surveys as a table, one row each; good is what comes within twice the best of all."""
    from relu_anim.survey import GOOD

    limit = GOOD * min(found.best for _, found in surveys)
    rows = [[name, "best", "seed", "median", "worst", "within twice the best", "diverged", "a dead layer"]]
    for value, found in surveys:
        chosen = found.chosen()
        losses = [f"{chosen[which][1]:.3g}" if chosen else "-" for which in ("best", "median", "worst")]
        shares = [found.share_within(limit), found.diverged, found.share_dead]
        seed = str(chosen["best"][0]) if chosen else "-"
        rows.append([f"{value:g}", losses[0], seed, *losses[1:], *map(percent, shares)])
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, wide, strict=True)) for row in rows]


def lines(found: Survey) -> list[str]:
    """The survey as a table."""
    from relu_anim.survey import QUANTILES

    chosen = found.chosen()
    rows = [("seeds", f"{len(found.seeds):,}", f"{found.seeds[0]} to {found.seeds[-1]}")]
    rows += [(name, f"{loss:.3g}", f"seed {seed}") for name, (seed, loss) in chosen.items()]
    if len(found.ranked) >= LEAST_FOR_QUANTILES:
        rows += [(f"{100 * share:.0f} % below", f"{found.quantile(share):.3g}", "") for share in QUANTILES]
    shares = {"within twice the best": found.share_good, "diverged": found.diverged, "a dead layer": found.share_dead}
    rows += [(name, percent(share), "") for name, share in shares.items() if chosen or name == "diverged"]
    rows += _fresh_rows(found.fresh) if found.fresh else []
    wide = max(len(name) for name, *_ in rows)
    return [f"{name:<{wide}}  {value:>8}  {note}".rstrip() for name, value, note in rows]


def percent(share: float) -> str:
    """A share in whole percent; a small one that is not 0 as it is: 41 %, 0.25 %."""
    return f"{100 * share:.0f} %" if share >= 0.01 or not share else f"{100 * share:.2g} %"


def _fresh_rows(fresh: Fresh) -> list[tuple[str, str, str]]:
    """What untrained networks are like."""
    rows = [(f"hidden layer {n} is dead", percent(share), "") for n, share in enumerate(fresh.dead_layers, 1)]
    if fresh.knots is not None:
        rows += [("knots", f"{fresh.knots:.3g}", "mean, over the whole line")]
        rows += [("linear regions", f"{fresh.linear_regions:.3g}", "")]
    names = [f"gradient, layer {n + 1} to {n}" for n in range(1, len(fresh.gradient_factors) + 1)]
    return rows + [(name, f"× {f:.3g}", "") for name, f in zip(names, fresh.gradient_factors, strict=True)][::-1]
