"""Original and result next to each other, each under its name."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.structures import UInt8

NAMES = ("Original", "Anonymized")
# Of the height of a picture; the names stand above, so that they hide nothing.
_HEADING_SHARE, _MIN_HEADING_PX = 0.05, 16
_PAPER, _INK = 24, (235, 235, 235)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


class SideBySide:
    """Joins pictures of one size.

    Attributes:
        size: `(width, height)` of the joint picture in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        """Write the names for pictures of `width` x `height` pixels."""
        heading = max(_MIN_HEADING_PX, 2 * round(_HEADING_SHARE * height / 2))
        self._heading = np.hstack([_written(name, width, heading) for name in NAMES])
        self.size = (2 * width, heading + height)

    def __call__(self, original: UInt8, result: UInt8) -> UInt8:
        """Join two `(height, width, 3)` uint8 RGB pictures."""
        return np.vstack([self._heading, np.hstack([original, result])])


def _written(name: str, width: int, height: int) -> UInt8:
    """A name in the middle of a strip `(height, width, 3)`."""
    (text_width, text_height), _ = cv2.getTextSize(name, _FONT, 1, 1)
    scale = min(0.55 * height / text_height, 0.9 * width / text_width)
    strip = np.full((height, width, 3), _PAPER, np.uint8)
    left = round((width - scale * text_width) / 2)
    baseline = round((height + scale * text_height) / 2)
    thickness = max(1, round(scale))
    cv2.putText(strip, name, (left, baseline), _FONT, scale, _INK, thickness, cv2.LINE_AA)
    return strip
