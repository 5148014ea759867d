"""Where a walker is seen whole: the stretches of a clip that a model can learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gaitcolor_core.datasets.squares import Box, body_box
from gaitcolor_core.gait import body_lines
from gaitcolor_core.structures import Bool, Detections, Float32, Int64, PackedMask, Track

# Walkers who are found at all can be worse outlined than what a model should learn.
MIN_SCORE = 0.6
# A mask that comes so close to the edge of the picture, as a share of the picture, may be cut off
# by it: masks are found at a lower resolution and end early there.
EDGE_SHARE = 0.01
# A smaller body is a blur in a square of 128 pixels; one that is not higher than wide by this
# factor lacks its legs, or does not walk.
MIN_HEIGHT_PX, MIN_HEIGHT_PER_WIDTH = 64, 1.2
# Of the walker's box, what may lie in the boxes of others; and of the walker's usual height, what
# must show.
MAX_SHARED, MIN_HEIGHT_SHARE = 0.05, 0.9
MIN_FRAMES = 12
# So many unfit frames in a row do not end a stretch.
MAX_MISSING = 2


class Persons(Protocol):
    """Everybody who was seen in a clip, as `stages.track` has them."""

    @property
    def tracks(self) -> Sequence[Track]:
        """The walkers."""
        ...

    @property
    def untracked(self) -> Mapping[int, Sequence[PackedMask]]:
        """Masks of persons without a track, by frame."""
        ...


@dataclass(frozen=True)
class Stretch:
    """A walker seen whole.

    Attributes:
        walker: the number of the walker in the clip, from 1.
        part: the number of the stretch among those of the walker, from 1.
        frame_ids: `(T,)` int64, rising by 1 or a little more.
        masks: T masks of the walker.
        boxes: T boxes of the masks.
    """

    walker: int
    part: int
    frame_ids: Int64
    masks: tuple[PackedMask, ...]
    boxes: tuple[Box, ...]


def find_stretches(
    persons: Persons,
    detections: Sequence[Detections],
    *,
    frame_shape: tuple[int, int],
    fps: float,
    max_frames: int,
) -> list[Stretch]:
    """The stretches of all walkers of a clip.

    Args:
        persons: who was seen.
        detections: what `persons` was made of, one entry a frame.
        frame_shape: `(height, width)` of the frames in pixels.
        fps: frames per second.
        max_frames: longer stretches are cut.

    Returns:
        Stretches of `MIN_FRAMES` to `max_frames` frames in which the walker is found with
        confidence, hidden by nobody and nothing, not cut off by the edge of the picture, and not
        tiny.
    """
    found: list[Stretch] = []
    for track in persons.tracks:
        others = _others(persons, track)
        whole = (
            _confident(track, detections)
            & _uncut(track, frame_shape)
            & _apart(track, others)
            & _upright(track, frame_shape, fps)
        )
        runs = _runs(track.frame_ids, whole, max_frames)
        found.extend(_stretch(track, part, run) for part, run in enumerate(runs, start=1))
    return found


def _stretch(track: Track, part: int, run: Int64) -> Stretch:
    masks = tuple(track.masks[index] for index in run)
    boxes = tuple(map(body_box, masks))
    return Stretch(track.track_id, part, track.frame_ids[run], masks, boxes)


def _others(persons: Persons, track: Track) -> dict[int, list[Float32]]:
    """Boxes `(4,)` of everybody else, by frame; also of those who are hidden themselves."""
    boxes = {
        frame_id: [np.array(mask.xyxy, np.float32) for mask in masks]
        for frame_id, masks in persons.untracked.items()
    }
    for other in persons.tracks:
        if other.track_id != track.track_id:
            for frame_id, box in zip(other.frame_ids.tolist(), other.xyxy, strict=True):
                boxes.setdefault(frame_id, []).append(box)
    return boxes


def _confident(track: Track, detections: Sequence[Detections]) -> Bool:
    """Where the walker was found, not interpolated, and with a high score."""
    scores = np.zeros(len(track.frame_ids))
    for index, (frame_id, box) in enumerate(zip(track.frame_ids, track.xyxy, strict=True)):
        found = detections[int(frame_id)]
        same = (found.xyxy == box).all(axis=1)
        scores[index] = max(found.score[same], default=0)
    return (scores >= MIN_SCORE) & ~track.interpolated


def _uncut(track: Track, frame_shape: tuple[int, int]) -> Bool:
    """Where the mask stays away from the edge of the picture."""
    left, top, right, bottom = np.array([mask.xyxy for mask in track.masks]).T
    height, width = frame_shape
    edge_x, edge_y = max(EDGE_SHARE * width, 1), max(EDGE_SHARE * height, 1)
    inside = (left > edge_x) & (right < width - edge_x)
    return np.asarray(inside & (top > edge_y) & (bottom < height - edge_y))


def _apart(track: Track, others: Mapping[int, Sequence[Float32]]) -> Bool:
    """Where nobody else is in the walker's box."""
    return np.array(
        [
            all(_shared(box, other) <= MAX_SHARED for other in others.get(frame_id, ()))
            for frame_id, box in zip(track.frame_ids.tolist(), track.xyxy, strict=True)
        ]
    )


def _shared(box: Float32, other: Float32) -> float:
    """How much of `box` lies in `other`, 0 to 1."""
    low, high = np.maximum(box[:2], other[:2]), np.minimum(box[2:], other[2:])
    area = float((box[2:] - box[:2]).prod())
    return float(np.clip(high - low, 0, None).prod()) / max(area, 1e-6)


def _upright(track: Track, frame_shape: tuple[int, int], fps: float) -> Bool:
    """Where the walker is large enough and as tall as usual: nothing hides head or legs."""
    _, top, ground = body_lines(track, frame_shape=frame_shape, fps=fps)
    heights, widths = np.array([mask.shape for mask in track.masks]).T
    usual = np.maximum(MIN_HEIGHT_SHARE * (ground - top), MIN_HEIGHT_PX)
    return np.asarray((heights >= usual) & (heights >= MIN_HEIGHT_PER_WIDTH * widths))


def _runs(frame_ids: Int64, whole: Bool, max_frames: int) -> Iterator[Int64]:
    """Indices of frames that follow each other, for at least `MIN_FRAMES` frames."""
    indices = np.flatnonzero(whole)
    ends = np.flatnonzero(np.diff(frame_ids[indices]) > MAX_MISSING + 1) + 1
    for run in np.split(indices, ends):
        for start in range(0, len(run), max_frames):
            piece = run[start : start + max_frames]
            if len(piece) >= MIN_FRAMES:
                yield piece
