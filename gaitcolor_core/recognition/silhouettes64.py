"""Silhouettes as deep gait recognizers take them: 64 pixels high, 44 wide."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.gait import SILHOUETTE_SIZE, align_silhouette
from gaitcolor_core.structures import Bool, InputError

HEIGHT, WIDTH = 64, 44
# What is cut off at each side of a square.
_ASIDE = SILHOUETTE_SIZE * (HEIGHT - WIDTH) // (2 * HEIGHT)


def prepare_silhouettes(silhouettes: Bool) -> Bool:
    """Each body as high as the picture and in its middle; what is too far aside is cut off.

    Args:
        silhouettes: `(T, H, W)` bool, bodies of any size anywhere; empty ones are left out.

    Returns:
        `(F, 64, 44)` bool, F <= T.

    Raises:
        InputError: all of them are empty.
    """
    seen = [_prepare(each) for each in silhouettes if each.any()]
    if not seen:
        raise InputError("A sequence has nobody in it: there is no frame with a silhouette.")
    return np.stack(seen)


def _prepare(silhouette: Bool) -> Bool:
    middle = align_silhouette(silhouette)[:, _ASIDE:-_ASIDE]
    return np.asarray(cv2.resize(middle, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) > 0.5)
