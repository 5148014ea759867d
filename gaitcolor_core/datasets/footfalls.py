"""Where the feet go: planned footfalls, on which a standing foot rolls without sliding.

A foot that stands rolls over its heel, its sole and its ball, and each stays where it is on the
ground; between footfalls it swings. The shape of the curves was fitted to joint angles of adults
(Perry and Burnfield 2010), see docs/walkers.md. Axes are those of `body`; the way leads toward -y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator

from gaitcolor_core.datasets.body import Body
from gaitcolor_core.datasets.gait_style import GaitStyle
from gaitcolor_core.structures import Float64

# Shares of the cycle: the sole is flat from FLAT to HEEL_OFF, the toes leave at TOE_OFF
# (Perry and Burnfield 2010: stance lasts 62 %, so double support 2 x 12 %).
FLAT, HEEL_OFF, TOE_OFF = 0.09, 0.36, 0.62
# The stance foot is below the pelvis at this share of the cycle.
MID_STANCE = 0.25
# A swinging foot keeps at least this far from the ground; its toes reach this far beyond the ball,
# as a share of heel to ball.
CLEARANCE_M, TOE_LENGTH = 0.012, 0.4
# Standard deviation of a step's length and width from one to the next, relative.
STEP_NOISE = 0.025
# Cycles planned before and after those that are asked for.
MARGIN = 4


@dataclass(frozen=True)
class FootMotion:
    """The planned foot over T frames: ankle `(T, 3)` m, pitch (heel up) and toes `(T,)` rad."""

    ankle: Float64
    pitch: Float64
    toes: Float64
    yaw_deg: float
    share: Float64


class Footfalls:
    """Where the pelvis and the feet are at any phase; all in metres along the way."""

    def __init__(
        self, body: Body, style: GaitStyle, last_phase: float, rng: np.random.Generator
    ) -> None:
        self._body, self._style = body, style
        self._stride_m = style.stride_ratio * body.stature_m
        count = 2 * (int(last_phase) + 2 * MARGIN)
        side = np.where(np.arange(count) % 2, -1, 1)
        noise = rng.normal(0, STEP_NOISE, count)
        steps = self._stride_m / 2 * (1 + style.step_asymmetry * side + noise)
        # Step j is the foot that lands at phase j / 2 - MARGIN; even steps are left ones.
        at = np.arange(count) / 2 - MARGIN
        travelled = np.cumsum(steps)
        self.progress = PchipInterpolator(at, travelled)
        self._falls = travelled + MID_STANCE * self._stride_m
        self._width = style.step_width_ratio * body.stature_m / 2 * (1 + noise)

    def foot(self, side: int, phase: Float64) -> FootMotion:
        """The path of one foot (0 = left)."""
        style, name = self._style, "LR"[side]
        shifted = phase - side / 2
        share = shifted % 1.0
        step = 2 * (np.floor(shifted).astype(int) + MARGIN) + side
        ankle, toe = self._body.joint(f"foot.{name}"), self._body.joint(f"toes.{name}")
        heel = np.array([ankle[1] + 0.28 * (ankle[1] - toe[1]), 0.0])
        ball = np.array([toe[1], 0.0])
        center = ankle[[1, 2]]
        pitch_of = _pitch_curve(style)

        def stance(at: Float64) -> Float64:
            """Forward and up of the ankle, from where it stands when the sole is flat."""
            pitch = pitch_of(at)
            pivot = np.where((at < FLAT)[:, None], heel, ball)
            arm = center - pivot
            back = pivot[:, 0] + np.cos(pitch) * arm[:, 0] - np.sin(pitch) * arm[:, 1]
            up = pivot[:, 1] + np.sin(pitch) * arm[:, 0] + np.cos(pitch) * arm[:, 1]
            return np.stack([center[0] - back, up], 1)

        edge = np.array([TOE_OFF - 1e-4, TOE_OFF, 0.0, 1e-4])
        knots = stance(edge)
        leave, land = knots[1], knots[2]
        speed = np.stack([(knots[1] - knots[0]) * 1e4, (knots[3] - knots[2]) * 1e4])
        stretch = self._falls[step + 2] - self._falls[step]
        swing = CubicHermiteSpline([TOE_OFF, 1.0], np.stack([leave, land]), speed)(share)
        ratio = np.clip((share - TOE_OFF) / (1 - TOE_OFF), 0, 1)
        lift = style.lift_ratio * self._body.stature_m * _bump(ratio)
        travel = _travel(ratio)
        in_swing = share >= TOE_OFF
        local = np.where(in_swing[:, None], swing + np.stack([0 * lift, lift], 1), stance(share))
        pitch = pitch_of(share)
        relaxing = float(pitch_of(TOE_OFF)) * np.maximum(1 - 3 * ratio, 0)
        toes = np.where(in_swing, relaxing, np.where(share < HEEL_OFF, 0.0, pitch))
        heights = [_height(point - center, pitch) for point in (heel, ball)]
        tip = heights[1] - TOE_LENGTH * (heel - ball)[0] * np.sin(pitch - toes)
        lowest = np.min([*heights, tip], 0)
        missing = CLEARANCE_M * 4 * ratio * (1 - ratio) - local[:, 1] - lowest
        local[:, 1] += in_swing * np.maximum(missing, 0)
        forward = self._falls[step] + local[:, 0] + in_swing * travel * stretch
        outward = self._width[step] + in_swing * travel * (
            self._width[step + 2] - self._width[step]
        )
        sign = 1 - 2 * side
        points = np.stack([sign * outward, -forward, local[:, 1]], 1)
        return FootMotion(points, pitch, toes, sign * style.toe_out_deg, share)


def _height(arm: Float64, pitch: Float64) -> Float64:
    """How far a point of the foot is above the ankle; `arm` `(2,)` is (back, up) at pitch 0."""
    height: Float64 = np.sin(pitch) * arm[0] + np.cos(pitch) * arm[1]
    return height


def _travel(ratio: Float64) -> Float64:
    """How much of its way a swinging foot has covered; fast at first, as the leg is thrown."""
    value: Float64 = 1 - (1 - ratio**1.6) ** 1.7
    return value


def _bump(ratio: Float64) -> Float64:
    """0 at both ends, 1 at a fifth: the foot is lifted early in swing, while the knee bends."""
    value: Float64 = (ratio / 0.2) ** 1.83 * ((1 - ratio) / 0.8) ** 7.32
    return value


def _pitch_curve(style: GaitStyle) -> PchipInterpolator:
    """Pitch of the foot (rad, heel up) over a cycle; the shape after Perry and Burnfield 2010."""
    strike, rise = style.heel_strike_deg, style.heel_rise_deg
    shares = [0, FLAT, HEEL_OFF, 0.50, TOE_OFF, 0.67, 0.78, 0.87, 0.95, 1]
    angles = [-strike, 0, 0, 0.22 * rise, rise, 1.11 * rise, 0.6 * rise, 0, -strike, -strike]
    return PchipInterpolator(shares, np.radians(angles))
