"""Silhouettes as deep gait recognizers take them: 64 pixels high, 44 wide."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.gait import SILHOUETTE_SIZE, align_silhouette
from gaitcolor_core.structures import Bool, InputError

HEIGHT, WIDTH = 64, 44
_STEP = SILHOUETTE_SIZE // HEIGHT
_LEFT = (SILHOUETTE_SIZE - _STEP * WIDTH) // 2


def prepare_silhouettes(silhouettes: Bool) -> Bool:
    """Each body as high as the picture and in its middle; what is too far aside is cut off.

    Args:
        silhouettes: `(T, H, W)` bool, bodies of any size anywhere; empty ones are left out.

    Returns:
        `(F, 64, 44)` bool, F <= T.

    Raises:
        InputError: all of them are empty.
    """
    seen = [align_silhouette(each) for each in silhouettes if each.any()]
    if not seen:
        raise InputError("A sequence has nobody in it: there is no frame with a silhouette.")
    middle = np.stack(seen)[:, :, _LEFT : _LEFT + _STEP * WIDTH]
    blocks = middle.reshape(len(seen), HEIGHT, _STEP, WIDTH, _STEP)
    return np.asarray(blocks.mean(axis=(2, 4)) > 0.5)
