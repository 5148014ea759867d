"""Figures of merit against numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.metrics import MAX_PSNR_DB, psnr, silhouette_iou, ssim_map
from gaitcolor_core.structures import UInt8


def plain(level: int, height: int = 24, width: int = 30) -> UInt8:
    return np.full((height, width, 3), level, np.uint8)


def noise(seed: int) -> UInt8:
    return np.random.default_rng(seed).integers(0, 256, (24, 30, 3), np.uint8)


def test_no_pixel_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="no pixel to compare"):
        psnr(plain(1), plain(1), np.zeros((24, 30), bool))
    with pytest.raises(ValueError, match="no pixel to compare"):
        psnr(np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0, 3), np.uint8))


@pytest.mark.parametrize(
    ("result", "reference", "decibels"),
    [
        (plain(105), plain(100), 34.1514),  # 20 log10(255 / 5)
        (plain(95), plain(100), 34.1514),  # to either side
        (plain(0), plain(255), 0.0),  # as far as can be
        (plain(101), plain(100), 48.1308),  # 20 log10(255)
    ],
)
def test_psnr_by_hand(result: UInt8, reference: UInt8, decibels: float) -> None:
    assert psnr(result, reference) == pytest.approx(decibels, abs=1e-3)
    assert psnr(result.astype(np.float32), reference.astype(np.float32)) == pytest.approx(
        decibels, abs=1e-3
    )


def test_psnr_is_over_the_squared_error() -> None:
    result = plain(100)
    result[:12] = 110  # half of the pixels off by 10: mean squared error 50
    assert psnr(result, plain(100)) == pytest.approx(31.1411, abs=1e-3)


def test_psnr_compares_only_where_asked() -> None:
    result = plain(100)
    result[:12], result[12:] = 105, 0
    where = np.zeros((24, 30), bool)
    where[:12, 3:9] = True
    assert psnr(result, plain(100), where) == pytest.approx(34.1514, abs=1e-3)


def test_psnr_of_equal_pictures_is_a_number() -> None:
    assert psnr(noise(1), noise(1)) == MAX_PSNR_DB == 100
    nearly = plain(100).astype(np.float32)
    nearly[0, 0, 0] += 1e-4
    assert psnr(nearly, plain(100)) == MAX_PSNR_DB


@pytest.mark.parametrize(
    ("first", "second", "similarity"),
    [
        # Flat pictures differ in luminance alone: (2ab + C) / (a^2 + b^2 + C), C = 2.55^2.
        (100, 100, 1.0),
        (100, 50, 0.800104),
        (200, 100, 0.800026),
        (0, 255, 0.0001),
    ],
)
def test_ssim_of_flat_pictures_by_hand(first: int, second: int, similarity: float) -> None:
    found = ssim_map(plain(first), plain(second))
    assert found.shape == (24, 30)
    assert found.dtype == np.float32
    assert found == pytest.approx(similarity, abs=1e-4)


def test_ssim_of_a_picture_and_its_negative_is_negative() -> None:
    checks = ((np.indices((24, 30)).sum(axis=0) % 2) * 120 + 60).astype(np.uint8)
    checks = np.repeat(checks[..., None], 3, axis=-1)
    negative = 240 - checks
    # Same means m and variances v, covariance -v: (C2 - 2v) / (C2 + 2v), C2 = 7.65^2, v = 60^2.
    assert ssim_map(checks, negative)[8:-8, 8:-8] == pytest.approx(-0.98388, abs=2e-3)


def test_ssim_sees_where_pictures_differ() -> None:
    result, reference = noise(1), noise(1)
    result[:, :8] = noise(2)[:, :8]
    similarity = ssim_map(result, reference)
    assert similarity[:, 14:] == pytest.approx(1, abs=1e-4)  # beyond the window's reach of 5
    assert similarity[:, :8].mean() < 0.3


@given(st.integers(0, 1000), st.integers(0, 1000))
@settings(max_examples=8)
def test_ssim_is_symmetric_and_bounded(first: int, second: int) -> None:
    there = ssim_map(noise(first), noise(second))
    assert there == pytest.approx(ssim_map(noise(second), noise(first)), abs=1e-5)
    assert there.min() >= -1 and there.max() <= 1 + 1e-5


def test_silhouette_iou_by_hand() -> None:
    first, second = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert silhouette_iou(first, second) == 1
    first[:2], second[1:3] = True, True
    assert silhouette_iou(first, second) == pytest.approx(1 / 3)
    assert silhouette_iou(first, first) == 1
    assert silhouette_iou(first, ~first) == 0
