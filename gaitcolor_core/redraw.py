"""The second pass over a clip: every frame with the walkers' other walk."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple, Protocol

import numpy as np

from gaitcolor_core.actor import Actor
from gaitcolor_core.gait import body_square
from gaitcolor_core.imaging import SquareCrop, pixel_grid, sample, spread_field, spread_map
from gaitcolor_core.scene import Scene
from gaitcolor_core.stages.background import match_light
from gaitcolor_core.stages.blur_head import blur_head, head_region
from gaitcolor_core.stages.composite import (
    Layer,
    OldWalker,
    clean_foreground,
    compose,
    cover,
    inpaint,
    look_at,
)
from gaitcolor_core.stages.transfer_color import ColorJob, ColorTransfer
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8, VideoFrame
from gaitcolor_core.take import DrawnWalker, RedrawnFrame

# So many walkers at most wait for their colors, however many frames that is.
_MAX_WAITING = 24


class Plates(Protocol):
    """What is known of the scenery."""

    def behind(self, crop: SquareCrop, keyframe: int, to_keyframe: Float64) -> tuple[UInt8, Bool]:
        """The scenery in a square of a frame; see `BackgroundPlates.behind`."""
        ...


Place = tuple[Actor, int]


class _Sketch(NamedTuple):
    """A walker with another walk that has no colors yet."""

    place: Place
    crop: SquareCrop
    old: OldWalker
    job: ColorJob


class _Begun(NamedTuple):
    """A frame of which only the colors of the other walkers are missing."""

    frame_id: int
    frame: VideoFrame
    present: Sequence[Place]
    sketches: Sequence[_Sketch]


class Redrawer:
    """Draws the frames of a scene with other walkers."""

    def __init__(
        self,
        scene: Scene,
        actors: Sequence[Actor],
        plates: Plates,
        watch: Stopwatch,
        *,
        blur_faces: bool = False,
    ) -> None:
        self._scene = scene
        self._actors = actors
        self._plates = plates
        self._watch = watch
        self._blur_faces = blur_faces

    def redraw(
        self, frames: Iterable[VideoFrame], color: ColorTransfer, *, look_ahead: int = 1
    ) -> Iterator[tuple[VideoFrame, RedrawnFrame]]:
        """All frames of the scene with other walkers.

        Args:
            frames: from the first one on.
            color: gives the other walkers their colors.
            look_ahead: frames whose walkers are colored at once; fewer where there are many.

        Yields:
            Each frame, and the same redrawn.
        """
        waiting: list[_Begun] = []
        for frame_id, frame in enumerate(frames):
            waiting.append(self._begin(frame_id, frame))
            if len(waiting) >= look_ahead or _walkers(waiting) >= _MAX_WAITING:
                yield from self._finish_all(waiting, color)
                waiting = []
        yield from self._finish_all(waiting, color)

    def jobs(self, frame_id: int, frame: UInt8, track_ids: Container[int]) -> list[ColorJob]:
        """What is to be colored in one frame, of the walkers `track_ids` alone."""
        present = self._present(frame_id)
        return [
            self._sketch(frame, present, place).job
            for place in present
            if place[0].track_id in track_ids and place[0].can_be_drawn(place[1])
        ]

    def _present(self, frame_id: int) -> list[Place]:
        places = ((actor, actor.at(frame_id)) for actor in self._actors)
        return [(actor, index) for actor, index in places if index is not None]

    def _begin(self, frame_id: int, frame: VideoFrame) -> _Begun:
        present = self._present(frame_id)
        drawn = [place for place in present if place[0].can_be_drawn(place[1])]
        sketches = [self._sketch(frame.image, present, place) for place in drawn]
        return _Begun(frame_id, frame, present, sketches)

    def _finish_all(
        self, waiting: Sequence[_Begun], color: ColorTransfer
    ) -> Iterator[tuple[VideoFrame, RedrawnFrame]]:
        with self._watch("color"):
            colors = iter(color([sketch.job for begun in waiting for sketch in begun.sketches]))
        for begun in waiting:
            yield begun.frame, self._finish(begun, list(islice(colors, len(begun.sketches))))

    def _finish(self, begun: _Begun, colors: Sequence[Float32]) -> RedrawnFrame:
        frame_id, (frame, _), present, sketches = begun
        drawn = [sketch.place for sketch in sketches]
        left = [place for place in present if not place[0].new and place[0].can_be_left(place[1])]
        hidden = [place for place in present if place not in drawn and place not in left]
        strangers = self._scene.persons.untracked.get(frame_id, ())
        image = frame.copy()
        walkers: list[DrawnWalker] = []
        if drawn:
            free = ~self._scene.surroundings(frame_id, frame.shape)
            walkers = [
                self._drawn(frame_id, free, sketch, own)
                for sketch, own in zip(sketches, colors, strict=True)
            ]
            # Where an outline is guessed, it may hold somebody else's pixels.
            bystanders = [
                self._untouched(frame, present, (actor, index))
                for actor, index in left
                if not actor.track.interpolated[index]
            ]
            with self._watch("composite"):
                compose(image, [*(walker.layer for walker in walkers), *bystanders])
        with self._watch("composite"):
            for actor, index in hidden:
                cover(image, actor.track.xyxy[index])
            for mask in strangers:
                cover(image, np.array(mask.xyxy))
        return RedrawnFrame(
            image,
            tuple(walkers),
            tuple(actor.track_id for actor, _ in hidden),
            len(strangers),
            seen=bool(present or strangers),
        )

    def _sketch(self, frame: UInt8, present: Sequence[Place], place: Place) -> _Sketch:
        """A walker with another walk, and what its colors are made from."""
        actor, index = place
        xyxy = actor.gait.xyxy[index]
        crop = SquareCrop.around(xyxy)
        patch = crop.cut(frame, replicate=True)
        with self._watch("composite"):
            old = self._old_walker(present, place, crop, patch, frame.shape)
        with self._watch("shape"):
            alpha, guide = _new_body(actor, index, crop, old)
        with self._watch("color"):
            foreground = clean_foreground(old, alpha, actor.height_px(index))
        in_frame = np.zeros((crop.side, crop.side), bool)
        crop.visible(in_frame, frame.shape)[:] = True
        body = body_square(xyxy) - np.array([crop.left, crop.top] * 2, np.float32)
        return _Sketch(place, crop, old, ColorJob(patch, in_frame, foreground, alpha, guide, body))

    def _drawn(self, frame_id: int, free: Bool, sketch: _Sketch, colors: Float32) -> DrawnWalker:
        """A walker with another walk, before the scenery."""
        (actor, index), crop, old, job = sketch
        with self._watch("background"):
            scenery = self._scenery(frame_id, crop, job.patch, crop.cut(free))
        retouch = None
        if self._blur_faces:
            square = actor.gait.xyxy[index] - np.array([crop.left, crop.top] * 2, np.float32)
            retouch = partial(blur_head, crop=crop, region=head_region(job.alpha, square))
        ground = _ground(actor, index)
        layer = Layer(crop, old.removal, scenery, job.alpha, colors, ground, retouch)
        return DrawnWalker(actor.track_id, index, layer, old.body & (job.alpha > 0.5))

    def _untouched(self, frame: UInt8, present: Sequence[Place], place: Place) -> Layer:
        """A walker drawn over itself, so that the removal of a neighbor takes nothing from it.

        What may belong to somebody who is given another walk does not come back.
        """
        actor, index = place
        crop = SquareCrop.around(actor.gait.xyxy[index])
        patch = crop.cut(frame, replicate=True)
        with self._watch("composite"):
            old = self._old_walker(present, place, crop, patch, frame.shape)
        claimed = np.zeros(old.body.shape, bool)
        for other, at in present:
            if other.new is not None and not other.track.interpolated[at]:
                other.track.masks[at].paint(claimed, (crop.left, crop.top))
        own, alpha = patch.astype(np.float32), np.where(claimed, np.float32(0), old.alpha)
        return Layer(crop, np.zeros_like(old.removal), own, alpha, own, _ground(actor, index))

    def _old_walker(
        self,
        present: Sequence[Place],
        place: Place,
        crop: SquareCrop,
        patch: UInt8,
        frame_shape: tuple[int, ...],
    ) -> OldWalker:
        actor, index = place
        visible, nearer = (np.zeros((crop.side, crop.side), bool) for _ in range(2))
        actor.track.masks[index].paint(visible, (crop.left, crop.top))
        for other, at in present:
            if other is not actor and _ground(other, at) > _ground(actor, index):
                other.track.masks[at].paint(nearer, (crop.left, crop.top))
        return look_at(
            patch,
            crop.replicate(visible, frame_shape),
            crop.replicate(nearer, frame_shape),
            actor.height_px(index),
            guess=bool(actor.track.interpolated[index]),
        )

    def _scenery(self, frame_id: int, crop: SquareCrop, patch: UInt8, free: Bool) -> Float32:
        view = self._scene.views[frame_id]
        scenery, known = self._plates.behind(crop, view.keyframe, view.to_keyframe)
        return match_light(inpaint(scenery, known, patch, free), known, patch, free)


def _new_body(
    actor: Actor, index: int, crop: SquareCrop, old: OldWalker
) -> tuple[Float32, Float32 | None]:
    """The other walk's silhouette and guide on the square; see `ColorJob`."""
    if actor.new is None:
        raise ValueError("a walker who is left as is has no other walk")
    xyxy = actor.gait.xyxy[index]
    inverse_map = actor.new.inverse_map(index)
    if inverse_map is not None:
        guide = spread_map(inverse_map, xyxy, crop)
        return sample(old.alpha, pixel_grid(crop.side, crop.side) + guide), guide
    silhouette = actor.new.sequence.silhouettes[index, 0].astype(np.float32)
    return spread_field(silhouette, xyxy, crop), None


def _ground(actor: Actor, index: int) -> float:
    """The y of the ground under a walker: the lower in the frame, the nearer."""
    return float(actor.gait.xyxy[index, 3])


def _walkers(waiting: Sequence[_Begun]) -> int:
    return sum(len(begun.sketches) for begun in waiting)
