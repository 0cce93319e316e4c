"""The `seeds` command: how the result of a config depends on its seed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from relu_anim.kept import Order

if TYPE_CHECKING:
    from relu_anim.survey import Fresh, Survey


def survey_seeds(order: Order, count: int, *, film: bool, quiet: bool, as_json: bool) -> None:
    """Train so many seeds, and print what became of them and where the contact sheet is, and the film of all where one
    is wanted; raises a UserError."""
    from relu_anim import build
    from relu_anim.build.surveys import make_survey, plan_of_film, surveyed
    from relu_anim.cli.progress import make_progress

    planned = build.plan(order.source, order.settings)
    surveyed(planned, count)
    build.check_writable(planned)
    filmed = plan_of_film(planned, count) if film else None
    name = order.stem.name
    with make_progress(quiet=quiet) as progress:
        found, path = make_survey(planned, count, lambda *said: progress.report(name, *said))
        outputs = [str(path)]
        if filmed:
            outputs += build.run(filmed, lambda *said: progress.report(name, *said)).outputs
    if as_json:
        result = {"config": str(order.source), **found.as_json(), "outputs": outputs}
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    for line in (*lines(found), *outputs):
        typer.echo(line)


def lines(found: Survey) -> list[str]:
    """The survey as a table."""
    from relu_anim.survey import QUANTILES

    chosen = found.chosen()
    rows = [("seeds", f"{len(found.seeds):,}", f"{found.seeds[0]} to {found.seeds[-1]}")]
    rows += [(name, f"{loss:.3g}", f"seed {seed}") for name, (seed, loss) in chosen.items()]
    if chosen:
        rows += [(f"{100 * share:.0f} % below", f"{found.quantile(share):.3g}", "") for share in QUANTILES]
    shares = {"within twice the best": found.share_good, "diverged": found.diverged, "a dead layer": found.share_dead}
    rows += [(name, f"{100 * share:.0f} %", "") for name, share in shares.items() if chosen or name == "diverged"]
    rows += _fresh_rows(found.fresh) if found.fresh else []
    wide = max(len(name) for name, *_ in rows)
    return [f"{name:<{wide}}  {value:>8}  {note}".rstrip() for name, value, note in rows]


def _fresh_rows(fresh: Fresh) -> list[tuple[str, str, str]]:
    """What untrained networks are like."""
    rows = [(f"hidden layer {n} is dead", f"{100 * share:.3g} %", "") for n, share in enumerate(fresh.dead_layers, 1)]
    if fresh.knots is not None:
        rows += [("knots", f"{fresh.knots:.3g}", "mean, over the whole line")]
        rows += [("linear regions", f"{fresh.linear_regions:.3g}", "")]
    names = [f"gradient, layer {n + 1} to {n}" for n in range(1, len(fresh.gradient_factors) + 1)]
    return rows + [(name, f"× {f:.3g}", "") for name, f in zip(names, fresh.gradient_factors, strict=True)][::-1]
