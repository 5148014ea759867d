"""Another walk: as far away as asked for, in the same phase, of a body that could be a person's."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from test_gait import FPS, gait_of, person, track_of, walker_track

from gaitcolor_core.body import BodyDraw, BodyLimits
from gaitcolor_core.cycles import gait_period, gait_phase
from gaitcolor_core.deformation import DeformedGait, step_openings
from gaitcolor_core.gait import (
    HEAD_ROOM,
    SILHOUETTE_SIZE,
    SQUARE_PER_HEIGHT,
    gait_energy_image,
    gei_distance,
)
from gaitcolor_core.girth import leg_radius
from gaitcolor_core.imaging import pixel_grid, sample
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.stages.anonymize_shape import Deform
from gaitcolor_core.structures import Bool, Float32, Float64, GaitSequence

PERIOD = FPS / 0.95
SEEDS = (0, 1, 3)


@cache
def original() -> GaitSequence:
    return gait_of(walker_track(num_frames=54))


@cache
def other_walk(seed: int, strength: float = 0.7) -> DeformedGait:
    return Deform().anonymize(
        original(), fps=FPS, strength=strength, generator=np.random.default_rng(seed)
    )


@cache
def new_silhouettes(seed: int, strength: float = 0.7) -> Bool:
    return other_walk(seed, strength).sequence.silhouettes


def gei_change(first: Bool, second: Bool) -> float:
    return gei_distance(gait_energy_image(first), gait_energy_image(second))


def row_of(height: float) -> int:
    """The row of the square at a height above the ground, in statures."""
    return round((1 + HEAD_ROOM - height) / SQUARE_PER_HEIGHT * SILHOUETTE_SIZE)


def phase_difference(first: Bool, second: Bool) -> Float32:
    """In cycles, `(T,)` in [0, 0.5]."""
    apart = gait_phase(first, PERIOD) - gait_phase(second, PERIOD)
    return np.abs((apart + 0.5) % 1 - 0.5)


def steadiness(silhouettes: Bool) -> list[float]:
    """How well each frame agrees with the next one."""
    frames = silhouettes[:, 0]
    return [silhouette_iou(now, later) for now, later in pairwise(frames)]


@pytest.mark.parametrize("seed", SEEDS)
def test_frames_and_squares_stay(seed: int) -> None:
    old, new = original(), other_walk(seed).sequence
    assert new.track_id == old.track_id
    assert np.array_equal(new.frame_ids, old.frame_ids)
    assert np.array_equal(new.xyxy, old.xyxy)
    assert new.silhouettes.shape == old.silhouettes.shape
    assert new.silhouettes.dtype == np.bool_
    guide = other_walk(seed).inverse_map(0)
    assert guide.shape == (SILHOUETTE_SIZE, SILHOUETTE_SIZE, 2)
    assert guide.dtype == np.float32


@pytest.mark.parametrize("seed", SEEDS)
def test_strength_zero_changes_nothing(seed: int) -> None:
    assert np.array_equal(new_silhouettes(seed, 0.0), original().silhouettes)
    assert np.abs(other_walk(seed, 0.0).inverse_map(7)).max() < 1e-6


def test_more_strength_moves_farther() -> None:
    """Draws differ, so on average over some of them."""
    moved = [
        np.mean([gei_change(new_silhouettes(seed, it), original().silhouettes) for seed in SEEDS])
        for it in (0.0, 0.4, 0.7, 1.0)
    ]
    assert moved == sorted(set(moved))
    # Two different men walking alike are 11 to 20 apart.
    assert moved[-1] > 14


def test_a_key_repeats_its_draw() -> None:
    again = Deform().anonymize(
        original(), fps=FPS, strength=0.7, generator=np.random.default_rng(2)
    )
    assert np.array_equal(again.sequence.silhouettes, new_silhouettes(2))
    assert np.array_equal(again.inverse_map(11), other_walk(2).inverse_map(11))


def test_draws_of_one_walker_do_not_match_each_other() -> None:
    distances = [
        gei_change(new_silhouettes(first), new_silhouettes(second))
        for first in SEEDS
        for second in SEEDS
        if first < second
    ]
    # Two walks of one person are 3 to 8 apart, different people 9 to 23.
    assert min(distances) > 6
    assert np.mean(distances) > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_head_keeps_its_form_and_the_crown_its_place(seed: int) -> None:
    # A smaller head ends higher.
    head = slice(row_of(0.97), row_of(0.915))
    axis = slice(60, 68)
    positions = pixel_grid(SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    positions = positions + SILHOUETTE_SIZE * other_walk(seed).inverse_map(20)
    # Pixels of the old head a pixel of the new one, across and along.
    across = np.diff(positions[head, axis, 0], axis=1)
    along = np.diff(positions[head, axis, 1], axis=0)
    assert np.ptp(across) < 0.02 and np.ptp(along) < 0.05
    assert across.mean() == pytest.approx(along.mean(), abs=0.02)
    assert 0.88 < across.mean() < 1.12
    for old, new in zip(original().silhouettes[:, 0], new_silhouettes(seed)[:, 0], strict=True):
        crowns = [np.flatnonzero(mask.any(axis=1))[0] for mask in (old, new)]
        assert abs(int(crowns[0]) - int(crowns[1])) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_feet_stay_on_the_ground(seed: int) -> None:
    for old, new in zip(original().silhouettes[:, 0], new_silhouettes(seed)[:, 0], strict=True):
        lowest_old, lowest_new = (np.flatnonzero(mask.any(axis=1))[-1] for mask in (old, new))
        assert abs(int(lowest_old) - int(lowest_new)) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_new_walk_has_the_same_phase(seed: int) -> None:
    period = gait_period(new_silhouettes(seed), fps=FPS)
    assert period == pytest.approx(PERIOD, abs=1)
    # A frame is 0.04 cycles.
    assert phase_difference(original().silhouettes, new_silhouettes(seed)).max() < 0.02
    opposite = np.roll(original().silhouettes, round(PERIOD / 4), axis=0)  # half a step late
    assert phase_difference(opposite, original().silhouettes).mean() > 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_new_walk_does_not_flicker(seed: int) -> None:
    old, new = steadiness(original().silhouettes), steadiness(new_silhouettes(seed))
    assert np.mean(new) > np.mean(old) - 0.03
    assert min(new) > min(old) - 0.06


@pytest.mark.parametrize("strength", [0.7, 1.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_body_stays_in_one_piece(seed: int, strength: float) -> None:
    for mask in new_silhouettes(seed, strength)[:, 0]:
        *_, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
        assert stats[1:, cv2.CC_STAT_AREA].max() > 0.95 * mask.sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_map_carries_the_old_body_to_the_new_one(seed: int) -> None:
    grid = pixel_grid(SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    for index in range(0, 54, 17):
        positions = grid + SILHOUETTE_SIZE * other_walk(seed).inverse_map(index)
        carried = sample(original().silhouettes[index, 0], positions) > 0.5
        assert np.array_equal(carried, new_silhouettes(seed)[index, 0])


# At full strength, where width and girth of a leg add up, a little more.
@pytest.mark.parametrize(("strength", "least"), [(0.7, 0.2), (1.0, 0.15)])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_map_never_folds(seed: int, strength: float, least: float) -> None:
    grid = pixel_grid(SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    for index in range(0, 54, 17):
        guide = other_walk(seed, strength).inverse_map(index)
        positions = grid + SILHOUETTE_SIZE * guide
        assert np.diff(positions[..., 0], axis=1).min() > least  # pixels of the old body a pixel
        assert np.diff(positions[..., 1], axis=0).min() > 0.2


@pytest.mark.parametrize("seed", range(40))
def test_a_draw_leaves_nothing_as_it_was(seed: int) -> None:
    draw = BodyDraw.draw(np.random.default_rng(seed))
    others = ("widths", "timing_phase", "girth")  # the last depends on the legs
    sizes = [size for name, size in vars(draw).items() if name not in others]
    assert min(np.abs(sizes)) > 0.01
    assert np.abs(draw.widths).max() > 0.1


def test_a_scaled_draw_by_hand() -> None:
    draw = BodyDraw.draw(np.random.default_rng(1))
    half = draw.scaled(0.5)
    assert half.widths == pytest.approx(draw.widths / 2)
    assert half.legs == pytest.approx(draw.legs / 2)
    assert half.timing == pytest.approx(draw.timing / 2)
    assert half.timing_phase == draw.timing_phase  # where, not how far


def test_the_rhythm_changes_within_bounds_and_only_for_who_walks() -> None:
    draw = BodyDraw.draw(np.random.default_rng(4))
    openings = step_openings(original().silhouettes, draw, FPS)
    assert openings.shape == (54,)
    assert 0.8 < openings.min() < 1 < openings.max() < 1.2
    standing = np.tile(person()[None, None, ::4, ::4], (60, 1, 1, 1))
    assert (step_openings(standing, draw, FPS) == 1).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_legs_get_another_girth(seed: int) -> None:
    draw = Deform().draw(original().silhouettes, 1.0, np.random.default_rng(seed))
    assert abs(draw.girth) > 0.003
    old, new = (
        leg_radius(body[:, 0]) for body in (original().silhouettes, new_silhouettes(seed, 1.0))
    )
    assert 0.55 < new / old < 1.85


@pytest.mark.parametrize("num_frames", [1, 5], ids=["one frame", "less than a step"])
def test_a_short_walk_is_changed_too(num_frames: int) -> None:
    gait = gait_of(walker_track(num_frames=num_frames))
    new = Deform().anonymize(gait, fps=FPS, strength=0.5, generator=np.random.default_rng(3))
    assert gei_change(new.sequence.silhouettes, gait.silhouettes) > 5


def test_nobody_stays_nobody() -> None:
    nobody = gait_of(track_of([np.zeros((190, 420), bool)] * 3))
    new = Deform().anonymize(nobody, fps=FPS, strength=0.7, generator=np.random.default_rng(3))
    assert not new.sequence.silhouettes.any()
    assert np.isfinite(new.inverse_map(0)).all()


@pytest.mark.parametrize("strength", [0.3, 1.0])
@given(
    degrees=st.floats(0, 180),
    legs=st.floats(0.015, 0.08),
    change=arrays(float, 12, elements=st.floats(-1, 1)),
)
def test_the_nearest_plausible_body_is_within_its_limits(
    strength: float, degrees: float, legs: float, change: Float64
) -> None:
    limits = BodyLimits.seen_from(degrees, strength, legs)
    body = limits.nearest(change)
    assert (limits.bounds[:, 0] <= body).all() and (body <= limits.bounds[:, 1]).all()
    assert np.abs(np.diff(body[:4])).max() <= limits.step + 1e-9
    # Width and girth together leave neither sticks nor pillars of a lower leg.
    thickness = (1 + body[0]) * (1 + body[-1] / legs)
    assert 1 + limits.bounds[0, 0] - 1e-9 <= thickness <= 1 + 0.6 * strength + 1e-9
    assert np.array_equal(limits.nearest(body), body)
    assert np.array_equal(limits.nearest(np.zeros(12)), np.zeros(12))


def test_seen_from_ahead_a_body_bends_less_in_the_direction_of_the_walk() -> None:
    ahead, aside = (BodyLimits.seen_from(degrees, 1.0, 0.04).bounds for degrees in (0, 90))
    less = (np.abs(ahead) < np.abs(aside)).all(axis=1)
    names = [*["width"] * 4, "belly", "legs", "shoulders", "lean", "stride", "arms", "head"]
    names.append("girth")
    assert [name for name, smaller in zip(names, less, strict=True) if smaller] == [
        "belly", "lean", "stride", "arms",
    ]  # fmt: skip
