"""The first pass over a clip: who walks where, how the camera moves, what lies behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.ahead import ahead
from gaitcolor_core.progress import OnProgress
from gaitcolor_core.stages.background import BackgroundPlates
from gaitcolor_core.stages.composite import surroundings
from gaitcolor_core.stages.passages import passages
from gaitcolor_core.stages.register import CameraTracker, View
from gaitcolor_core.stages.segment import PersonSegmenter
from gaitcolor_core.stages.track import TrackedPersons, assign_track_ids, link_tracks
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import Bool, Detections, PackedMask, Track, UInt8, VideoFrame


@dataclass(frozen=True)
class Scene:
    """What a clip shows.

    Attributes:
        views: where each frame lies on the plates, one entry a frame.
        persons: the walkers, and everybody who could not be followed.
        masks: for each frame everybody's masks, interpolated ones included.
    """

    views: tuple[View, ...]
    persons: TrackedPersons
    masks: tuple[tuple[PackedMask, ...], ...]

    def surroundings(self, frame_id: int, frame_shape: tuple[int, ...]) -> Bool:
        """All persons of a frame with a margin, `(H, W)` bool."""
        return persons_with_margin(self.masks[frame_id], frame_shape)


def look(
    clip: Iterable[VideoFrame],
    segmenter: PersonSegmenter,
    plates: BackgroundPlates,
    *,
    fps: float,
    num_frames: int | None,
    watch: Stopwatch,
    on_progress: OnProgress,
) -> Scene:
    """Watch a clip once.

    Args:
        clip: the frames.
        segmenter: finds persons.
        plates: collects the scenery.
        fps: frames per second.
        num_frames: expected length, if known.
        watch: takes the time of the stages.
        on_progress: is told how far the work is.
    """
    camera = CameraTracker()
    detections: list[Detections] = []
    views: list[View] = []
    shape = (0, 0)
    with ahead(_segmented(clip, segmenter, watch)) as frames:
        for image, found in frames:
            shape = (image.shape[0], image.shape[1])
            with watch("background"):
                persons = persons_with_margin(found.masks, shape)
                view = camera.locate(image, persons)
                plates.add(image, persons, view.to_keyframe, camera.links[-1], view.keyframe)
            detections.append(found)
            views.append(view)
            on_progress("Finding the walkers", len(views), num_frames)
    with watch("background"):
        plates.finish()
    with watch("track"):
        numbered = assign_track_ids(detections, frame_shape=shape, fps=fps)
        persons_found = link_tracks(numbered, fps=fps)
    return Scene(tuple(views), persons_found, _masks_by_frame(persons_found, len(views)))


def _segmented(
    clip: Iterable[VideoFrame], segmenter: PersonSegmenter, watch: Stopwatch
) -> Iterator[tuple[UInt8, Detections]]:
    """Each frame and the persons in it."""
    for frame in watch.each("read", clip):
        with watch("segment"):
            found = segmenter.segment(frame.image)
        yield frame.image, found


def expecting(
    scene: Scene, tracks: Sequence[Track], *, frame_shape: tuple[int, int], fps: float
) -> Scene:
    """The same scene, in which `tracks` are expected on their ways from and to the edge, too.

    Args:
        scene: what was seen.
        tracks: those of its walkers who are not left as is.
        frame_shape: `(height, width)` in pixels.
        fps: frames per second.
    """
    count = len(scene.views)
    unseen = passages(tracks, num_frames=count, frame_shape=frame_shape, fps=fps)
    persons = scene.persons.with_untracked(unseen)
    return Scene(scene.views, persons, _masks_by_frame(persons, count))


def persons_with_margin(masks: Iterable[PackedMask], frame_shape: tuple[int, ...]) -> Bool:
    """Everybody's `masks` with a margin for blur, as `(H, W)` bool."""
    canvas = np.zeros(frame_shape[:2], bool)
    for mask in masks:
        if mask.bits.size:
            grown, (x, y) = surroundings(mask)
            PackedMask.pack(grown, x, y).paint(canvas)
    return canvas


def _masks_by_frame(persons: TrackedPersons, num_frames: int) -> tuple[tuple[PackedMask, ...], ...]:
    masks: list[list[PackedMask]] = [
        list(persons.untracked.get(frame_id, ())) for frame_id in range(num_frames)
    ]
    for track in persons.tracks:
        for frame_id, mask in zip(track.frame_ids.tolist(), track.masks, strict=True):
            masks[frame_id].append(mask)
    return tuple(tuple(found) for found in masks)
