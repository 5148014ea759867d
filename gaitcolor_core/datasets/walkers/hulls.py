"""Convex hulls of slices of a body, as support functions: what cloth around it looks like."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.structures import Float64

# The support of a slice without points: far inside of whatever else is there.
ABSENT_M = -9.0


def directions(angles: int) -> tuple[Float64, Float64]:
    """Unit vectors around the circle and a quarter turn ahead of them, `(angles, 2)`."""
    angle = np.arange(angles) * 2 * np.pi / angles
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([cosine, sine], -1), np.stack([-sine, cosine], -1)


def traced(hull: Float64) -> Float64:
    """The outlines `(..., angles, 2)` whose support functions are `hull` `(..., angles)`."""
    normal, tangent = directions(hull.shape[-1])
    slope = (np.roll(hull, -1, -1) - np.roll(hull, 1, -1)) * hull.shape[-1] / (4 * np.pi)
    return np.asarray(hull[..., None] * normal + slope[..., None] * tangent)


def share(body: Body, *bones: str) -> Float64:
    """How far each vertex follows any of `bones`, `(V,)` in [0, 1]."""
    index = [body.bones.index(bone) for bone in bones]
    return np.asarray(body.weights[:, index].sum(1), np.float64).ravel()


def supports(
    points: Float64,
    middles: Float64,
    heights: Float64,
    *,
    angles: int,
    reach_m: float,
    slope: float,
) -> Float64:
    """How far slices of a surface reach in each direction.

    Args:
        points: `(P, 3)` m.
        middles: `(K, 2)` m, from where it is measured.
        heights: `(K,)` m.
        angles: number of directions.
        reach_m: points this far above or below a height count as its slice, for there are few,
        slope: but each metre off it they count this much further in.

    Returns:
        `(K, angles)` m; `ABSENT_M` where there is nothing.
    """
    normal, _ = directions(angles)
    slices = np.full((len(heights), angles), ABSENT_M)
    for level, (middle, height) in enumerate(zip(middles, heights, strict=True)):
        off = np.abs(points[:, 2] - height)
        near = off < reach_m
        if near.sum() > 3:
            out = (points[near, :2] - middle) @ normal.T - slope * off[near, None]
            slices[level] = out.max(0)
    return slices
