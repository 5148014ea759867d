"""Where the feet go: planned footfalls, on which a standing foot rolls without sliding.

A foot that stands rolls over its heel, its sole and its ball, and each stays where it is on the
ground; between footfalls it swings. The shape of the curves was fitted to joint angles of adults
(Perry and Burnfield 2010), see docs/walkers.md. Axes are those of `body`; the way leads toward -y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.gait_style import GaitStyle
from gaitcolor_core.structures import Float64

# Shares of the cycle: the sole is flat from FLAT to HEEL_OFF, the toes leave at TOE_OFF
# (Perry and Burnfield 2010: stance lasts 62 %, so double support 2 x 12 %).
FLAT, HEEL_OFF, TOE_OFF = 0.09, 0.37, 0.62
# The stance foot is below the pelvis at this share of the cycle.
MID_STANCE = 0.244
# A swinging foot keeps at least this far from the ground, but for its ends.
CLEARANCE_M = 0.012
# The heel ends this far behind the ankle, as a share of ankle to ball; the toes reach this far
# beyond the ball, as a share of heel to ball.
HEEL_LENGTH, TOE_LENGTH = 0.28, 0.4
# Standard deviation of a step's length and width from one to the next, relative.
STEP_NOISE = 0.025
# Cycles planned before and after those that are asked for.
MARGIN = 4


@dataclass(frozen=True)
class FootMotion:
    """A planned foot over T frames.

    Attributes:
        ankle: `(T, 3)` m, where its joint is.
        pitch: `(T,)` rad, how far the foot is tipped over: positive with the heel up.
        toes: `(T,)` rad, how far the toes are bent up against the foot.
        yaw_deg: how far it points to the walker's left.
        share: `(T,)` in [0, 1), the share of this foot's cycle, which begins with heel strike.
    """

    ankle: Float64
    pitch: Float64
    toes: Float64
    yaw_deg: float
    share: Float64


class Footfalls:
    """The plan of a walk: where the feet stand, and how they get there; metres along the way.

    Attributes:
        progress: how far the pelvis has come at a phase, m.
    """

    def __init__(
        self, body: Body, style: GaitStyle, last_phase: float, rng: np.random.Generator
    ) -> None:
        """Plan the steps.

        Args:
            body: who walks.
            style: how.
            last_phase: how far the plan must reach, in cycles.
            rng: where the variation from step to step comes from.
        """
        self._body, self._style = body, style
        self._pitch = _pitch_curve(style)
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
        """The path of one foot.

        Args:
            side: 0 for the left one, 1 for the right one.
            phase: `(T,)` in cycles.
        """
        shifted = phase - side / 2
        share = shifted % 1.0
        step = 2 * (np.floor(shifted).astype(int) + MARGIN) + side
        sole = _Sole.of(self._body, "LR"[side])
        pitch, toes = self._pitch(share), self._toes(share)
        local = np.where(
            (share >= TOE_OFF)[:, None],
            self._swing(sole, share, pitch, toes),
            sole.roll(share, pitch),
        )
        travel = (share >= TOE_OFF) * _travel(_swing_ratio(share))
        forward = self._falls[step] + local[:, 0]
        forward = forward + travel * (self._falls[step + 2] - self._falls[step])
        outward = self._width[step] + travel * (self._width[step + 2] - self._width[step])
        sign = 1 - 2 * side
        ankle = np.stack([sign * outward, -forward, local[:, 1]], 1)
        return FootMotion(ankle, pitch, toes, sign * self._style.toe_out_deg, share)

    def _toes(self, share: Float64) -> Float64:
        """The toes stay on the ground while the heel is up, and straighten when they leave it."""
        relaxing = float(self._pitch(TOE_OFF)) * np.maximum(1 - 3 * _swing_ratio(share), 0)
        standing = np.where(share < HEEL_OFF, 0.0, self._pitch(share))
        toes: Float64 = np.where(share >= TOE_OFF, relaxing, standing)
        return toes

    def _swing(self, sole: _Sole, share: Float64, pitch: Float64, toes: Float64) -> Float64:
        """A swinging ankle, forward and up `(T, 2)`, less the way to the next footfall.

        It leaves the ground and meets it as fast as the rolling foot moves it there.
        """
        edge = np.array([TOE_OFF - 1e-4, TOE_OFF, 0.0, 1e-4])
        knots = sole.roll(edge, self._pitch(edge))
        speed = np.stack([(knots[1] - knots[0]) * 1e4, (knots[3] - knots[2]) * 1e4])
        path: Float64 = CubicHermiteSpline([TOE_OFF, 1.0], knots[[1, 2]], speed)(share)
        ratio = _swing_ratio(share)
        path[:, 1] += self._style.lift_ratio * self._body.stature_m * _bump(ratio)
        missing = CLEARANCE_M * 4 * ratio * (1 - ratio) - path[:, 1] - sole.lowest(pitch, toes)
        path[:, 1] += np.maximum(missing, 0)
        return path


@dataclass(frozen=True)
class _Sole:
    """A standing foot from the side; points `(2,)` are m back and up, as in the standing pose.

    It rolls on the edge of its heel and around the joint of its toes, which lie on the ground.
    """

    heel: Float64
    ball: Float64
    ankle: Float64

    @classmethod
    def of(cls, body: Body, side: str) -> _Sole:
        ankle, toe = body.joint(f"foot.{side}"), body.joint(f"toes.{side}")
        heel = np.array([ankle[1] + HEEL_LENGTH * (ankle[1] - toe[1]), 0.0])
        return cls(heel, toe[[1, 2]], ankle[[1, 2]])

    def roll(self, share: Float64, pitch: Float64) -> Float64:
        """The ankle of a foot on the ground, forward and up of where it is when flat, `(T, 2)`."""
        pivot = np.where((share < FLAT)[:, None], self.heel, self.ball)
        arm = self.ankle - pivot
        back = pivot[:, 0] + np.cos(pitch) * arm[:, 0] - np.sin(pitch) * arm[:, 1]
        up = pivot[:, 1] + np.sin(pitch) * arm[:, 0] + np.cos(pitch) * arm[:, 1]
        return np.stack([self.ankle[0] - back, up], 1)

    def lowest(self, pitch: Float64, toes: Float64) -> Float64:
        """How far the lowest of heel, ball and tip of the toes is above the ankle, `(T,)` m."""
        heel, ball = (_height(point - self.ankle, pitch) for point in (self.heel, self.ball))
        # The ball of the foot is round: it reaches as far below the joint however it is turned.
        ball = ball - self.ball[1]
        tip = ball - TOE_LENGTH * (self.heel - self.ball)[0] * np.sin(pitch - toes)
        lowest: Float64 = np.min([heel, ball, tip], 0)
        return lowest


def _swing_ratio(share: Float64) -> Float64:
    """How much of its swing a foot has behind it, in [0, 1]; 0 while it stands."""
    ratio: Float64 = np.clip((share - TOE_OFF) / (1 - TOE_OFF), 0, 1)
    return ratio


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
    angles = [-strike, 0, 0, 0.19 * rise, rise, 1.11 * rise, 0.6 * rise, 0, -strike, -strike]
    return PchipInterpolator(shares, np.radians(angles))
