from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.walkers.body import draw_body
from gaitcolor_core.datasets.walkers.seams import cut
from gaitcolor_core.structures import Float64, Int64


def area(points: Float64, faces: Int64) -> Float64:
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)


@given(st.integers(0, 50), st.floats(0.1, 1.5))
def test_no_edge_crosses_the_line_and_nothing_else_changes(seed: int, height: float) -> None:
    body = draw_body(np.random.default_rng(seed % 4))
    values = body.vertices[:, 2] - height
    mixture, faces = cut(body.faces, values)
    points = mixture @ body.vertices
    assert np.array_equal(points[: len(values)], body.vertices)
    assert np.allclose(mixture.sum(1), 1)
    # A vertex right on the line is left where it is: new ones stop short of it.
    sides = np.sign(np.where(np.abs(mixture @ values) < 1e-3, 0, mixture @ values))[faces]
    assert (np.abs(sides.max(1) - sides.min(1)) < 2).all()
    assert np.allclose(area(points, faces).sum(0), area(body.vertices, body.faces).sum(0))
    assert np.isclose(
        np.linalg.norm(area(points, faces), axis=1).sum(),
        np.linalg.norm(area(body.vertices, body.faces), axis=1).sum(),
    )


def test_a_line_beside_the_mesh_cuts_nothing() -> None:
    faces = np.array([[0, 1, 2]])
    mixture, kept = cut(faces, np.array([1.0, 2.0, 3.0]))
    assert mixture.shape == (3, 3) and np.array_equal(kept, faces)
