"""A walker before the camera: what was seen of it lately, and the body that it is given."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gaitcolor_core.actor import Actor
from gaitcolor_core.body import BodyDraw
from gaitcolor_core.deformation import DeformedGait
from gaitcolor_core.gait import align
from gaitcolor_core.stages.anonymize_shape import Deform
from gaitcolor_core.structures import Float32, PackedMask, Track

# What a CPU reaches, in frames per second: says over how many frames squares are smoothed.
NOMINAL_FPS = 8.0
# A body is drawn when this much of a walk was seen.
FRAMES_TO_LEARN, LEARNED_S = 6, 0.8
# So much of it is remembered.
_KEPT_FRAMES = 12
# Who ends so near to an edge of the picture may go on beyond it.
_RIM_PX = 3
# A mask that fills its height so much less or more than those before has lost or taken something.
_MIN_FILLING, _MAX_FILLING = 0.6, 1.6


class _Sighting(NamedTuple):
    frame_id: int
    xyxy: Float32
    mask: PackedMask

    @property
    def filling(self) -> float:
        """Area by squared height."""
        return float(self.mask.unpack().sum()) / self.mask.shape[0] ** 2


class LiveWalker:
    """Somebody with a number.

    The body is drawn once, by what was seen first, and kept. The rhythm is the walker's own: it
    could be changed only by one who knows the steps to come.

    Args:
        generator: source of the draw.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._lately: deque[_Sighting] = deque(maxlen=_KEPT_FRAMES)
        self._draw: BodyDraw | None = None
        self._first_s: float | None = None
        self.last_s = 0.0

    @property
    def seen_whole(self) -> bool:
        """Whether the walker was seen from head to foot, so that its height is known."""
        return bool(self._lately)

    def see(
        self,
        frame_id: int,
        time_s: float,
        xyxy: Float32,
        mask: PackedMask,
        frame_shape: tuple[int, int],
    ) -> Actor | None:
        """Take notice of the walker in the next frame.

        Args:
            frame_id: index of the frame, rising.
            time_s: when that is, rising.
            xyxy: `(4,)` box in pixels.
            mask: the walker's pixels.
            frame_shape: `(height, width)` in pixels.

        Returns:
            The walker in this one frame, which counts as frame 0, with another body; None if it
            cannot be given one here, so that it has to be covered.
        """
        self.last_s = time_s
        if not _upright_and_whole(mask, frame_shape):
            return None
        now = _Sighting(frame_id, xyxy, mask)
        self._lately.append(now)
        if self._first_s is None:
            self._first_s = time_s
        learned = len(self._lately) >= FRAMES_TO_LEARN and time_s - self._first_s >= LEARNED_S
        if not learned or not self._is_usual(now):
            return None
        gait = align(self._track(), frame_shape=frame_shape, fps=NOMINAL_FPS)
        if self._draw is None:
            self._draw = Deform().draw(gait.silhouettes, 1.0, self._generator)
        here = np.zeros(1, np.int64)
        gait = replace(gait, frame_ids=here, xyxy=gait.xyxy[-1:], silhouettes=gait.silhouettes[-1:])
        other = DeformedGait(gait, self._draw, np.ones(1))
        track = Track(0, here, xyxy[None], (mask,), np.zeros(1, bool))
        return Actor(track, gait, other, None)

    def _is_usual(self, now: _Sighting) -> bool:
        usual = float(np.median([sighting.filling for sighting in self._lately]))
        return _MIN_FILLING < now.filling / usual < _MAX_FILLING

    def _track(self) -> Track:
        return Track(
            track_id=0,
            frame_ids=np.array([sighting.frame_id for sighting in self._lately], np.int64),
            xyxy=np.stack([sighting.xyxy for sighting in self._lately]),
            masks=tuple(sighting.mask for sighting in self._lately),
            interpolated=np.zeros(len(self._lately), bool),
        )


def shown_in_part(mask: PackedMask, frame_shape: tuple[int, int]) -> PackedMask | None:
    """Where somebody may be who comes in at the side of the picture: in a strip of full height.

    An arm and a leg come in first, and the detector sees only one of them. None if the `mask` ends
    within the picture.
    """
    height, width = frame_shape
    left, _, right, _ = mask.xyxy
    if min(left, width - right) > _RIM_PX:
        return None
    return PackedMask.pack(np.ones((height, right - left), bool), left, 0)


def _upright_and_whole(mask: PackedMask, frame_shape: tuple[int, int]) -> bool:
    """Whether a mask can be a whole body that stands or walks."""
    height, width = frame_shape
    left, top, right, bottom = mask.xyxy
    inside = min(left, top, width - right, height - bottom) > _RIM_PX
    return inside and mask.shape[0] > mask.shape[1]
