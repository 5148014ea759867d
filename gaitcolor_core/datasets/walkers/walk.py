"""How a walker moves.

The pelvis travels above the footfalls, hips and knees are solved in closed form, and the upper
body follows curves over the gait cycle. Phase 0 is left heel strike. Axes are those of `body`: the
walker goes toward -y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.spatial.transform import Rotation

from gaitcolor_core.datasets.walkers.body import Body, Pose
from gaitcolor_core.datasets.walkers.footfalls import MARGIN, TOE_OFF, Footfalls, FootMotion
from gaitcolor_core.datasets.walkers.gait_style import GaitStyle
from gaitcolor_core.structures import Bool, Float64

# The pelvis is lowest a little after heel strike, in the middle of double support.
LOWEST = 0.03
# By how much of a cycle its sway and its turns lag behind the heel strike.
SIDEWAYS_LAG = 0.02
# Standard deviation from one cycle to the next, relative.
CYCLE_NOISE = 0.025
# The elbow is bent by this much in the standing pose.
REST_ELBOW_DEG = 12.0
# How much of an arm's swing the shoulder blade takes, and by how much of a cycle the elbow follows.
SHOULDER_SHARE, ELBOW_LAG = 0.15, 0.06


@dataclass(frozen=True)
class Walk:
    """A walk of T frames along -y, starting at the origin.

    Attributes:
        pose: turns of the bones and the path of the pelvis.
        phase: `(T,)` in cycles, rising; whole numbers are left heel strikes.
        planted: `(T, 2)` bool, whether the left and the right foot are on the ground.
    """

    pose: Pose
    phase: Float64
    planted: Bool


def walk(
    body: Body,
    style: GaitStyle,
    *,
    num_frames: int,
    fps: float,
    start_phase: float,
    rng: np.random.Generator,
) -> Walk:
    """Let `body` walk.

    Args:
        body: who walks.
        style: how.
        num_frames: T.
        fps: frames per second.
        start_phase: phase of the first frame, in cycles.
        rng: where the variation from cycle to cycle comes from.
    """
    cycles = style.cadence_hz * num_frames / fps
    pace = _cycle_noise(rng, start_phase + cycles)
    phase = start_phase + style.cadence_hz * np.arange(num_frames) / fps
    phase = phase + 0.4 * (pace(phase) - pace(start_phase))
    swing = 1 + 3 * _cycle_noise(rng, phase[-1])(phase)
    way = Footfalls(body, style, float(phase[-1]), rng)

    turns = _pelvis_turns(style, phase)
    feet = [way.foot(side, phase) for side in (0, 1)]
    pelvis = _pelvis_path(body, style, phase)
    pelvis[:, 1] = -way.progress(phase)
    quarter = round(fps / style.cadence_hz / 4)
    pelvis[:, 2] += _highest(body, style, turns, pelvis, feet, quarter)
    for side, foot in zip("LR", feet, strict=True):
        turns |= _leg_turns(body, side, turns["pelvis"], pelvis, foot)
    turns |= _trunk_turns(style, phase, turns["pelvis"])
    for side, sign in (("L", 1), ("R", -1)):
        turns |= _arm_turns(style, phase, swing, side, sign)
    pelvis[:, 1] += way.progress(phase[:1])
    planted = np.stack([foot.share < TOE_OFF for foot in feet], 1)
    return Walk(Pose(turns, pelvis), phase, planted)


def _cycle_noise(rng: np.random.Generator, last_phase: float) -> PchipInterpolator:
    """A smooth random curve over the phase, new in every cycle, `CYCLE_NOISE` strong."""
    at = np.arange(-MARGIN, int(last_phase) + 2 * MARGIN, 0.5)
    return PchipInterpolator(at, rng.normal(0, CYCLE_NOISE, len(at)))


def _turn(axis: str, angle_deg: Float64) -> Float64:
    matrices: Float64 = Rotation.from_euler(axis, angle_deg[:, None], degrees=True).as_matrix()
    return matrices


def _pelvis_path(body: Body, style: GaitStyle, phase: Float64) -> Float64:
    """Where the pelvis goes, `(T, 3)` m, less the way forward and its height."""
    sway = style.sway_ratio * body.stature_m * np.sin(2 * np.pi * (phase - SIDEWAYS_LAG))
    bob = -style.bob_ratio * body.stature_m * np.cos(4 * np.pi * (phase - LOWEST))
    return np.stack([sway, np.zeros_like(phase), bob], 1)


def _pelvis_turns(style: GaitStyle, phase: Float64) -> dict[str, Float64]:
    # At left heel strike the left hip is in front: a turn to the right, seen from above.
    yaw = -style.pelvis_yaw_deg * np.cos(2 * np.pi * (phase - SIDEWAYS_LAG))
    drop = style.pelvis_drop_deg * np.sin(2 * np.pi * (phase - SIDEWAYS_LAG))
    tilt = np.full_like(phase, 0.6 * style.lean_deg)
    return {"pelvis": _turn("z", yaw) @ _turn("y", -drop) @ _turn("x", tilt)}


def _hip(body: Body, side: str, pelvis_turn: Float64, pelvis: Float64) -> Float64:
    return pelvis + pelvis_turn @ (body.joint(f"thigh.{side}") - body.joint("pelvis"))


def _lengths(body: Body, side: str) -> tuple[float, float]:
    hip, knee, ankle = (body.joint(f"{bone}.{side}") for bone in ("thigh", "shank", "foot"))
    return float(np.linalg.norm(knee - hip)), float(np.linalg.norm(ankle - knee))


def _highest(
    body: Body, style: GaitStyle, turns: dict[str, Float64], pelvis: Float64,
    feet: list[FootMotion], quarter: int,
) -> Float64:  # fmt: skip
    """How much the pelvis can be raised with both legs in reach of their feet, `(T,)` m.

    A long step lowers it, a short one does not: the lowest room within a quarter of a cycle (in
    frames) before and after, smoothed over as much, which never is more than there is.
    """
    room = []
    for side, foot in zip("LR", feet, strict=True):
        hip = _hip(body, side, turns["pelvis"], pelvis)
        reach = sum(_lengths(body, side)) * (1 - style.knee_slack)
        flat = ((hip - foot.ankle)[:, :2] ** 2).sum(1)
        room.append(foot.ankle[:, 2] + np.sqrt(np.maximum(reach**2 - flat, 0)) - hip[:, 2])
    window = 2 * quarter + 1
    lowest = minimum_filter1d(np.min(room, 0), window, mode="nearest")
    smooth: Float64 = uniform_filter1d(lowest, window, mode="nearest")
    return smooth


def _leg_turns(
    body: Body, side: str, pelvis_turn: Float64, pelvis: Float64, foot: FootMotion
) -> dict[str, Float64]:
    """Two-link inverse kinematics; the knee bends in the plane of the leg and the way."""
    hip = _hip(body, side, pelvis_turn, pelvis)
    upper, lower = _lengths(body, side)
    way = foot.ankle - hip
    distance = np.minimum(np.linalg.norm(way, axis=1), (upper + lower) * 0.9999)
    direction = way / np.linalg.norm(way, axis=1, keepdims=True)
    hinge = np.cross(np.array([0.0, -1.0, 0.0]), direction)
    hinge /= np.linalg.norm(hinge, axis=1, keepdims=True)
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    bend = np.arccos(np.clip(cosine, -1, 1))[:, None]
    front = np.cross(direction, hinge)
    thigh = np.cos(bend) * direction + np.sin(bend) * front
    shank = way - upper * thigh
    shank /= np.linalg.norm(shank, axis=1, keepdims=True)
    thigh_world, shank_world = _frame(hinge, thigh), _frame(hinge, shank)
    yaw = np.full(len(way), foot.yaw_deg)
    foot_world = _turn("z", yaw) @ _turn("x", np.degrees(foot.pitch))
    return {
        f"thigh.{side}": pelvis_turn.transpose(0, 2, 1) @ thigh_world,
        f"shank.{side}": thigh_world.transpose(0, 2, 1) @ shank_world,
        f"foot.{side}": shank_world.transpose(0, 2, 1) @ foot_world,
        f"toes.{side}": _turn("x", -np.degrees(foot.toes)),
    }


def _frame(hinge: Float64, along: Float64) -> Float64:
    """Rotations `(T, 3, 3)` that take +x to `hinge` and down to `along`."""
    return np.stack([hinge, np.cross(hinge, along), -along], 2)


def _trunk_turns(style: GaitStyle, phase: Float64, pelvis_turn: Float64) -> dict[str, Float64]:
    """The chest turns against the pelvis, the spine between them half as much; the head is calm."""
    yaw = style.thorax_yaw_deg * np.cos(2 * np.pi * (phase - style.arm_lag))
    lean = np.full_like(phase, style.lean_deg) + 1.0 * np.cos(4 * np.pi * (phase - LOWEST))
    chest = _turn("z", yaw) @ _turn("x", lean)
    lumbar = _halfway(pelvis_turn.transpose(0, 2, 1) @ chest)
    stoop = _turn("x", np.full_like(phase, style.stoop_deg))
    thorax = (pelvis_turn @ lumbar).transpose(0, 2, 1) @ chest @ stoop
    level = _turn("x", np.full_like(phase, style.head_deg)) @ _turn("z", 0.25 * yaw)
    neck = _halfway((chest @ stoop).transpose(0, 2, 1) @ level)
    head = (chest @ stoop @ neck).transpose(0, 2, 1) @ level
    return {"lumbar": lumbar, "thorax": thorax, "neck": neck, "head": head}


def _arm_turns(
    style: GaitStyle, phase: Float64, swing: Float64, side: str, sign: int
) -> dict[str, Float64]:
    """An arm is in front when the opposite leg is; `swing` `(T,)` scales it from cycle to cycle."""
    rhythm = -sign * np.cos(2 * np.pi * (phase - style.arm_lag))
    amplitude = style.arm_swing_deg * (1 + sign * style.arm_asymmetry) * swing
    flexion = style.arm_mean_deg + amplitude * rhythm
    late = -sign * np.cos(2 * np.pi * (phase - style.arm_lag - ELBOW_LAG))
    elbow = style.elbow_deg + style.elbow_swing_deg * swing * late
    out = np.full_like(phase, -sign * style.arm_out_deg)
    # The chest's own stoop and lean are taken back, so that the arms hang.
    hang = _turn("x", np.full_like(phase, -style.stoop_deg - style.lean_deg))
    return {
        f"shoulder.{side}": _turn("x", -SHOULDER_SHARE * flexion),
        f"upper_arm.{side}": hang @ _turn("y", out) @ _turn("x", -(1 - SHOULDER_SHARE) * flexion),
        f"forearm.{side}": _turn("x", -np.maximum(elbow - REST_ELBOW_DEG, -8)),
    }


def _halfway(turn: Float64) -> Float64:
    matrices: Float64 = Rotation.from_rotvec(Rotation.from_matrix(turn).as_rotvec() / 2).as_matrix()
    return matrices
