"""Silhouettes as contours: for each pixel, how far the contour is."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.models.contour_net import REACH
from gaitcolor_core.structures import Bool, Float32


def contours_of(silhouettes: Bool) -> Float32:
    """Distance to the contour, positive inside, in `REACH` sides of the square.

    Args:
        silhouettes: `(T, 1, S, S)` bool.

    Returns:
        `(T, 1, S, S)` float32, cut off at -1 and 1; above 0 where the silhouette is.
    """
    distances = np.empty(silhouettes.shape, np.float32)
    for distance, silhouette in zip(distances[:, 0], silhouettes[:, 0], strict=True):
        inside = silhouette.astype(np.uint8)
        distance[:] = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
        distance -= cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    # The contour runs between the pixels.
    distances -= 0.5 * np.sign(distances)
    return np.asarray(np.clip(distances / (REACH * silhouettes.shape[-1]), -1, 1), np.float32)
