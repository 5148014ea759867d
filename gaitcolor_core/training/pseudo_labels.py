"""Labels by a teacher: a trained segmenter marks the persons of clips that nobody has marked."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from gaitcolor_core.stages.segment import PersonSegmenter
from gaitcolor_core.structures import Detections, InputError, UInt8
from gaitcolor_core.training.labelled_frames import (
    UNSURE,
    LabelledFrame,
    mask_path,
    write_frame,
)
from gaitcolor_core.video import VideoReader

# Between this and what the segmenter reports at all, the teacher itself is unsure.
SURE_SCORE = 0.45
_SEEN_SHARE = 0.1


def pseudo_label(
    clips: Sequence[Path],
    teacher: PersonSegmenter,
    target: Path,
    *,
    every: int = 2,
    sure_score: float = SURE_SCORE,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> int:
    """Write every n-th frame of `clips` with the teacher's masks as labelled frames.

    Frames that are there already are left alone, so that a stopped run goes on where it was.
    Where a walker's boxes are known (`CLIP_boxes.csv` beside the clip, with columns frame, xmin,
    ymin, xmax, ymax), a box in which the teacher is not sure to see somebody is written as unsure,
    so that nobody learns to overlook that walker, too.

    Args:
        clips: videos.
        teacher: what knows persons; prepared by the caller if it needs to be.
        target: a folder in the format of `labelled_frames`.
        every: use every n-th frame of a clip, from the first one.
        sure_score: persons found with a lower score are written as unsure.
        on_progress: called with (frames done, frames in all or None).

    Returns:
        How many frames were written by this run.

    Raises:
        InputError: a clip cannot be read, or `every` is below 1.
    """
    if every < 1:
        raise InputError(f"Every n-th frame is labelled with n from 1, not {every}.")
    written = done = 0
    for clip in clips:
        boxes = _known_boxes(clip)
        with VideoReader(clip) as reader:
            for index, frame in enumerate(islice(reader, 0, None, every)):
                name = f"{clip.stem}-{index * every:05d}"
                if not mask_path(target, name).is_file():
                    persons = paint_persons(
                        teacher.segment(frame.image), frame.image.shape[:2], sure_score=sure_score
                    )
                    _doubt_missed(persons, boxes.get(index * every))
                    write_frame(target, name, LabelledFrame(frame.image, persons))
                    written += 1
                done += 1
                if on_progress:
                    on_progress(done, None)
    return written


def paint_persons(
    detections: Detections, shape: tuple[int, ...], *, sure_score: float = SURE_SCORE
) -> UInt8:
    """The detections as `shape` `(H, W)` uint8 numbers of persons; the surest lies on top."""
    persons = np.zeros(shape, np.uint8)
    order = np.argsort(detections.score, kind="stable")[-(UNSURE - 1) :]
    for number, index in enumerate(order, start=1):
        canvas = np.zeros(shape, bool)
        detections.masks[index].paint(canvas)
        persons[canvas] = number if detections.score[index] >= sure_score else UNSURE
    return persons


def _known_boxes(clip: Path) -> dict[int, tuple[int, int, int, int]]:
    """Left, top, right and bottom of a walker by frame, in pixels; none if there is no table."""
    table = clip.with_name(f"{clip.stem}_boxes.csv")
    if not table.is_file():
        return {}
    with table.open(newline="") as file:
        return {
            int(row["frame"]): (
                max(int(row["xmin"]), 0),
                max(int(row["ymin"]), 0),
                int(row["xmax"]),
                int(row["ymax"]),
            )
            for row in csv.DictReader(file)
        }


def _doubt_missed(persons: UInt8, box: tuple[int, int, int, int] | None) -> None:
    """Set the box to unsure, unless a person who is surely seen takes up a tenth of it."""
    if box is None:
        return
    left, top, right, bottom = box
    inside = persons[top:bottom, left:right]
    sure = (inside > 0) & (inside < UNSURE)
    if inside.size and sure.mean() < _SEEN_SHARE:
        inside[~sure] = UNSURE
