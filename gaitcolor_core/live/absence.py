"""Persons whom the detector misses for a moment: they are still about where they were."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gaitcolor_core.stages.passages import box_mask
from gaitcolor_core.stages.track import box_iou
from gaitcolor_core.structures import Detections, Float32, Float64, PackedMask

# For so many frames a missed person stays covered.
HELD_FRAMES = 10
# From this overlap on a person with another number is the one of the frame before.
_SAME_IOU = 0.3
# Whoever has no number is there as long as so much of the box is: it may have been an arm or a leg.
_SAME_SHARE = 0.5
# How much of a new step counts, and how far a step goes at most, in heights.
_FRESH, _MAX_STEP = 0.5, 0.3
# By so much of its height a missed person's box grows on each side with each frame.
_GROWTH = 0.01


class _Person(NamedTuple):
    """Somebody who was seen lately; box `(4,)` xyxy, and the step `(4,)` that it takes a frame."""

    track_id: int
    box: Float64
    step: Float64
    missed_frames: int

    def moved(self) -> _Person:
        """The same person one frame later, unseen."""
        reach = _GROWTH * (self.box[3] - self.box[1]) * np.array([-1, -1, 1, 1])
        box = self.box + self.step + reach
        return self._replace(box=box, missed_frames=self.missed_frames + 1)

    def seen_at(self, box: Float32, track_id: int) -> _Person:
        """The same person one frame later, at `box`."""
        step, limit = np.zeros(4), _MAX_STEP * float(box[3] - box[1])
        if self.missed_frames == 0:
            center = (box[:2] + box[2:] - self.box[:2] - self.box[2:]) / 2
            fresh = np.clip(np.tile(center, 2), -limit, limit)
            step = _FRESH * fresh + (1 - _FRESH) * self.step
        return _Person(track_id, box.astype(np.float64), step, 0)


class Absentees:
    """Remembers everybody for `HELD_FRAMES` frames."""

    def __init__(self) -> None:
        self._persons: list[_Person] = []

    def missed(self, found: Detections, frame_shape: tuple[int, int]) -> tuple[PackedMask, ...]:
        """The boxes of those who were seen lately, but not in the next frame.

        Args:
            found: whom the detector saw in the next frame, numbered.
            frame_shape: `(height, width)` in pixels.
        """
        present: dict[int, _Person] = {}
        absent: list[_Person] = []
        # Fragments come last: what they lie on belongs to whom it was before.
        for person in sorted(self._persons, key=lambda known: known.track_id < 0):
            index = self._place_of(person, found, present)
            if index is not None:
                fresh = person.seen_at(found.xyxy[index], int(found.track_id[index]))
                present.setdefault(index, fresh)
            elif person.missed_frames < HELD_FRAMES:
                absent.append(person.moved())
        for index, (box, number) in enumerate(zip(found.xyxy, found.track_id, strict=True)):
            new = _Person(int(number), box.astype(np.float64), np.zeros(4), 0)
            present.setdefault(index, new)
        masks = [(person, box_mask(person.box, frame_shape)) for person in absent]
        # Who is out of the picture is gone.
        held = [(person, mask) for person, mask in masks if mask is not None]
        self._persons = [*present.values(), *(person for person, _ in held)]
        return tuple(mask for _, mask in held)

    def _place_of(
        self, person: _Person, found: Detections, present: dict[int, _Person]
    ) -> int | None:
        """Which detection is `person`; None if none is."""
        if not len(found):
            return None
        if person.track_id < 0:
            share = _share_inside(person.box, found.xyxy)
            return int(share.argmax()) if share.max() > _SAME_SHARE else None
        if person.track_id in found.track_id:
            return int(np.argmax(found.track_id == person.track_id))
        # Whom the tracker knows is somebody else.
        known = np.isin(found.track_id, [other.track_id for other in self._persons])
        known &= found.track_id >= 0
        known[list(present)] = True
        iou = np.where(known, 0, box_iou((person.box + person.step).astype(np.float32), found.xyxy))
        return int(iou.argmax()) if iou.max() > _SAME_IOU else None


def _share_inside(box: Float64, others: Float32) -> Float64:
    """The share of a box `(4,)` that lies in each of `(N, 4)`, `(N,)`."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    return np.asarray(shared / max(float((box[2:] - box[:2]).prod()), 1e-6), np.float64)
