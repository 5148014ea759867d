"""The paper's crop: a walker's box in a square of one size, zeros beyond the frame."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.gait import SILHOUETTE_SIZE, silhouette_in_square
from gaitcolor_core.imaging import SquareCrop, resample_square, to_uint8
from gaitcolor_core.structures import Bool, Float64, PackedMask, UInt8

Box = tuple[int, int, int, int]
# Segmentation leaves specks; a part of the body that came off is larger than this share of the
# largest one.
MIN_PART_SHARE = 0.02


def body_box(mask: PackedMask) -> Box:
    """The bounds of a body, which may have come apart, but not of specks.

    Args:
        mask: a walker's pixels in a frame, at least one.

    Returns:
        `(left, top, right, bottom)` in frame pixels, right and bottom exclusive.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.unpack().astype(np.uint8))
    parts = stats[1:]  # the first one is the background
    area = parts[:, cv2.CC_STAT_AREA]
    left, top, width, height, _ = parts[area >= MIN_PART_SHARE * area.max()].T
    return (
        mask.x + int(left.min()),
        mask.y + int(top.min()),
        mask.x + int((left + width).max()),
        mask.y + int((top + height).max()),
    )


def square_silhouette(mask: PackedMask, box: Box) -> Bool:
    """The pixels of `mask` in `box`, as x_sil `(S, S)` bool.

    Args:
        mask: a walker's pixels in a frame.
        box: such as `body_box`. Its height, or its width if that is more, becomes the side of
            the square.
    """
    left, top, right, bottom = box
    inside = np.zeros((bottom - top, right - left), bool)
    mask.paint(inside, (left, top))
    return silhouette_in_square(PackedMask.pack(inside, left, top), _square(box))


def square_crop(image: UInt8, box: Box) -> UInt8:
    """The square of `image` `(H, W, 3)` uint8 around `box`, as x_rgb `(S, S, 3)` uint8.

    The background stays, beside the box too, as in the pipeline's own crops; beyond the frame lie
    zeros.
    """
    return to_uint8(resample_square(image, _square(box), SILHOUETTE_SIZE))


def _square(box: Box) -> Float64:
    square = SquareCrop.around(np.array(box, np.float64))
    left, top, side = square.left, square.top, square.side
    return np.array([left, top, left + side, top + side], np.float64)
