"""Recall, IoU and false positives of a segmenter, on frames where they are known by hand."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from gaitcolor_core.evaluation.segmenter import (
    evaluate_segmenter,
    frames_by_masks,
    frames_by_reference,
)
from gaitcolor_core.structures import Bool, Detections, PackedMask, UInt8, VideoFrame
from gaitcolor_core.training.labelled_frames import UNSURE, LabelledFrame

SHAPE = (200, 120)
IMAGE = np.zeros((*SHAPE, 3), np.uint8)


class Given:
    """Finds the same boxes, each with its score, in every frame."""

    description = "given"

    def __init__(self, *found: tuple[slice, slice, float]) -> None:
        masks = tuple(PackedMask.pack(box(rows, columns)) for rows, columns, _ in found)
        corners = np.array([mask.xyxy for mask in masks], np.float32).reshape(-1, 4)
        scores = np.array([score for *_, score in found], np.float32)
        self.found = Detections(corners, scores, masks, np.full(len(masks), -1, np.int64))

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        """Nothing to prepare."""

    def segment(self, image: UInt8) -> Detections:
        return self.found


def box(rows: slice, columns: slice) -> Bool:
    mask = np.zeros(SHAPE, bool)
    mask[rows, columns] = True
    return mask


# One person of each height; of the tall one 80 of 100 rows are found, of the small one a third.
PEOPLE = Given(
    (slice(0, 100), slice(0, 20), 0.9),
    (slice(120, 168), slice(0, 20), 0.9),
    (slice(120, 150), slice(60, 80), 0.9),
)
FOUND = Given(
    (slice(0, 80), slice(0, 20), 0.3),
    (slice(120, 168), slice(0, 20), 0.3),
    (slice(120, 130), slice(60, 80), 0.3),
)


def test_figures_by_hand() -> None:
    report = evaluate_segmenter(FOUND, frames_by_reference([IMAGE] * 2, PEOPLE))
    assert (report.segmenter, report.frames, report.false_positives) == ("given", 2, 0)
    assert [band.min_height_px for band in report.bands] == [96, 48, 0]
    assert [band.persons for band in report.bands] == [2, 2, 2]
    assert [band.found for band in report.bands] == [2, 2, 0]
    assert [band.recall for band in report.bands] == [1.0, 1.0, 0.0]
    assert [band.mean_iou for band in report.bands] == [pytest.approx(0.8), 1.0, None]


def test_what_lies_on_nobody_is_false() -> None:
    phantom = Given((slice(0, 50), slice(90, 110), 0.9), (slice(0, 80), slice(0, 20), 0.9))
    report = evaluate_segmenter(phantom, frames_by_reference([IMAGE] * 3, PEOPLE))
    assert report.false_positives == 3 and report.false_positives_per_frame == 1.0


def test_a_person_is_found_once_even_by_two_masks() -> None:
    twice = Given((slice(0, 100), slice(0, 20), 0.9), (slice(0, 90), slice(0, 20), 0.8))
    report = evaluate_segmenter(twice, frames_by_reference([IMAGE], PEOPLE))
    assert report.bands[0].found == 1 and report.bands[0].mean_iou == 1.0
    assert report.false_positives == 0


def test_whom_the_reference_doubts_need_not_be_found_but_may() -> None:
    doubted = Given((slice(0, 100), slice(0, 20), 0.3))
    for segmenter in (Given(), FOUND):
        frames = frames_by_reference([IMAGE], doubted)
        assert evaluate_segmenter(segmenter, frames).bands[0].persons == 0
    seen = evaluate_segmenter(doubted, frames_by_reference([IMAGE], doubted))
    assert seen.false_positives == 0


def test_masks_as_reference() -> None:
    persons = np.zeros(SHAPE, np.uint8)
    persons[0:100, 0:20], persons[120:168, 0:20], persons[120:130, 60:80] = 4, 9, UNSURE
    report = evaluate_segmenter(FOUND, frames_by_masks([LabelledFrame(IMAGE, persons)]))
    assert [band.persons for band in report.bands] == [1, 1, 0]
    assert [band.found for band in report.bands] == [1, 1, 0]
    assert report.false_positives == 0


def test_every_nth_image_counts() -> None:
    assert evaluate_segmenter(FOUND, frames_by_reference([IMAGE] * 7, PEOPLE, every=3)).frames == 3


def test_no_frames_and_nobody() -> None:
    report = evaluate_segmenter(FOUND, [])
    assert report.false_positives_per_frame is None
    assert all(band.recall is None and band.mean_iou is None for band in report.bands)
    empty = evaluate_segmenter(Given(), frames_by_reference([IMAGE], Given()))
    assert empty.false_positives_per_frame == 0.0
