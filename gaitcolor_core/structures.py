"""What crosses the borders between the stages: frozen records, no behavior beyond packing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, NamedTuple

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


@dataclass(frozen=True)
class Settings:
    """What a user chooses; the same for API, command line and app.

    Attributes:
        shape: shape anonymizer.
        color: color transfer.
        strength: 0 (shape unchanged) to 1 (as far as a body stays plausible).
        seed: repeats a run exactly; None draws a new key for each run, so that two clips of
            one person do not match each other either.
        walkers: numbers of the walkers to anonymize; None = everyone.
    """

    shape: Literal["deform"] = "deform"
    color: Literal["warp", "nearest"] = "warp"
    strength: float = 0.7
    seed: int | None = None
    walkers: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what no stage could honor."""
        if not 0 <= self.strength <= 1:
            raise InputError(f"The strength must lie between 0 and 1, not {self.strength}.")
        if self.seed is not None and self.seed < 0:
            raise InputError(f"The seed must be 0 or more, not {self.seed}.")
        if self.walkers is not None and any(number < 1 for number in self.walkers):
            raise InputError("Walkers are numbered from 1; give numbers such as 1,3.")


@dataclass(frozen=True)
class WalkerReport:
    """What happened to one walker.

    Attributes:
        track_id: the walker's number, in the order of appearance, from 1.
        first_frame: index of the first frame with this walker.
        last_frame: index of the last frame with this walker.
        frames_tracked: frames in which the walker was seen and anonymized.
        frames_interpolated: frames in which the walker's mask was interpolated, then anonymized.
        frames_covered: frames in which the walker was blurred instead of anonymized.
        gait_period_frames: frames per gait cycle; None if the walker shows no periodic gait.
        psnr_crop_db: PSNR of the walker's square crop, result against original, mean over
            every fifth frame that was drawn, as all figures below but the last.
        ssim_crop: SSIM of the same crops.
        psnr_overlap_db: PSNR inside the overlap of old and new silhouette alone.
        ssim_overlap: SSIM inside the overlap alone.
        gei_change: L2 distance between the gait energy images (128 x 128, values in [0, 1]) of
            the original and of the anonymized silhouettes.
    """

    track_id: int
    first_frame: int
    last_frame: int
    frames_tracked: int
    frames_interpolated: int
    frames_covered: int
    gait_period_frames: float | None
    psnr_crop_db: float | None
    ssim_crop: float | None
    psnr_overlap_db: float | None
    ssim_overlap: float | None
    gei_change: float | None


@dataclass(frozen=True)
class AnonymizationReport:
    """What was done to a clip, and how well.

    Attributes:
        source: path of the input.
        output: path of the output.
        device: where the networks ran, such as "cpu".
        segmenter: which person segmenter ran.
        shape: shape anonymizer.
        color: color transfer.
        strength: 0 to 1.
        seed: the key of this run; repeats it exactly.
        width: pixels.
        height: pixels.
        frames: frames written.
        seconds: wall time, reading to renaming.
        fps: frames / seconds, end to end.
        audio: "none", "copied", or "re-encoded: ..." or "dropped: ..." with the reason.
        frames_without_walker: frames in which nobody was seen.
        covered_detections: persons seen but blurred instead of anonymized, summed over frames.
        psnr_crop_db: mean of the walkers' `psnr_crop_db` over their frames.
        ssim_crop: likewise.
        psnr_overlap_db: likewise.
        ssim_overlap: likewise.
        walkers: one entry a walker.
        stage_seconds: wall time by stage.
        warnings: sentences the user should read.
    """

    source: str
    output: str
    device: str
    segmenter: str
    shape: str
    color: str
    strength: float
    seed: int
    width: int
    height: int
    frames: int
    seconds: float
    fps: float
    audio: str
    frames_without_walker: int
    covered_detections: int
    psnr_crop_db: float | None
    ssim_crop: float | None
    psnr_overlap_db: float | None
    ssim_overlap: float | None
    walkers: tuple[WalkerReport, ...]
    stage_seconds: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able built-in types."""
        return dataclasses.asdict(self)
