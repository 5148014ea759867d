from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.walkers.body import Body, Pose, bone_motions, draw_body, skin
from gaitcolor_core.datasets.walkers.hem import ANGLES, Hem
from gaitcolor_core.datasets.walkers.hulls import directions, share
from gaitcolor_core.structures import Float64


def turn(degrees: float) -> Float64:
    """About the axis to the left: positive bends a knee, negative lifts a thigh."""
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]]])


@pytest.fixture(scope="module")
def body() -> Body:
    return draw_body(np.random.default_rng(2))


@pytest.fixture(scope="module")
def skirt(body: Body) -> Hem:
    top, knee = body.joint("lumbar")[2] + 0.03, body.joint("shank.L")[2]
    return Hem.around(body, body.vertices, top_m=top, bottom_m=knee + 0.05, ease_m=0.02, flare=0.1)


def posed(body: Body, left: float, right: float, knee: float) -> Pose:
    turns = {"thigh.L": turn(-left), "thigh.R": turn(-right), "shank.R": turn(knee)}
    return Pose(turns, body.joint("pelvis")[None])


def legs_beyond(body: Body, hem: Hem, pose: Pose) -> Float64:
    """How far legs reach out of the tube, m, at each of its levels."""
    motion = bone_motions(body, pose)
    vertices = skin(body.vertices, body.weights, *motion)[0]
    vertices = vertices[share(body, "thigh.L", "thigh.R", "shank.L", "shank.R") > 0.6]
    out, _ = directions(60)
    beyond = []
    for ring in hem.drape(body, *motion)[0].reshape(-1, ANGLES, 3):
        level = vertices[np.abs(vertices[:, 2] - ring[0, 2]) < 0.012, :2]
        reach = (level @ out.T).max(0, initial=-9) - (ring[:, :2] @ out.T).max(0)
        beyond.append(reach.max())
    return np.array(beyond)


@given(st.floats(-20, 25), st.floats(-20, 25), st.floats(0, 30))
@settings(deadline=None)
def test_legs_stay_inside(body: Body, skirt: Hem, left: float, right: float, knee: float) -> None:
    # The first levels come out of what is worn above.
    assert legs_beyond(body, skirt, posed(body, left, right, knee))[3:].max() < 0


def test_it_hangs_from_the_waist_down(body: Body, skirt: Hem) -> None:
    motion = bone_motions(body, posed(body, 0, 0, 0))
    rings = skirt.drape(body, *motion)[0].reshape(-1, ANGLES, 3)
    heights = rings[:, 0, 2]
    assert (np.diff(heights) < 0).all()
    assert np.isclose(heights[0], body.joint("lumbar")[2] + 0.03)
    assert np.isclose(heights[-1], body.joint("shank.L")[2] + 0.05)
    assert rings[-1, :, 0].max() > rings[0, :, 0].max()


def test_it_goes_where_the_pelvis_goes(body: Body, skirt: Hem) -> None:
    still = bone_motions(body, posed(body, 20, -10, 10))
    moved = Pose(
        {
            **posed(body, 20, -10, 10).turns,
            "pelvis": np.array([[[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]]),
        },
        body.joint("pelvis")[None] + [1.0, 2.0, 0.0],
    )
    pelvis = body.joint("pelvis")
    first = skirt.drape(body, *still)[0] - pelvis
    second = skirt.drape(body, *bone_motions(body, moved))[0] - pelvis - [1, 2, 0]
    assert np.allclose(second, np.stack([-first[:, 1], first[:, 0], first[:, 2]], 1), atol=1e-9)


def test_faces_look_outward(body: Body, skirt: Hem) -> None:
    points = skirt.drape(body, *bone_motions(body, posed(body, 0, 0, 0)))[0]
    a, b, c = (points[skirt.faces[:, corner]] for corner in range(3))
    away = (a + b + c) / 3 - body.joint("pelvis")
    normal = np.cross(b - a, c - a)
    assert ((normal[:, :2] * away[:, :2]).sum(1) > 0).mean() > 0.98
