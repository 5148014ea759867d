"""Cloth on the trunk hangs from chest and shoulder blades; it does not follow the hollow waist."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.hulls import ABSENT_M, share, supports
from gaitcolor_core.structures import Float64

ANGLES = 40
LEVELS = 16
# The hull counts from this far under the shoulder joints down to this far under the hip joints.
UNDER_SHOULDER_M, UNDER_HIP_M = 0.13, 0.05
# How much cloth widens per metre toward the hips, where they are the widest.
UPWARD_SLOPE = 0.5


def hanging(body: Body, surface: Float64, slack: Float64, slope: float) -> Float64:
    """How the clothes on a trunk move out where the body is hollow.

    Args:
        body: who wears them, standing.
        surface: `(V, 3)` m, the outside of the clothes if they lay on everywhere.
        slack: `(V,)` in [0, 1], how freely each vertex moves.
        slope: m per metre that cloth falls inward; 0 hangs straight from the chest.

    Returns:
        `(V, 3)` m to add, horizontal.
    """
    trunk = share(body, "pelvis", "lumbar", "thorax", "thigh.L", "thigh.R")
    top = body.joint("upper_arm.L")[2] - UNDER_SHOULDER_M
    heights = np.linspace(top, body.joint("thigh.L")[2] - UNDER_HIP_M, LEVELS)
    middle = body.joint("lumbar")[:2]
    middles = np.broadcast_to(middle, (LEVELS, 2))
    own = supports(surface[trunk > 0.6], middles, heights, angles=ANGLES, reach_m=0.04, slope=0.4)
    gap = _hung(own, heights[0] - heights[1], slope) - own
    gap[own <= ABSENT_M] = 0
    away = surface[:, :2] - middle
    distance = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
    angle = np.arctan2(away[:, 1], away[:, 0]) / (2 * np.pi) % 1 * ANGLES
    level = (top - surface[:, 2]) / (heights[0] - heights[1])
    closed = np.concatenate([gap, gap[:, :1]], 1)
    out = map_coordinates(closed, np.stack([level, angle]), order=1, mode="nearest")
    out *= slack * np.clip(2 * trunk - 0.8, 0, 1)
    return np.hstack([away * (out / distance)[:, None], np.zeros((len(out), 1))])


def _hung(hull: Float64, step_m: float, slope: float) -> Float64:
    """Each level at least as wide as its neighbors let it hang, `(K, angles)` m from the top."""
    hung = hull.copy()
    for level in range(1, len(hung)):
        hung[level] = np.maximum(hung[level], hung[level - 1] - slope * step_m)
    for level in range(len(hung) - 2, -1, -1):
        hung[level] = np.maximum(hung[level], hung[level + 1] - UPWARD_SLOPE * step_m)
    return hung
