"""How long each frame lasts, in whole ticks of a format's clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Timing:
    """`frames` distinct frames at `fps`, the first one `hold_first` seconds longer, the last one `hold`, played `loop`
    times (None: forever). A single frame is the last one. `pauses`: other frames that stay so many seconds longer, or
    one of these two, of which the longer time counts."""

    frames: int
    fps: float
    hold: float
    loop: int | None
    hold_first: float = 0.0
    pauses: Mapping[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (
            self.frames < 1
            or self.fps <= 0
            or min(self.hold, self.hold_first, *self.pauses.values()) < 0
            or (self.loop is not None and self.loop < 1)
        ):
            raise ValueError(f"impossible timing: {self}")

    def longer(self, frame: int) -> float:
        """How many seconds longer than others a frame stays."""
        at_end = self.hold if frame == self.frames - 1 else self.hold_first if frame == 0 else 0.0
        return max(at_end, self.pauses.get(frame, 0.0))

    def held(self) -> list[int]:
        """The frames that may stay longer than others."""
        return sorted({0, self.frames - 1, *self.pauses})

    def start(self, frame: int, ticks: int) -> int:
        """The tick at which a frame appears; rounding the time, not the duration, keeps errors from adding up."""
        return round(frame * ticks / self.fps + sum(self.longer(held) for held in self.held() if held < frame) * ticks)

    def total(self, ticks: int) -> int:
        """The length of the film in ticks."""
        return round(sum(map(self.longer, self.held()), self.frames / self.fps) * ticks)

    def duration(self, frame: int, ticks: int) -> int:
        """How many ticks a frame is shown."""
        end = self.total(ticks) if frame == self.frames - 1 else self.start(frame + 1, ticks)
        return end - self.start(frame, ticks)
