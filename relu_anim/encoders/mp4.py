"""H.264 in MP4 that browsers play: yuv420p in BT.709, index first, no sound, nothing that differs between runs.

FFmpeg is loaded with the first MP4, since every other format does without.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from relu_anim.encoders.encoder import Asked, Encoder
from relu_anim.encoders.files import Bytes, DamagedError, mapped, take
from relu_anim.encoders.palette import Frame
from relu_anim.encoders.timing import Timing

if TYPE_CHECKING:
    import av

MUXER_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact"}
# Flags of FFmpeg's swscale, which PyAV names since 18. Without the last two it rounds otherwise on another processor.
BICUBIC, ACCURATE_RND, BITEXACT = 1 << 2, 1 << 18, 1 << 19
CRF, COARSER = 26, 5  # the quality, worse the higher, and how much higher where a film must be smaller
SECONDS_BETWEEN_KEYFRAMES = 10  # how far a player may have to decode after a jump; each adds a whole picture's bytes
# Most of a film stands still, and what its first picture gets wrong is wrong in all: so the first picture is stored
# finely, and pictures between two others coarsely. Thin coloured lines need more of their colour than photographs.
X264 = {
    "mbtree": 0,  # it weighs blocks by how later frames use them, and by what memory held before
    "cpu-independent": 1,  # else it chooses algorithms by the processor
    "psy": 0,
    "aq-mode": 0,
    "qcomp": 0.8,
    "ipratio": 4,
    "pbratio": 2,
    "chroma-qp-offset": -3,
    "bframes": 8,
    "ref": 6,
    "me": "umh",
    "subme": 9,
    "partitions": "all",
}


def frame_rate(fps: float) -> Fraction:
    """The fraction that was meant: 12.5 → 25/2, 29.97003 → 30000/1001."""
    return Fraction(fps).limit_denominator(1001)


def codec_options(fps: float, coarse: int = 0) -> dict[str, str]:
    """The settings of x264; docs/performance.md says what each setting gains."""
    return {
        "preset": "medium",
        "crf": str(CRF + coarse * COARSER),
        "threads": "1",  # x264 writes its thread count into the file
        "g": str(max(1, round(SECONDS_BETWEEN_KEYFRAMES * fps))),
        "flags": "+bitexact",
        "x264-params": ":".join(f"{name}={value}" for name, value in X264.items()),
    }


def repeats(timing: Timing, frame: int) -> int:
    """How often a frame is repeated that stays longer: MP4 players do not all honour one long frame."""
    return round(timing.longer(frame) * timing.fps)


class Mp4Writer:
    """Frames → an MP4 at `path`."""

    def __init__(self, path: Path, asked: Asked) -> None:
        import av
        from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

        timing = asked.timing
        self._timing, self._rate, self._written = timing, frame_rate(timing.fps), 0
        self._reformatter = VideoReformatter()
        self._container = av.open(str(path), "w", format="mp4", options=MUXER_OPTIONS)
        self._container.metadata["comment"] = asked.config_text
        options = codec_options(timing.fps, asked.coarse)
        self._stream = self._container.add_stream("libx264", rate=self._rate, options=options)
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt, context.thread_count = *asked.size, "yuv420p", 1
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709

    def write(self, number: int, frame: Frame) -> None:
        """Encode a frame, as often as it is held."""
        picture = self._converted(frame)
        for _ in range(1 + repeats(self._timing, number)):
            picture.pts, picture.time_base = self._written, 1 / self._rate
            self._container.mux(self._stream.encode(picture))
            self._written += 1

    def _converted(self, frame: Frame) -> av.VideoFrame:
        import av
        from av.video.reformatter import ColorRange, Colorspace

        picture = av.VideoFrame.from_ndarray(frame, format="rgba")
        return self._reformatter.reformat(
            picture,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=BICUBIC | ACCURATE_RND | BITEXACT,
        )

    def close(self) -> None:
        """Encode what is still pending and write the index."""
        self._container.mux(self._stream.encode())
        self._container.close()


def boxes(data: Bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type of each box in data[start:end] and where its content starts and ends."""
    while start < end:
        head = take(data, start, 8)
        length, content = int.from_bytes(head[:4], "big"), start + 8
        if length == 1:
            length, content = int.from_bytes(take(data, content, 8), "big"), content + 8
        elif length == 0:
            length = end - start
        if start + length > end or start + length < content:
            raise DamagedError(f"the box at byte {start} does not fit into the file")
        yield head[4:], content, start + length
        start += length


def check(path: Path, size: tuple[int, int], timing: Timing) -> None:
    """DamagedError unless boxes fill the file, the index comes first, and size and frame count are as asked for."""
    import av

    with mapped(path) as data:
        kinds = [kind for kind, _, _ in boxes(data, 0, len(data))]
    if kinds[0] != b"ftyp" or b"moov" not in kinds or b"mdat" not in kinds[kinds.index(b"moov") :]:
        raise DamagedError(f"the MP4 came out wrong: its boxes are {b' '.join(kinds).decode('latin-1')}")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        count = sum(1 for packet in container.demux(stream) if packet.size)
        found = (stream.width, stream.height)
    wanted = timing.frames + sum(repeats(timing, frame) for frame in timing.held())
    if found != size or count != wanted:
        raise DamagedError(f"the MP4 came out wrong: {count} frames of {found}, not {wanted} of {size}")


def read_text(data: Bytes) -> bytes | None:
    """The comment, from moov/udta/meta/ilst/©cmt/data."""
    start, end = 0, len(data)
    # Some boxes begin with fields of their own: four bytes in meta, eight in data.
    for wanted, skip in ((b"moov", 0), (b"udta", 0), (b"meta", 4), (b"ilst", 0), (b"\xa9cmt", 0), (b"data", 8)):
        inside = [(at, stop) for kind, at, stop in boxes(data, start, end) if kind == wanted]
        if not inside:
            return None
        start, end = inside[0][0] + skip, inside[0][1]
    return take(data, start, end - start)


def _begins(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


ENCODER = Encoder(_begins, read_text, Mp4Writer, check)
