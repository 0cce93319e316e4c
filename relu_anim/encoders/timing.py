"""How long each frame lasts, in whole ticks of a format's clock."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """`frames` distinct frames at `fps`, the first one `hold_first` seconds longer, the last one `hold`, played `loop`
    times (None: forever). A single frame is the last one."""

    frames: int
    fps: float
    hold: float
    loop: int | None
    hold_first: float = 0.0

    def __post_init__(self) -> None:
        if (
            self.frames < 1
            or self.fps <= 0
            or min(self.hold, self.hold_first) < 0
            or (self.loop is not None and self.loop < 1)
        ):
            raise ValueError(f"impossible timing: {self}")

    @property
    def rest(self) -> float:
        """How many seconds longer the first frame stays."""
        return self.hold_first if self.frames > 1 else 0.0

    def start(self, frame: int, ticks: int) -> int:
        """The tick at which a frame appears; rounding the time, not the duration, keeps errors from adding up."""
        return round(frame * ticks / self.fps + (self.rest * ticks if frame else 0))

    def total(self, ticks: int) -> int:
        """The length of the film in ticks."""
        return round((self.frames / self.fps + self.rest + self.hold) * ticks)

    def duration(self, frame: int, ticks: int) -> int:
        """How many ticks a frame is shown."""
        end = self.total(ticks) if frame == self.frames - 1 else self.start(frame + 1, ticks)
        return end - self.start(frame, ticks)
