"""Follows persons over frames, closes short gaps, and keeps whom it could not follow.

The association is OC-SORT (Cao et al., CVPR 2023) with ByteTrack's second pass for low scores,
as ultralytics ships it. It is called directly rather than through `model.track`, which drops
detections without a track: here they stay, so that they can be covered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from gaitcolor_core.structures import (
    Bool,
    Detections,
    Float32,
    PackedMask,
    Track,
)
from gaitcolor_core.ultralytics_setup import prepare_ultralytics

# Start low and remember long: a walker behind another one, or missed for a second, keeps the
# number. Thresholds are scores; the buffer is in seconds.
TRACKER = {
    "tracker_type": "ocsort",
    "track_high_thresh": 0.4,
    "track_low_thresh": 0.1,
    "new_track_thresh": 0.4,
    "match_thresh": 0.8,
    "fuse_score": False,
    "delta_t": 3,
    "inertia": 0.2,
    "use_byte": True,
}
BUFFER_S = 2.0
MAX_GAP_S = 0.7
# A body is not learned from less: shorter tracks are covered.
MIN_TRACK_FRAMES = 5
SAME_PERSON_SHARE = 0.7


@dataclass(frozen=True)
class TrackedPersons:
    """Everybody who was seen in a clip.

    Attributes:
        tracks: the walkers, numbered from 1 in the order of appearance.
        untracked: masks of persons without a track, by frame.
    """

    tracks: tuple[Track, ...]
    untracked: dict[int, tuple[PackedMask, ...]]

    def with_untracked(self, more: Mapping[int, Sequence[PackedMask]]) -> TrackedPersons:
        """The same persons and `more` without a track, by frame."""
        frames = sorted({*self.untracked, *more})
        return TrackedPersons(
            self.tracks, {f: (*self.untracked.get(f, ()), *more.get(f, ())) for f in frames}
        )


class PersonTracker:
    """Numbers persons, one frame after the other.

    Args:
        frame_shape: `(height, width)` in pixels.
        fps: frames per second; sets how long a lost walker is remembered.
        reach: by so much of its height a box is wider on each side when it is compared, so that
            walkers are followed who move by more than a body's width from frame to frame.
    """

    def __init__(self, *, frame_shape: tuple[int, int], fps: float, reach: float = 0.0) -> None:
        self._frame_shape = frame_shape
        self._reach = reach
        buffer_frames = max(2, round(BUFFER_S * fps))
        self._tracker, self._boxes_class = _new_tracker(buffer_frames)

    def follow(self, found: Detections) -> Detections:
        """The persons of the next frame with `track_id` set; -1 where no track took them."""
        xyxy = widened(found.xyxy, self._reach)
        rows = np.column_stack([xyxy, found.score, np.zeros(len(found), np.float32)])
        boxes = self._boxes_class(rows.astype(np.float32), self._frame_shape)
        track_id = np.full(len(found), -1, np.int64)
        # A track is (x1, y1, x2, y2, id, score, class, index of the detection).
        for row in self._tracker.update(boxes):
            track_id[int(row[7])] = int(row[4])
        return replace(found, track_id=track_id)


def assign_track_ids(
    detections: Sequence[Detections], *, frame_shape: tuple[int, int], fps: float
) -> list[Detections]:
    """Follow persons from frame to frame.

    Args:
        detections: one entry a frame.
        frame_shape: `(height, width)` in pixels.
        fps: frames per second; sets how long a lost walker is remembered.

    Returns:
        The same detections with `track_id` set; -1 where no track took a person.
    """
    tracker = PersonTracker(frame_shape=frame_shape, fps=fps)
    return [tracker.follow(found) for found in detections]


def link_tracks(
    detections: Sequence[Detections], *, fps: float, min_frames: int = MIN_TRACK_FRAMES
) -> TrackedPersons:
    """Turn numbered detections into whole tracks.

    A detection just before a track begins, or inside one of its gaps, that overlaps the track's
    box joins it; a second detection of the same person is merged into the first; gaps up to
    `MAX_GAP_S` are interpolated; tracks of fewer than `min_frames` are dissolved.

    Args:
        detections: one entry a frame, with `track_id`.
        fps: frames per second.
        min_frames: what makes a track.

    Returns:
        The tracks and everybody else.
    """
    merged = [merge_duplicates(found) for found in detections]
    _adopt_neighbors(merged, range(len(merged) - 1, 0, -1), step=-1)
    _adopt_neighbors(merged, range(len(merged) - 1), step=1)
    members: dict[int, list[tuple[int, int]]] = {}
    untracked: dict[int, list[PackedMask]] = {}
    for frame_id, found in enumerate(merged):
        for index, track_id in enumerate(found.track_id.tolist()):
            if track_id >= 0:
                members.setdefault(track_id, []).append((frame_id, index))
            else:
                untracked.setdefault(frame_id, []).append(found.masks[index])
    tracks: list[Track] = []
    for places in members.values():
        if len(places) < min_frames:
            for frame_id, index in places:
                untracked.setdefault(frame_id, []).append(merged[frame_id].masks[index])
            continue
        raw = _gather(merged, places, track_id=len(tracks) + 1)
        tracks.append(_close_gaps(raw, max_gap=max(1, round(MAX_GAP_S * fps))))
    return TrackedPersons(tuple(tracks), {key: tuple(value) for key, value in untracked.items()})


def _new_tracker(buffer_frames: int) -> tuple[Any, Any]:
    prepare_ultralytics()
    from ultralytics.engine.results import Boxes
    from ultralytics.trackers.oc_sort import OCSORT
    from ultralytics.utils import IterableSimpleNamespace

    return OCSORT(IterableSimpleNamespace(**TRACKER, track_buffer=buffer_frames)), Boxes


def merge_duplicates(found: Detections) -> Detections:
    """Unite an untracked detection with the tracked person it lies on."""
    masks, keep = list(found.masks), list(range(len(found)))
    for index in np.flatnonzero(found.track_id < 0).tolist():
        for other in np.flatnonzero(found.track_id >= 0).tolist():
            if _containment(masks[index], masks[other]) > SAME_PERSON_SHARE:
                masks[other] = _union(masks[index], masks[other])
                keep.remove(index)
                break
    return Detections(
        found.xyxy[keep],
        found.score[keep],
        tuple(masks[index] for index in keep),
        found.track_id[keep].copy(),
    )


def _adopt_neighbors(merged: list[Detections], order: range, *, step: int) -> None:
    """Give an untracked person the number of whom it overlaps in the neighboring frame."""
    for frame_id in order:
        here, there = merged[frame_id], merged[frame_id + step]
        for index in np.flatnonzero(here.track_id >= 0).tolist():
            track_id = here.track_id[index]
            if (there.track_id == track_id).any():
                continue
            iou = box_iou(here.xyxy[index], there.xyxy) * (there.track_id < 0)
            if iou.size and iou.max() > 0.5:
                there.track_id[int(iou.argmax())] = track_id


def _gather(merged: list[Detections], places: list[tuple[int, int]], *, track_id: int) -> Track:
    return Track(
        track_id=track_id,
        frame_ids=np.array([frame_id for frame_id, _ in places], np.int64),
        xyxy=np.stack([merged[frame_id].xyxy[index] for frame_id, index in places]),
        masks=tuple(merged[frame_id].masks[index] for frame_id, index in places),
        interpolated=np.zeros(len(places), bool),
    )


def _close_gaps(track: Track, *, max_gap: int) -> Track:
    """Interpolate box and mask where at most `max_gap` frames are missing."""
    rows = list(_filled_rows(track, max_gap))
    return Track(
        track_id=track.track_id,
        frame_ids=np.array([row[0] for row in rows], np.int64),
        xyxy=np.stack([row[1] for row in rows]).astype(np.float32),
        masks=tuple(row[2] for row in rows),
        interpolated=np.array([row[3] for row in rows], bool),
    )


def _filled_rows(track: Track, max_gap: int) -> Iterator[tuple[int, Float32, PackedMask, bool]]:
    for index, frame_id in enumerate(track.frame_ids.tolist()):
        if index:
            missing = frame_id - int(track.frame_ids[index - 1]) - 1
            for step in range(1, missing + 1 if missing <= max_gap else 1):
                share = step / (missing + 1)
                box = (1 - share) * track.xyxy[index - 1] + share * track.xyxy[index]
                mask = _between(track, index - 1, box, share)
                yield frame_id - missing - 1 + step, box, mask, True
        yield frame_id, track.xyxy[index], track.masks[index], False


def _between(track: Track, index: int, box: Float32, share: float) -> PackedMask:
    """A mask in `box`, a `share` of the way from mask `index` to the next, by signed distance."""
    left, top = np.floor(box[:2]).astype(int)
    size = tuple(np.maximum(np.ceil(box[2:] - box[:2]), 1).astype(int).tolist())
    near = _signed_distance(track.masks[index], track.xyxy[index], size)
    far = _signed_distance(track.masks[index + 1], track.xyxy[index + 1], size)
    return PackedMask.pack((1 - share) * near + share * far > 0, int(left), int(top))


def _signed_distance(mask: PackedMask, box: Float32, size: tuple[int, ...]) -> Float32:
    """Distance to the outline of `mask`, positive inside, with `box` scaled to `size` (w, h)."""
    left, top, right, bottom = np.round(box).astype(int)
    canvas = np.zeros((max(bottom - top, 1), max(right - left, 1)), bool)
    mask.paint(canvas, (int(left), int(top)))
    resized = cv2.resize(canvas.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    # Outside of a canvas that is filled to its edges lies background, too.
    padded = cv2.copyMakeBorder(resized, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    inside = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    outside = cv2.distanceTransform(1 - padded, cv2.DIST_L2, 3)
    return (inside - outside)[1:-1, 1:-1].astype(np.float32)


def _containment(small: PackedMask, large: PackedMask) -> float:
    """The share of `small` that lies on `large`."""
    pixels = small.unpack()
    canvas = np.zeros_like(pixels)
    large.paint(canvas, (small.x, small.y))
    return float((pixels & canvas).sum() / max(pixels.sum(), 1))


def _union(first: PackedMask, second: PackedMask) -> PackedMask:
    left, top = min(first.x, second.x), min(first.y, second.y)
    right = max(first.xyxy[2], second.xyxy[2])
    bottom = max(first.xyxy[3], second.xyxy[3])
    canvas: Bool = np.zeros((bottom - top, right - left), bool)
    for mask in (first, second):
        mask.paint(canvas, (left, top))
    return PackedMask.pack(canvas, left, top)


def widened(xyxy: Float32, reach: float) -> Float32:
    """Boxes `(N, 4)` xyxy that are wider by a share of their height on each side."""
    margin = reach * (xyxy[:, 3] - xyxy[:, 1])
    return np.asarray(xyxy + margin[:, None] * np.array([-1, 0, 1, 0]), np.float32)


def box_iou(box: Float32, others: Float32) -> Float32:
    """Intersection over union of a box `(4,)` xyxy with each of `(N, 4)`: `(N,)` in [0, 1]."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    intersection = np.clip(high - low, 0, None).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + areas - intersection
    return np.asarray(intersection / np.maximum(union, 1e-6), np.float32)
