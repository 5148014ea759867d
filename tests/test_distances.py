"""How far pixels are from a mask and its outline, and steps without a kink."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.imaging import nearest_inside, pixel_grid, signed_distance, smooth_step


def test_nearest_inside_by_hand() -> None:
    mask = np.zeros((5, 9), bool)
    mask[2, 1] = mask[2, 7] = True
    positions, distance = nearest_inside(mask)
    assert positions.shape == (5, 9, 2)
    assert distance[2].tolist() == pytest.approx([1, 0, 1, 2, 3, 2, 1, 0, 1], abs=0.01)
    assert (positions[:, :4] == [1, 2]).all()  # x, y
    assert (positions[:, 5:] == [7, 2]).all()


@given(st.integers(0, 2**32 - 1))
def test_nearest_inside_is_inside_and_nearest(seed: int) -> None:
    mask = np.random.default_rng(seed).random((12, 15)) < 0.1
    mask[3, 4] = True
    positions, distance = nearest_inside(mask)
    columns, rows = np.moveaxis(positions.astype(int), -1, 0)
    assert mask[rows, columns].all()
    grid = pixel_grid(12, 15)
    exact = np.linalg.norm(grid[:, :, None] - grid[mask], axis=-1).min(axis=-1)
    # The 5 x 5 mask of the distance transform is off by some percent.
    assert np.linalg.norm(grid - positions, axis=-1) == pytest.approx(exact, rel=0.05, abs=0.05)
    assert distance == pytest.approx(exact, rel=0.05, abs=0.05)


def test_signed_distance_by_hand() -> None:
    mask = np.zeros((9, 9), bool)
    mask[:, 3:6] = True
    assert signed_distance(mask)[4] == pytest.approx([3, 2, 1, -1, -2, -1, 1, 2, 3])


def test_a_smooth_step_by_hand() -> None:
    values = np.array([-1, 2, 2.5, 3, 3.5, 4, 9], np.float32)
    assert smooth_step(values, 2, 4) == pytest.approx([0, 0, 0.15625, 0.5, 0.84375, 1, 1])
