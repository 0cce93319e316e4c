"""Many configs, as the command makes them: decide first what must be done for each, then have it done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from relu_anim import config
from relu_anim.errors import ConfigError, UserError
from relu_anim.interface.configs import SETTINGS, in_words, is_whole
from relu_anim.interface.progress import shown
from relu_anim.interface.results import Result
from relu_anim.making import build
from relu_anim.making.claims import Claim, conflicts
from relu_anim.making.orders import NAME, Order
from relu_anim.making.plans import Plan, decide, longest_first
from relu_anim.making.store import touched
from relu_anim.paths import path_of
from relu_anim.plurals import kind_of

MOST_CONFIGS = 100  # that are held; of more each is read again when its turn comes


def made(paths: Any, settings: Any, jobs: Any, cluster: Any, output: Any, force: bool, progress: Any) -> list[Result]:
    """Make the files of these configs, so far as they are not there; what became of each, in their order."""
    if not is_whole(jobs):
        raise ConfigError(f"jobs is how many figures are made at a time: a whole number from 1, not {jobs!r}")
    if cluster is not None and not isinstance(cluster, str):
        raise ConfigError(f"cluster is an address such as tcp://127.0.0.1:8786, not {kind_of(cluster)}")
    orders = _orders(paths, tuple(in_words(settings)), output)
    with shown(progress) as report:
        batch = Batch(orders, force)
        batch.make(int(jobs), cluster, lambda job, what, done, total: report(f"{Path(job).stem}: {what}", done, total))
    return [batch.found[id(order)] for order in orders]


def _orders(paths: Any, settings: tuple[str, ...], output: Any) -> list[Order]:
    if isinstance(paths, str | bytes) or not isinstance(paths, Iterable):
        raise ConfigError(f"run_all takes several paths of configs, in a list, not {paths!r}")
    sources = [path_of(path, "the path of a config") for path in paths]
    place = None if output is None else path_of(output, "the path of a film")
    if place is not None and len(sources) > 1 and NAME not in str(place):
        advice = place.with_name(f"{NAME}{place.suffix}")
        raise ConfigError(f"output {place}: names one file; for more than one config write {NAME} in it: {advice}")
    return [Order(source, settings, place, called=(SETTINGS, "output")) for source in sources]


class Batch:
    """Orders, and what was `found` of each, by the identity of the order."""

    def __init__(self, orders: Sequence[Order], force: bool) -> None:
        self.found: dict[int, Result] = {}
        self._force, self._notices = force, dict[int, tuple[str, ...]]()
        plans = [self._decided(order) for order in orders]
        for number, error in conflicts([plan.claim for plan in plans]):
            self._failed(plans[number].order, error)
        good = [plan for plan in plans if id(plan.order) not in self.found]
        for plan in good:
            if plan.status == "current":
                self._current(plan)
        work = [plan for plan in good if plan.status != "current"]
        self._work = [plan if number < MOST_CONFIGS else replace(plan, loaded=None) for number, plan in enumerate(work)]

    def make(self, jobs: int, cluster: str | None, report: Callable[[str, str, int, int], None]) -> None:
        """Have done what is not current; a UserError of a cluster itself is raised."""
        if not self._work:
            return
        lines: list[str] = []
        keep = build.Keeper(lines.append)
        with ExitStack() as stack:
            many = jobs > 1 and len(self._work) > 1 and cluster is None
            pool = stack.enter_context(closing(build.Pool(min(jobs, len(self._work))))) if many else None
            executor = stack.enter_context(closing(build.executor(pool, cluster, report, keep, "cluster")))
            for result in build.carry_out(longest_first(self._work), executor, keep=keep, force=self._force):
                said = (*self._notices.get(id(result.order), ()), *lines)
                self.found[id(result.order)] = Result.of(result, said)

    def _decided(self, order: Order) -> Plan:
        try:
            plan = decide(order, self._force)
        except UserError as error:
            self._failed(order, error)
            return Plan(order, Claim(order.source, tuple(map(str, getattr(error, "reads", ())))), status="failed")
        if plan.loaded:
            self._notices[id(order)] = tuple(config.notices(plan.loaded, order.source.parent))
        return plan

    def _current(self, plan: Plan) -> None:
        try:
            self.found[id(plan.order)] = Result.of(touched(plan), self._notices.get(id(plan.order), ()))
        except UserError as error:
            self._failed(plan.order, error)

    def _failed(self, order: Order, error: UserError) -> None:
        self.found.setdefault(id(order), Result(order.source, "failed", error=error))
