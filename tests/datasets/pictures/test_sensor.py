"""A camera's settings: what each does to a picture, and that none moves it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.pictures.sensor import Sensor
from gaitcolor_core.structures import UInt8


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def flat(level: int, size: int = 128) -> UInt8:
    return np.full((size, size, 3), level, np.uint8)


def edge() -> UInt8:
    """Dark left half, bright right half."""
    image = flat(64, 64)
    image[:, 32:] = 192
    return image


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_every_camera_files_every_size(seed: int, height: int, width: int) -> None:
    frame = rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    seen = Sensor.draw(rng(seed)).expose(frame, rng(seed))
    assert seen.shape == frame.shape
    assert seen.dtype == np.uint8


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((4, 4), np.uint8),  # grey
        np.zeros((4, 4, 4), np.uint8),  # with alpha
        np.zeros((4, 4, 3), np.float32),  # in [0, 1]
    ],
)
def test_what_is_no_frame_is_refused(frame: UInt8) -> None:
    with pytest.raises(ValueError, match=r"frame must be \(H, W, 3\) uint8"):
        Sensor().expose(frame, rng())


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"defocus_px": -1.0}, "must not be negative"),
        ({"sharpening": -0.1}, "must not be negative"),
        ({"exposure": 0.0}, "must be positive"),
        ({"white_balance": (1.0, 0.0, 1.0)}, "must be positive"),
        ({"jpeg_quality": 101}, r"lie in \[1, 100\], got 101"),
    ],
)
def test_what_no_camera_does_is_refused(options: dict[str, float], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Sensor(**options)  # type: ignore[arg-type]


def test_a_perfect_camera_changes_nothing() -> None:
    frame = rng().integers(0, 256, (33, 47, 3), np.uint8)
    assert np.array_equal(Sensor().expose(frame, rng()), frame)


def test_the_frame_handed_in_stays_as_it_was() -> None:
    frame = edge()
    Sensor.draw(rng(3)).expose(frame, rng())
    assert np.array_equal(frame, edge())


def test_the_same_seed_files_the_same_picture_and_the_next_frame_another() -> None:
    first, second = Sensor.draw(rng(1)), Sensor.draw(rng(1))
    assert first == second != Sensor.draw(rng(2))
    stream = rng(5)
    pictures = [first.expose(edge(), stream) for _ in range(2)]
    assert np.array_equal(pictures[0], second.expose(edge(), rng(5)))
    assert not np.array_equal(*pictures)


def test_exposure_is_in_linear_light() -> None:
    # Twice the light: 100 * 2 ** (1 / 2.2) = 137.04 by hand.
    assert (Sensor(exposure=2).expose(flat(100), rng()) == 137).all()
    assert (Sensor(exposure=50).expose(flat(100), rng()) == 255).all()


def test_contrast_turns_about_middle_grey() -> None:
    assert (Sensor(contrast=1.2).expose(flat(227), rng()) == 247).all()
    assert abs(Sensor(contrast=0.5).expose(flat(128), rng()).astype(int) - 128).max() <= 1


def test_white_balance_is_a_factor_on_each_color() -> None:
    warm = Sensor(white_balance=(1.1, 1.0, 0.9)).expose(flat(120), rng())[0, 0]
    assert warm[0] > warm[1] == 120 > warm[2]


@pytest.mark.parametrize("level", [30, 90, 180])
def test_noise_is_shot_and_read_noise_through_the_transfer_curve(level: int) -> None:
    sensor = Sensor(shot_noise=0.002, read_noise=0.004)
    seen = sensor.expose(flat(level), rng()).astype(float).mean(2)
    light = (level / 255) ** 2.2
    slope = light ** (1 / 2.2 - 1) / 2.2 if light > 0.01 else 0.01 ** (1 / 2.2 - 1) / 2.2
    expected = 255 * slope * np.sqrt(0.002 * light + 0.004**2)
    # Rounding to grey levels adds a twelfth to the variance, a few times.
    assert seen.std() == pytest.approx(expected, rel=0.1)
    assert seen.mean() == pytest.approx(level, abs=1)


def test_color_noise_comes_in_blotches() -> None:
    sensor = Sensor(read_noise=0.01, chroma_noise=1.0)
    seen = sensor.expose(flat(128), rng()).astype(float)
    hue = seen[..., 0] - seen[..., 2]
    neighbors = np.corrcoef(hue[:, 0::2].ravel(), hue[:, 1::2].ravel())[0, 1]
    strangers = np.corrcoef(hue[:, 1:-1:2].ravel(), hue[:, 2::2].ravel())[0, 1]
    assert neighbors > 0.8
    assert abs(strangers) < 0.1


def test_blur_is_soft_and_stays_in_place() -> None:
    for sensor in (Sensor(defocus_px=1.5), Sensor(motion_px=(3.0, 0.0))):
        row = sensor.expose(edge(), rng())[10, :, 0].astype(int)
        assert (np.diff(row) >= 0).all()
        assert 3 <= np.count_nonzero((row > 66) & (row < 190)) <= 10
        # The rise is symmetric about the edge between columns 31 and 32.
        assert abs(row + row[::-1] - 256).max() <= 2


def test_a_move_along_an_edge_does_not_blur_it() -> None:
    assert np.array_equal(Sensor(motion_px=(0.0, 3.0)).expose(edge(), rng()), edge())


def test_sharpening_overshoots_on_both_sides() -> None:
    row = Sensor(sharpening=0.8).expose(edge(), rng())[10, :, 0]
    assert row[31] < 60
    assert row[32] > 196
    assert row[5] == 64
    assert row[58] == 192


def test_compression_loses_more_at_a_lower_quality() -> None:
    y, x = np.mgrid[:64, :64]
    pattern = (128 + 60 * np.sin(x * y / 40))[..., None].repeat(3, 2).astype(np.uint8)
    losses = [
        abs(Sensor(jpeg_quality=quality).expose(pattern, rng()).astype(int) - pattern).mean()
        for quality in (95, 70, 30)
    ]
    assert 0 < losses[0] < losses[1] < losses[2] < 20


def test_drawn_cameras_differ_and_stay_near_the_scene() -> None:
    frame = np.hstack([edge(), flat(128, 64)])
    errors = []
    for seed in range(40):
        seen = Sensor.draw(rng(seed)).expose(frame, rng(seed)).astype(float)
        errors.append(abs(seen - frame).mean())
    assert max(errors) < 45
    assert np.std(errors) > 2
