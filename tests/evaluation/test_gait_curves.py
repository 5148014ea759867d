from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from gaitcolor_core.datasets.mocap import Motion
from gaitcolor_core.evaluation.gait_curves import (
    ANGLES,
    PHASES,
    GaitCycle,
    agreement,
    drawing,
    gait_cycles,
    limb_angles,
)

FPS, PERIOD_S, SPEED_M_S = 50, 1.0, 1.3
THIGH_DEG, KNEE_DEG, ARM_DEG, ELBOW_DEG = 25.0, 30.0, 15.0, 20.0


def down(angle_deg: np.ndarray, length_m: float, ahead: np.ndarray) -> np.ndarray:
    """A bone that hangs at an angle, forward positive, `(T, 3)` m."""
    angle = np.radians(angle_deg)[:, None]
    return length_m * (np.sin(angle) * ahead - np.cos(angle) * np.array([0, 0, 1.0]))


def pendulums(heading_deg: float = 0.0) -> Motion:
    """A walker on legs without weight: four seconds, a cycle each, all angles known."""
    time = np.arange(4 * FPS) / FPS
    heading = np.radians(heading_deg)
    ahead = np.array([np.sin(heading), -np.cos(heading), 0.0])
    pelvis = SPEED_M_S * time[:, None] * ahead + (0, 0, 1.0)
    joints = {"pelvis": pelvis}
    for side, lag in (("L", 0.0), ("R", 0.5)):
        swing = np.cos(2 * np.pi * (time / PERIOD_S - lag))
        thigh = THIGH_DEG * swing
        upper = -ARM_DEG * swing
        joints[f"thigh.{side}"] = pelvis
        joints[f"shank.{side}"] = joints[f"thigh.{side}"] + down(thigh, 0.4, ahead)
        joints[f"foot.{side}"] = joints[f"shank.{side}"] + down(thigh - KNEE_DEG, 0.4, ahead)
        joints[f"toes.{side}"] = joints[f"foot.{side}"] + down(thigh + 90, 0.2, ahead)
        joints[f"upper_arm.{side}"] = pelvis + np.array([0, 0, 0.5])
        joints[f"forearm.{side}"] = joints[f"upper_arm.{side}"] + down(upper, 0.3, ahead)
        joints[f"hand.{side}"] = joints[f"forearm.{side}"] + down(upper + ELBOW_DEG, 0.3, ahead)
    return Motion(joints, FPS)


def cycle(**values: float) -> GaitCycle:
    angles = {name: np.full(len(PHASES), values.get(name, 0.0)) for name in ANGLES}
    return GaitCycle(angles, 1.0, 1.3)


@pytest.mark.parametrize("heading_deg", [0, 90, 200])
def test_angles_are_those_of_the_limbs_wherever_it_walks(heading_deg: float) -> None:
    angles = limb_angles(pendulums(heading_deg), "L")
    assert set(angles) == set(ANGLES)
    swing = np.cos(2 * np.pi * np.arange(4 * FPS) / FPS)
    np.testing.assert_allclose(angles["thigh"], THIGH_DEG * swing, atol=1e-6)
    np.testing.assert_allclose(angles["knee"], KNEE_DEG)
    np.testing.assert_allclose(angles["upper_arm"], -ARM_DEG * swing, atol=1e-6)
    np.testing.assert_allclose(angles["elbow"], ELBOW_DEG)


def test_cycles_begin_at_the_farthest_reach_forward() -> None:
    cycles = gait_cycles(pendulums())
    # of four cycles, those between the first and the last whole reach of each leg
    assert len(cycles) >= 4
    for found in cycles:
        assert found.period_s == pytest.approx(PERIOD_S, abs=1 / FPS)
        assert found.stride_m == pytest.approx(SPEED_M_S * PERIOD_S, abs=SPEED_M_S / FPS)
        # the reach is largest close to the largest angle
        assert np.argmax(found.angles["thigh"]) in (*range(10), *range(90, 100))
        assert found.angles["ankle"].mean() == pytest.approx(0, abs=1e-9)


def test_who_stands_has_no_cycles() -> None:
    motion = pendulums()
    still = {bone: at[:1].repeat(len(at), 0) for bone, at in motion.joints.items()}
    still["pelvis"] = motion.joints["pelvis"]
    assert gait_cycles(dataclasses.replace(motion, joints=still)) == []


def test_the_same_cycles_agree() -> None:
    cycles = gait_cycles(pendulums())
    found = agreement(cycles, cycles)
    assert set(found.as_is) == set(found.centered) == set(ANGLES)
    assert set(found.as_is.values()) == set(found.centered.values()) == {1.0}


def test_one_deviation_off_is_the_limit() -> None:
    # mean 0, deviation 10
    people = [cycle(thigh=-10.0), cycle(thigh=10.0)]
    assert agreement([cycle(thigh=9.9)], people).as_is["thigh"] == 1
    assert agreement([cycle(thigh=10.1)], people).as_is["thigh"] == 0


def test_the_mean_counts_unless_it_is_removed() -> None:
    def swinging(amplitude_deg: float, mean_deg: float) -> GaitCycle:
        curve = mean_deg + amplitude_deg * np.cos(2 * np.pi * (PHASES + 0.001))
        return GaitCycle({**cycle().angles, "knee": curve}, 1.0, 1.3)

    found = agreement([swinging(10, 40)], [swinging(8, 0), swinging(12, 0)])
    assert found.as_is["knee"] == 0 and found.centered["knee"] == 1


def test_the_drawing_is_a_picture() -> None:
    cycles = gait_cycles(pendulums())
    content = drawing(cycles, cycles)
    assert content == drawing(cycles, cycles)
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "PNG" and picture.width > 3 * picture.height
