"""The same config with many seeds: their networks, trained together, and the sheet that shows them."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from pathlib import Path

from relu_anim import config
from relu_anim.build import keep_recording
from relu_anim.build.plans import STILL_FORMATS, Plan, plan
from relu_anim.build.recordings import Recorder, Report, ensemble_name
from relu_anim.config import Experiment
from relu_anim.errors import ConfigError
from relu_anim.recording import Ensemble
from relu_anim.survey import Survey, survey

MOST_SEEDS = 100_000


def surveyed(plan: Plan, count: int) -> Experiment:
    """The experiment of a plan; ConfigError where there is none, there are several, or too many seeds are asked for."""
    base = plan.config
    if not isinstance(base, Experiment):
        raise ConfigError(f"{plan.source}: a figure that is not trained does not depend on luck")
    if base.variants:
        raise ConfigError(f"{plan.source}: has variants; survey a config of one of them")
    if count > MOST_SEEDS:
        raise ConfigError(f"-n {count}: at most {MOST_SEEDS:,} seeds are compared")
    return base


def trained(plan: Plan, experiment: Experiment, count: int, report: Report) -> Ensemble:
    """The networks with the seeds 0 to count - 1, so far as they are kept from there; untrained ones are not kept."""
    if not experiment.training.epochs:
        return Recorder({}, lambda name, data: None, report, nullcontext).ensemble(experiment, count=count)
    path = plan.folder / ensemble_name(experiment, count)
    kept = {ensemble_name(experiment, count): path.read_bytes()} if path.exists() else {}
    keep = partial(keep_recording, str(plan.summary))
    return Recorder(kept, keep, report, nullcontext).ensemble(experiment, count=count)


def plan_of_film(base: Plan, count: int) -> Plan:
    """The film of so many networks behind the best of them, beside the config's outputs; raises a UserError for
    everything that can be known to fail."""
    moving = [name for name in base.config.output.formats if name not in STILL_FORMATS]
    path = base.summary.with_name(f"{base.order.stem.name}_seeds.{(moving or ['gif'])[0]}")
    settings = [f"seed={{best_of: {count}}}", "animation.ensemble=members"]
    return plan(base.source, [*base.order.settings, *settings], path)


def make_survey(plan: Plan, count: int, report: Report) -> tuple[Survey, Path]:
    """The numbers of so many seeds, and the contact sheet that is written beside the config's outputs."""
    from relu_anim.encoders import ENCODERS, Timing
    from relu_anim.film.sheet import Sheet

    experiment = surveyed(plan, count)
    ensemble = trained(plan, experiment, count, report)
    found = survey(experiment, ensemble)
    luck = f"{100 * found.share_good:.0f} % of {count} seeds within twice the best"
    title = f"{experiment.title or plan.order.stem.name}: {luck}"
    sheet = Sheet(title, experiment, ensemble)
    path = plan.summary.with_name(f"{plan.order.stem.name}_seeds.png")
    still = Timing(frames=1, fps=1, hold=0, loop=1)
    text = config.dump(plan.config)
    with ENCODERS["png"](path, size=sheet.size, timing=still, config_text=text, palette_frames=list) as write:
        write(sheet.last_frame())
    return found, path
