"""Another body and another rhythm for a walker, as a map from the new body to the old one.

After Hirose et al. (IEEE TIFS 2022): the silhouette is changed slightly in its static shape and
in its walking rhythm. Written as an inverse map - for each point of the new body, where it comes
from on the old one -, texture can follow it exactly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.interpolate import PchipInterpolator

from gaitcolor_core.body import BodyDraw
from gaitcolor_core.cycles import gait_period, gait_phase, leg_spread
from gaitcolor_core.gait import SILHOUETTE_SIZE, SQUARE_PER_HEIGHT, row_heights
from gaitcolor_core.girth import with_girth
from gaitcolor_core.imaging import pixel_grid, sample, smooth_step
from gaitcolor_core.structures import Bool, Float32, Float64, GaitSequence

# Heights above the ground in statures, from human proportions.
_NECK, _SHOULDER, _CHEST, _BELLY, _WAIST, _HIP, _KNEE = 0.865, 0.80, 0.72, 0.64, 0.60, 0.50, 0.27
# How far from the axis trunk and legs reach, half the depth of a trunk without arms: in statures.
_TRUNK_REACH, _LEG_REACH = 0.13, 0.22
_TRUNK_HALF_WIDTH = 0.075
# A step may be opened or closed by re-timing within these factors; beyond, feet would skate.
_MIN_OPENING, _MAX_OPENING = 0.86, 1.16
# Of the variance of the legs' spread, the share that its repetition must explain.
_MIN_EXPLAINED = 0.5


class BodyMap:
    """Where each point of the new body comes from, on a square of any resolution.

    Args:
        draw: what is changed.
        size: S, side of the square in pixels.
    """

    def __init__(self, draw: BodyDraw, size: int) -> None:
        centers = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size)
        # Body coordinates in statures: x from the body axis, height above the ground.
        self._x = ((centers - 0.5) * SQUARE_PER_HEIGHT)[None, :]
        height = row_heights(size)[:, None]
        old_height = _old_height(height, draw)
        self._rise = height - old_height
        # The trunk leans from the hip; the head keeps its place and its form.
        trunk = smooth_step(old_height, _HIP - 0.1, _BELLY)
        trunk = trunk * (1 - smooth_step(old_height, _BELLY, _NECK))
        self._upright = self._x - draw.lean * trunk
        self._width = _width_factor(self._upright, old_height, draw)
        self._not_legs = smooth_step(old_height, 0.05, _HIP)
        self._legs = (1 + draw.stride) * (1 - self._not_legs)
        self._reach = _TRUNK_REACH + (_LEG_REACH - _TRUNK_REACH) * (1 - self._not_legs)
        self._hands = (1 - 1 / (1 + draw.arms)) * _hand_level(old_height)

    def inverse_map(self, opening: float) -> Float32:
        """Displacements `(S, S, 2)` float32 in sides of the square, from new to old points.

        Args:
            opening: factor on the opening of the legs; see `step_openings`.
        """
        stride = self._not_legs + self._legs * opening
        # Far from the axis the shift levels off: a stretched-out arm is moved, not stretched.
        level = self._reach * np.tanh(self._upright / self._reach)
        old_x = self._upright - (1 - 1 / (self._width * stride)) * level
        old_x = old_x - _reach(old_x) * self._hands
        rise = np.broadcast_to(self._rise, old_x.shape)
        return (np.stack([old_x - self._x, rise], axis=-1) / SQUARE_PER_HEIGHT).astype(np.float32)


class DeformedGait:
    """A deformed walk; maps are computed when asked for, as they are large."""

    @classmethod
    def of(cls, gait: GaitSequence, draw: BodyDraw, fps: float) -> DeformedGait:
        """`gait` changed by `draw`."""
        return cls(gait, draw, step_openings(gait.silhouettes, draw, fps))

    def __init__(self, gait: GaitSequence, draw: BodyDraw, openings: Float64) -> None:
        self._body, self._openings = BodyMap(draw, SILHOUETTE_SIZE), openings
        self._girth, self._old = draw.girth, gait.silhouettes[:, 0]
        new = np.empty_like(gait.silhouettes)
        for index, silhouette in enumerate(self._old):
            new[index, 0] = pulled(silhouette, self.inverse_map(index)) > 0.5
        self.sequence = replace(gait, silhouettes=new)

    def inverse_map(self, index: int) -> Float32:
        """Displacements `(S, S, 2)` float32 in sides of the square; see `AnonymizedGait`."""
        body = self._body.inverse_map(float(self._openings[index]))
        return with_girth(body, self._old[index], self._girth)


def pulled(picture: Bool | Float32, inverse_map: Float32) -> Float32:
    """A picture `(S, S)` of the old body as one of the new body, float32; see `BodyMap`."""
    size = len(picture)
    return sample(np.asarray(picture, np.float32), pixel_grid(size, size) + size * inverse_map)


def step_openings(silhouettes: Bool, draw: BodyDraw, fps: float) -> Float64:
    """Factor on the opening of the legs in each frame, `(T,)`, from a re-timed step.

    The legs' spread as a function of the phase is fitted by two harmonics; the new walk shows in
    each frame the spread of a slightly earlier or later phase. Without a periodic gait, or where
    its phase cannot be seen in the spread, as from ahead: ones.
    """
    period = gait_period(silhouettes, fps=fps)
    if period is None:
        return np.ones(len(silhouettes))
    phase = gait_phase(silhouettes, period)
    harmonics = _harmonics(phase)
    # Ridge: a short clip does not tell all phases.
    gram = harmonics.T @ harmonics + 1e-3 * len(phase) * np.eye(harmonics.shape[1])
    spread = leg_spread(silhouettes)
    fit = np.linalg.solve(gram, harmonics.T @ spread)
    if np.var(harmonics @ fit) < _MIN_EXPLAINED * np.var(spread):
        return np.ones(len(silhouettes))
    turn = 2 * np.pi
    later = phase + draw.timing * np.sin(turn * (2 * phase + draw.timing_phase))
    later = later + draw.limp * np.sin(turn * (phase + draw.timing_phase))
    old, new = harmonics @ fit, _harmonics(later) @ fit
    floor = 0.25 * max(float(old.max()), 1e-6)
    return np.clip((new + floor) / (old + floor), _MIN_OPENING, _MAX_OPENING)


def _old_height(height: Float32, draw: BodyDraw) -> Float32:
    """Height on the old body; the ground and the head stay."""
    # Two knots on either side pin the slope to 1 below the ground and in the head.
    old = np.array([-0.2, -0.02, 0.03, _KNEE, _HIP, _WAIST, _CHEST, _SHOULDER, _NECK, 0.9, 1.2])
    by_legs = draw.legs * np.array([0, 0, 0, 0.45, 1, 1, 0.7, 0.3, 0, 0, 0])
    by_shoulders = draw.shoulders * np.array([0, 0, 0, 0, 0, 0.3, 0.8, 1, 0, 0, 0])
    # The crown stays, so what is below a larger head is a little shorter.
    by_head = -draw.head * np.minimum(1 - old, (1 - _NECK) * old / _NECK)
    return _monotone(height, old + by_legs + by_shoulders + by_head, old)


def _width_factor(x: Float32, old_height: Float32, draw: BodyDraw) -> Float32:
    """New width / old width; the head keeps its own."""
    levels = np.array([0.0, 0.15, _HIP - 0.08, _WAIST, _CHEST, _SHOULDER, _NECK, 1.2])
    calf, thigh, waist, chest = np.maximum(1 + draw.widths, 0.5)
    shoulder = 1 + 0.5 * (chest - 1)
    head = 1 + draw.head
    factors = np.array([calf, calf, thigh, waist, chest, shoulder, head, head])
    width = _monotone(old_height, levels, factors)
    trunk = smooth_step(old_height, _HIP - 0.1, _WAIST) * (
        1 - smooth_step(old_height, _SHOULDER, _NECK)
    )
    side = np.tanh(x / (0.5 * _TRUNK_HALF_WIDTH))
    return np.asarray(width * (1 + draw.belly * trunk * side), np.float32)


def _hand_level(height: Float32) -> Float32:
    """1 at the heights of forearm and hand, 0 at legs and head."""
    rising = smooth_step(height, _HIP - 0.16, _HIP - 0.02)
    return rising * (1 - smooth_step(height, _WAIST, _SHOULDER))


def _reach(x: Float32) -> Float32:
    """How far `x` lies beyond the trunk; the soft onset leaves its outline without a kink."""
    beyond = np.maximum(np.abs(x) - _TRUNK_HALF_WIDTH, 0)
    return np.asarray(np.sign(x) * beyond**2 / (beyond + 0.02), np.float32)


def _harmonics(phase: Float64) -> Float64:
    turn = 2 * np.pi * phase[:, None] * np.array([2, 4])
    return np.concatenate([np.ones((len(phase), 1)), np.cos(turn), np.sin(turn)], axis=1)


def _monotone(values: Float32, knots: Float64, targets: Float64) -> Float32:
    """A smooth curve through the knots without overshoot (Fritsch and Carlson 1980)."""
    curve = PchipInterpolator(knots, targets, extrapolate=True)
    return np.asarray(curve(values), np.float32)
