"""Squares cut and pasted back bit by bit, resampling in the right place, outlines at the edges."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.imaging import (
    SquareCrop,
    dilate,
    erode,
    guided_filter,
    pixel_grid,
    resample_square,
    sample,
    soft_mask,
    spread_field,
    to_float01,
    to_uint8,
)
from gaitcolor_core.structures import Bool, UInt8

squares = st.builds(
    SquareCrop, st.integers(-300, 300), st.integers(-300, 300), side=st.integers(1, 120)
)
FRAME_SHAPE = (37, 53)


def noise(*shape: int) -> UInt8:
    return np.random.default_rng(5).integers(0, 256, shape, np.uint8)


def blobs(shift_px: tuple[float, float] = (0, 0)) -> UInt8:
    """A smooth picture `(120, 120)`, moved by a part of a pixel."""
    x, y = np.moveaxis(pixel_grid(120, 120), -1, 0)
    x, y = x - shift_px[0], y - shift_px[1]
    return to_uint8(127 + 60 * np.sin(x / 7) + 60 * np.cos(y / 9 + x / 20))


def disc(radius_px: float, shape: tuple[int, int] = (100, 100)) -> Bool:
    grid = pixel_grid(*shape)
    middle = np.array([shape[1] / 2, shape[0] / 2], np.float32)
    return np.linalg.norm(grid - middle, axis=-1) <= radius_px


@pytest.mark.parametrize("channels", [(), (3,)], ids=["mask", "picture"])
def test_a_crop_is_a_square_of_the_same_type(channels: tuple[int, ...]) -> None:
    patch = SquareCrop(-4, 30, 20).cut(noise(*FRAME_SHAPE, *channels))
    assert patch.shape == (20, 20, *channels)
    assert patch.dtype == np.uint8


@pytest.mark.parametrize("side", [0, -3])
def test_an_empty_square_is_refused(side: int) -> None:
    with pytest.raises(ValueError, match=f"must be positive, got {side}"):
        SquareCrop(0, 0, side)


@given(squares, st.booleans())
def test_paste_undoes_cut(crop: SquareCrop, replicate: bool) -> None:
    frame = noise(*FRAME_SHAPE, 3)
    pasted = frame.copy()
    crop.paste(pasted, crop.cut(frame, replicate=replicate))
    assert np.array_equal(pasted, frame)


@given(squares)
def test_cut_undoes_paste_where_the_frame_is(crop: SquareCrop) -> None:
    frame, patch = noise(*FRAME_SHAPE), noise(crop.side, crop.side)
    before = frame.copy()
    crop.paste(frame, patch)
    inside = crop.cut(np.ones(FRAME_SHAPE, bool))
    assert np.array_equal(crop.cut(frame)[inside], patch[inside])
    untouched = np.ones(FRAME_SHAPE, bool)
    crop.paste(untouched, np.zeros((crop.side, crop.side), bool))
    assert np.array_equal(frame[untouched], before[untouched])


@given(squares)
def test_what_lies_in_the_frame_is_the_overlap_of_two_boxes(crop: SquareCrop) -> None:
    height, width = FRAME_SHAPE
    wide = max(0, min(crop.left + crop.side, width) - max(crop.left, 0))
    tall = max(0, min(crop.top + crop.side, height) - max(crop.top, 0))
    assert crop.cut(np.ones(FRAME_SHAPE, bool)).sum() == wide * tall
    assert (crop.inside(FRAME_SHAPE) is None) == (wide * tall == 0)
    patch = np.zeros((crop.side, crop.side), bool)
    assert crop.visible(patch, FRAME_SHAPE).size == wide * tall


def test_beyond_the_frame_lie_zeros_or_the_edge_again() -> None:
    frame = np.array([[1, 2], [3, 4]], np.uint8)
    crop = SquareCrop(-1, -1, 4)
    assert crop.cut(frame).tolist() == [[0] * 4, [0, 1, 2, 0], [0, 3, 4, 0], [0] * 4]
    edge = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert crop.cut(frame, replicate=True).tolist() == edge
    assert not SquareCrop(9, 9, 4).cut(frame, replicate=True).any()  # no edge to repeat


@pytest.mark.parametrize(
    ("xyxy", "square"),
    [
        ((10, 20, 40, 50), (10, 20, 30)),
        ((10, 20, 20, 50), (0, 20, 30)),  # a tall box: room left and right
        ((10.25, 20.25, 40.25, 50.25), (10, 20, 30)),
        ((10.0, 20.0, 40.4, 50.0), (10, 20, 31)),  # the next whole side
        ((-70, -30, -50, -10), (-70, -30, 20)),  # beyond the frame
        ((5, 5, 5, 5), (5, 5, 1)),  # never empty
    ],
)
def test_square_around_a_box(
    xyxy: tuple[float, float, float, float], square: tuple[int, int, int]
) -> None:
    crop = SquareCrop.around(np.array(xyxy))
    assert (crop.left, crop.top, crop.side) == square


@given(st.tuples(*[st.floats(-50, 50)] * 2), st.tuples(*[st.floats(0.5, 80)] * 2))
def test_a_square_holds_its_box_and_is_centered(
    corner: tuple[float, float], size: tuple[float, float]
) -> None:
    box = np.array([*corner, corner[0] + size[0], corner[1] + size[1]])
    crop = SquareCrop.around(box)
    assert max(size) <= crop.side < max(size) + 1 + 1e-6
    assert crop.left + crop.side / 2 == pytest.approx(box[[0, 2]].mean(), abs=0.5 + 1e-6)
    assert crop.top + crop.side / 2 == pytest.approx(box[[1, 3]].mean(), abs=0.5 + 1e-6)


@pytest.mark.parametrize("side", [16.0, 40.0, 61.3, 96.7], ids=str)
def test_a_constant_stays_constant(side: float) -> None:
    xyxy = np.array([12.4, 9.7, 12.4 + side, 9.7 + side])
    for channels in ((), (3,)):
        picture = np.full((120, 120, *channels), 90, np.uint8)
        reduced = resample_square(picture, xyxy, 32)
        assert reduced.shape == (32, 32, *channels)
        assert reduced.dtype == np.float32
        # The outermost source pixel may mix with the padding of the square.
        assert reduced[2:-2, 2:-2] == pytest.approx(90, abs=0.1)


def test_beyond_the_frame_a_resampled_square_is_zero() -> None:
    reduced = resample_square(np.full((40, 40), 90, np.uint8), np.array([-40, 0, 40, 80.0]), 40)
    assert reduced[1:19, 21:39] == pytest.approx(90, abs=0.1)
    assert not reduced[:, :19].any() and not reduced[21:].any()
    outside = np.array([200, 200, 240, 240.0])
    assert not resample_square(np.full((40, 40), 90, np.uint8), outside, 16).any()


@pytest.mark.parametrize("side", [32.0, 45.5, 64.0, 96.0, 107.4], ids=str)
def test_each_pixel_of_a_resampled_square_shows_its_own_place(side: float) -> None:
    left, top, size = 6.3, 4.8, 32
    x, y = np.moveaxis(pixel_grid(120, 120), -1, 0)
    reduced = resample_square(
        np.stack([x, y], axis=-1), np.array([left, top, left + side, top + side]), size
    )
    middle = (np.arange(size) + 0.5) * side / size - 0.5
    inside = slice(2, -2)
    # The weights are rounded to 1/32 of a pixel of the shrunk picture, 3 px wide at most.
    assert reduced[10, inside, 0] == pytest.approx(left + middle[inside], abs=0.1)
    assert reduced[inside, 10, 1] == pytest.approx(top + middle[inside], abs=0.1)


@pytest.mark.parametrize("shift_px", [(1.0, 0.0), (0.5, 0.25), (-2.3, 1.7)], ids=str)
@pytest.mark.parametrize("side", [48.0, 70.6], ids=str)
def test_a_shifted_picture_gives_a_shifted_crop(shift_px: tuple[float, float], side: float) -> None:
    xyxy = np.array([20.3, 25.6, 20.3 + side, 25.6 + side])
    there = resample_square(blobs(shift_px), xyxy + np.tile(shift_px, 2), 32)
    here = resample_square(blobs(), xyxy, 32)
    error = np.abs(there - here)[2:-2, 2:-2].mean()
    unmoved = np.abs(resample_square(blobs(shift_px), xyxy, 32) - here)[2:-2, 2:-2].mean()
    assert error < 1.0  # grey levels: rounding to uint8 and linear interpolation
    assert unmoved > 2 * error


def test_spreading_keeps_a_linear_ramp() -> None:
    size, xyxy = 32, np.array([10.5, 20.25, 74.5, 84.25])  # 2 px a cell
    crop = SquareCrop(20, 30, 40)
    x, y = np.moveaxis((pixel_grid(size, size) + 0.5) * 2, -1, 0)
    field = np.stack([10.5 + x, 20.25 + y], axis=-1).astype(np.float32)  # where each cell lies
    spread = spread_field(field, xyxy, crop)
    assert spread.shape == (40, 40, 2)
    # The weights are rounded to 1/32 of a cell.
    assert spread == pytest.approx(pixel_grid(40, 40) + np.array([20.5, 30.5]), abs=2 / 32)


def test_spreading_goes_on_at_the_edge() -> None:
    field = np.zeros((8, 8, 2), np.float32)
    field[..., 0] = np.arange(8)
    spread = spread_field(field, np.array([0, 0, 8, 8.0]), SquareCrop(-10, -10, 40))
    assert (spread[:, :10, 0] == 0).all() and (spread[:, 19:, 0] == 7).all()


def test_sampling_at_the_pixels_is_identity() -> None:
    picture = noise(30, 41, 3)
    assert np.array_equal(sample(picture, pixel_grid(30, 41)), picture.astype(np.float32))


def test_sampling_by_hand() -> None:
    picture = np.array([[0, 100], [200, 40]], np.float32)
    at = np.array([[[0.5, 0.0], [0.0, 0.5], [0.5, 0.5], [1.0, 1.0], [9.0, -9.0]]], np.float32)
    assert sample(picture, at)[0].tolist() == [50, 100, 85, 40, 100]


def test_dilate_and_erode_by_hand() -> None:
    point = np.zeros((9, 9), bool)
    point[4, 4] = True
    assert np.flatnonzero(dilate(point, 2)[4]).tolist() == [2, 3, 4, 5, 6]
    assert np.array_equal(erode(dilate(point, 2), 2), point)
    assert erode(np.ones((9, 9), bool), 3).all()  # the border counts as inside


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_guided_filter_keeps_a_constant(level: float) -> None:
    guide = (noise(40, 40) / 255).astype(np.float32)
    filtered = guided_filter(guide, np.full((40, 40), level, np.float32), 4, 1e-3)
    assert filtered == pytest.approx(level, abs=1e-4)


def test_guided_filter_over_a_flat_guide_is_a_blur() -> None:
    step = np.zeros((40, 40), np.float32)
    step[:, 20:] = 1
    filtered = guided_filter(np.full((40, 40), 0.5, np.float32), step, 3, 1e-3)
    assert (np.diff(filtered[20]) >= -1e-6).all()
    assert filtered[20, 19] + filtered[20, 20] == pytest.approx(1, abs=1e-4)
    assert 0.2 < filtered[20, 19] < 0.5


@pytest.mark.parametrize("off_px", [-2, 2], ids=["too small", "too large"])
@pytest.mark.parametrize(
    "colors", [((150, 50, 40), (150, 190, 140)), ((40, 40, 60), (220, 220, 210))]
)
def test_an_outline_moves_to_the_edge_of_the_picture(
    off_px: int, colors: tuple[tuple[int, int, int], ...]
) -> None:
    true = disc(30)
    picture = np.where(true[..., None], np.uint8(colors[0]), np.uint8(colors[1]))
    guess = disc(30 + off_px)
    soft = soft_mask(picture, guess, 6)
    assert soft.min() >= 0 and soft.max() <= 1
    wrong_before, wrong_after = (guess ^ true).sum(), ((soft > 0.5) ^ true).sum()
    assert wrong_after < 0.25 * wrong_before


def test_without_an_edge_an_outline_stays() -> None:
    flat = np.full((100, 100, 3), 128, np.uint8)
    soft = soft_mask(flat, disc(30), 4)
    rim = cv2.morphologyEx(disc(30).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3))) > 0
    assert (((soft > 0.5) ^ disc(30)) <= rim).all()


def test_conversion_by_hand() -> None:
    assert to_uint8(np.array([-3, 0.4, 0.6, 254.7, 300], np.float32)).tolist() == [
        0,
        0,
        1,
        255,
        255,
    ]
    tensor = to_float01(np.full((2, 5, 4, 3), (0, 51, 255), np.uint8))
    assert tuple(tensor.shape) == (2, 3, 5, 4)
    assert tensor[1, :, 0, 0].tolist() == pytest.approx([0, 0.2, 1])
