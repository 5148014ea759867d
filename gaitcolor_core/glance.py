"""A quick look at a clip: who walks there, so that the user can choose before the work is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from gaitcolor_core.progress import OnProgress
from gaitcolor_core.stages.segment import PersonSegmenter
from gaitcolor_core.stages.track import TrackedPersons, assign_track_ids, box_iou, link_tracks
from gaitcolor_core.structures import Detections, Float32, Track, UInt8
from gaitcolor_core.video import VideoReader

THUMBNAIL_PX = 160
# Enough to follow a walker, whose boxes overlap from one look to the next.
_LOOKS_PER_S = 6
# Seen twice is a fifth of a second, as long as the shortest track of a run.
_MIN_LOOKS = 2
# Room around a box, as a share of its height; boxes that overlap less do not hide each other.
_ROOM, _FREE_IOU = 0.06, 0.02
_RIM_PX = 3

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Sighting:
    """A walker whom a glance at a clip saw.

    Attributes:
        number: the walker's number at the glance, in the order of appearance, from 1.
        frame_id: the frame of the thumbnail.
        time_s: its time from the clip's first frame.
        xyxy: the walker's box in that frame, corners in pixels.
        path: every frame in which the glance saw the walker, with the box there.
        thumbnail: `(160, w, 3)` uint8 RGB, the walker in that frame.
    """

    number: int
    frame_id: int
    time_s: float
    xyxy: Box
    path: tuple[tuple[int, Box], ...]
    thumbnail: UInt8

    def to_dict(self) -> dict[str, Any]:
        """The sighting as JSON-able built-in types, without the thumbnail."""
        return {name: value for name, value in vars(self).items() if name != "thumbnail"}


def glance(
    clip: VideoReader, segmenter: PersonSegmenter, *, on_progress: OnProgress
) -> list[Sighting]:
    """Find the walkers of a clip by looking at a few frames a second.

    The same clip gives the same sightings. Whoever is in view for a moment only may be missed.

    Args:
        clip: the clip.
        segmenter: finds persons.
        on_progress: is told the frames of the clip, and may raise to end the work.

    Raises:
        InputError: the clip cannot be processed, in one sentence.
    """
    fps = float(clip.metadata.fps)
    stride = max(round(fps / _LOOKS_PER_S), 1)
    shape = (clip.metadata.height, clip.metadata.width)

    def is_looked_at(frame_id: int) -> bool:
        return frame_id % stride == 0

    segmenter.prepare(frame for _, frame in clip.pick(is_looked_at))
    looks: list[Detections] = []
    for frame_id, frame in clip.pick(is_looked_at):
        looks.append(segmenter.segment(frame.image))
        on_progress("Looking for walkers", frame_id + 1, clip.metadata.num_frames)
    numbered = assign_track_ids(looks, frame_shape=shape, fps=fps / stride)
    persons = link_tracks(numbered, fps=fps / stride, min_frames=_MIN_LOOKS)
    everybody = _boxes_by_frame(persons)
    best = [_clearest(track, everybody, shape) for track in persons.tracks]
    return list(_sightings(clip, persons.tracks, best, stride))


def _clearest(track: Track, everybody: Mapping[int, Float32], shape: tuple[int, int]) -> int:
    """Where in its track a walker is seen largest, and whole and alone if ever."""
    height, width = shape
    tall = track.xyxy[:, 3] - track.xyxy[:, 1]

    def clearness(index: int) -> tuple[bool, bool, float]:
        box = track.xyxy[index]
        left, top, right, bottom = box.tolist()
        whole = min(left, top, width - right, height - bottom) > _RIM_PX
        # The walker's own box is among them.
        near = box_iou(box, everybody[int(track.frame_ids[index])]) > _FREE_IOU
        return not track.interpolated[index], whole and near.sum() == 1, tall[index]

    return max(range(len(track.frame_ids)), key=clearness)


def _boxes_by_frame(persons: TrackedPersons) -> dict[int, Float32]:
    """By frame, the boxes `(N, 4)` of everybody, also where somebody is only guessed to be."""
    boxes: dict[int, list[Sequence[float]]] = {}
    for track in persons.tracks:
        for frame_id, box in zip(track.frame_ids.tolist(), track.xyxy.tolist(), strict=True):
            boxes.setdefault(frame_id, []).append(box)
    for frame_id, masks in persons.untracked.items():
        boxes.setdefault(frame_id, []).extend(mask.xyxy for mask in masks)
    return {frame_id: np.array(here, np.float32) for frame_id, here in boxes.items()}


def _sightings(
    clip: VideoReader, tracks: Sequence[Track], best: Sequence[int], stride: int
) -> Iterator[Sighting]:
    """The sightings in the order of `tracks`, after another pass for their thumbnails."""
    wanted = [int(track.frame_ids[at]) * stride for track, at in zip(tracks, best, strict=True)]
    shown: dict[int, tuple[float, UInt8]] = {}
    for frame_id, frame in clip.pick(lambda frame_id: frame_id in wanted):
        for number, (track, at) in enumerate(zip(tracks, best, strict=True)):
            if wanted[number] == frame_id:
                shown[number] = float(frame.time_s), _thumbnail(frame.image, _box(track, at))
        if len(shown) == len(tracks):
            break
    for number, (track, at) in enumerate(zip(tracks, best, strict=True)):
        path = tuple(
            (int(frame_id) * stride, _box(track, index))
            for index, frame_id in enumerate(track.frame_ids)
            if not track.interpolated[index]
        )
        time_s, thumbnail = shown[number]
        yield Sighting(track.track_id, wanted[number], time_s, _box(track, at), path, thumbnail)


def _box(track: Track, index: int) -> Box:
    left, top, right, bottom = track.xyxy[index].tolist()
    return left, top, right, bottom


def _thumbnail(image: UInt8, box: Box) -> UInt8:
    """What is in and around a box, `THUMBNAIL_PX` high."""
    left, top, right, bottom = box
    room = _ROOM * (bottom - top)
    rows = slice(max(int(top - room), 0), max(int(np.ceil(bottom + room)), 1))
    columns = slice(max(int(left - room), 0), max(int(np.ceil(right + room)), 1))
    cut = image[rows, columns]
    # Nobody is wider than twice the height, whatever the detector says.
    width = min(max(round(THUMBNAIL_PX * cut.shape[1] / cut.shape[0]), 1), 2 * THUMBNAIL_PX)
    size = (width, THUMBNAIL_PX)
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
