"""From a set's squares to the pipeline's and back."""

from __future__ import annotations

import numpy as np
import pytest
from gait_sets import draw_walker

from gaitcolor_core.datasets.gait_squares import as_gait, in_set_squares
from gaitcolor_core.gait import SQUARE_PER_HEIGHT
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.structures import InputError


def test_the_walker_stands_in_the_square_of_the_pipeline() -> None:
    gait = as_gait(draw_walker(14), fps=25)
    assert gait.silhouettes.shape == (30, 1, 128, 128)
    rows = np.flatnonzero(gait.silhouettes[10, 0].any(axis=1))
    assert len(rows) == pytest.approx(128 / SQUARE_PER_HEIGHT, abs=3)


def test_there_and_back_is_the_same_walker() -> None:
    silhouettes = draw_walker(14)
    back = in_set_squares(as_gait(silhouettes, fps=25))
    pairs = zip(silhouettes, back, strict=True)
    assert np.mean([silhouette_iou(*pair) for pair in pairs]) > 0.96


def test_frames_without_a_walker_are_left_out() -> None:
    silhouettes = draw_walker(14)
    silhouettes[3:5] = False
    gait = as_gait(silhouettes, fps=25)
    assert list(gait.frame_ids) == [0, 1, 2, *range(5, 30)]
    with pytest.raises(InputError, match="nobody in it"):
        as_gait(np.zeros((4, 128, 128), bool), fps=25)
