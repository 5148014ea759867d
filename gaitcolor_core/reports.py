"""What a user is told of a run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from gaitcolor_core.recognizability import Recognizability


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
            every fifth frame that was drawn, as the three figures below.
        ssim_crop: SSIM of the same crops.
        psnr_overlap_db: PSNR inside the overlap of old and new silhouette alone.
        ssim_overlap: SSIM inside the overlap alone.
        gei_change: L2 distance between the gait energy images (128 x 128, values in [0, 1]) of
            the original and of the anonymized silhouettes; None if the walker was left as is, as
            are the two below.
        gei_self: the same distance between the first and the second half of the original, whole
            gait cycles where there are: how far the walker differs from himself in this clip; None
            if the walker is seen for less than two cycles, or 40 frames without a steady walk.
        recognizability: `gei_change` in proportion to how far walks of one person, and of different
            people, are apart.
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
    gei_self: float | None
    recognizability: Recognizability | None


@dataclass(frozen=True)
class Adaptation:
    """How a color network learned the colors of a clip.

    Attributes:
        samples: crops of walkers that it learned from.
        steps: batches that it learned from.
        planned_steps: batches for which the time was meant; with fewer `steps` the time ran out.
        loss_before: mean absolute difference from the original, 0 to 1, inside the overlap of old
            and new body, on crops that are the same before and after.
        loss_after: likewise; never higher.
        seconds: wall time.
    """

    samples: int
    steps: int
    planned_steps: int
    loss_before: float
    loss_after: float
    seconds: float


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
        stage_seconds: time each stage took; stages run beside each other, so that together they
            may exceed `seconds`.
        warnings: sentences the user should read.
        adaptation: how a network learned the clip's colors; None if it didn't.
        spared: numbers of the walkers who were left as they are, at the user's wish.
        faces_blurred: whether the heads of those with another walk were blurred.
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
    adaptation: Adaptation | None = None
    spared: tuple[int, ...] = ()
    faces_blurred: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able built-in types."""
        return dataclasses.asdict(self)
