"""Original and result next to each other."""

from __future__ import annotations

import numpy as np
import pytest

from gaitcolor_core.video import SideBySide


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (64, 48), (90, 160), (33, 31)])
def test_both_pictures_are_whole_under_their_names(width: int, height: int) -> None:
    join = SideBySide(width, height)
    dark, light = (np.full((height, width, 3), level, np.uint8) for level in (40, 200))
    both = join(dark, light)
    assert both.dtype == np.uint8
    assert both.shape == (join.size[1], join.size[0], 3)
    assert join.size[0] == 2 * width
    np.testing.assert_array_equal(both[-height:], np.hstack([dark, light]))
    heading = both[:-height]
    for half in (heading[:, :width], heading[:, width:]):
        # Written in light letters, with paper all around.
        assert half.max() > 150
        assert half[:, [0, -1]].max() < 50 and half[[0, -1]].max() < 50


def test_the_names_differ() -> None:
    both = SideBySide(1280, 720)(*[np.zeros((720, 1280, 3), np.uint8)] * 2)
    assert (both[:, :1280] != both[:, 1280:]).any()
