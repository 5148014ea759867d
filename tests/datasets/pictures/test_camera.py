from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.structures import Float64, InputError

FRONT = Camera((0.0, -4.0, 1.0), (0.0, 0.0, 1.0), 60.0, 640, 480)
coordinates = st.floats(-1.5, 1.5)
points = st.tuples(coordinates, coordinates, coordinates).map(np.array)
cameras = st.builds(
    Camera,
    st.tuples(st.floats(3, 6), coordinates, st.floats(-2, 3)),
    st.tuples(coordinates, coordinates, coordinates),
    st.floats(20, 90),
    st.integers(1, 2000),
    st.integers(1, 2000),
)
boxes = st.tuples(
    st.floats(-500, 500), st.floats(-500, 500), st.floats(4, 900), st.floats(4, 900)
).map(lambda box: np.array([box[0], box[1], box[0] + box[2], box[1] + box[3]]))


def to_picture(matrix: Float64, point: Float64, width: float, height: float) -> Float64:
    """What OpenGL would do with a point, but y down."""
    clip = matrix @ np.append(point, 1)
    return np.array([1 + clip[0] / clip[3], 1 - clip[1] / clip[3]]) / 2 * [width, height]


def test_the_target_is_in_the_middle() -> None:
    pixel, depth = FRONT.project(np.array([0.0, 0.0, 1.0]))
    assert np.allclose(pixel, [320, 240]) and np.isclose(depth, 4)


def test_a_walkers_left_is_on_the_right_of_who_faces_it() -> None:
    pixels, _ = FRONT.project(np.array([[0.1, 0, 1], [0, 0, 1.1]]))
    assert pixels[0, 0] > 320 and np.isclose(pixels[0, 1], 240)
    assert pixels[1, 1] < 240 and np.isclose(pixels[1, 0], 320)


def test_the_field_of_view_spans_the_height() -> None:
    half = 4 * np.tan(np.radians(30))
    pixels, _ = FRONT.project(np.array([[0, 0, 1 + half], [0, 0, 1 - half]]))
    assert np.allclose(pixels[:, 1], [0, 480])


@given(cameras, points)
def test_matrix_and_projection_agree(camera: Camera, point: Float64) -> None:
    pixel, depth = camera.project(point)
    if depth < 0.2:
        return
    drawn = to_picture(camera.matrix(), point, camera.width, camera.height)
    assert np.allclose(drawn, pixel, rtol=1e-6, atol=1e-6)


@given(cameras, points, boxes)
def test_a_crop_is_the_region_of_the_picture(camera: Camera, point: Float64, box: Float64) -> None:
    pixel, depth = camera.project(point)
    if depth < 0.2:
        return
    expected = (pixel - box[:2]) / (box[2:] - box[:2]) * 128
    assert np.allclose(to_picture(camera.crop(box), point, 128, 128), expected, atol=1e-4)


def test_many_crops_at_once() -> None:
    regions = np.array([[0.0, 0, 640, 480], [10, 20, 40, 60]])
    crops = FRONT.crop(regions)
    assert crops.shape == (2, 4, 4) and np.allclose(crops[0], FRONT.matrix())


def test_nearer_is_smaller_in_depth() -> None:
    clip = np.array([[0, -1.0, 1, 1], [0, 1.0, 1, 1]]) @ FRONT.matrix().T
    near, far = clip[:, 2] / clip[:, 3]
    assert -1 < near < far < 1


@pytest.mark.parametrize(
    ("target", "fov_deg", "width", "complaint"),
    [
        ((0.0, 0.0, 0.0), 180.0, 9, "field of view"),
        ((0.0, 0.0, 0.0), 40.0, 0, "no pixel"),
        ((0.0, -4.0, 0.0), 40.0, 9, "straight up or down"),
    ],
)
def test_impossible_cameras(
    target: tuple[float, float, float], fov_deg: float, width: int, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        Camera((0.0, -4.0, 1.0), target, fov_deg, width, 9)
