"""One frame after the other: find, follow, cover or redraw the persons, and learn the scenery."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from gaitcolor_core.actor import Actor
from gaitcolor_core.device import torch_device
from gaitcolor_core.live.absence import REACH, Absentees
from gaitcolor_core.live.plate import GrowingPlate
from gaitcolor_core.live.walker import NOMINAL_FPS, LiveWalker, shown_in_part
from gaitcolor_core.methods import SEGMENTER, open_segmenter
from gaitcolor_core.redraw import Redrawer
from gaitcolor_core.scene import Scene, persons_with_margin
from gaitcolor_core.stages.composite import cover
from gaitcolor_core.stages.register import CameraTracker
from gaitcolor_core.stages.segment import PersonSegmenter, YoloSegmenter
from gaitcolor_core.stages.track import PersonTracker, TrackedPersons, merge_duplicates
from gaitcolor_core.stages.transfer_color import warp
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import Detections, PackedMask, UInt8, VideoFrame
from gaitcolor_core.take import RedrawnFrame
from gaitcolor_core.weights import CHECKPOINTS

# How many frames the measured frames per second are a mean of.
_TIMED_FRAMES = 10
# Whoever was away for longer gets a new body.
_REMEMBERED_S = 10.0


@dataclass(frozen=True)
class LiveFrame:
    """A frame of the result.

    Attributes:
        picture: `(H, W, 3)` uint8 RGB, at most `LiveAnonymizer.MAX_SIDE_PX` on its longer side.
        anonymized: how many persons have another body.
        covered: how many mosaics cover persons, or parts of them.
        failed: whether the frame could not be examined; it is covered as a whole.
        fps: frames per second that came out lately; None for the first frame.
    """

    picture: UInt8
    anonymized: int
    covered: int
    failed: bool
    fps: float | None


class LiveAnonymizer:
    """Gives the persons before a camera another body, as soon as it can; until then it covers them.

    It looks at the past only: a body is drawn when the first frames of a walk were seen. Whoever is
    cut off by the edge of the picture, too small or not upright stays covered, and so does, for a
    moment, whom the detector misses. Whom it never saw is not covered. The rhythm is not changed,
    as that takes the steps to come; with the body alone the gait is hidden less well than in a
    clip.

    Args:
        segmenter: finds persons in single frames; None = what finds them in clips, or our own
            weights where that needs the whole clip.
        device: torch device for that one; None = CUDA where there is one.
        seed: the key of all draws; None = a new one.

    Attributes:
        segmenter: the same, to be shared with others, one frame at a time.

    Raises:
        InputError: the device, or what `GAITCOLOR_DETECTOR` names, cannot be had.
    """

    # Larger frames are reduced to this on their longer side, for the sake of speed.
    MAX_SIDE_PX = 640

    def __init__(
        self,
        segmenter: PersonSegmenter | None = None,
        *,
        device: str | None = None,
        seed: int | None = None,
    ) -> None:
        self.segmenter = segmenter or _open_segmenter(torch_device(device))
        self._seed = secrets.randbits(32) if seed is None else seed
        self._session: _Session | None = None
        self._times_s: deque[float] = deque(maxlen=_TIMED_FRAMES + 1)

    def anonymize(self, frame: UInt8, time_s: float | None = None) -> LiveFrame:
        """The next frame with other persons.

        Args:
            frame: `(H, W, 3)` uint8 RGB. Where its size changes, everything begins anew.
            time_s: when it was taken, rising; None = now.

        Raises:
            ValueError: that is no such frame.
        """
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or not frame.size:
            raise ValueError(f"a frame must be (H, W, 3) uint8, got {frame.shape} {frame.dtype}")
        image = _reduced(frame)
        if time_s is None:
            time_s = time.perf_counter()
        try:
            redrawn = self._session_for(image).redraw(image, time_s)
        except Exception:  # whatever went wrong, nobody may be seen
            redrawn = None
            image = image.copy()
            cover(image, np.array([0, 0, image.shape[1], image.shape[0]]))
        self._times_s.append(time.perf_counter())
        if redrawn is None:
            return LiveFrame(image, 0, 0, True, self._fps())
        covered = len(redrawn.covered) + redrawn.covered_strangers
        return LiveFrame(redrawn.image, len(redrawn.drawn), covered, False, self._fps())

    def known_scenery(self) -> float:
        """Share of the picture, 0 to 1, whose scenery is known."""
        return 0.0 if self._session is None else float(self._session.plate.known.mean())

    def _session_for(self, image: UInt8) -> _Session:
        shape = (image.shape[0], image.shape[1])
        if self._session is None or self._session.frame_shape != shape:
            self._session = _Session(self.segmenter, self._seed, shape)
        return self._session

    def _fps(self) -> float | None:
        if len(self._times_s) < 2:
            return None
        passed_s = self._times_s[-1] - self._times_s[0]
        return (len(self._times_s) - 1) / max(passed_s, 1e-6)


def _open_segmenter(device: str) -> PersonSegmenter:
    own = CHECKPOINTS / SEGMENTER
    segmenter, _ = open_segmenter(None, device, own=own)
    return segmenter if isinstance(segmenter, YoloSegmenter) else YoloSegmenter(own, device=device)


class _Session:
    """What is known of the frames so far, all of one size."""

    def __init__(self, segmenter: PersonSegmenter, seed: int, frame_shape: tuple[int, int]) -> None:
        self.frame_shape = frame_shape
        self.plate = GrowingPlate(frame_shape)
        self._segmenter = segmenter
        self._seed = seed
        self._tracker = PersonTracker(frame_shape=frame_shape, fps=NOMINAL_FPS, reach=REACH)
        self._camera = CameraTracker()
        self._absentees = Absentees()
        self._walkers: dict[int, LiveWalker] = {}
        self._frame_id = -1

    def redraw(self, image: UInt8, time_s: float) -> RedrawnFrame:
        """The next frame `(H, W, 3)` with other persons."""
        self._frame_id += 1
        found = merge_duplicates(self._tracker.follow(self._segmenter.segment(image)))
        missed = self._absentees.missed(found, time_s, self.frame_shape)
        actors, strangers = self._cast(found, time_s)
        scene = self._scene(image, found.masks, [*strangers, *missed])
        redrawer = Redrawer(scene, actors, self.plate, Stopwatch())
        [(_, redrawn)] = redrawer.redraw([VideoFrame(image, Fraction(0))], warp)
        return redrawn

    def _cast(self, found: Detections, time_s: float) -> tuple[list[Actor], list[PackedMask]]:
        """Who has another body in this frame, and the masks of those who have none."""
        actors, strangers = [], []
        for number, xyxy, mask in zip(
            found.track_id.tolist(), found.xyxy, found.masks, strict=True
        ):
            walker = self._walker(number) if number >= 0 else None
            actor = None
            if walker is not None:
                actor = walker.see(self._frame_id, time_s, xyxy, mask, self.frame_shape)
            if actor is not None:
                actors.append(actor)
            elif walker is not None and walker.seen_whole:
                strangers.append(mask)
            else:
                strangers.append(shown_in_part(mask, self.frame_shape) or mask)
        self._walkers = {
            number: walker
            for number, walker in self._walkers.items()
            if time_s - walker.last_s <= _REMEMBERED_S
        }
        return actors, strangers

    def _walker(self, number: int) -> LiveWalker:
        if number not in self._walkers:
            generator = np.random.default_rng([self._seed, number])
            self._walkers[number] = LiveWalker(generator)
        return self._walkers[number]

    def _scene(
        self, image: UInt8, seen: Sequence[PackedMask], covered: Sequence[PackedMask]
    ) -> Scene:
        """This frame as a scene of its own; teaches the plate what lies beside the persons."""
        masks = (*seen, *covered)
        persons = persons_with_margin(masks, self.frame_shape)
        view = self._camera.locate(image, persons)
        self.plate.add(image, persons, view, self._camera.links[-1])
        return Scene((view,), TrackedPersons((), {0: tuple(covered)}), (masks,))


def _reduced(frame: UInt8) -> UInt8:
    scale = LiveAnonymizer.MAX_SIDE_PX / max(frame.shape[:2])
    if scale >= 1:
        return frame
    size = (max(round(scale * frame.shape[1]), 1), max(round(scale * frame.shape[0]), 1))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
