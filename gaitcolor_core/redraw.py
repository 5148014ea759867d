"""The second pass over a clip: every frame with the walkers' other walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.gait import SQUARE_PER_HEIGHT
from gaitcolor_core.imaging import SquareCrop, pixel_grid, sample, spread_field
from gaitcolor_core.scene import Scene
from gaitcolor_core.stages.anonymize_shape import AnonymizedGait
from gaitcolor_core.stages.background import BackgroundPlates, match_light
from gaitcolor_core.stages.composite import (
    Layer,
    OldWalker,
    clean_foreground,
    compose,
    cover,
    inpaint,
    look_at,
)
from gaitcolor_core.stages.transfer_color import ColorTransfer
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import Bool, Float32, GaitSequence, PackedMask, Track, UInt8

# Smaller walkers show too few pixels to be given another walk; they are covered.
MIN_HEIGHT_PX = 24
# A silhouette that shrinks or grows more than this is no plausible body.
_MIN_AREA, _MAX_AREA = 0.5, 2.0


@dataclass(frozen=True, eq=False)
class Actor:
    """A walker of the scene on the second pass.

    Attributes:
        track: where the walker is.
        gait: the original silhouettes.
        new: the other walk; None = left as it is, at the user's wish.
        gait_period: frames per gait cycle; None if there is no periodic gait.
    """

    track: Track
    gait: GaitSequence
    new: AnonymizedGait | None
    gait_period: float | None

    @property
    def track_id(self) -> int:
        """The walker's number."""
        return self.track.track_id

    def at(self, frame_id: int) -> int | None:
        """Position of a frame in the walker's sequence; None where the walker is not seen."""
        index = int(np.searchsorted(self.track.frame_ids, frame_id))
        seen = index < len(self.track.frame_ids) and self.track.frame_ids[index] == frame_id
        return index if seen else None

    def height_px(self, index: int) -> float:
        """The walker's height in the frame."""
        xyxy = self.gait.xyxy[index]
        return float(xyxy[3] - xyxy[1]) / SQUARE_PER_HEIGHT

    def can_be_drawn(self, index: int) -> bool:
        """Whether the other walk is plausible in a frame."""
        if self.new is None or self.height_px(index) < MIN_HEIGHT_PX:
            return False
        old = self.gait.silhouettes[index].sum()
        new = self.new.sequence.silhouettes[index].sum()
        return bool(old and _MIN_AREA < new / old < _MAX_AREA)


@dataclass(frozen=True)
class DrawnWalker:
    """One walker with another walk in one frame.

    Attributes:
        track_id: the walker's number.
        index: position in the walker's sequence.
        layer: what was drawn.
        overlap: `(side, side)` bool, where both the original and the new walker are.
    """

    track_id: int
    index: int
    layer: Layer
    overlap: Bool


@dataclass(frozen=True)
class RedrawnFrame:
    """A frame of the result.

    Attributes:
        image: `(H, W, 3)` uint8 RGB.
        drawn: the walkers with another walk.
        covered: numbers of the walkers that were covered.
        covered_strangers: how many persons without a track were covered.
        seen: whether anybody was seen in the original.
    """

    image: UInt8
    drawn: tuple[DrawnWalker, ...]
    covered: tuple[int, ...]
    covered_strangers: int
    seen: bool


@dataclass(frozen=True)
class Take:
    """A frame of the second pass with all that is known of it, for those who look on.

    Attributes:
        frame_id: index of the frame.
        image: `(H, W, 3)` uint8 RGB, the original.
        redrawn: the result.
        actors: every walker of the clip.
        masks: everybody in this frame, the interpolated and the untracked included.
    """

    frame_id: int
    image: UInt8
    redrawn: RedrawnFrame
    actors: Sequence[Actor]
    masks: tuple[PackedMask, ...]


Place = tuple[Actor, int]


