"""The work on one figure: plain data in, the bytes of its files out. It runs in this process, in another, or on another
machine; it reads no file that is the user's and writes none."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config import Experiment, File, StillFigure, TrainedExperiment
from relu_anim.errors import FileError, UserError
from relu_anim.facts import FORMATS, ending
from relu_anim.kernels import CORE
from relu_anim.making.kept import made_with
from relu_anim.making.recordings import Keep, Recorded, Recordings


class Job(TypedDict):
    """What a worker needs to know: plain values only, so that any version can read it and refuse it.

    `name` tells jobs apart. `config` is the resolved config as YAML, `tables` the CSV files and fonts that it names,
    `recordings` those that are kept of its variants and of their ensembles, by file name; `files` are those to make, by
    the ends of their names.
    """

    name: str
    config: str
    tables: dict[str, bytes]
    recordings: dict[str, bytes]
    files: tuple[str, ...]
    is_draft: bool
    versions: dict[str, str]


class Made(TypedDict):
    """What came of a job: the content of each file and of each new recording, numbers, the title with its own counted,
    and in `alt` what the picture shows in words; `notes` are lines for the user, and `advice` some that he may leave
    aside. After a mistake of the user's `error` says what is wrong, with its exit code; recordings that were whole by
    then are there."""

    status: str
    files: dict[str, bytes]
    recordings: dict[str, bytes]
    metrics: dict[str, Any]
    title: str
    alt: str
    seconds: dict[str, float]
    notes: list[str]
    advice: list[str]
    error: str
    exit_code: int


def load() -> None:
    """Load what jobs need, so that the first one takes as long as all others."""
    from relu_anim import figures, films, training  # noqa: F401
    from relu_anim.encoders import encoder

    for name in FORMATS:
        encoder(name)


def silent(what: str, done: int, total: int) -> None:
    """Report to nobody."""


def run_job(job: Job, report: Report = silent, keep: Keep | None = None) -> Made:
    """Do it. New recordings are handed to `keep`, each as soon as it is whole, or else returned with the rest."""
    made = Made(
        status="built",
        files={},
        recordings={},
        metrics={},
        title="",
        alt="",
        seconds={},
        notes=[],
        advice=[],
        error="",
        exit_code=0,
    )
    clock = Stopwatch(made["seconds"])
    try:
        _refuse_other_versions(job["versions"])
        loaded = config.loads(job["config"], job["name"], tables=job["tables"])
        wanted = [file for end, file in config.files(loaded).items() if end in job["files"]]
        with _scratch() as folder:
            if isinstance(loaded, Experiment):
                own_keep = keep or made["recordings"].__setitem__
                say, training = made["notes"].append, partial(clock.stage, "train")
                recorder = Recordings(job["recordings"], own_keep, report, training, say)
                recorded = recorder.record(loaded)
                is_redrawn = isinstance(loaded, TrainedExperiment) and "train" not in made["seconds"]
                made["status"] = "redrawn" if is_redrawn else "built"
                _run_film(loaded, recorded, wanted, folder, report, clock, made, job["is_draft"])
            else:
                _run_still(loaded, wanted, folder, report, clock, made, job["is_draft"])
    except UserError as error:
        made["error"], made["exit_code"] = str(error), error.exit_code
    return made


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for what is being written; FileError if there is no room for one."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="relu-anim-")
    except OSError as error:
        raise FileError(f"cannot write temporary files: {error.strerror or error}") from None
    with folder:
        yield Path(folder.name)


def _refuse_other_versions(wanted: Mapping[str, str]) -> None:
    """FileError where other versions are installed than where the job comes from: their bytes would be others."""
    if wrong := other_versions(made_with(), wanted):
        raise FileError(f"a worker {wrong}")


def other_versions(there: Mapping[str, str | None], wanted: Mapping[str, str]) -> str:
    """What a worker has that makes other bytes than are wanted, and what to do; nothing if it has the same."""
    for package, version in wanted.items():
        if there.get(package) == version:
            continue
        if package == "kernels":
            found = there.get(package)
            chosen = CORE in f"{found} {version}"
            what = (
                f"set {CORE} alike on both sides, or nowhere" if chosen else "start it with: relu-anim worker ADDRESS"
            )
            return f"has kernels {found}, here they are {version}; {what}"
        return f"has {package} {there.get(package)}, here is {version}; install the same there"
    return ""


# ---------------------------------------------------------------- pictures


def _run_film(
    experiment: Experiment,
    recorded: Recorded,
    files: Sequence[File],
    folder: Path,
    report: Report,
    clock: Stopwatch,
    made: Made,
    is_draft: bool,
) -> None:
    for theme in dict.fromkeys(file.theme for file in files):
        with clock.stage("prepare"):
            from relu_anim.films import Film
            from relu_anim.films.saving import save_still
            from relu_anim.films.stills import Moments

            own = config.themed(experiment, theme)
            film = Film(own, recorded.recordings, recorded.ensembles, is_draft)
        for file in files:
            if file.theme != theme:
                continue
            with clock.stage(file.format), _content_in(folder, file, made) as path:
                if file.is_film:
                    film.save(path, report)
                else:
                    moments = own.output.strip if file.moment is None else (file.moment,)
                    save_still(Moments(film, moments), path, file.format, config.text_in_file(own, file))
        made["advice"] += [note for note in film.notes if note not in made["advice"]]
    with clock.stage("measure"):
        made["metrics"], made["title"], made["alt"] = film.metrics, film.title, film.alt
        made["advice"] += [film.advice] * bool(film.advice)


def _run_still(
    figure: StillFigure,
    files: Sequence[File],
    folder: Path,
    report: Report,
    clock: Stopwatch,
    made: Made,
    is_draft: bool,
) -> None:
    with clock.stage("prepare"):
        from relu_anim import figures
        from relu_anim.films.saving import save_figure
    with clock.stage("count"):
        picture = figures.of(figure, report)
    for theme in dict.fromkeys(file.theme for file in files):
        own = config.themed(figure, theme)
        with clock.stage("prepare"):
            still = figures.Still(replace(picture, figure=own), is_draft)
            made["advice"] += [note for note in still.notes if note not in made["advice"]]
        for file in files:
            if file.theme == theme:
                with clock.stage(file.format), _content_in(folder, file, made) as path:
                    save_figure(still, path, file.format, config.text_in_file(own, file))
    with clock.stage("measure"):
        made["metrics"], made["title"], made["alt"] = still.metrics, figure.title, still.alt


@contextmanager
def _content_in(folder: Path, file: File, made: Made) -> Iterator[Path]:
    """A path to write a file to, whose content is then what was made."""
    path = folder / f"file{ending(file.format)}"
    yield path
    made["files"][file.end] = path.read_bytes()
    path.unlink()


class Stopwatch:
    """Seconds by stage, written into a mapping."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside, under this name."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - start, 3)
