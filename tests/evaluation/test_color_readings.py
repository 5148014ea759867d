"""Readings of colored walkers: worked by hand, and never better than their bounds."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from colored_sets import SCENERY, clothed
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.evaluation.color_readings import (
    BOUNDED,
    ColoredFrame,
    behind,
    edge_color_distance,
    mean_figures,
    read_frame,
)
from gaitcolor_core.metrics import MAX_PSNR_DB
from gaitcolor_core.structures import Bool, UInt8

SIDE = 128
RED = (200, 30, 10)


def box(left: int, right: int, top: int = 8, bottom: int = 120) -> Bool:
    body = np.zeros((SIDE, SIDE), bool)
    body[top:bottom, left:right] = True
    return body


def plain(body: Bool, color: tuple[int, int, int] = RED) -> UInt8:
    return np.where(body[..., None], np.uint8(color), np.uint8(SCENERY))


def decibels(difference: tuple[int, ...], share: float) -> float:
    """PSNR of a picture in which that share of the pixels is so far off."""
    error = share * float(np.mean(np.square(np.array(difference, np.float64))))
    return 10 * math.log10(255**2 / error)


def test_the_same_walker_is_read_without_fault() -> None:
    body = box(40, 90)
    picture = clothed(body)
    figures = read_frame(ColoredFrame(picture, body, body, picture))
    for reading in ("gait", "masked", "overlap", "gait_bound"):
        assert figures[f"psnr_{reading}"] == MAX_PSNR_DB
        assert figures[f"ssim_{reading}"] == pytest.approx(1, abs=1e-3)
    # The rim of the scenery is guessed, though nothing of it shows behind this walker.
    assert figures["psnr_crop"] == figures["psnr_crop_bound"] > 45
    assert figures["sharpness"] == 1


def test_a_black_body() -> None:
    body = box(40, 90)
    figures = read_frame(ColoredFrame(plain(body), body, body, np.zeros((SIDE, SIDE, 3), np.uint8)))
    for reading in ("gait", "crop", "masked"):
        assert figures[f"psnr_{reading}"] == pytest.approx(decibels(RED, body.mean()), abs=0.01)
        assert figures[f"ssim_{reading}"] < 0.9
    assert figures["psnr_overlap"] == pytest.approx(decibels(RED, 1), abs=1e-3)
    assert figures["edge_color"] == pytest.approx(math.hypot(*RED), abs=1e-3)


def test_a_body_that_shrank_bounds_what_can_be_reached() -> None:
    old, new = box(40, 90), box(40, 80)
    picture = plain(old)
    figures = read_frame(ColoredFrame(picture, old, new, picture))
    lost = (old & ~new).mean()
    wall = tuple(ours - theirs for ours, theirs in zip(RED, SCENERY, strict=True))
    for kind in ("", "_bound"):
        assert figures[f"psnr_gait{kind}"] == pytest.approx(decibels(RED, lost), abs=1e-3)
        # What is behind the walker is guessed.
        assert figures[f"psnr_crop{kind}"] == pytest.approx(decibels(wall, lost), abs=0.1)
    assert figures["psnr_masked"] == figures["psnr_overlap"] == MAX_PSNR_DB


def test_where_a_body_grew_black_and_the_scenery_are_best() -> None:
    """Best under `gait` is what nobody wants: a body that is black where it grew."""
    old, new = box(50, 80), box(40, 90, 4, 124)
    picture = plain(old)
    grown = (new & ~old).mean()
    figures = read_frame(ColoredFrame(picture, old, new, picture))
    assert figures["psnr_gait_bound"] == figures["psnr_crop_bound"] == MAX_PSNR_DB
    assert figures["psnr_gait"] == pytest.approx(decibels(SCENERY, grown), abs=1e-3)
    assert figures["psnr_crop"] == figures["psnr_masked"] == MAX_PSNR_DB
    black = picture * old[..., None]
    assert read_frame(ColoredFrame(picture, old, new, black))["psnr_gait"] == MAX_PSNR_DB


def test_bodies_that_do_not_overlap_have_no_overlap() -> None:
    old, new = box(10, 50), box(70, 110)
    picture = plain(old)
    figures = read_frame(ColoredFrame(picture, old, new, picture))
    assert not {"psnr_overlap", "ssim_overlap", "edge_color"} & figures.keys()
    assert all(math.isfinite(value) for value in figures.values())
    assert edge_color_distance(ColoredFrame(picture, old, new, picture)) is None


def test_what_lies_beyond_the_new_body_does_not_count() -> None:
    old, new = box(40, 90), box(44, 96)
    picture = clothed(old, stripes=True)
    noise = np.random.default_rng(0).integers(0, 256, picture.shape, np.uint8)
    spoiled = np.where(new[..., None], picture, noise)
    expected = read_frame(ColoredFrame(picture, old, new, picture))
    assert read_frame(ColoredFrame(picture, old, new, spoiled)) == expected


def test_half_the_contrast_is_a_quarter_of_the_sharpness() -> None:
    body = box(30, 100)
    stripes = np.where((np.arange(SIDE) // 4 % 2 == 0)[:, None, None], 40, 200)
    picture = np.broadcast_to(stripes, (SIDE, SIDE, 3)).astype(np.uint8)
    figures = read_frame(ColoredFrame(picture, body, body, 60 + picture // 2))
    assert figures["sharpness"] == pytest.approx(0.25)


def test_a_body_without_texture_has_no_sharpness() -> None:
    body = box(30, 100)
    assert "sharpness" not in read_frame(ColoredFrame(plain(body), body, body, plain(body)))


@pytest.mark.parametrize(("rim", "distance"), [(RED, 0), ((170, 70, 10), 50), (SCENERY, 233.45)])
def test_the_rim_is_compared_with_the_inside(rim: tuple[int, int, int], distance: float) -> None:
    old, new = box(46, 82), box(40, 88)
    inside = np.asarray(cv2.erode(new.astype(np.uint8), np.ones((13, 13), np.uint8))) > 0
    output = np.where(inside[..., None], np.uint8(RED), np.uint8(rim))
    # The rim is where the new body grew, and what lies 3 pixels inside its outline at least.
    frame = ColoredFrame(plain(old), old, new, output)
    found = edge_color_distance(frame)
    assert found == pytest.approx(distance, abs=0.02)


def test_the_scenery_goes_on_behind_the_walker_and_the_blurred_rim() -> None:
    body = box(40, 90)
    blurred = np.asarray(cv2.blur(plain(body), (3, 3)), np.uint8)
    assert np.abs(behind(blurred, body) - np.array(SCENERY)).max() < 10


def test_a_mean_is_over_those_that_have_it() -> None:
    rows = [{"a": 1.0, "b": 4.0}, {"a": 2.0}]
    assert mean_figures(rows) == {"a": 1.5, "b": 4.0}
    assert mean_figures([]) == {}


@settings(max_examples=6)
@given(st.integers(0, 1000), st.integers(-20, 20), st.integers(10, 40), st.booleans())
def test_no_colors_are_better_than_the_bound(
    seed: int, shift: int, half_width: int, black: bool
) -> None:
    """Neither the original nor one with some noise, whether black or not where the body grew."""
    old, new = box(40, 88), box(64 + shift - half_width, 64 + shift + half_width)
    rng = np.random.default_rng(seed)
    picture, fault = clothed(old, stripes=True), rng.choice([0, rng.random()])
    noise = rng.integers(0, 256, picture.shape)
    output = ((1 - fault) * picture + fault * noise).astype(np.uint8)
    if black:
        output[~old] = 0
    figures = read_frame(ColoredFrame(picture, old, new, output))
    for name in (f"{measure}_{reading}" for measure in ("psnr", "ssim") for reading in BOUNDED):
        assert figures[name] <= figures[f"{name}_bound"] + 1e-4
