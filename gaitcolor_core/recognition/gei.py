"""Gait energy images of the whole gait cycles of a walk (Han and Bhanu, TPAMI 2006)."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from gaitcolor_core.gait import gait_energy_image, gait_period
from gaitcolor_core.structures import Bool, Float32, InputError

GEI_SIZE = 64


def cycle_geis(silhouettes: Bool, *, fps: float) -> Float32:
    """One GEI for each whole gait cycle.

    Args:
        silhouettes: `(T, S, S)` bool, successive frames; empty ones are left out of the means.
        fps: frames per second.

    Returns:
        `(C, 64, 64)` float32 in [0, 1], C >= 1.

    Raises:
        InputError: nobody is seen, or no whole gait cycle.
    """
    frames = silhouettes[:, None]
    if not frames.any():
        raise InputError("A sequence has nobody in it: there is no frame with a silhouette.")
    period = gait_period(frames, fps=fps)
    if period is None or period > len(frames):
        raise InputError(
            f"A sequence of {len(frames)} frames shows no whole gait cycle; it needs at least "
            "two steps of somebody who walks."
        )
    bounds = np.arange(int(len(frames) // period) + 1) * period
    starts = np.round(bounds).astype(int)
    cycles = [frames[start:end] for start, end in pairwise(starts)]
    return np.stack([_small(gait_energy_image(cycle)) for cycle in cycles if cycle.any()])


def _small(gei: Float32) -> Float32:
    shrunk = cv2.resize(gei, (GEI_SIZE, GEI_SIZE), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.float32)
