"""How many persons a segmenter finds, how well it outlines them, and what it takes for persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.stages.segment import PersonSegmenter
from gaitcolor_core.structures import Bool, PackedMask, UInt8
from gaitcolor_core.training.labelled_frames import UNSURE, LabelledFrame

MIN_IOU = 0.5
# A reference that is another segmenter: persons it finds with a lower score need not be found.
MIN_REFERENCE_SCORE = 0.5
# Lower edges of the bands of height, in pixels of the frame.
BANDS_PX = (96, 48, 0)


class ReferencePerson(NamedTuple):
    """A person who is there: `counts` = must be found; others may be found or not."""

    mask: PackedMask
    counts: bool


class ReferenceFrame(NamedTuple):
    """`image` `(H, W, 3)` uint8 RGB and everybody who is in it."""

    image: UInt8
    persons: tuple[ReferencePerson, ...]


@dataclass(frozen=True)
class HeightBand:
    """How well persons of about one height are found.

    Detections and persons of a frame are paired by falling IoU of their masks, each at most once;
    a person is found if the IoU with the partner is at least 0.5.

    Attributes:
        min_height_px: lowest height of the visible mask, in pixels of the frame; persons as tall
            as the next band's lowest belong there.
        persons: reference persons who must be found, summed over frames.
        found: how many of them were found.
        recall: found / persons; None without persons.
        mean_iou: sum of the IoUs of the found / found; None if nobody was found.
    """

    min_height_px: int
    persons: int
    found: int
    recall: float | None
    mean_iou: float | None


@dataclass(frozen=True)
class SegmenterReport:
    """A segmenter against persons who are known.

    Attributes:
        segmenter: which one.
        frames: number of frames.
        bands: from tall persons to small ones.
        false_positives: detections of which less than half lies on reference persons, whether
            these count or not, summed over frames.
        false_positives_per_frame: false_positives / frames; None without frames.
    """

    segmenter: str
    frames: int
    bands: tuple[HeightBand, ...]
    false_positives: int
    false_positives_per_frame: float | None


def evaluate_segmenter(
    segmenter: PersonSegmenter, frames: Iterable[ReferenceFrame]
) -> SegmenterReport:
    """Compare what `segmenter` (prepared by the caller, if it must be) finds with who is there."""
    ious: dict[int, list[float]] = {edge: [] for edge in BANDS_PX}
    false_positives = num_frames = 0
    for frame in frames:
        found = segmenter.segment(frame.image).masks
        shape = frame.image.shape[:2]
        masks = [_unpacked(mask, shape) for mask in found]
        people = [_unpacked(person.mask, shape) for person in frame.persons]
        best = _paired_ious(masks, people)
        for person, iou in zip(frame.persons, best, strict=True):
            if person.counts:
                ious[_band(person.mask.shape[0])].append(iou)
        anybody = np.logical_or.reduce([np.zeros(shape, bool), *people])
        on = [int((mask & anybody).sum()) / int(mask.sum()) for mask in masks]
        false_positives += len([share for share in on if share < 0.5])
        num_frames += 1
    return SegmenterReport(
        segmenter=segmenter.description,
        frames=num_frames,
        bands=tuple(_summary(edge, np.array(values)) for edge, values in ious.items()),
        false_positives=false_positives,
        false_positives_per_frame=false_positives / num_frames if num_frames else None,
    )


def frames_by_reference(
    images: Iterable[UInt8],
    reference: PersonSegmenter,
    *,
    every: int = 1,
    min_score: float = MIN_REFERENCE_SCORE,
) -> Iterator[ReferenceFrame]:
    """Every n-th image, with what another segmenter finds in it.

    Args:
        images: `(H, W, 3)` uint8 RGB each.
        reference: prepared by the caller, if it must be.
        every: use every n-th image, from the first one.
        min_score: persons found with a lower score do not count.
    """
    for image in islice(images, 0, None, every):
        found = reference.segment(image)
        yield ReferenceFrame(
            image,
            tuple(
                ReferencePerson(mask, bool(score >= min_score))
                for mask, score in zip(found.masks, found.score, strict=True)
            ),
        )


def frames_by_masks(frames: Iterable[LabelledFrame]) -> Iterator[ReferenceFrame]:
    """Labelled frames, such as rendered ones; unsure pixels are persons who do not count."""
    for image, persons in ((frame.image, frame.persons) for frame in frames):
        yield ReferenceFrame(
            image,
            tuple(
                ReferencePerson(PackedMask.pack(persons == number), bool(number != UNSURE))
                for number in np.unique(persons[persons > 0])
            ),
        )


def _unpacked(mask: PackedMask, shape: tuple[int, ...]) -> Bool:
    canvas = np.zeros(shape, bool)
    mask.paint(canvas)
    return canvas


def _paired_ious(masks: list[Bool], people: list[Bool]) -> list[float]:
    """For each person the IoU with the partner among the masks, 0 without one."""
    table = np.array([[silhouette_iou(person, mask) for mask in masks] for person in people])
    best = [0.0] * len(people)
    while table.size and table.max() > 0:
        person, mask = np.unravel_index(np.argmax(table), table.shape)
        best[person] = float(table[person, mask])
        table[person, :] = table[:, mask] = 0
    return best


def _band(height_px: int) -> int:
    return next(edge for edge in BANDS_PX if height_px >= edge)


def _summary(edge: int, ious: np.ndarray[tuple[int], np.dtype[np.float64]]) -> HeightBand:
    found = ious[ious >= MIN_IOU]
    return HeightBand(
        min_height_px=edge,
        persons=len(ious),
        found=len(found),
        recall=len(found) / len(ious) if len(ious) else None,
        mean_iou=float(found.mean()) if len(found) else None,
    )
