"""What crosses the borders between the stages: frozen records, no behavior beyond packing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

UInt8 = npt.NDArray[np.uint8]
Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]


class InputError(ValueError):
    """The clip or an option cannot be processed; the message is one sentence for the user."""


class Stopped(Exception):
    """The caller asked to stop; nothing was left behind."""


@dataclass(frozen=True)
class VideoMetadata:
    """What a container says of its video stream, after the rotation tag is applied.

    Attributes:
        width: displayed width in pixels.
        height: displayed height in pixels.
        fps: nominal frame rate; an estimate for variable-rate clips.
        num_frames: frames the container promises; None where it does not say. A hint only.
        duration_s: seconds the container promises; None where it does not say. A hint only.
        rotation_deg: the clockwise rotation that was applied to show the clip upright.
        has_audio: whether there is at least one audio stream.
        codec: codec name, such as "h264".
        pixel_format: stored pixel format, such as "yuv420p10le".
    """

    width: int
    height: int
    fps: Fraction
    num_frames: int | None
    duration_s: float | None
    rotation_deg: int
    has_audio: bool
    codec: str
    pixel_format: str


class VideoFrame(NamedTuple):
    """One decoded frame: `image` `(H, W, 3)` uint8 RGB, `time_s` from the clip's first frame."""

    image: UInt8
    time_s: Fraction


@dataclass(frozen=True)
class PackedMask:
    """A person's pixels in a frame, cut to their bounds and stored one bit a pixel.

    Attributes:
        x: left edge of the cut in frame pixels.
        y: top edge of the cut in frame pixels.
        shape: `(height, width)` of the cut.
        bits: `np.packbits` of the cut.
    """

    x: int
    y: int
    shape: tuple[int, int]
    bits: UInt8

    @classmethod
    def pack(cls, mask: Bool, x: int = 0, y: int = 0) -> PackedMask:
        """Pack `mask` `(h, w)` bool, whose corner lies at `(x, y)`, cut to its own bounds."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if rows.size == 0:
            return cls(x, y, (0, 0), np.zeros(0, np.uint8))
        top, left = int(rows[0]), int(columns[0])
        cut = mask[top : rows[-1] + 1, left : columns[-1] + 1]
        return cls(x + left, y + top, (cut.shape[0], cut.shape[1]), np.packbits(cut))

    def unpack(self) -> Bool:
        """The cut as `(height, width)` bool."""
        count = self.shape[0] * self.shape[1]
        return np.unpackbits(self.bits, count=count).reshape(self.shape).astype(bool)

    def paint(self, canvas: Bool, offset: tuple[int, int] = (0, 0)) -> None:
        """Set this mask's pixels in `canvas` `(H, W)`, whose corner lies at `offset` `(x, y)`."""
        x, y = self.x - offset[0], self.y - offset[1]
        height, width = self.shape
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + width, canvas.shape[1]), min(y + height, canvas.shape[0])
        if left < right and top < bottom:
            canvas[top:bottom, left:right] |= self.unpack()[
                top - y : bottom - y, left - x : right - x
            ]

    @property
    def xyxy(self) -> tuple[int, int, int, int]:
        """Bounds `(left, top, right, bottom)` in frame pixels, right and bottom exclusive."""
        return self.x, self.y, self.x + self.shape[1], self.y + self.shape[0]


@dataclass(frozen=True)
class Detections:
    """The persons seen in one frame.

    Attributes:
        xyxy: `(N, 4)` float32, box corners in pixels.
        score: `(N,)` float32 in [0, 1].
        masks: N packed masks.
        track_id: `(N,)` int64; -1 = seen but not tracked.
    """

    xyxy: Float32
    score: Float32
    masks: tuple[PackedMask, ...]
    track_id: Int64

    @classmethod
    def nobody(cls) -> Detections:
        """An empty frame."""
        floats = np.zeros((0, 4), np.float32)
        return cls(floats, floats[:, 0], (), np.zeros(0, np.int64))

    def __len__(self) -> int:
        """How many persons."""
        return len(self.score)


@dataclass(frozen=True)
class Track:
    """One walker as the segmenter and the tracker saw it.

    Attributes:
        track_id: the walker's number, in the order of appearance, from 1.
        frame_ids: `(T,)` int64, rising, without gaps between a walker's first and last frame
            that are short enough to be interpolated.
        xyxy: `(T, 4)` float32, box corners in pixels.
        masks: T packed masks of the visible pixels.
        interpolated: `(T,)` bool, True where box and mask were interpolated.
    """

    track_id: int
    frame_ids: Int64
    xyxy: Float32
    masks: tuple[PackedMask, ...]
    interpolated: Bool


@dataclass(frozen=True)
class GaitSequence:
    """One walker over time: silhouettes cut to squares that follow the walker smoothly.

    The square stands on the walker's smoothed ground line, is centered on the smoothed body
    axis, and its side is a fixed multiple of the smoothed height, so that what moves inside it
    is the gait alone.

    Attributes:
        track_id: the walker's number, from 1.
        frame_ids: `(T,)` int64, the frames in which the walker is seen, rising.
        xyxy: `(T, 4)` float32, the squares in frame pixels (may reach beyond the frame).
        silhouettes: `(T, 1, S, S)` bool.
    """

    track_id: int
    frame_ids: Int64
    xyxy: Float32
    silhouettes: Bool
