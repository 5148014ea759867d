"""Thicker and thinner legs: each about its own middle, nothing above them, nothing torn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_anonymize_shape import row_of
from test_gait import gait_of, walker_track

from gaitcolor_core.deformation import pulled
from gaitcolor_core.gait import HEAD_ROOM, SILHOUETTE_SIZE, SQUARE_PER_HEIGHT
from gaitcolor_core.girth import leg_radius, outward, with_girth
from gaitcolor_core.imaging import pixel_grid
from gaitcolor_core.structures import Bool, Float32

STATURE = SILHOUETTE_SIZE / SQUARE_PER_HEIGHT
STAY = np.zeros((SILHOUETTE_SIZE, SILHOUETTE_SIZE, 2), np.float32)


def two_legs(radius: float, apart: float = 0.26) -> Bool:
    """A trunk on two upright legs, `(S, S)`; lengths in statures."""
    x = ((np.arange(SILHOUETTE_SIZE) + 0.5) / STATURE - SQUARE_PER_HEIGHT / 2)[None, :]
    height = (1 + HEAD_ROOM) - ((np.arange(SILHOUETTE_SIZE) + 0.5) / STATURE)[:, None]
    leg = np.minimum(np.abs(x - apart / 2), np.abs(x + apart / 2)) <= radius
    legs = leg & (height > 0) & (height < 0.5)
    trunk = (np.abs(x) < apart / 2 + radius) & (height >= 0.5) & (height < 1)
    return np.asarray(legs | trunk)


def widths(mask: Bool, height: float) -> list[int]:
    """Of the pieces of a row, in pixels."""
    row = np.concatenate([[0], mask[row_of(height)].astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(row))
    return (edges[1::2] - edges[::2]).tolist()


def changed(mask: Bool, girth: float) -> Bool:
    return np.asarray(pulled(mask, with_girth(STAY, mask, girth)) > 0.5)


def across(inverse_map: Float32) -> Float32:
    """Pixels of the old body a pixel of the new one, across."""
    positions = pixel_grid(SILHOUETTE_SIZE, SILHOUETTE_SIZE) + SILHOUETTE_SIZE * inverse_map
    return np.asarray(np.diff(positions[..., 0], axis=1))


@pytest.mark.parametrize("girth", [-0.015, 0.018])
def test_each_leg_changes_about_its_own_middle(girth: float) -> None:
    mask = two_legs(0.04)
    new = changed(mask, girth)
    both = 2 * girth * STATURE
    for before, after in zip(widths(mask, 0.2), widths(new, 0.2), strict=True):
        # The blur takes some of it from a thin leg.
        assert 0.5 < (after - before) / both < 1.2
    left, right = (np.flatnonzero(half).mean() for half in np.split(new[row_of(0.2)], 2))
    old_left, old_right = (np.flatnonzero(half).mean() for half in np.split(mask[row_of(0.2)], 2))
    assert (left, right) == pytest.approx((old_left, old_right), abs=0.6)


@pytest.mark.parametrize("girth", [-0.015, 0.018])
def test_nothing_above_the_legs_and_no_height_changes(girth: float) -> None:
    mask = two_legs(0.04)
    inverse_map = with_girth(STAY, mask, girth)
    assert not inverse_map[: row_of(0.5)].any()
    assert not inverse_map[..., 1].any()
    rows_before, rows_after = (
        np.flatnonzero(body.any(axis=1)) for body in (mask, changed(mask, girth))
    )
    assert np.array_equal(rows_before[[0, -1]], rows_after[[0, -1]])


@given(girth=st.floats(-0.018, 0.0216), index=st.integers(0, 53), radius=st.floats(0.02, 0.07))
def test_cloth_is_stretched_but_never_folds(girth: float, index: int, radius: float) -> None:
    walking = gait_of(walker_track(num_frames=54)).silhouettes[index, 0]
    for mask in (walking, two_legs(radius)):
        assert across(with_girth(STAY, mask, girth)).min() > 0.2


@given(girth=st.floats(0.004, 0.018), radius=st.floats(0.03, 0.06))
def test_thicker_and_thinner_undo_each_other(girth: float, radius: float) -> None:
    mask = two_legs(radius)
    back = changed(changed(mask, girth), -girth)
    assert (back != mask).sum() <= (changed(mask, girth) != mask).sum() / 2


def test_no_girth_and_nobody_leave_a_map_as_it_is() -> None:
    mask = two_legs(0.04)
    assert with_girth(STAY, mask, 0.0) is STAY
    assert with_girth(STAY, np.zeros_like(mask), 0.01) is STAY
    assert not outward(np.zeros_like(mask)).any()


def test_girth_follows_another_map() -> None:
    """Of a body that stands aside, the legs that are thickened stand aside, too."""
    mask = two_legs(0.04)
    aside = STAY.copy()
    aside[..., 0] = 8 / SILHOUETTE_SIZE
    both = pulled(mask, with_girth(aside, mask, 0.012)) > 0.5
    assert np.array_equal(both[:, :-8], changed(mask, 0.012)[:, 8:])


@given(radius=st.floats(0.02, 0.07))
def test_the_radius_of_a_leg_is_measured(radius: float) -> None:
    legs = two_legs(radius)
    standing_together = two_legs(radius, apart=2 * radius)
    measured = leg_radius(np.stack([legs, standing_together]))
    assert measured == pytest.approx(radius, abs=0.008)


def test_without_legs_a_usual_radius_is_assumed() -> None:
    trunk = two_legs(0.04)
    trunk[row_of(0.45) :] = False
    assert 0.03 < leg_radius(trunk[None]) < 0.05
