"""The scenery behind the persons, as far as it was uncovered so far."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.imaging import SquareCrop, to_uint8
from gaitcolor_core.stages.background import cut_warped, seen_at_keyframe
from gaitcolor_core.stages.register import View
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

# What was free less often may be a person whom the detector missed: it counts as never seen.
MIN_SIGHTINGS = 3
# The plate follows the light: a new sighting counts for no less than one in so many.
_MEMORY = 16


class GrowingPlate:
    """A running mean of what the frames so far show beside the persons.

    It lies at the pixels of the camera's latest keyframe, and moves on when that changes. Its size
    does not depend on the number of frames.

    Args:
        frame_shape: `(height, width)` in pixels.
    """

    def __init__(self, frame_shape: tuple[int, int]) -> None:
        self._colors: Float32 = np.zeros((*frame_shape, 3), np.float32)
        self._sightings: UInt8 = np.zeros(frame_shape, np.uint8)
        self._keyframe = 0

    @property
    def known(self) -> Bool:
        """Where the scenery is known, `(H, W)` bool."""
        return self._sightings >= MIN_SIGHTINGS

    def add(self, image: UInt8, persons: Bool, view: View, link: Float64 | None) -> None:
        """Take notice of the next frame.

        Args:
            image: `(H, W, 3)` uint8 RGB.
            persons: `(H, W)` bool, True on persons and what their motion blurs.
            view: where the frame lies.
            link: `(3, 3)` from its keyframe to the one before; None if there is no relation.
        """
        if view.keyframe != self._keyframe:
            self._move_on(link)
            self._keyframe = view.keyframe
        seen, free = seen_at_keyframe(image, persons, view.to_keyframe)
        self._sightings[free] = np.minimum(self._sightings[free] + 1, _MEMORY)
        share = np.where(free, 1 / np.maximum(self._sightings, 1), 0).astype(np.float32)
        self._colors += share[..., None] * (seen - self._colors)

    def behind(self, crop: SquareCrop, keyframe: int, to_keyframe: Float64) -> tuple[UInt8, Bool]:
        """The scenery in a square of the latest frame; see `BackgroundPlates.behind`."""
        return cut_warped(to_uint8(self._colors), self.known, crop, to_keyframe)

    def _move_on(self, link: Float64 | None) -> None:
        """Bring what is known to a new keyframe, which `link` leads back from."""
        if link is None:
            self._sightings[:] = 0
            return
        size = self._sightings.shape[::-1]
        back = cv2.WARP_INVERSE_MAP
        nearest = cv2.INTER_NEAREST | back
        whole = cv2.warpPerspective(self.known.astype(np.float32), link, size, flags=back) > 0.999
        sightings = cv2.warpPerspective(self._sightings, link, size, flags=nearest)
        self._sightings = np.where(whole, sightings, 0).astype(np.uint8)
        colors = cv2.warpPerspective(self._colors, link, size, flags=back)
        self._colors = np.asarray(colors, np.float32)
