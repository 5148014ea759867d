from __future__ import annotations

import numpy as np
import pytest

from gaitcolor_core.datasets.gait_set import VIEWS
from gaitcolor_core.datasets.subject import (
    CYCLES,
    DISTANCE_M,
    FPS,
    HEIGHT,
    OFFSET_M,
    WIDTH,
    Subject,
    Take,
    draw_subject,
    film,
    ring,
    squares,
)
from gaitcolor_core.structures import Float32


@pytest.fixture(scope="module")
def subject() -> Subject:
    return draw_subject(0, 1)


@pytest.fixture(scope="module")
def take(subject: Subject) -> Take:
    return film(subject, "nm", 1, seed=0)


@pytest.fixture(scope="module")
def vertices(take: Take) -> Float32:
    return take.figure.outline(take.pose, take.phase)


def test_seed_and_number_tell_who_it_is(subject: Subject) -> None:
    again, next_one, elsewhere = draw_subject(0, 1), draw_subject(0, 2), draw_subject(1, 1)
    assert again.style == subject.style
    assert again.body.stature_m == subject.body.stature_m
    for other in (next_one, elsewhere):
        assert other.style != subject.style
        assert other.body.stature_m != subject.body.stature_m


def test_every_other_subject_wears_patterns() -> None:
    assert [draw_subject(0, number).textural for number in range(1, 5)] == [False, True] * 2


def test_a_walk_repeats_from_the_seed(subject: Subject, take: Take, vertices: Float32) -> None:
    again = film(subject, "nm", 1, seed=0)
    np.testing.assert_array_equal(again.phase, take.phase)
    np.testing.assert_array_equal(again.figure.outline(again.pose, again.phase), vertices)


def test_walks_of_a_subject_differ_less_than_those_of_two(subject: Subject, take: Take) -> None:
    def cadence(walk: Take) -> float:
        return float(np.diff(walk.phase).mean() * FPS)

    own = [cadence(film(subject, "nm", number, seed=0)) for number in range(1, 5)]
    others = [cadence(film(draw_subject(0, n), "nm", 1, seed=0)) for n in range(2, 6)]
    assert len(set(own)) == len(own)
    assert np.std(own) < np.std(others)


def test_a_walk_takes_one_cycle_and_a_half(take: Take) -> None:
    # planned with the usual cadence, of which a walk keeps to within some percent
    assert take.phase[-1] - take.phase[0] == pytest.approx(CYCLES, abs=0.15)
    assert (np.diff(take.phase) > 0).all()


def test_the_middle_of_a_walk_is_before_all_cameras(take: Take) -> None:
    pelvis = take.pose.pelvis
    middle = pelvis[len(pelvis) // 2]
    assert abs(middle[1]) < 1e-9
    assert abs(middle[0]) < 4 * OFFSET_M
    # it walks towards -y
    assert pelvis[0, 1] > 0.5 and pelvis[-1, 1] < -0.5


@pytest.mark.parametrize("condition", ["bg", "cl"])
def test_bag_and_coat_are_put_on(subject: Subject, take: Take, condition: str) -> None:
    dressed = film(subject, condition, 1, seed=0).figure
    assert len(dressed.faces) > len(take.figure.faces)


def test_a_ring_of_cameras_looks_at_the_walker(take: Take) -> None:
    cameras = ring()
    assert len(cameras) == len(VIEWS)
    spots = np.array([camera.position for camera in cameras])
    np.testing.assert_allclose(np.hypot(*spots[:, :2].T), DISTANCE_M)
    front, side, back = (spots[VIEWS.index(view), :2] for view in (0, 90, 180))
    first, last = take.pose.pelvis[[0, -1], :2]
    # 0 sees it come, 180 sees it go, 90 has its left side (+x) before it
    assert np.linalg.norm(last - front) < np.linalg.norm(first - front) - 1
    assert np.linalg.norm(last - back) > np.linalg.norm(first - back) + 1
    assert side[0] == pytest.approx(DISTANCE_M)


def test_squares_hold_the_walker_and_are_in_the_picture(vertices: Float32) -> None:
    for camera in ring():
        boxes = squares(vertices, camera)
        sides = boxes[:, 2:] - boxes[:, :2]
        np.testing.assert_allclose(sides[:, 0], sides[:, 1])
        pixels = camera.project(vertices.astype(np.float64))[0]
        assert (pixels >= boxes[:, None, :2] - 1e-9).all()
        assert (pixels <= boxes[:, None, 2:] + 1e-9).all()
        reach = (pixels.max(1) - pixels.min(1)).max(1)
        np.testing.assert_allclose(sides[:, 0], reach)
        assert pixels.min() > 0
        assert pixels[..., 0].max() < WIDTH and pixels[..., 1].max() < HEIGHT
