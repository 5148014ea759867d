"""What sets one person's walk apart from another's, and one walk of a person from the next."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class GaitStyle:
    """A way of walking. Angles are degrees; shares are of the gait cycle, ratios of the stature.

    Attributes:
        cadence_hz: strides (two steps) per second.
        stride_ratio: length of a stride.
        step_width_ratio: distance of the feet to either side.
        bob_ratio: amplitude of the vertical motion of the pelvis.
        sway_ratio: amplitude of its sideways motion.
        heel_strike_deg: how far the toes point up when the heel meets the ground.
        heel_rise_deg: how far the heel is up when the toes leave the ground.
        lift_ratio: how high the foot is carried in addition to the shortest way.
        knee_slack: how much of the leg's length is never used: 0 = knees lock, 0.03 = a crouch.
        toe_out_deg: how far the feet point outward.
        pelvis_yaw_deg: amplitude of the turning of the pelvis with the leading leg.
        pelvis_drop_deg: amplitude of its drop on the side of the swinging leg.
        thorax_yaw_deg: amplitude of the opposite turning of the chest.
        lean_deg: forward lean of the trunk.
        stoop_deg: rounding of the upper back; the head comes forward.
        head_deg: how far the head looks down.
        arm_swing_deg: amplitude of the upper arm.
        arm_mean_deg: its mean, forward positive.
        arm_out_deg: how far the arms are held from the body.
        elbow_deg: mean flexion of the elbow.
        elbow_swing_deg: amplitude of the elbow; it is most flexed when the arm is in front.
        arm_lag: share of the cycle by which the arms follow the opposite legs.
        step_asymmetry: relative difference of left and right steps.
        arm_asymmetry: relative difference of left and right arm swing.
    """

    cadence_hz: float
    stride_ratio: float
    step_width_ratio: float
    bob_ratio: float
    sway_ratio: float
    heel_strike_deg: float
    heel_rise_deg: float
    lift_ratio: float
    knee_slack: float
    toe_out_deg: float
    pelvis_yaw_deg: float
    pelvis_drop_deg: float
    thorax_yaw_deg: float
    lean_deg: float
    stoop_deg: float
    head_deg: float
    arm_swing_deg: float
    arm_mean_deg: float
    arm_out_deg: float
    elbow_deg: float
    elbow_swing_deg: float
    arm_lag: float
    step_asymmetry: float
    arm_asymmetry: float


# Adults at their own pace: mean, standard deviation between subjects, and the range that a body
# can walk. Cadence, stride and step width after Murray, Drought and Kory (1964) and Oberg, Karsznia
# and Oberg (1993); the rest was chosen for what looks like people, see docs/walkers.md.
_ADULTS: dict[str, tuple[float, float, tuple[float, float]]] = {
    "cadence_hz": (0.93, 0.06, (0.75, 1.12)),
    "stride_ratio": (0.79, 0.045, (0.62, 0.90)),
    "step_width_ratio": (0.055, 0.015, (0.02, 0.11)),
    "bob_ratio": (0.0108, 0.0017, (0.005, 0.017)),
    "sway_ratio": (0.010, 0.004, (0.0, 0.022)),
    "heel_strike_deg": (22.0, 3.0, (10.0, 29.0)),
    "heel_rise_deg": (51.0, 4.0, (40.0, 62.0)),
    "lift_ratio": (0.0345, 0.005, (0.020, 0.055)),
    "knee_slack": (0.0006, 0.0012, (0.0003, 0.01)),
    "toe_out_deg": (5.0, 4.0, (-6.0, 16.0)),
    "pelvis_yaw_deg": (5.0, 2.0, (0.0, 11.0)),
    "pelvis_drop_deg": (3.5, 1.4, (0.0, 7.5)),
    "thorax_yaw_deg": (5.0, 2.2, (0.0, 12.0)),
    "lean_deg": (3.0, 2.5, (-3.0, 12.0)),
    "stoop_deg": (4.0, 5.0, (-5.0, 20.0)),
    "head_deg": (2.0, 4.0, (-8.0, 16.0)),
    "arm_swing_deg": (16.0, 5.5, (3.0, 34.0)),
    "arm_mean_deg": (-8.0, 4.0, (-18.0, 6.0)),
    "arm_out_deg": (0.0, 3.0, (-4.0, 10.0)),
    "elbow_deg": (25.0, 8.0, (10.0, 55.0)),
    "elbow_swing_deg": (9.0, 3.5, (1.0, 20.0)),
    "arm_lag": (0.02, 0.02, (-0.03, 0.08)),
    "step_asymmetry": (0.0, 0.03, (-0.09, 0.09)),
    "arm_asymmetry": (0.0, 0.12, (-0.35, 0.35)),
}  # fmt: skip


def draw_style(rng: np.random.Generator, *, spread: float = 1.0) -> GaitStyle:
    """A random adult's walk; `spread` scales the standard deviation between subjects."""
    return _scatter({name: row[0] for name, row in _ADULTS.items()}, rng, spread)


def vary_style(style: GaitStyle, rng: np.random.Generator, amount: float) -> GaitStyle:
    """The same person at another time.

    Args:
        style: the person's usual walk.
        rng: where the randomness comes from.
        amount: standard deviation of the change, as a share of that between subjects.
    """
    return _scatter(dataclasses.asdict(style), rng, amount)


def _scatter(center: dict[str, float], rng: np.random.Generator, amount: float) -> GaitStyle:
    values = {}
    for name, (_, deviation, (low, high)) in _ADULTS.items():
        values[name] = float(np.clip(center[name] + rng.normal(0, amount * deviation), low, high))
    return GaitStyle(**values)
