from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.walkers.hulls import ABSENT_M, supports, traced
from gaitcolor_core.datasets.walkers.mesh import incidence, normals, openness, solid, tube
from gaitcolor_core.structures import Float64, Int64


def volume(vertices: Float64, faces: Int64) -> float:
    """Positive where faces look outward."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return float((np.cross(a, b) * c).sum() / 6)


def outward(vertices: Float64, faces: Int64) -> Float64:
    corners = incidence(faces, len(vertices))
    return normals(vertices[None].astype(np.float32), faces, corners)[0].astype(np.float64)


def test_a_ball_has_a_balls_volume_and_normals() -> None:
    ball, faces = solid(np.zeros(3), np.ones(3), roundness=1.0, rows=40, columns=60)
    assert np.isclose(volume(ball, faces), 4 / 3 * np.pi, rtol=0.02)
    assert ((outward(ball, faces) * ball).sum(1)[60:-60] > 0.99).all()


@given(st.floats(0.2, 1.0))
def test_solids_lie_between_a_ball_and_its_box(roundness: float) -> None:
    shape, faces = solid(np.zeros(3), np.array([1.0, 2.0, 3.0]), roundness=roundness)
    assert 0.9 * 8 * np.pi < volume(shape, faces) < 48 + 1e-9
    assert (np.abs(shape) <= np.array([1, 2, 3]) + 1e-9).all()


@pytest.mark.parametrize("end", [[0, 0, 1.0], [0.3, -1.0, 0.2], [1.0, 0, 0]])
def test_a_tube_is_as_thick_as_it_is_drawn(end: list[float]) -> None:
    path = np.linspace([0.0, 0, 0], end, 30)
    points, faces = tube(path, np.full(30, 0.1), columns=24)
    radii = np.linalg.norm(points.reshape(30, 24, 3) - path[:, None], axis=-1)
    assert np.allclose(radii, 0.1)
    away = points - np.repeat(path, 24, 0)
    assert ((outward(points, faces) * away).sum(1) > 0.09).all()


def test_two_walls_shade_each_other() -> None:
    apart = {}
    for gap in (0.1, 1.5):
        one, faces = solid(np.zeros(3), np.array([0.02, 0.5, 0.5]), roundness=0.2, rows=30)
        other, more = solid(
            np.array([gap + 0.04, 0, 0]), np.array([0.02, 0.5, 0.5]), roundness=0.2, rows=30
        )
        points = np.concatenate([one, other])
        both = np.concatenate([faces, more + len(one)])
        unit = outward(points, both)
        seen = openness(points, unit, both)
        inner = (unit[: len(one), 0] > 0.9) & (np.abs(one[:, 1:]).max(1) < 0.4)
        apart[gap] = seen[: len(one)][inner].mean()
        assert (seen >= 0).all() and (seen <= 1).all()
    assert apart[0.1] < 0.7 * apart[1.5]


@given(st.floats(0.1, 1.0), st.floats(0.1, 1.0))
def test_an_ellipse_is_traced_from_its_support(width: float, depth: float) -> None:
    angle = np.arange(400) * 2 * np.pi / 400
    reach = np.hypot(width * np.cos(angle), depth * np.sin(angle))
    points = traced(reach)
    assert np.allclose(((points / [width, depth]) ** 2).sum(1), 1, atol=0.01)


def test_slices_reach_as_far_as_the_surface() -> None:
    points, _ = tube(np.linspace([0.2, 0, 0], [0.2, 0, 1.0], 60), np.full(60, 0.1), columns=60)
    heights = np.array([0.5, 3.0])
    reach = supports(points, np.zeros((2, 2)), heights, angles=4, reach_m=0.05, slope=0.4)
    assert np.allclose(reach[0], [0.3, 0.1, -0.1, 0.1], atol=0.01)
    assert (reach[1] == ABSENT_M).all()
