"""Files and their summary, put in place together: one process at a time in a folder, and with the hashes of the bytes
that were written, not of what lies there a moment later. What is imported at the top is light."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from relu_anim import kernels
from relu_anim.making.claims import check_again
from relu_anim.making.kept import hash_of_bytes, hash_of_file, touch, versions
from relu_anim.making.locks import locked
from relu_anim.making.plans import Plan
from relu_anim.making.results import Result, Summary, read_summary
from relu_anim.paths import followed, is_stream

if TYPE_CHECKING:
    from relu_anim.making.jobs import Made


def touched(plan: Plan) -> Result:
    """Touch what is current, and note in its summary that it fulfils this order too."""
    touch(plan.paths)
    if plan.seen and plan.key:
        _note_order(plan)
    summary = read_summary(plan.summary)
    metrics = summary.metrics if summary else {}
    return Result(plan.order, "current", list(plan.claim.outputs), metrics, sources=plan.claim.all_read())


def _note_order(plan: Plan) -> None:
    """Add the order to those of the summary, if that is still the one which was found to hold. Those that were
    fulfilled with other files beside the config may not be any more."""
    with locked(plan.summary.parent), suppress(OSError):
        is_same = hash_of_file(plan.summary) == plan.seen
        if is_same and (summary := read_summary(plan.summary)):
            known = summary.orders if summary.inputs == plan.inputs else {}
            orders = {**known, plan.key: [path.name for path in plan.paths]}
            _write(plan, replace(summary, orders=orders, inputs=dict(plan.inputs)))


def store(plan: Plan, made: Made, recordings: Mapping[str, str]) -> Result:
    """Write the files of a job and their summary; FileError if that cannot be. `recordings` are hashes of those that
    the films were drawn from."""
    from relu_anim.encoders import atomic_write

    outputs = plan.outputs
    streams = {name: content for name, content in made["files"].items() if is_stream(followed(outputs[name]))}
    files = {name: content for name, content in made["files"].items() if name not in streams}
    for name, content in streams.items():  # before anything is locked, since whoever reads them may take his time
        atomic_write(outputs[name], content)
    with locked(plan.paths[0].parent if plan.order.is_draft else plan.summary.parent):
        check_again(plan.claim)  # training takes long enough for another file to come to lie there
        for name, content in files.items():
            atomic_write(outputs[name], content)
        if not plan.order.is_draft:
            _write(plan, _summary(plan, made, files, recordings))
    shown, sources = list(plan.claim.outputs), plan.claim.all_read()
    sizes = {end: len(content) for end, content in made["files"].items()}
    said = made["notes"], made["advice"]
    return Result(plan.order, made["status"], shown, made["metrics"], made["seconds"], sizes, sources, *said)


def _summary(plan: Plan, made: Made, files: Mapping[str, bytes], recordings: Mapping[str, str]) -> Summary:
    """The summary of what was made, with these files. What the one before it says of others stays, if they are of the
    same film."""
    from relu_anim.making.fingerprints import file_fingerprints, fingerprints

    outputs, prints = plan.outputs, fingerprints(plan.config)
    written = file_fingerprints(plan.config, {name: outputs[name] for name in files})
    hashes = {outputs[name].name: hash_of_bytes(content) for name, content in files.items()}
    before = read_summary(plan.summary)
    if before and before.fingerprints["animation"] != prints["animation"]:
        before = None
    known = before.fingerprints["files"] if before else {}
    names = [path.name for path in plan.paths]
    return Summary(
        config=plan.config.model_dump(mode="json"),
        source=None if is_stream(followed(plan.source)) else os.path.relpath(plan.source, plan.summary.parent),
        fingerprints={**prints, "files": {**known, **written}},
        versions=dict(versions()),
        kernels=kernels.chosen(),
        orders=_orders_before(before, plan.inputs, written) | ({plan.key: names} if plan.key else {}),
        inputs=dict(plan.inputs),
        files={**(before.files if before else {}), **hashes},
        recordings={path.name: recordings[path.name] for path in plan.recordings if path.name in recordings},
        status=made["status"],
        outputs=names,
        metrics=made["metrics"],
        alt=made["alt"],
        seconds=made["seconds"],
        title=made["title"],
    )


def _orders_before(before: Summary | None, read: Mapping[str, str], written: Mapping[str, str]) -> dict[str, list[str]]:
    """The orders that the files fulfilled before and still do: what is read beside the config is the same, and none of
    their files is another now."""
    if before is None or before.inputs != read:
        return {}
    known = before.fingerprints["files"]
    others = {name for name, fingerprint in written.items() if known.get(name, fingerprint) != fingerprint}
    return {key: names for key, names in before.orders.items() if others.isdisjoint(names)}


def _write(plan: Plan, summary: Summary) -> None:
    from relu_anim.encoders import atomic_write

    atomic_write(plan.summary, summary.content())
