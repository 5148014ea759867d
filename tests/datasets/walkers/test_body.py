from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from gaitcolor_core.datasets.walkers.body import Body, Pose, bone_motions, draw_body, skin

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=10, deadline=None)


def drawn(seed: int) -> Body:
    return draw_body(np.random.default_rng(seed))


def standing(body: Body, count: int = 1) -> Pose:
    return Pose({}, np.tile(body.joint("pelvis"), (count, 1)))


@pytest.fixture(scope="module")
def body() -> Body:
    return drawn(0)


def test_shapes(body: Body) -> None:
    assert body.vertices.shape[1] == 3 and body.joints.shape == (len(body.bones), 3)
    assert body.weights.shape == (len(body.vertices), len(body.bones))
    assert body.faces.min() == 0 and body.faces.max() == len(body.vertices) - 1
    np.testing.assert_allclose(body.weights.sum(1), 1)


def test_parents_come_first_and_the_pelvis_has_none(body: Body) -> None:
    assert body.bones[0] == "pelvis" and body.parents[0] == -1
    assert all(0 <= parent < index for index, parent in enumerate(body.parents) if index)


@some
@given(seeds)
def test_adults_stand_on_the_ground_facing_minus_y(seed: int) -> None:
    body = drawn(seed)
    assert 1.4 < body.stature_m < 2.05
    assert abs(body.vertices[:, 2].min()) < 0.005
    # toes before ankles, head on top, left at +x
    for side in "LR":
        assert body.joint(f"toes.{side}")[1] < body.joint(f"foot.{side}")[1] - 0.05
    assert body.joint("head")[2] > body.joint("thorax")[2] > body.joint("pelvis")[2]
    assert body.joint("thigh.L")[0] > 0 > body.joint("thigh.R")[0]


@some
@given(seeds)
def test_legs_stand_straight(seed: int) -> None:
    body = drawn(seed)
    for side in "LR":
        hip, knee, ankle = (body.joint(f"{bone}.{side}") for bone in ("thigh", "shank", "foot"))
        np.testing.assert_allclose((knee - hip)[:2], 0, atol=1e-3)
        np.testing.assert_allclose((ankle - knee)[:2], 0, atol=1e-3)


def test_the_same_seed_is_the_same_body(body: Body) -> None:
    np.testing.assert_array_equal(drawn(0).vertices, body.vertices)
    assert not np.array_equal(drawn(1).vertices, body.vertices)


def test_women_and_men_are_as_frequent_and_men_are_taller() -> None:
    rng = np.random.default_rng(0)
    bodies = [draw_body(rng) for _ in range(60)]
    women = [body.stature_m for body in bodies if body.female]
    men = [body.stature_m for body in bodies if not body.female]
    assert 20 < len(women) < 40
    # by 13 cm in Europe and the USA
    assert 0.07 < np.mean(men) - np.mean(women) < 0.2


@some
@given(seeds)
def test_no_turns_give_the_standing_body(seed: int) -> None:
    body = drawn(seed)
    moved = skin(body.vertices, body.weights, *bone_motions(body, standing(body, 2)))
    assert moved.dtype == np.float32 and moved.shape == (2, *body.vertices.shape)
    for frame in moved:
        np.testing.assert_allclose(frame, body.vertices, atol=1e-5)


@some
@given(seeds, st.floats(-180, 180), st.floats(-3, 3), st.floats(-3, 3))
def test_a_placed_pose_is_the_posed_body_turned_and_moved(
    seed: int, heading_deg: float, x: float, y: float
) -> None:
    body = drawn(seed)
    bend = Rotation.from_euler("x", [[40]], degrees=True).as_matrix()
    pose = Pose({"pelvis": np.eye(3)[None], "shank.L": bend}, standing(body).pelvis)
    placed = pose.placed(heading_deg, np.array([x, y, 0.0]))
    here, there = (
        skin(body.vertices, body.weights, *bone_motions(body, p)) for p in (pose, placed)
    )
    turn = Rotation.from_euler("z", heading_deg, degrees=True).as_matrix()
    np.testing.assert_allclose(there[0], here[0] @ turn.T + (x, y, 0), atol=1e-4)


def test_a_bone_turns_what_hangs_on_it_and_nothing_else(body: Body) -> None:
    bend = Rotation.from_euler("x", [[90]], degrees=True).as_matrix()
    pose = Pose({"shank.L": bend}, standing(body).pelvis)
    rotations, translations = bone_motions(body, pose)
    heads = np.einsum("jab,jb->ja", rotations[0], body.joints) + translations[0]
    knee = body.joint("shank.L")
    shank_m = np.linalg.norm(body.joint("foot.L") - knee)
    # a knee bent by 90 degrees: the ankle is as far behind it as it was below it
    np.testing.assert_allclose(
        heads[body.bones.index("foot.L")], knee + np.array([0, shank_m, 0]), atol=2e-3
    )
    moved = {
        body.bones[index]
        for index in range(len(body.bones))
        if not np.allclose(heads[index], body.joints[index])
    }
    assert moved == {"foot.L", "toes.L"}


@some
@given(seeds)
def test_bones_keep_their_lengths(seed: int) -> None:
    body = drawn(seed)
    turns = Rotation.random(len(body.bones), rng=np.random.default_rng(seed)).as_matrix()
    pose = Pose(
        {bone: turns[i : i + 1] for i, bone in enumerate(body.bones)}, standing(body).pelvis
    )
    rotations, translations = bone_motions(body, pose)
    heads = np.einsum("jab,jb->ja", rotations[0], body.joints) + translations[0]
    parents = np.array(body.parents[1:])
    np.testing.assert_allclose(
        np.linalg.norm(heads[1:] - heads[parents], axis=1),
        np.linalg.norm(body.joints[1:] - body.joints[parents], axis=1),
        atol=1e-9,
    )
