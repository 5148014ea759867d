"""Joint angles over the gait cycle from motion capture takes (BVH files)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks
from scipy.spatial.transform import Rotation

from gaitcolor_core.structures import Float64

PHASES = np.arange(100) / 100
ANGLES = ("thigh", "knee", "ankle", "upper_arm", "elbow")


@dataclass
class Joint:
    name: str
    parent: int
    offset: list[float]
    channels: list[str]


def read_bvh(path: Path) -> tuple[dict[str, Float64], float]:
    """Positions `(T, 3)` of the joints, x left, y back, z up, and the time of a frame (s)."""
    joints: list[Joint] = []
    stack: list[int] = []
    lines = iter(path.read_text().splitlines())
    for line in lines:
        words = line.split()
        if words[0] in ("ROOT", "JOINT"):
            joints.append(Joint(words[1], stack[-1] if stack else -1, [], []))
        elif words[0] == "End":
            joints.append(Joint("", stack[-1], [], []))
        elif words[0] == "{":
            stack.append(len(joints) - 1)
        elif words[0] == "}":
            stack.pop()
        elif words[0] == "OFFSET":
            joints[-1].offset = [float(w) for w in words[1:]]
        elif words[0] == "CHANNELS":
            joints[-1].channels = words[2:]
        elif words[0] == "MOTION":
            break
    next(lines)
    frame_s = float(next(lines).split()[-1])
    rows = np.array([[float(w) for w in line.split()] for line in lines if line.strip()])
    return _positions(joints, rows), frame_s


def _positions(joints: list[Joint], rows: Float64) -> dict[str, Float64]:
    positions, turns, column = [], [], 0
    for joint in joints:
        values = dict(zip(joint.channels, rows[:, column : column + len(joint.channels)].T))
        column += len(joint.channels)
        offset = np.tile(np.array(joint.offset), (len(rows), 1))
        if "Xposition" in values:
            offset = np.stack([values[f"{axis}position"] for axis in "XYZ"], 1)
        own = np.tile(np.eye(3), (len(rows), 1, 1))
        spins = [c for c in joint.channels if c.endswith("rotation")]
        if spins:
            angles = np.stack([values[c] for c in spins], 1)
            order = "".join(c[0] for c in spins)
            own = Rotation.from_euler(order, angles, degrees=True).as_matrix()
        if joint.parent < 0:
            positions.append(offset)
            turns.append(own)
            continue
        above = turns[joint.parent]
        positions.append(positions[joint.parent] + np.einsum("tab,tb->ta", above, offset))
        turns.append(above @ own)
    # The takes have y up and walk toward z.
    return {j.name: p[:, [0, 2, 1]] * (1, -1, 1) for j, p in zip(joints, positions) if j.name}


def cycles(path: Path) -> list[dict[str, Float64]]:
    """The whole gait cycles of both legs of a take, each from heel strike to heel strike.

    Returns:
        Per cycle the sagittal angles in degrees at `PHASES`: thigh and upper arm against the
        vertical (forward positive), flexion of knee and elbow, dorsiflexion of the ankle (from its
        mean); and "period_s", "stride" (share of leg length).
    """
    joints, frame_s = read_bvh(path)
    joints = {name.removeprefix("CC_Base_"): p[1:] for name, p in joints.items()}
    travel = joints["Hip"][-1] - joints["Hip"][0]
    heading = travel * (1, 1, 0) / np.linalg.norm(travel[:2])
    found = []
    for side in "LR":
        hip, knee, ankle, toe, shoulder, elbow, hand = (
            joints[f"{side}_{name}"]
            for name in ("Thigh", "Calf", "Foot", "ToeBase", "Upperarm", "Forearm", "Hand")
        )
        thigh, shank, foot = (
            np.degrees(np.arctan2(v @ heading, -v[:, 2]))
            for v in (knee - hip, ankle - knee, toe - ankle)
        )
        upper, fore = (
            np.degrees(np.arctan2(v @ heading, -v[:, 2])) for v in (elbow - shoulder, hand - elbow)
        )
        angles = {
            "thigh": thigh, "knee": thigh - shank, "ankle": foot - shank,
            "upper_arm": upper, "elbow": fore - upper,
        }  # fmt: skip
        reach = gaussian_filter1d((ankle - hip) @ heading, 2)
        strikes, _ = find_peaks(reach, distance=0.6 / frame_s, prominence=10)
        leg = np.linalg.norm(hip - knee, axis=1).mean() + np.linalg.norm(knee - ankle, axis=1).mean()
        for start, end in zip(strikes, strikes[1:]):
            times = start + PHASES * (end - start)
            cycle = {
                name: np.interp(times, np.arange(len(v)), v) for name, v in angles.items()
            }
            cycle["ankle"] -= cycle["ankle"].mean()
            cycle["period_s"] = np.array((end - start) * frame_s)
            moved = (joints["Hip"][end] - joints["Hip"][start]) @ heading
            cycle["stride"] = np.array(moved / leg)
            found.append(cycle)
    return found
