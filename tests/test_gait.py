"""Gait measured on drawn walkers whose cadence, height and place are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from drawn_walkers import Walker, WalkerStyle, render_frames
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.cycles import gait_period, gait_phase, leg_spread
from gaitcolor_core.gait import (
    SILHOUETTE_SIZE,
    align,
    align_silhouette,
    body_lines,
    gait_energy_image,
    gei_distance,
    smooth_trajectory,
)
from gaitcolor_core.structures import Bool, GaitSequence, PackedMask, Track

FPS = 25.0
FRAME_SHAPE = (190, 420)
STATURE_PX, GROUND_PX = 150, 180


def track_of(masks: list[Bool]) -> Track:
    packed = tuple(PackedMask.pack(mask) for mask in masks)
    return Track(
        track_id=1,
        frame_ids=np.arange(len(packed)),
        xyxy=np.array([mask.xyxy for mask in packed], np.float32),
        masks=packed,
        interpolated=np.zeros(len(packed), bool),
    )


def walker_track(
    *, cadence_hz: float = 0.95, num_frames: int = 75, start_x_px: float = 60, **style: float
) -> Track:
    walker = Walker(
        WalkerStyle(stature_px=STATURE_PX, cadence_hz=cadence_hz, **style),  # type: ignore[arg-type]
        start_x_px,
        GROUND_PX,
    )
    height, width = FRAME_SHAPE
    clip = render_frames([walker], width=width, height=height, num_frames=num_frames, fps=FPS)
    return track_of([frame.masks[0] for frame in clip])


def gait_of(track: Track) -> GaitSequence:
    return align(track, frame_shape=FRAME_SHAPE, fps=FPS)


@pytest.fixture(scope="module")
def walker() -> Track:
    return walker_track()


@pytest.fixture(scope="module")
def gait(walker: Track) -> GaitSequence:
    return gait_of(walker)


def person(scale: float = 1.0) -> Bool:
    """A head, a trunk and two legs, `80 * scale` pixels tall, in a large picture."""
    canvas = np.zeros((400, 400), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(200 + scale * x), round(40 + scale * y)

    cv2.rectangle(canvas, at(-6, 0), at(6, 14), 1, -1)
    cv2.rectangle(canvas, at(-9, 14), at(9, 44), 1, -1)
    cv2.fillPoly(canvas, [np.array([at(0, 40), at(-18, 80), at(-10, 80), at(6, 40)])], 1)
    cv2.fillPoly(canvas, [np.array([at(-4, 40), at(12, 80), at(20, 80), at(8, 40)])], 1)
    return canvas.astype(bool)


def test_sequence_shapes(walker: Track, gait: GaitSequence) -> None:
    count = len(walker.frame_ids)
    assert gait.silhouettes.shape == (count, 1, SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    assert gait.silhouettes.dtype == np.bool_
    assert gait.xyxy.shape == (count, 4)
    assert np.array_equal(gait.frame_ids, walker.frame_ids)


def test_one_frame_and_an_empty_mask() -> None:
    mask = np.zeros(FRAME_SHAPE, bool)
    mask[20:120, 100:140] = True
    alone = gait_of(track_of([mask]))
    assert alone.silhouettes.any()
    vanished = track_of([mask, mask, np.zeros_like(mask), mask])
    assert np.isfinite(gait_of(vanished).xyxy).all()


def test_squares_hold_the_walker(walker: Track, gait: GaitSequence) -> None:
    for mask, square in zip(walker.masks, gait.xyxy, strict=True):
        left, top, right, bottom = mask.xyxy
        assert square[0] <= left and square[1] <= top
        assert square[2] >= right and square[3] >= bottom
    width, height = (gait.xyxy[:, 2:] - gait.xyxy[:, :2]).T
    assert width == pytest.approx(height, abs=1e-2)


def test_squares_follow_smoothly(gait: GaitSequence) -> None:
    # The walker's speed is constant; its limbs must not shake the square.
    center = gait.xyxy[:, [0, 2]].mean(axis=1)
    assert np.abs(np.diff(center, n=2)).max() < 0.001 * STATURE_PX
    side = gait.xyxy[:, 2] - gait.xyxy[:, 0]
    assert np.ptp(side) < 0.06 * side.mean()


def test_silhouettes_keep_their_area(walker: Track, gait: GaitSequence) -> None:
    scale = SILHOUETTE_SIZE / (gait.xyxy[:, 2] - gait.xyxy[:, 0])
    areas = np.array([mask.unpack().sum() for mask in walker.masks]) * scale**2
    assert gait.silhouettes.sum(axis=(1, 2, 3)) == pytest.approx(areas, rel=0.05)


def test_body_lines_by_hand() -> None:
    mask = np.zeros(FRAME_SHAPE, bool)
    mask[20:120, 100:140] = True
    axis, top, ground = body_lines(track_of([mask] * 10), frame_shape=FRAME_SHAPE, fps=FPS)
    assert axis == pytest.approx(120)
    assert top == pytest.approx(20)
    assert ground == pytest.approx(120)


@pytest.mark.parametrize("step_px", [-1, 1], ids=["at the top", "at the bottom"])
def test_a_body_cut_off_by_the_picture_keeps_its_height(walker: Track, step_px: int) -> None:
    """A walker slips out of the picture, at the top or at the bottom, by a fifth of the body."""
    height, width = FRAME_SHAPE
    room = 60  # around the picture, so that nothing is cut off
    whole, cut = [], []
    for frame_id, mask in enumerate(walker.masks):
        canvas = np.zeros((height + 2 * room, width), bool)
        mask.paint(canvas, (0, -room - step_px * min(max(frame_id - 20, 0), 40)))
        whole.append(canvas)
        cut.append(canvas[room:-room])
    _, top, ground = body_lines(track_of(whole), frame_shape=whole[0].shape, fps=FPS)
    _, cut_top, cut_ground = body_lines(track_of(cut), frame_shape=FRAME_SHAPE, fps=FPS)
    assert min(top) < room or max(ground) > room + height
    assert cut_top == pytest.approx(top - room, abs=0.03 * STATURE_PX)
    assert cut_ground == pytest.approx(ground - room, abs=0.03 * STATURE_PX)


@given(st.integers(2, 40), st.floats(-5, 5), st.floats(-100, 100), st.floats(0.5, 8), st.randoms())
def test_smoothing_keeps_straight_lines(
    count: int, slope: float, start: float, sigma: float, random: object
) -> None:
    times = np.cumsum([random.randint(1, 4) for _ in range(count)])  # type: ignore[attr-defined]
    weights = np.array([random.uniform(0.1, 1) for _ in range(count)])  # type: ignore[attr-defined]
    line = start + slope * times
    assert smooth_trajectory(times, line, weights, sigma) == pytest.approx(line, abs=1e-3)


def test_smoothing_does_not_trust_outliers_without_weight() -> None:
    values, weights = np.zeros(30), np.ones(30)
    values[15], weights[15] = 1000, 1e-9
    assert smooth_trajectory(np.arange(30), values, weights, 3.0) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    "cadence_hz",
    [
        0.82,  # 30.5 frames a cycle
        1.05,  # 23.8
        1.3,  # 19.2; two of these steps are no longer than one of a slow walker
    ],
)
def test_period_of_a_drawn_walker(cadence_hz: float) -> None:
    sequence = gait_of(walker_track(cadence_hz=cadence_hz, num_frames=80, stride_ratio=0.6))
    assert gait_period(sequence.silhouettes, fps=FPS) == pytest.approx(FPS / cadence_hz, abs=1)


def test_period_needs_a_gait() -> None:
    standing = np.tile(person()[None, None, ::4, ::4], (60, 1, 1, 1))
    assert gait_period(standing, fps=FPS) is None
    nobody = np.zeros((60, 1, 32, 32), bool)
    assert gait_period(nobody, fps=FPS) is None


@pytest.mark.parametrize("count", [0, 1, 8])
def test_period_needs_a_cycle(gait: GaitSequence, count: int) -> None:
    assert gait_period(gait.silhouettes[:count], fps=FPS) is None


def test_phase_rises_by_one_a_cycle(gait: GaitSequence) -> None:
    period = FPS / 0.95
    phase = gait_phase(gait.silhouettes, period)
    assert ((phase >= 0) & (phase < 1)).all()
    risen = np.unwrap(phase, period=1)
    inner = slice(8, -8)  # at the ends the window sees half a cycle only
    assert np.polyfit(np.arange(len(phase))[inner], risen[inner], 1)[0] == pytest.approx(
        1 / period, rel=0.03
    )
    assert (np.diff(risen) > 0).all()


def test_legs_are_apart_at_phase_zero_and_half(gait: GaitSequence) -> None:
    spread = leg_spread(gait.silhouettes)
    phase = gait_phase(gait.silhouettes, FPS / 0.95)
    to_step = np.abs((2 * phase + 0.5) % 1 - 0.5)  # 0 where the legs should be widest apart
    assert spread[to_step < 0.1].mean() > spread.mean() > spread[to_step > 0.4].mean()


def test_leg_spread_by_hand() -> None:
    silhouettes = np.zeros((2, 1, 40, 40), bool)
    silhouettes[0, 0, :, 20] = True  # a post
    silhouettes[1, 0, :20, 20] = True
    silhouettes[1, 0, 20:, [10, 30]] = True  # two posts, 10 to either side, in 40 rows
    assert leg_spread(silhouettes) == pytest.approx([0, 10 / 40], abs=0.01)


def test_aligned_silhouette_fills_the_height_and_is_centered() -> None:
    aligned = align_silhouette(person())
    assert aligned.shape == (SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    assert aligned.dtype == np.float32
    assert 0 <= aligned.min() and aligned.max() <= 1
    assert aligned[1].any() and aligned[-2].any()
    center = (aligned.sum(axis=0) @ np.arange(SILHOUETTE_SIZE)) / aligned.sum()
    assert center == pytest.approx((SILHOUETTE_SIZE - 1) / 2, abs=0.5)


@pytest.mark.parametrize("shift", [(0, 7), (-35, 0), (120, -60)])
def test_alignment_does_not_depend_on_the_place(shift: tuple[int, int]) -> None:
    moved = np.roll(person(), shift, axis=(0, 1))
    assert align_silhouette(moved) == pytest.approx(align_silhouette(person()), abs=1e-5)


@pytest.mark.parametrize("scale", [1.5, 2.0, 4.0])
def test_alignment_does_not_depend_on_the_size(scale: float) -> None:
    small, large = align_silhouette(person()), align_silhouette(person(scale))
    # Only the staircase along the outline, a pixel of the small one, may differ.
    assert np.abs(small - large).sum() / small.sum() < 0.1


def test_alignment_refuses_nobody() -> None:
    with pytest.raises(ValueError, match="empty"):
        align_silhouette(np.zeros((9, 9), bool))
    with pytest.raises(ValueError, match="no silhouette"):
        gait_energy_image(np.zeros((3, 1, 9, 9), bool))


def test_gei_is_the_mean_of_those_who_show() -> None:
    walk = np.stack([person(), np.roll(person(), 40, axis=1), np.zeros((400, 400), bool)])
    gei = gait_energy_image(walk[:, None])
    assert gei == pytest.approx(align_silhouette(person()), abs=1e-5)


def test_gei_distance(gait: GaitSequence) -> None:
    gei = gait_energy_image(gait.silhouettes)
    assert gei_distance(gei, gei) == 0
    other = gait_of(walker_track(stride_ratio=0.6, build=1.15, start_x_px=80))
    elsewhere = gait_of(walker_track(start_x_px=90))
    stranger = gei_distance(gei, gait_energy_image(other.silhouettes))
    same = gei_distance(gei, gait_energy_image(elsewhere.silhouettes))
    assert stranger > 3 * same


def test_gei_distance_by_hand() -> None:
    first, second = np.zeros((2, 2), np.float32), np.array([[0, 1], [1, 0]], np.float32)
    assert gei_distance(first, second) == pytest.approx(2**0.5)
