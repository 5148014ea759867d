"""Blurs the heads of new walkers, for those who wish to hide faces along with the gait."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.gait import HEAD_ROOM, SQUARE_PER_HEIGHT
from gaitcolor_core.imaging import SquareCrop, dilate, to_uint8
from gaitcolor_core.structures import Float32, UInt8

# Head and chin in statures (the neck begins at 0.865), and half the width a head may sway in.
_HEAD, _HALF_WIDTH = 0.17, 0.11
# Around the head, in statures: what is blurred, too, and where the blur fades out.
_MARGIN, _FEATHER = 0.02, 0.015
# Cells along each side of the region; a face is two of them wide and high.
_CELLS = 4


def head_region(alpha: Float32, square: Float32) -> Float32:
    """Where the head of a new walker is.

    Both the top of the silhouette and the place where an upright body carries its head: a raised
    arm is higher than the head, and who leans has it elsewhere.

    Args:
        alpha: `(side, side)` float32 in [0, 1], the new silhouette.
        square: `(4,)` float32 xyxy, the walker's gait square in pixels of the patch.

    Returns:
        `(side, side)` float32 in [0, 1], 1 all over the head, fading out around it.
    """
    height = (square[3] - square[1]) / SQUARE_PER_HEIGHT
    axis, top = (square[0] + square[2]) / 2, square[1] + HEAD_ROOM * height
    region = np.zeros(alpha.shape, bool)
    rows, columns = _span(top, top + _HEAD * height), _span(axis, axis, _HALF_WIDTH * height)
    region[rows, columns] = True
    body = np.flatnonzero((alpha > 0.5).any(axis=1))
    if body.size:
        rows = _span(body[0], body[0] + _HEAD * height)
        region[rows] |= alpha[rows] > 0.5
    feather = max(_FEATHER * height, 1.0)
    grown = dilate(region, round(_MARGIN * height + 2 * feather) + 1).astype(np.float32)
    whole = dilate(region, round(_MARGIN * height))
    return np.where(whole, np.float32(1), cv2.GaussianBlur(grown, (0, 0), feather))


def blur_head(frame: UInt8, crop: SquareCrop, region: Float32) -> None:
    """Leave no more of a head in `frame` `(H, W, 3)` than a few spots of color, in place.

    Args:
        frame: RGB.
        crop: the square of the frame that `region` covers.
        region: `(side, side)` float32 in [0, 1], see `head_region`.
    """
    seen = crop.inside(frame.shape)
    if seen is None:
        return
    weight = crop.visible(region, frame.shape)
    rows, columns = np.flatnonzero(weight.any(axis=1)), np.flatnonzero(weight.any(axis=0))
    if not rows.size:
        return
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    area, share = frame[seen][part], weight[part][..., None]
    coarse = cv2.resize(area, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(coarse, area.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    original = area.astype(np.float32)
    area[:] = to_uint8(original + share * (blurred - original))


def _span(first: float, last: float, reach: float = 0) -> slice:
    """The pixels from `first` to `last` and `reach` around them, as far as there are any."""
    return slice(max(int(first - reach), 0), max(int(np.ceil(last + reach)), 0))