class Redrawer:
    """Draws the frames of a scene with other walkers."""

    def __init__(
        self,
        scene: Scene,
        actors: Sequence[Actor],
        plates: BackgroundPlates,
        color: ColorTransfer,
        watch: Stopwatch,
    ) -> None:
        self._scene = scene
        self._actors = actors
        self._plates = plates
        self._color = color
        self._watch = watch

    def redraw(self, frame_id: int, frame: UInt8) -> RedrawnFrame:
        """Frame `frame_id` of the scene, `frame` `(H, W, 3)` uint8 RGB, with other walkers."""
        present = [
            (actor, index) for actor in self._actors if (index := actor.at(frame_id)) is not None
        ]
        drawn = [place for place in present if place[0].can_be_drawn(place[1])]
        hidden = [place for place in present if place[0].new and place not in drawn]
        strangers = self._scene.persons.untracked.get(frame_id, ())
        image = frame.copy()
        walkers: list[DrawnWalker] = []
        if drawn:
            free = ~self._scene.surroundings(frame_id, frame.shape)
            walkers = [self._drawn(frame_id, frame, free, present, place) for place in drawn]
            bystanders = [
                self._untouched(frame, present, place) for place in present if place[0].new is None
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

    def _drawn(
        self, frame_id: int, frame: UInt8, free: Bool, present: Sequence[Place], place: Place
    ) -> DrawnWalker:
        """A walker with another walk."""
        actor, index = place
        crop = SquareCrop.around(actor.gait.xyxy[index])
        patch = crop.cut(frame, replicate=True)
        with self._watch("composite"):
            old = self._old_walker(present, place, crop, patch, frame.shape)
        alpha, colors = self._new_walker(actor, index, crop, patch, old)
        with self._watch("background"):
            scenery = self._scenery(frame_id, crop, patch, crop.cut(free))
        layer = Layer(crop, old.removal, scenery, alpha, colors, _ground(actor, index))
        return DrawnWalker(actor.track_id, index, layer, old.body & (alpha > 0.5))

    def _untouched(self, frame: UInt8, present: Sequence[Place], place: Place) -> Layer:
        """A walker drawn over itself, so that the removal of a neighbor takes nothing from it."""
        actor, index = place
        crop = SquareCrop.around(actor.gait.xyxy[index])
        patch = crop.cut(frame, replicate=True)
        with self._watch("composite"):
            old = self._old_walker(present, place, crop, patch, frame.shape)
        own = patch.astype(np.float32)
        return Layer(crop, np.zeros_like(old.removal), own, old.alpha, own, _ground(actor, index))

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

    def _new_walker(
        self, actor: Actor, index: int, crop: SquareCrop, patch: UInt8, old: OldWalker
    ) -> tuple[Float32, Float32]:
        """The other walk's `alpha` and `colors` on the square; see `Layer`."""
        if actor.new is None:
            raise ValueError("a walker who is left as is has no other walk")
        xyxy = actor.gait.xyxy[index]
        with self._watch("shape"):
            guide = _guide(actor.new.inverse_map(index), xyxy, crop)
            if guide is None:
                silhouette = actor.new.sequence.silhouettes[index, 0].astype(np.float32)
                alpha = spread_field(silhouette, xyxy, crop)
            else:
                alpha = sample(old.alpha, pixel_grid(crop.side, crop.side) + guide)
        with self._watch("color"):
            foreground = clean_foreground(old, alpha, actor.height_px(index))
            return alpha, self._color(patch, foreground, alpha, guide)

    def _scenery(self, frame_id: int, crop: SquareCrop, patch: UInt8, free: Bool) -> Float32:
        view = self._scene.views[frame_id]
        scenery, known = self._plates.behind(crop, view.keyframe, view.to_keyframe)
        return match_light(inpaint(scenery, known, patch, free), known, patch, free)


def _guide(inverse_map: Float32 | None, xyxy: Float32, crop: SquareCrop) -> Float32 | None:
    """An inverse map at the pixels of the crop, displacements in pixels."""
    if inverse_map is None:
        return None
    return float(xyxy[2] - xyxy[0]) * spread_field(inverse_map, xyxy, crop)


def _ground(actor: Actor, index: int) -> float:
    """The y of the ground under a walker: the lower in the frame, the nearer."""
    return float(actor.gait.xyxy[index, 3])
