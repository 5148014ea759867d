from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.pictures.silhouette import Silhouettes
from gaitcolor_core.datasets.walkers.body import draw_body
from gaitcolor_core.structures import Bool, Float64, Int64

SIZE = 48
FRONT = Camera((0.0, -4.0, 0.9), (0.0, 0.0, 0.9), 30.0, SIZE, SIZE)
WHOLE = np.array([0.0, 0.0, SIZE, SIZE])


def face_by_face(vertices: Float64, faces: Int64, camera: Camera) -> Bool:
    """The slow way: is the middle of a pixel inside one of the triangles?"""
    pixels, _ = camera.project(vertices)
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    picture = np.zeros((SIZE, SIZE), bool)
    for corners in pixels[faces]:
        signs = []
        for start, end in zip(corners, np.roll(corners, -1, 0), strict=True):
            side = (end[0] - start[0]) * (y - start[1]) - (end[1] - start[1]) * (x - start[0])
            signs.append(side > 0)
        picture |= np.all(signs, 0) | ~np.any(signs, 0)
    return picture


@given(st.integers(0, 1000))
def test_any_triangles_are_drawn_as_if_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vertices = rng.uniform([-1.5, -1, -0.6], [1.5, 1, 2.4], (8, 3))
    faces = np.stack([rng.permutation(8)[:3] for _ in range(6)])
    drawn = Silhouettes(faces).draw(vertices.astype(np.float32), FRONT.matrix()[None], SIZE)[0]
    # Float32 may put a middle that lies right on an edge to the other side.
    assert (drawn != face_by_face(vertices, faces, FRONT)).sum() <= 1


def test_a_body_from_the_front_is_symmetric_and_has_a_bodys_size() -> None:
    body = draw_body(np.random.default_rng(0))
    silhouettes = Silhouettes(body.faces).draw(
        body.vertices.astype(np.float32), FRONT.matrix()[None], SIZE
    )
    assert silhouettes.shape == (1, SIZE, SIZE) and silhouettes.dtype == bool
    assert (silhouettes[0] != silhouettes[0, :, ::-1]).mean() < 0.01
    rows = np.flatnonzero(silhouettes[0].any(1))
    span = FRONT.focal_px / 4 * body.stature_m
    assert abs(len(rows) - span) <= 1.5


def test_views_are_independent_of_each_other() -> None:
    body = draw_body(np.random.default_rng(1))
    boxes = np.array([WHOLE, [10.0, 10, 40, 40], [-20.0, 0, 28, 48]])
    painter, vertices = Silhouettes(body.faces), body.vertices.astype(np.float32)
    together = painter.draw(vertices, FRONT.crop(boxes), SIZE)
    for box, silhouette in zip(boxes, together, strict=True):
        assert (painter.draw(vertices, FRONT.crop(box)[None], SIZE)[0] == silhouette).all()
    # The third region is the first moved by 20 pixels.
    assert (together[0][:, :28] == together[2][:, 20:]).mean() > 0.999


def test_nothing_in_view_is_an_empty_picture() -> None:
    body = draw_body(np.random.default_rng(1))
    aside = FRONT.crop(np.array([[500.0, 0, 548, 48], [-548.0, 0, -500, 48], [0, 500, 48, 548]]))
    painter = Silhouettes(body.faces)
    assert not painter.draw(body.vertices.astype(np.float32), aside, SIZE).any()
