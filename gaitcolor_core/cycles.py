"""Whole gait cycles: a mean silhouette over them does not depend on where a walk begins."""

from __future__ import annotations

from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.structures import Bool

# Of a walk without a period, a half this long shows about what a cycle shows.
MIN_HALF_FRAMES = 20


def whole_cycles(silhouettes: Bool, period: float | None) -> Bool:
    """The first frames, as many whole gait cycles as there are.

    Args:
        silhouettes: `(T, 1, S, S)` bool, successive frames.
        period: frames per gait cycle; None if there is no periodic gait.

    Returns:
        `(N, 1, S, S)` bool; all frames where there is no whole cycle, or nobody to be seen in it.
    """
    if period is None or period > len(silhouettes):
        return silhouettes
    whole = silhouettes[: round(len(silhouettes) // period * period)]
    return whole if whole.any() else silhouettes


def distance_of_halves(silhouettes: Bool, period: float | None) -> float | None:
    """How far a walker differs from himself: L2 distance of the GEIs of two halves of a walk.

    Args:
        silhouettes: `(T, 1, S, S)` bool, successive frames.
        period: frames per gait cycle; None if there is no periodic gait.

    Returns:
        The distance of the gait energy images (128 x 128, values in [0, 1]) of equally many whole
        cycles, one part after the other, or without a period of equally many frames; None if there
        are less than two cycles, or less than 40 frames, or nobody shows in a half.
    """
    num_frames = len(silhouettes)
    if period is None:
        length = num_frames // 2 if num_frames >= 2 * MIN_HALF_FRAMES else 0
    else:
        length = round(num_frames // (2 * period) * period)
    first, second = silhouettes[:length], silhouettes[length : 2 * length]
    if not (first.any() and second.any()):
        return None
    return gei_distance(gait_energy_image(first), gait_energy_image(second))
