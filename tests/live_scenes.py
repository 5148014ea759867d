"""Walkers before a camera, and a detector that knows where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from clips import DRAWN_FPS
from drawn_walkers import Camera, SyntheticFrame, Walker, render_frames

from gaitcolor_core.live import LiveAnonymizer, LiveFrame
from gaitcolor_core.structures import Detections, PackedMask, UInt8, VideoFrame

WIDTH, HEIGHT = 320, 240


class KnownMasks:
    """Finds those who were drawn, as long as it is told to.

    Args:
        frames: what is drawn.
        misses: frames in which it finds nobody.
        fails: frames in which it breaks down.
    """

    description = "the masks of the drawn walkers"

    def __init__(
        self, frames: Sequence[SyntheticFrame], misses: Iterable[int], fails: Iterable[int]
    ) -> None:
        self._frames, self._misses, self._fails = list(frames), set(misses), set(fails)
        self._next = 0

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        raise AssertionError("a camera has no whole clip")

    def segment(self, image: UInt8) -> Detections:
        index, self._next = self._next, self._next + 1
        if index in self._fails:
            raise RuntimeError("out of memory")
        drawn = self._frames[index % len(self._frames)].masks
        masks = tuple(PackedMask.pack(mask) for mask in drawn if mask.any())
        if index in self._misses or not masks:
            return Detections.nobody()
        return Detections(
            np.array([mask.xyxy for mask in masks], np.float32),
            np.full(len(masks), 0.9, np.float32),
            masks,
            np.full(len(masks), -1, np.int64),
        )


def drawn(
    *walkers: Walker, num_frames: int = 22, camera: Camera | None = None, **look: float
) -> list[SyntheticFrame]:
    size = {"width": WIDTH, "height": HEIGHT}
    frames = render_frames(
        walkers, num_frames=num_frames, fps=DRAWN_FPS, camera=camera, shadow=0, **size, **look
    )
    return list(frames)


def filmed(
    frames: Sequence[SyntheticFrame],
    *,
    misses: Iterable[int] = (),
    fails: Iterable[int] = (),
    seed: int = 1,
) -> list[LiveFrame]:
    live = LiveAnonymizer(KnownMasks(frames, misses, fails), seed=seed)
    return [live.anonymize(frame.image, index / DRAWN_FPS) for index, frame in enumerate(frames)]
