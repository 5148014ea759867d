"""Faulty silhouettes: how bad, how different, and how steady over time."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.corruption import FLOOR, corrupt
from gaitcolor_core.structures import Bool, Float64

SIZE = 128


def walk(num_frames: int = 48, speed: float = 0.0) -> Bool:
    """A head, a trunk and two legs that swing, 110 pixels tall."""
    frames = np.zeros((num_frames, SIZE, SIZE), np.uint8)
    for index, frame in enumerate(frames):
        x = int(64 + speed * index)
        swing = int(22 * np.sin(index / 4))
        cv2.circle(frame, (x, 19), 9, 1, -1)
        cv2.ellipse(frame, (x, 50), (12, 26), 0, 0, 360, 1, -1)
        for side in (-1, 1):
            cv2.line(frame, (x, 68), (x + side * swing, 115), 1, 9)
    return frames.astype(bool)


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def overlap(first: Bool, second: Bool) -> Float64:
    common, either = (first & second).sum((1, 2)), (first | second).sum((1, 2))
    return np.asarray(common / either, np.float64)


def change(silhouettes: Bool) -> Float64:
    """Pixels that turn from frame to frame."""
    return np.asarray((silhouettes[1:] ^ silhouettes[:-1]).sum((1, 2)), np.float64)


PERFECT = walk()
FAULTY = [corrupt(PERFECT, rng(seed)) for seed in range(40)]


@pytest.mark.parametrize(
    "silhouettes",
    [
        np.zeros((4, 4), bool),  # one frame alone
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 1, 4, 4), bool),  # with a channel
    ],
)
def test_what_are_no_silhouettes_is_refused(silhouettes: Bool) -> None:
    with pytest.raises(ValueError, match=r"silhouettes must be \(T, S, S\) bool"):
        corrupt(silhouettes, rng(0))


@given(st.integers(0, 2**32 - 1), st.integers(0, 9), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_any_shape_comes_back_and_no_body_vanishes(seed: int, num_frames: int, size: int) -> None:
    dots = rng(seed).uniform(size=(num_frames, size, size)) < rng(seed).uniform()
    faulty = corrupt(dots, rng(seed))
    assert faulty.shape == dots.shape
    assert faulty.dtype == np.bool_
    assert np.array_equal(faulty.any((1, 2)), dots.any((1, 2)))


def test_frames_without_a_body_stay_without_and_do_not_matter() -> None:
    gaps = PERFECT.copy()
    gaps[[0, 7, 30]] = False
    faulty = corrupt(gaps, rng(4))
    assert not faulty[[0, 7, 30]].any()
    assert overlap(faulty[1:7], gaps[1:7]).min() >= FLOOR


def test_the_perfect_ones_stay_as_they_were() -> None:
    assert np.array_equal(PERFECT, walk())


def test_a_seed_gives_one_result_and_another_seed_another() -> None:
    assert np.array_equal(FAULTY[3], corrupt(PERFECT, rng(3)))
    assert len({faulty.tobytes() for faulty in FAULTY}) == len(FAULTY)


def test_sequences_are_mildly_to_badly_incomplete() -> None:
    means = np.array([overlap(faulty, PERFECT).mean() for faulty in FAULTY])
    assert np.mean((means >= 0.6) & (means <= 0.95)) >= 0.9
    assert means.min() >= 0.57
    assert np.quantile(means, 0.8) - np.quantile(means, 0.2) > 0.1
    assert min(overlap(faulty, PERFECT).min() for faulty in FAULTY) >= FLOOR


def test_more_is_missing_than_is_added() -> None:
    missing = np.mean([(PERFECT & ~faulty).sum() for faulty in FAULTY])
    added = np.mean([(faulty & ~PERFECT).sum() for faulty in FAULTY])
    assert missing > 1.5 * added > 0


def test_every_part_of_the_body_fails_now_and_then_and_none_always() -> None:
    lost = np.mean([(PERFECT & ~faulty).sum((0, 2)) for faulty in FAULTY], axis=0)
    share = lost[10:116] / PERFECT.sum((0, 2))[10:116]
    assert share.min() > 0.02
    assert share.max() < 0.6


def test_faults_last() -> None:
    # What appears and goes with a fault is little beside what moves with the gait.
    assert np.mean([change(faulty).mean() for faulty in FAULTY]) < 1.25 * change(PERFECT).mean()
    still = np.repeat(PERFECT[3:4], 40, axis=0)
    area = still[0].sum()
    for seed in range(15):
        turns = change(corrupt(still, rng(seed)))
        assert turns.mean() < 0.1 * area
        assert turns.max() < 0.3 * area


def test_faults_move_with_the_body() -> None:
    still, moving = np.repeat(PERFECT[:1], 30, axis=0), np.repeat(PERFECT[:1], 30, axis=0)
    for frame in range(30):
        moving[frame] = np.roll(still[frame], frame - 15, axis=1)
    for seed in range(8):
        faulty = corrupt(moving, rng(seed))
        held = np.stack([np.roll(frame, 15 - index, axis=1) for index, frame in enumerate(faulty)])
        # Outlines fray in the picture, not on the body; the faults stay put on it.
        assert change(held).mean() < 0.12 * still[0].sum()
