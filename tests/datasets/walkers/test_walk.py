from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.walkers.body import Body, bone_motions, draw_body, skin
from gaitcolor_core.datasets.walkers.gait_style import GaitStyle, draw_style
from gaitcolor_core.datasets.walkers.walk import Walk, walk

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=8, deadline=None)
FPS = 25


def drawn(seed: int) -> tuple[Body, GaitStyle]:
    rng = np.random.default_rng(seed)
    return draw_body(rng), draw_style(rng)


def walking(seed: int, num_frames: int = 60, start_phase: float = 0.3) -> tuple[Body, Walk]:
    body, style = drawn(seed)
    rng = np.random.default_rng([seed, 1])
    moved = walk(body, style, num_frames=num_frames, fps=FPS, start_phase=start_phase, rng=rng)
    return body, moved


def heads(body: Body, moved: Walk) -> dict[str, np.ndarray]:
    rotations, translations = bone_motions(body, moved.pose)
    places = np.einsum("tjab,jb->tja", rotations, body.joints) + translations
    return {bone: places[:, index] for index, bone in enumerate(body.bones)}


@pytest.mark.parametrize("num_frames", [1, 2, 40])
def test_shapes(num_frames: int) -> None:
    body, moved = walking(0, num_frames)
    assert moved.phase.shape == (num_frames,) and moved.planted.shape == (num_frames, 2)
    assert moved.pose.pelvis.shape == (num_frames, 3)
    assert set(moved.pose.turns) <= set(body.bones)
    assert all(turn.shape == (num_frames, 3, 3) for turn in moved.pose.turns.values())


@some
@given(seeds)
def test_turns_are_rotations(seed: int) -> None:
    _, moved = walking(seed)
    for turn in moved.pose.turns.values():
        unit = turn @ turn.transpose(0, 2, 1)
        np.testing.assert_allclose(unit, np.tile(np.eye(3), (len(unit), 1, 1)), atol=1e-9)
        np.testing.assert_allclose(np.linalg.det(turn), 1)


@some
@given(seeds, st.floats(0, 5))
def test_a_walk_begins_at_the_origin_in_the_phase_asked_for(seed: int, start: float) -> None:
    _, moved = walking(seed, start_phase=start)
    assert moved.phase[0] == pytest.approx(start)
    assert moved.pose.pelvis[0, 1] == pytest.approx(0)
    assert (np.diff(moved.phase) > 0).all()
    assert (np.diff(moved.pose.pelvis[:, 1]) < 0).all()


@some
@given(seeds)
def test_nothing_is_more_than_2_cm_below_the_ground_nor_flies(seed: int) -> None:
    body, moved = walking(seed, 40)
    points = skin(body.vertices, body.weights, *bone_motions(body, moved.pose))
    lowest = points[..., 2].min(1)
    assert lowest.min() > -0.02
    assert lowest.max() < 0.02


@some
@given(seeds)
def test_a_foot_or_two_are_on_the_ground(seed: int) -> None:
    _, moved = walking(seed)
    assert moved.planted.any(1).all()
    # Perry and Burnfield (2010): stance is 62 % of the cycle, both feet stand for 24 %
    assert moved.planted.mean() == pytest.approx(0.62, abs=0.08)
    assert moved.planted.all(1).mean() == pytest.approx(0.24, abs=0.1)


@some
@given(seeds)
def test_legs_reach_the_planned_ankles(seed: int) -> None:
    # so the knee is never overstretched, and a flat foot stands still
    body, moved = walking(seed)
    places = heads(body, moved)
    for side, name in enumerate("LR"):
        share = (moved.phase - side / 2) % 1
        flat = np.flatnonzero((share > 0.1) & (share < 0.35))
        pairs = flat[:-1][np.diff(flat) == 1]
        ankle = places[f"foot.{name}"]
        np.testing.assert_allclose(ankle[pairs + 1], ankle[pairs], atol=1e-3)


@some
@given(seeds)
def test_knees_bend_one_way_only(seed: int) -> None:
    body, moved = walking(seed)
    places = heads(body, moved)
    for name in "LR":
        thigh = places[f"shank.{name}"] - places[f"thigh.{name}"]
        shank = places[f"foot.{name}"] - places[f"shank.{name}"]
        # facing -y, a bent knee turns the shank about +x
        assert np.cross(thigh, shank)[:, 0].min() > -1e-3


def test_the_same_seed_is_the_same_walk() -> None:
    (_, one), (_, again), (_, other) = walking(3), walking(3), walking(4)
    np.testing.assert_array_equal(one.pose.pelvis, again.pose.pelvis)
    for bone, turn in one.pose.turns.items():
        np.testing.assert_array_equal(turn, again.pose.turns[bone])
    assert not np.allclose(one.pose.turns["thigh.L"], other.pose.turns["thigh.L"])


def test_no_two_cycles_are_the_same() -> None:
    _, moved = walking(0, 200)
    at = moved.phase[0] + np.arange(5)
    pelvis = np.interp(at, moved.phase, moved.pose.pelvis[:, 1])
    strides = -np.diff(pelvis)
    assert 0 < np.std(strides) / np.mean(strides) < 0.1


@some
@given(seeds)
def test_the_head_is_steady_and_the_walker_upright(seed: int) -> None:
    body, moved = walking(seed)
    places = heads(body, moved)
    # Murray, Drought and Kory (1964): the head rises and falls by about 5 cm
    assert 0.01 < np.ptp(places["head"][:, 2]) < 0.09
    tilt = places["neck"] - places["pelvis"]
    lean_deg = np.degrees(np.arctan2(-tilt[:, 1], tilt[:, 2]))
    assert np.abs(lean_deg).max() < 25
