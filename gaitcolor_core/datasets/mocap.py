"""Walks from motion capture: files of the CMU database in the BVH format.

Expected: takes whose skeleton has the joint names of `JOINTS` behind "CC_Base_", centimetres, y up,
and a first frame that only shows the skeleton, such as the 12 walking takes named in
docs/walkers.md. Their skeleton was fitted to CMU's data by others: its hips keep one height.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from gaitcolor_core.structures import Float64, InputError

# The bone of `body` that begins at a joint of the takes; "S" stands for the side, L or R.
JOINTS = {
    "S_Thigh": "thigh", "S_Calf": "shank", "S_Foot": "foot", "S_ToeBase": "toes",
    "S_Upperarm": "upper_arm", "S_Forearm": "forearm", "S_Hand": "hand",
}  # fmt: skip
PREFIX, CM = "CC_Base_", 0.01


@dataclass(frozen=True)
class Motion:
    """Moving joints.

    Attributes:
        joints: bone to `(T, 3)` m, where it begins; z is up, x and y as in the take.
        fps: frames per second.
    """

    joints: Mapping[str, Float64]
    fps: float


def read_take(path: Path) -> Motion:
    """The limbs and the pelvis of a walking take, without its first frame.

    Raises:
        InputError: `path` is no such take.
    """
    try:
        skeleton, frames = path.read_text().split("MOTION", 1)
        positions, frame_s = _positions(_skeleton(skeleton), frames)
        joints = {_bone(name): points[1:] for name, points in positions.items() if _bone(name)}
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, IndexError, KeyError) as error:
        raise InputError(f"{path} is no motion capture take in the BVH format.") from error
    if len(joints) < 2 * len(JOINTS) + 1:
        raise InputError(f"{path} has another skeleton: wanted joints such as {PREFIX}L_Thigh.")
    return Motion(joints, 1 / frame_s)


@dataclass
class _Joint:
    name: str
    parent: int
    offset: list[float] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)


def _bone(name: str) -> str:
    """Our name of a take's joint; empty where we have none."""
    plain = name.removeprefix(PREFIX)
    if plain == "Hip":
        return "pelvis"
    bone = JOINTS.get("S" + plain[1:])
    return f"{bone}.{plain[0]}" if bone else ""


def _skeleton(text: str) -> list[_Joint]:
    """The joints in the order of their channels, parents first; ends of limbs have no name."""
    joints: list[_Joint] = []
    above: list[int] = []
    for line in text.splitlines():
        match line.split():
            case ["ROOT" | "JOINT", name]:
                joints.append(_Joint(name, above[-1] if above else -1))
            case ["End", *_]:
                joints.append(_Joint("", above[-1]))
            case ["{"]:
                above.append(len(joints) - 1)
            case ["}"]:
                above.pop()
            case ["OFFSET", *values]:
                joints[-1].offset = [float(value) for value in values]
            case ["CHANNELS", _, *names]:
                joints[-1].channels = names
    return joints


def _positions(joints: list[_Joint], frames: str) -> tuple[dict[str, Float64], float]:
    """Where the named joints are, `(T, 3)` m with z up, and the time of a frame in s."""
    _, time, *lines = frames.strip().splitlines()
    rows = np.array([line.split() for line in lines if line.strip()], np.float64)
    points: list[Float64] = []
    turns: list[Float64] = []
    column = 0
    for joint in joints:
        offset, own = _own_motion(joint, rows[:, column : column + len(joint.channels)])
        column += len(joint.channels)
        if joint.parent >= 0:
            above = turns[joint.parent]
            offset = points[joint.parent] + np.einsum("tab,tb->ta", above, offset)
            own = above @ own
        points.append(offset)
        turns.append(own)
    placed = {
        joint.name: CM * at[:, [0, 2, 1]] * (1, -1, 1)
        for joint, at in zip(joints, points, strict=True)
    }
    return placed, float(time.split()[-1])


def _own_motion(joint: _Joint, values: Float64) -> tuple[Float64, Float64]:
    """A joint's offset `(T, 3)` from its parent and its rotations `(T, 3, 3)` against it."""
    channels = dict(zip(joint.channels, values.T, strict=True))
    offset = np.tile(np.array(joint.offset), (len(values), 1))
    if "Xposition" in channels:
        offset = np.stack([channels[f"{axis}position"] for axis in "XYZ"], 1)
    spins = [name for name in joint.channels if name.endswith("rotation")]
    if not spins:
        return offset, np.tile(np.eye(3), (len(values), 1, 1))
    angles = np.stack([channels[name] for name in spins], 1)
    order = "".join(name[0] for name in spins)
    return offset, Rotation.from_euler(order, angles, degrees=True).as_matrix()
