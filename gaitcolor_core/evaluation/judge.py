"""Judges a result from the two videos alone, as somebody would who never saw the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from gaitcolor_core.gait import align, gait_energy_image, gei_distance
from gaitcolor_core.metrics import changed_rim, gradient_energy, warping_error
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.stages.segment import YoloSegmenter
from gaitcolor_core.stages.track import assign_track_ids, link_tracks
from gaitcolor_core.structures import Bool, Detections, Float32, InputError, Track, UInt8
from gaitcolor_core.video import VideoReader

# Who counts as seen in the original.
MIN_SCORE, MIN_HEIGHT_PX = 0.5, 48
# Of the rim along a person's outline, the share that must look different: a person who was only
# encoded again shows 0 to 1 %, one with another outline 20 % and more.
MIN_CHANGED_RIM = 0.08
# Boxes are widened by this share of the height before the rest of the frame is compared.
_MARGIN = 0.33
_MIN_FRAMES = 20


@dataclass(frozen=True)
class Judgement:
    """What the two videos show.

    Attributes:
        frames: number of frames of both.
        persons: persons seen in the original, summed over frames.
        leaks: how many of them look the same in the result.
        least_changed_rim: the smallest share of a person's rim that changed.
        outside_db: PSNR of the result outside everybody's widened box, over the whole clip.
        gradient_ratio: gradient energy inside the walkers, result / original.
        warping_ratio: warping error around the walkers, result / original.
        gei_changes: for each walker of the original who was found again in the result, the L2
            distance of the gait energy images (128 x 128) of the two videos.
    """

    frames: int
    persons: int
    leaks: int
    least_changed_rim: float | None
    outside_db: float | None
    gradient_ratio: float | None
    warping_ratio: float | None
    gei_changes: dict[int, float]


@dataclass
class _Sums:
    """What adds up over the frames."""

    rims: list[float] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)
    gradients: list[tuple[float, float]] = field(default_factory=list)
    warping: list[tuple[float, float]] = field(default_factory=list)


def judge(
    original: Path, result: Path, *, weights: Path, on_progress: OnProgress = silent
) -> Judgement:
    """Compare a clip with its anonymized version.

    Args:
        original: the clip.
        result: the anonymized clip.
        weights: a YOLO segmentation model, which looks for persons in both.
        on_progress: see `GaitAnonymizer.anonymize_video`.

    Raises:
        InputError: the clips differ in size or length.
    """
    segmenter = YoloSegmenter(weights, device="cpu")
    sums = _Sums()
    seen: tuple[list[Detections], list[Detections]] = ([], [])
    previous: tuple[UInt8, UInt8] | None = None
    with VideoReader(original) as first, VideoReader(result) as second:
        shape = (first.metadata.height, first.metadata.width)
        fps = float(first.metadata.fps)
        for before, after in _pairs(first, second):
            for found, image in zip(seen, (before, after), strict=True):
                found.append(segmenter.segment(image))
            _look(sums, (before, after), (seen[0][-1], seen[1][-1]), previous)
            previous = (before, after)
            on_progress("Comparing", len(seen[0]), first.metadata.num_frames)
    return Judgement(
        frames=len(seen[0]),
        persons=len(sums.rims),
        leaks=sum(share < MIN_CHANGED_RIM for share in sums.rims),
        least_changed_rim=min(sums.rims, default=None),
        outside_db=_decibel(sums.outside),
        gradient_ratio=_ratio(sums.gradients),
        warping_ratio=_ratio(sums.warping),
        gei_changes=_gei_changes(seen, shape, fps),
    )


def _pairs(first: VideoReader, second: VideoReader) -> Iterator[tuple[UInt8, UInt8]]:
    try:
        for before, after in zip(first, second, strict=True):
            if before.image.shape != after.image.shape:
                raise InputError("The two clips differ in size, so they cannot be compared.")
            yield before.image, after.image
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("The two clips differ in length, so they cannot be compared.") from error


def _look(
    sums: _Sums,
    images: tuple[UInt8, UInt8],
    found: tuple[Detections, Detections],
    previous: tuple[UInt8, UInt8] | None,
) -> None:
    before, after = images
    away = np.ones(before.shape[:2], bool)
    for index, box in enumerate(found[0].xyxy):
        rows, columns = _widened(box)
        away[rows, columns] = False
        if found[0].score[index] < MIN_SCORE or box[3] - box[1] < MIN_HEIGHT_PX:
            continue
        mask = _full(found[0], index, before.shape)
        sums.rims.append(changed_rim(after, before, mask))
        if previous is not None:
            sums.warping.append(
                (
                    warping_error(previous[0][rows, columns], before[rows, columns]),
                    warping_error(previous[1][rows, columns], after[rows, columns]),
                )
            )
        again = _same_person(found[1], box)
        if again is not None:
            other = _full(found[1], again, after.shape)
            sums.gradients.append((gradient_energy(before, mask), gradient_energy(after, other)))
    if away.any():
        difference = cv2.absdiff(before, after)[away].astype(np.float64)
        sums.outside.append(float((difference**2).mean()))


def _widened(box: Float32) -> tuple[slice, slice]:
    left, top, right, bottom = np.round(box).astype(int).tolist()
    margin = round(_MARGIN * (bottom - top))
    rows = slice(max(top - margin, 0), bottom + margin)
    return rows, slice(max(left - margin, 0), right + margin)


def _full(found: Detections, index: int, shape: tuple[int, ...]) -> Bool:
    canvas = np.zeros(shape[:2], bool)
    found.masks[index].paint(canvas)
    return canvas


def _same_person(found: Detections, box: Float32) -> int | None:
    """The detection that overlaps `box` most, if by more than half."""
    low = np.maximum(box[:2], found.xyxy[:, :2])
    high = np.minimum(box[2:], found.xyxy[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = (found.xyxy[:, 2:] - found.xyxy[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    iou = shared / np.maximum(areas - shared, 1e-6)
    return int(iou.argmax()) if iou.size and iou.max() > 0.5 else None


def _gei_changes(
    seen: tuple[list[Detections], list[Detections]], shape: tuple[int, int], fps: float
) -> dict[int, float]:
    old, new = (
        [
            track
            for track in link_tracks(
                assign_track_ids(found, frame_shape=shape, fps=fps), fps=fps
            ).tracks
            if len(track.frame_ids) >= _MIN_FRAMES
        ]
        for found in seen
    )
    changes = {}
    for track in old:
        pairs = [(_distance(track, other), other) for other in new]
        gap, again = min(pairs, key=lambda pair: pair[0], default=(np.inf, track))
        if gap < 0.25 * float(np.median(track.xyxy[:, 3] - track.xyxy[:, 1])):
            changes[track.track_id] = gei_distance(
                *(
                    gait_energy_image(align(each, frame_shape=shape, fps=fps).silhouettes)
                    for each in (track, again)
                )
            )
    return changes


def _distance(first: Track, second: Track) -> float:
    """Mean distance of the box edges in the frames that both tracks have, in pixels."""
    common, here, there = np.intersect1d(first.frame_ids, second.frame_ids, return_indices=True)
    if len(common) < min(_MIN_FRAMES, len(first.frame_ids) // 2):
        return float("inf")
    return float(np.abs(first.xyxy[here] - second.xyxy[there]).mean())


def _decibel(squares: list[float]) -> float | None:
    return float(10 * np.log10(255**2 / max(float(np.mean(squares)), 1e-6))) if squares else None


def _ratio(pairs: list[tuple[float, float]]) -> float | None:
    if not pairs:
        return None
    before, after = np.mean(pairs, axis=0)
    return float(after / max(before, 1e-9))
