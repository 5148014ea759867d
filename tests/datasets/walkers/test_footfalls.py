from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.walkers.body import Body, draw_body
from gaitcolor_core.datasets.walkers.footfalls import FLAT, HEEL_OFF, TOE_OFF, Footfalls, FootMotion
from gaitcolor_core.datasets.walkers.gait_style import GaitStyle, draw_style

seeds = st.integers(0, 2**32 - 1)
sides = st.sampled_from([0, 1])
some = settings(max_examples=10, deadline=None)
PHASE = np.linspace(0.1, 2.9, 281)


def planned(seed: int) -> tuple[Body, GaitStyle, Footfalls]:
    rng = np.random.default_rng(seed)
    body, style = draw_body(rng), draw_style(rng)
    return body, style, Footfalls(body, style, PHASE[-1], rng)


def heel_and_ball(body: Body, side: int, foot: FootMotion) -> tuple[np.ndarray, np.ndarray]:
    """Where the ends of the sole are, `(T, 2)` m forward and up."""
    name = "LR"[side]
    ankle, toe = body.joint(f"foot.{name}"), body.joint(f"toes.{name}")
    sine, cosine = np.sin(foot.pitch), np.cos(foot.pitch)
    ends = []
    for back in (0.28 * (ankle[1] - toe[1]), toe[1] - ankle[1]):
        # turned about the ankle, heel up
        ahead = -foot.ankle[:, 1] - cosine * back - sine * ankle[2]
        ends.append(np.stack([ahead, foot.ankle[:, 2] + sine * back - cosine * ankle[2]], 1))
    return ends[0], ends[1]


@some
@given(seeds, sides)
def test_a_flat_foot_stands_still(seed: int, side: int) -> None:
    body, _, way = planned(seed)
    foot = way.foot(side, PHASE)
    flat = (foot.share > FLAT) & (foot.share < HEEL_OFF)
    step = np.floor(PHASE - side / 2)
    for number in np.unique(step[flat]):
        still = foot.ankle[flat & (step == number)]
        np.testing.assert_allclose(still, still[:1].repeat(len(still), 0), atol=1e-9)
        np.testing.assert_allclose(still[:, 2], body.joint(f"foot.{'LR'[side]}")[2])
    np.testing.assert_allclose(foot.pitch[flat], 0, atol=1e-9)
    np.testing.assert_allclose(foot.toes[flat], 0, atol=1e-9)


@some
@given(seeds, sides)
def test_the_heel_stays_where_it_lands(seed: int, side: int) -> None:
    body, _, way = planned(seed)
    foot = way.foot(side, PHASE)
    heel, _ = heel_and_ball(body, side, foot)
    step = np.floor(PHASE - side / 2)
    landing = foot.share < FLAT
    assert (foot.pitch[landing] <= 1e-9).all()
    for number in np.unique(step[landing]):
        still = heel[landing & (step == number)]
        np.testing.assert_allclose(still, still[:1].repeat(len(still), 0), atol=1e-9)
        np.testing.assert_allclose(still[:, 1], 0, atol=1e-9)


@some
@given(seeds, sides)
def test_a_swinging_foot_does_not_drag(seed: int, side: int) -> None:
    body, _, way = planned(seed)
    foot = way.foot(side, PHASE)
    swinging = foot.share > TOE_OFF
    for end in heel_and_ball(body, side, foot):
        assert end[swinging, 1].min() > -1e-9


@some
@given(seeds, sides)
def test_a_foot_never_jumps_and_never_goes_back_far(seed: int, side: int) -> None:
    body, style, way = planned(seed)
    forward = -way.foot(side, PHASE).ankle[:, 1]
    # in a hundredth of a cycle: a swinging foot is up to five times as fast as the walker
    assert np.diff(forward).max() < 0.05 * style.stride_ratio * body.stature_m
    assert np.diff(forward).min() > -0.005


@some
@given(seeds)
def test_steps_are_as_long_as_the_style_wants(seed: int) -> None:
    body, style, way = planned(seed)
    stride = style.stride_ratio * body.stature_m
    for side in (0, 1):
        flat = way.foot(side, np.array([0.2, 1.2, 2.2]) + side / 2).ankle[:, 1]
        np.testing.assert_allclose(-np.diff(flat), stride, rtol=0.1)


@some
@given(seeds)
def test_feet_stand_side_by_side(seed: int) -> None:
    body, style, way = planned(seed)
    left, right = (way.foot(side, PHASE).ankle[:, 0] for side in (0, 1))
    width = style.step_width_ratio * body.stature_m
    assert (left > 0).all() and (right < 0).all()
    np.testing.assert_allclose((left - right).mean(), width, rtol=0.1)


@some
@given(seeds)
def test_the_pelvis_moves_on_at_an_even_pace(seed: int) -> None:
    body, style, way = planned(seed)
    pace = np.diff(way.progress(PHASE)) / np.diff(PHASE)
    stride = style.stride_ratio * body.stature_m
    np.testing.assert_allclose(pace, stride, rtol=0.3)
