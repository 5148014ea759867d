"""Persons whom the detector misses for a moment: they are still about where they were."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gaitcolor_core.stages.passages import box_mask
from gaitcolor_core.stages.track import box_iou, widened
from gaitcolor_core.structures import Bool, Detections, Float32, Float64, PackedMask

# For so long, and for so many frames at least, a missed person stays covered.
HELD_S, HELD_FRAMES = 1.25, 2
# How far a walker may get from one frame to the next, in heights beside its box.
REACH = 0.25
# From this overlap of such boxes on a person with another number is the one of the frame before.
_SAME_IOU = 0.2
# Whoever has no number is part of what so much of the box lies in: an arm or a leg of somebody.
_SAME_SHARE = 0.5
# How much of a new step counts, and how far a step goes at most, in heights.
_FRESH, _MAX_STEP = 0.5, 0.5
# By so much of its height a missed person's box grows on each side with each frame.
_GROWTH = 0.02


class _Person(NamedTuple):
    """Somebody who was seen lately.

    Attributes:
        track_id: number; -1 = none.
        box: `(4,)` xyxy in pixels, where the person is.
        step: `(4,)`, how the box moves from frame to frame.
        seen_s: when it was seen last.
        missed_frames: for how many frames it was not.
    """

    track_id: int
    box: Float64
    step: Float64
    seen_s: float
    missed_frames: int

    def unseen(self) -> _Person:
        """The same person one frame later, unseen."""
        growth = _GROWTH * (self.box[3] - self.box[1]) * np.array([-1, -1, 1, 1])
        box = self.box + self.step + growth
        return self._replace(box=box, missed_frames=self.missed_frames + 1)

    def seen(self, box: Float32, track_id: int, time_s: float) -> _Person:
        """The same person one frame later, at `box`."""
        step, limit = np.zeros(4), _MAX_STEP * float(box[3] - box[1])
        if self.missed_frames == 0:
            center = (box[:2] + box[2:] - self.box[:2] - self.box[2:]) / 2
            fresh = np.clip(np.tile(center, 2), -limit, limit)
            step = _FRESH * fresh + (1 - _FRESH) * self.step
        return _Person(track_id, box.astype(np.float64), step, time_s, 0)


class Absentees:
    """Remembers everybody for a while."""

    def __init__(self) -> None:
        self._persons: list[_Person] = []

    def missed(
        self, found: Detections, time_s: float, frame_shape: tuple[int, int]
    ) -> tuple[PackedMask, ...]:
        """The boxes of those who were seen lately, but not in the next frame.

        Args:
            found: whom the detector saw in the next frame, numbered.
            time_s: when that was.
            frame_shape: `(height, width)` in pixels.
        """
        present: dict[int, _Person] = {}
        absent: list[_Person] = []
        # Fragments come last: what they lie on belongs to whom it was before.
        for person in sorted(self._persons, key=lambda known: known.track_id < 0):
            index = self._place_of(person, found, present)
            if index is not None:
                number = int(found.track_id[index])
                present.setdefault(index, person.seen(found.xyxy[index], number, time_s))
            elif time_s - person.seen_s <= HELD_S or person.missed_frames < HELD_FRAMES:
                absent.append(person.unseen())
        for index, (box, number) in enumerate(zip(found.xyxy, found.track_id, strict=True)):
            new = _Person(int(number), box.astype(np.float64), np.zeros(4), time_s, 0)
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
            if share.max() > _SAME_SHARE:
                return int(share.argmax())
        elif person.track_id in found.track_id:
            return int(np.argmax(found.track_id == person.track_id))
        expected = widened((person.box + person.step)[None].astype(np.float32), REACH)[0]
        iou = box_iou(expected, widened(found.xyxy, REACH))
        iou = np.where(self._is_somebody_else(found, present), 0, iou)
        return int(iou.argmax()) if iou.max() > _SAME_IOU else None

    def _is_somebody_else(self, found: Detections, present: dict[int, _Person]) -> Bool:
        """Which detections `(N,)` are persons who were known before."""
        numbers = [person.track_id for person in self._persons if person.track_id >= 0]
        known = np.isin(found.track_id, numbers)
        known[list(present)] = True
        return known


def _share_inside(box: Float64, others: Float32) -> Float64:
    """The share of a box `(4,)` that lies in each of `(N, 4)`, `(N,)`."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    return np.asarray(shared / max(float((box[2:] - box[:2]).prod()), 1e-6), np.float64)
