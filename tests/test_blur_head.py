"""A blurred head: a few spots of color, all over the head and nowhere else."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import DRAWN_FPS

from gaitcolor_core import GaitAnonymizer, Settings
from gaitcolor_core.imaging import SquareCrop
from gaitcolor_core.stages.blur_head import blur_head, head_region
from gaitcolor_core.structures import Float32, UInt8
from gaitcolor_core.video import VideoReader

# A body of 160 pixels in its gait square: the top of the head is 22 pixels below the square's.
SIDE, HEIGHT, TOP = 200, 160, 22
SQUARE = np.array([0, 0, SIDE, SIDE], np.float32)
CROP = SquareCrop(50, 40, SIDE)


def body(*, lean_px: int = 0, arm: bool = False) -> Float32:
    """A head with a nose on a trunk, leaning to the right, perhaps with an arm above the head."""
    alpha = np.zeros((SIDE, SIDE), np.float32)
    head = (SIDE // 2 + lean_px, TOP + 12)
    cv2.ellipse(alpha, head, (10, 12), 0, 0, 360, 1, cv2.FILLED)
    cv2.circle(alpha, (head[0] + 11, head[1]), 2, 1, cv2.FILLED)
    cv2.line(alpha, (head[0], TOP + 26), (SIDE // 2, TOP + HEIGHT), 1, 30)
    if arm:
        cv2.line(alpha, (SIDE // 2 + 12, TOP + 40), (SIDE // 2 + 20, 2), 1, 6)
    return alpha


def noise(shape: tuple[int, ...] = (300, 300, 3)) -> UInt8:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


@cache
def blurred(**pose: int) -> tuple[UInt8, Float32]:
    """Noise after the head was blurred, cut to the square, and the region."""
    frame, region = noise(), head_region(body(**pose), SQUARE)
    blur_head(frame, CROP, region)
    return CROP.cut(frame), region


@pytest.mark.parametrize("pose", [{}, {"lean_px": 25}, {"arm": True}], ids=str)
def test_the_region_holds_the_head_and_little_else(pose: dict[str, int]) -> None:
    region = head_region(body(**pose), SQUARE)
    assert (region.shape, region.dtype) == ((SIDE, SIDE), np.float32)
    assert 0 <= region.min() and region.max() == 1
    head = body(lean_px=pose.get("lean_px", 0))[: TOP + 25] > 0
    assert (region[: TOP + 25][head] == 1).all()
    # Neither the trunk nor the legs, nor what is far beside the head.
    assert not region[TOP + HEIGHT // 3 :].any()
    assert not region[:, :50].any() and not region[:, 160:].any()


def test_it_fades_out_around_the_head() -> None:
    region = head_region(body(), SQUARE)
    row = region[TOP + 12]
    assert ((0 < row) & (row < 1)).sum() >= 4
    steps = np.abs(np.diff(row))
    assert steps.max() < 0.6


def test_a_few_spots_of_color_are_left_of_a_head() -> None:
    after, region = blurred()
    before = CROP.cut(noise())
    whole = region == 1
    assert after[whole].std() < 0.15 * before[whole].std()
    # As coarse as the picture of four by four spots that it is.
    box = np.s_[TOP : TOP + 24, SIDE // 2 - 10 : SIDE // 2 + 10]
    fine = cv2.Laplacian(after[box].astype(np.float32), cv2.CV_32F)
    assert (
        np.abs(fine).mean()
        < 0.02 * np.abs(cv2.Laplacian(before[box].astype(np.float32), cv2.CV_32F)).mean()
    )


def test_two_faces_of_the_same_mean_colors_become_one() -> None:
    """What was there cannot come back: different pictures have the same result."""
    stripes = np.zeros((300, 300, 3), np.uint8)
    stripes[:, ::2] = 200
    checks = np.zeros((300, 300, 3), np.uint8)
    checks[::2, ::2] = checks[1::2, 1::2] = 200
    region = head_region(body(), SQUARE)
    for frame in (stripes, checks):
        blur_head(frame, CROP, region)
    whole = region == 1
    difference = np.abs(CROP.cut(stripes).astype(int) - CROP.cut(checks))[whole]
    assert difference.max() <= 6


def test_nothing_else_changes() -> None:
    frame, region = noise(), head_region(body(), SQUARE)
    blur_head(frame, CROP, region)
    where = np.zeros(frame.shape[:2], np.float32)
    CROP.paste(where, region)
    assert np.array_equal(frame[where == 0], noise()[where == 0])


@pytest.mark.parametrize("corner", [(-100, -20), (250, 40), (40, 280), (400, 400), (-90, -190)])
def test_a_head_at_the_edge_of_the_picture(corner: tuple[int, int]) -> None:
    crop, region = SquareCrop(*corner, SIDE), head_region(body(), SQUARE)
    frame = noise()
    blur_head(frame, crop, region)
    seen = crop.visible(region, frame.shape)
    changed = (frame != noise()).any(axis=-1)
    assert changed.any() == bool((seen > 0.1).any())


def test_a_body_that_is_not_seen_has_its_head_where_it_should_be() -> None:
    region = head_region(np.zeros((SIDE, SIDE), np.float32), SQUARE)
    assert (region[TOP : TOP + 24, SIDE // 2 - 10 : SIDE // 2 + 10] == 1).all()


def test_a_walker_of_the_result_has_no_face(walker_clip: Path) -> None:
    images = [frame.image for frame in VideoReader(walker_clip)]
    plain, faceless = (
        list(
            GaitAnonymizer(Settings(seed=5, blur_faces=blur), detector="static", device="cpu")
            .anonymize_frames(images, fps=DRAWN_FPS)
        )
        for blur in (False, True)
    )  # fmt: skip
    changed = np.stack([(a != b).any(axis=-1) for a, b in zip(plain, faceless, strict=True)])
    assert changed[5:15].any(axis=(1, 2)).all()
    # The walker is 140 pixels high and stands at 235: the head ends at 120.
    assert changed[5:15, 95:115].any(axis=(1, 2)).all()
    assert not changed[5:15, 140:].any()
