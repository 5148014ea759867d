"""Pictures of the comparison: what they show, of whom, and in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from colored_sets import SCENERY, write_colored_set

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.evaluation.color_comparison import ComparisonPlan, evenly
from gaitcolor_core.evaluation.color_figures import (
    FRAMES,
    GAP_PX,
    HEADING_PX,
    LABEL_PX,
    VIEWS,
    draw_figure,
)
from gaitcolor_core.methods import Methods
from gaitcolor_core.structures import InputError, UInt8

PLAN = ComparisonPlan(colors=("nearest", "warp"))
METHODS = Methods(None, "cpu")
BLOCK_PX = FRAMES * (128 + GAP_PX)


@pytest.fixture(scope="module")
def test_set(tmp_path_factory: pytest.TempPathFactory) -> RenderedSet:
    """Walkers 81 and 83 in plain clothes, 82 in patterns; two of the views."""
    folder = tmp_path_factory.mktemp("sets") / "set"
    return write_colored_set(folder, (81, 82, 83), ("nm-05", "cl-01"), views=(54, 90))


def cell(picture: UInt8, row: int, column: int, block: int = 0) -> UInt8:
    top = HEADING_PX + row * (128 + GAP_PX)
    left = LABEL_PX + block * (BLOCK_PX + 4 * GAP_PX) + column * (128 + GAP_PX)
    return picture[top : top + 128, left : left + 128]


def test_rows_are_stages_and_columns_are_frames(test_set: RenderedSet) -> None:
    key = SequenceKey.parse("082-nm-05-054")
    picture = draw_figure(test_set, "textural", PLAN, METHODS)
    height = HEADING_PX + 5 * (128 + GAP_PX)
    assert picture.shape == (height, LABEL_PX + 2 * BLOCK_PX + 4 * GAP_PX, 3)
    for column, index in enumerate(evenly(6, FRAMES)):
        assert np.array_equal(cell(picture, 0, column), test_set.crops(key)[index])
        shown = cell(picture, 1, column)[..., 0] > 0
        assert np.array_equal(shown, test_set.silhouettes(key)[index])
        body = cell(picture, 2, column)[..., 0] > 0
        assert (body ^ shown).any()
        for row in (3, 4):
            colored = cell(picture, row, column)
            assert (colored[~body] == 255).all()
            # Clothes go on where the body grew; the green wall does not.
            assert (colored[body] == SCENERY).all(1).mean() < 0.02
    assert not np.array_equal(cell(picture, 3, 1), cell(picture, 4, 1))


def test_each_view_shows_another_walker_where_there_is_one(test_set: RenderedSet) -> None:
    picture = draw_figure(test_set, "plain", PLAN, METHODS)
    for block, name in enumerate(("081-nm-05-054", "083-nm-05-090")):
        crops = test_set.crops(SequenceKey.parse(name))
        assert np.array_equal(cell(picture, 0, 0, block), crops[evenly(6, FRAMES)[0]])
    alone = draw_figure(test_set, "plain", PLAN, METHODS, subjects=(83,))
    crops = test_set.crops(SequenceKey.parse("083-nm-05-054"))
    assert np.array_equal(cell(alone, 0, 0), crops[evenly(6, FRAMES)[0]])


def test_incomplete_silhouettes_are_shown_as_they_are(test_set: RenderedSet) -> None:
    key = SequenceKey.parse("082-nm-05-054")
    picture = draw_figure(test_set, "incomplete", PLAN, METHODS)
    given = cell(picture, 1, 0)[..., 0] > 0
    assert np.array_equal(given, test_set.incomplete(key)[evenly(6, FRAMES)[0]])
    assert not np.array_equal(given, test_set.silhouettes(key)[evenly(6, FRAMES)[0]])


def test_a_figure_repeats_and_depends_on_the_seed(test_set: RenderedSet) -> None:
    first, again = (
        draw_figure(test_set, "textural", PLAN, METHODS, subjects=(82,)) for _ in range(2)
    )
    other = draw_figure(test_set, "textural", replace(PLAN, seed=1), METHODS, subjects=(82,))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("name", "subjects"), [("plain", (82,)), ("textural", (81, 83))])
def test_nobody_who_fits_is_a_sentence(
    test_set: RenderedSet, name: str, subjects: tuple[int, ...]
) -> None:
    with pytest.raises(InputError, match=f"nobody in color whose clothes are {name}"):
        draw_figure(test_set, name, PLAN, METHODS, subjects=subjects)


def test_other_views_are_not_shown(tmp_path: Path) -> None:
    assert 36 not in VIEWS
    test_set = write_colored_set(tmp_path / "set", (81,), views=(36,))
    with pytest.raises(InputError, match="nobody in color"):
        draw_figure(test_set, "plain", PLAN, METHODS)
