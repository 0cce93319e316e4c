"""A film as Python has it: of an experiment's recordings, or of a figure that does not move."""

from __future__ import annotations

import operator
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from relu_anim import config
from relu_anim.aliases import Report
from relu_anim.config import Config, ConfigProblems, Experiment
from relu_anim.config.side_files import side_files
from relu_anim.errors import ConfigError, FileError, UserError
from relu_anim.facts import FORMATS, STILL_FORMATS, ending, format_of, joined
from relu_anim.interface import notebooks
from relu_anim.interface.configs import SETTINGS, in_words, keys_of
from relu_anim.interface.progress import shown as shown_by
from relu_anim.making.recordings import shows_ensemble
from relu_anim.network import Network
from relu_anim.paths import check_writable, path_of
from relu_anim.recording import Ensemble, Recording

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from relu_anim.figures import Picture
    from relu_anim.films import Film as Drawn
    from relu_anim.interface.figure import OneFrame

LOOK = ("title", "alt", "animation", "output")  # what recordings do not depend on, and variants share
THEME, THEMES = {"animation", "animation.theme"}, {"output", "output.themes"}  # of which the first theme counts
Frame = NDArray[np.uint8]  # [height, width, 4], RGBA
Moment = float | str | Mapping[str, int]


class Film:
    """A film of an experiment's recordings, one for each variant in their order; or a figure that does not move, with
    one frame. It is laid out when it is first asked for a frame, and never changes: `set` gives another.

    `ensembles` are the networks from which each was chosen, where they are shown; `notes` lines for its author.
    """

    def __init__(
        self,
        experiment: Config,
        recordings: Sequence[Recording] = (),
        ensembles: Sequence[Ensemble | None] = (),
        notes: Sequence[str] = (),
    ) -> None:
        self._experiment, self._ensembles, self._said = experiment, tuple(ensembles), tuple(notes)
        self._counted: Picture | None = None
        labels = [label for label, _ in experiment.members]
        if len(recordings) != len(labels):
            raise ConfigError(f"{len(recordings)} recordings for {len(labels)} experiments")
        self._recordings = dict(zip(labels, recordings, strict=True))
        for recording in recordings:
            recording.freeze()  # a film that is laid out later must not become another one
        lacking = [*self._ensembles, *[None] * len(labels)]
        for (_, member), ensemble in zip(experiment.members, lacking, strict=False):
            if shows_ensemble(member) and ensemble is None:
                message = "shows networks that are not among the recordings; relu_anim.run takes or trains them"
                raise ConfigError(f"animation.ensemble: {member.animation.ensemble} {message}")

    @property
    def experiment(self) -> Config:
        """The config of this film."""
        return self._experiment

    # ------------------------------------------------------------ what it was made of

    @property
    def recordings(self) -> Mapping[str, Recording]:
        """The recordings by the labels of their variants; without variants by no label."""
        return MappingProxyType(self._recordings)

    @property
    def recording(self) -> Recording:
        """The only recording; ConfigError where there are several."""
        if len(self._recordings) == 1:
            return next(iter(self._recordings.values()))
        if not self._recordings:
            raise ConfigError("a figure that does not move has no recording")
        labels = list(self._recordings)
        raise ConfigError(f"this film has a recording for each variant: recordings[{labels[0]!r}]; there are {labels}")

    @property
    def network(self) -> Network:
        """The network whose parameters the only recording has."""
        return self.recording.network

    @property
    def shown(self) -> NDArray[np.int64]:
        """For each frame the index of the snapshot that it shows, in its recording: int64 [frames]; with variants
        [frames, variants]."""
        if not isinstance(self._experiment, Experiment):
            raise ConfigError("a figure that does not move has no snapshots")
        drawn, found = cast("Drawn", self._drawn), []
        for scene, whole in zip(drawn.scenes, self._recordings.values(), strict=True):
            part = scene.run.recording  # which `animation.epochs` has cut
            steps = part.step[[scene.run.index(moment) for moment in drawn.timeline]]
            found.append(np.searchsorted(whole.step, steps))
        return np.stack(found, axis=1) if self._experiment.variants else found[0]

    # ------------------------------------------------------------ how it is drawn

    @cached_property
    def _drawn(self) -> Drawn | OneFrame:
        """The film as it is laid out."""
        own = self._themed
        if isinstance(own, Experiment):
            from relu_anim.films import Film as Drawn

            return Drawn(own, list(self._recordings.values()), self._ensembles)
        from relu_anim.interface.figure import OneFrame

        return OneFrame(replace(self._counted or self.count(), figure=own))

    @property
    def _themed(self) -> Config:
        """The config in the theme of the file that has the plain name."""
        own = self._experiment
        theme = (own.output.themes or (own.animation.theme,))[0]
        return cast("Config", config.themed(cast("Experiment", own), theme))

    def count(self, report: Report | None = None) -> Picture:
        """Measure what a figure that does not move shows."""
        from relu_anim import figures

        assert not isinstance(self._experiment, Experiment)
        self._counted = figures.of(self._experiment, report or (lambda what, done, total: None))
        return self._counted

    def __len__(self) -> int:
        return len(self._drawn)

    @property
    def title(self) -> str:
        """The title as it is drawn, with its numbers counted."""
        return self._drawn.title

    @property
    def alt(self) -> str:
        """What readers who do not see it need to know."""
        return self._drawn.alt

    @property
    def metrics(self) -> dict[str, Any]:
        """The numbers that summaries have; of variants, by label."""
        return dict(self._drawn.metrics)

    @property
    def notes(self) -> tuple[str, ...]:
        """What its author should know, as the command says it."""
        said = [*self._said, *self._drawn.notes, self._drawn.advice]
        return tuple(dict.fromkeys(filter(None, said)))

    def frame(self, number: int) -> Frame:
        """One frame, counted from 0, or from -1 backwards: uint8 [height, width, 4]. IndexError beyond the ends."""
        if not -len(self) <= operator.index(number) < len(self):
            raise IndexError(f"there is no frame {number}; they are counted from 0 to {len(self) - 1}")
        return self._drawn.frame(number)

    def frames(self) -> Iterator[Frame]:
        """The frames in order, each an array to keep. None of them is held here."""
        for frame in self._drawn.frames():
            yield frame.copy()

    def to_matplotlib(self, epoch: float | None = None, *, step: int | None = None) -> Figure:
        """A figure of Matplotlib's with what the film shows at its end or at a moment, to go on with: the film does not
        have it."""
        moment = _moment(epoch, step)
        return Film(self._experiment, self._in_order, self._ensembles)._drawn.given_away(moment)

    @property
    def _in_order(self) -> list[Recording]:
        return list(self._recordings.values())

    # ------------------------------------------------------------ files

    def save(self, path: str | os.PathLike[str], *, progress: Any = "auto") -> Path:
        """Write the film, or its last frame in a format that does not move, as the suffix says: whole, or not at all.
        ConfigError for another suffix, FileError where it cannot be written."""
        target = path_of(path, "the path of a file")
        check_writable([target])
        with shown_by(progress) as report:
            return self._drawn.save(target, report)

    def still(self, path: str | os.PathLike[str], *, epoch: float | None = None, step: int | None = None) -> Path:
        """Write the picture of a moment, or of the end, with the film's ranges; as the command writes it for
        `output.stills`."""
        moment, target = _moment(epoch, step), path_of(path, "the path of a file")
        name = _still_format(target)
        if moment is None:
            return self.save(target, progress=None)
        return self._save_moments(target, name, {"output.stills": [moment]})

    def strip(self, path: str | os.PathLike[str], moments: Sequence[Moment]) -> Path:
        """Write several moments side by side: epochs, or {"step": 12}; as the command writes it for `output.strip`."""
        target = path_of(path, "the path of a file")
        if not isinstance(moments, Sequence) or isinstance(moments, str) or not moments:
            raise ConfigError(f"{target}: a strip is of several moments: [0, 5, 50], not {moments!r}")
        return self._save_moments(target, _still_format(target), {"output.strip": list(moments)})

    def page(self) -> notebooks.Page:
        """The film as a page to play with: a notebook shows it, and `str` gives its HTML. FileError where that would be
        more than a page should load."""
        animation: Any = self._experiment.animation
        (name,) = (name for name, row in FORMATS.items() if row.on_page == "frame")
        captions = len(animation.captions) if isinstance(self._experiment, Experiment) else None
        return notebooks.Page(self._content(name).decode(), self.alt, animation.size, captions)

    def _save_moments(self, path: Path, name: str, keys: Mapping[str, Any]) -> Path:
        """Write the only still or strip of this film with these keys."""
        from relu_anim.films.saving import save_still
        from relu_anim.films.stills import Moments

        if not isinstance(self._experiment, Experiment):
            raise ConfigError(f"{path}: a figure that does not move has no moments")
        named = {"output.formats": [name], "output.stills": [], "output.strip": [], **keys}
        try:
            own = cast("Experiment", self._changed(in_words(named)))
        except ConfigProblems as error:  # which keys there were is no word of the caller's
            raise ConfigError("\n".join(f"{path}: {problem.message}" for problem in error.problems)) from None
        (file,) = (file for file in config.files(own).values() if not file.is_film and file.is_first)
        own = config.themed(own, file.theme)
        moments = own.output.strip if file.moment is None else (file.moment,)
        check_writable([path])
        save_still(Moments(cast("Drawn", self._drawn), moments), path, name, config.text_in_file(own, file))
        return path

    # ------------------------------------------------------------ other films

    def set(self, settings: Mapping[str, Any] | Sequence[str]) -> Film:
        """Another film of the same recordings, with other values of `title`, `alt`, `animation` or `output`.
        ConfigError for keys that recordings depend on."""
        keys = set(keys_of(settings))
        if isinstance(self._experiment, Experiment):
            for key in sorted(keys):
                if (top := key.partition(".")[0]) in type(self._experiment).model_fields and top not in LOOK:
                    message = "the recordings of this film depend on it; relu_anim.run takes or trains others"
                    raise ConfigError(f"{key}: {message}")
        found = self._changed(in_words(settings))
        if found.output.themes and keys & THEME and not keys & THEMES:
            found = config.changed(found, config.settings_of({"output.themes": [found.animation.theme]}), SETTINGS)
        return Film(found, self._in_order, self._ensembles, self._said)

    def _changed(self, settings: Sequence[str]) -> Config:
        """The config with these settings; FileError where a file that it names is no longer the same."""
        found = config.changed(self._experiment, settings, SETTINGS)
        before = {(file.key, file.name): file.digest for file in side_files(self._experiment)}
        for file in side_files(found):
            if before.get((file.key, file.name), file.digest) != file.digest:
                raise FileError(f"{file.name}: the {file.what} has changed since this film was made; run it again")
        return found

    # ------------------------------------------------------------ how it shows itself

    def __repr__(self) -> str:
        width, height = self._experiment.animation.size
        variants = f", {len(self._recordings)} variants" if len(self._recordings) > 1 else ""
        title = self._experiment.title
        with suppress(UserError):  # of a film that cannot be laid out
            title = self.title if "{" in title else title
        return f"<Film {title!r}, {width}×{height}{variants}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The film as notebooks show it: moving in HTML, the last frame as a PNG, and words."""
        return dict(self._bundle)

    @cached_property
    def _bundle(self) -> dict[str, str]:
        pictures = notebooks.pictures(self._content, isinstance(self._experiment, Experiment))
        return notebooks.bundle(pictures, self._experiment.animation.size, self.alt, repr(self))

    def _content(self, name: str) -> bytes:
        """The film as a file of this format, slower where that cannot play so fast."""
        film, most, own = self, FORMATS[name].most_fps, self._experiment
        if FORMATS[name].moves and isinstance(own, Experiment) and own.animation.fps > most:
            film = self.set({"animation.fps": most})
        with tempfile.TemporaryDirectory(prefix="relu-anim-") as folder:
            return film.save(Path(folder) / f"film{ending(name)}", progress=None).read_bytes()


def _moment(epoch: float | None, step: int | None) -> float | str | None:
    """The moment that is named, as configs have it; None where none is."""
    if epoch is not None and step is not None:
        raise ConfigError("a moment is an epoch or a step, not both")
    if isinstance(epoch, bool) or not isinstance(epoch, int | float | np.number | None):
        raise ConfigError(f"epoch: expected a number, got {epoch!r}")
    if isinstance(step, bool) or not isinstance(step, int | np.integer | None):
        raise ConfigError(f"step: expected a whole number, got {step!r}")
    return epoch if step is None else f"step {step}"


def _still_format(path: Path) -> str:
    name = format_of(path.name)
    if name not in STILL_FORMATS:
        raise ConfigError(f"{path}: the suffix of a picture is {joined(f'.{each}' for each in STILL_FORMATS)}")
    return name
