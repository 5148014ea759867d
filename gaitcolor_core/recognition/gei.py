"""Gait energy images of whole gait cycles (Han and Bhanu, TPAMI 2006), and who is next to them."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.cycles import gait_period
from gaitcolor_core.gait import gait_energy_image
from gaitcolor_core.structures import Bool, Float32, Float64, InputError

GEI_SIZE = 64


def cycle_geis(silhouettes: Bool, *, fps: float) -> Float32:
    """GEIs of whole gait cycles, as many as it takes to show all frames; they may overlap.

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
    length = round(period)
    starts = np.linspace(0, len(frames) - length, int(np.ceil(len(frames) / period - 0.1)))
    cycles = [frames[start : start + length] for start in starts.round().astype(int)]
    return np.stack([_small(gait_energy_image(cycle)) for cycle in cycles if cycle.any()])


def walk_gei(silhouettes: Bool, *, fps: float) -> Float32:
    """The mean of `cycle_geis`, `(64, 64)` float32."""
    return np.asarray(cycle_geis(silhouettes, fps=fps).mean(axis=0))


def euclidean(one: Float64, other: Float64) -> Float64:
    """Distances `(N, M)` between the rows of `(N, D)` and `(M, D)`."""
    squared = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return np.asarray(np.sqrt(np.maximum(squared, 0)))


class NearestGei:
    """The classical baseline: L2 distance of two GEIs, whatever the views."""

    def features(self, silhouettes: Bool, *, fps: float) -> Float32:
        """See `walk_gei`."""
        return walk_gei(silhouettes, fps=fps)

    def distances(
        self, probes: Float32, gallery: Float32, *, probe_view: int, gallery_view: int
    ) -> Float64:
        """See `Recognizer`."""
        one, other = (each.reshape(len(each), -1).astype(np.float64) for each in (probes, gallery))
        return euclidean(one, other)


def _small(gei: Float32) -> Float32:
    shrunk = cv2.resize(gei, (GEI_SIZE, GEI_SIZE), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.float32)
