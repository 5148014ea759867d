from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gait_sets import MemorySet, everybody_walks, walks, write_set

from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.evaluation.contact_sheet import (
    CELL_PX,
    GAP_PX,
    HEADING_PX,
    LABEL_PX,
    draw_sequence,
    draw_walks,
)
from gaitcolor_core.structures import InputError, UInt8

STEP = CELL_PX + GAP_PX


def cells(sheet: UInt8) -> list[list[UInt8]]:
    """The cells by row and column, `(CELL_PX, CELL_PX, 3)` each."""
    return [
        [
            sheet[top : top + CELL_PX, left : left + CELL_PX]
            for left in range(LABEL_PX, sheet.shape[1], STEP)
        ]
        for top in range(HEADING_PX, sheet.shape[0], STEP)
    ]


def is_gray(cell: UInt8) -> bool:
    return len(np.unique(cell)) == 1 and 0 < cell[0, 0, 0] < 255


def test_a_row_a_walk_and_a_column_a_view() -> None:
    held = everybody_walks(walks((1, 2, 3), views=(0, 54, 90)))
    rows = cells(draw_walks(MemorySet(held), (1, 3)))
    assert [len(row) for row in rows] == [3] * 8
    breadths = [[int((cell[40, :, 0] > 127).sum()) for cell in row] for row in rows]
    # Subject 1 has an axis of 11 pixels of 128 to either side, subject 3 one of 17.
    first, third = round(22 * CELL_PX / 128), round(34 * CELL_PX / 128)
    np.testing.assert_allclose(breadths, np.repeat([[first] * 3, [third] * 3], 4, axis=0), atol=2)


def test_walks_are_in_the_order_of_the_protocol() -> None:
    held = everybody_walks(walks((1,), ("nm-01", "bg-01", "cl-01")))
    for name, mark in (("nm-01", 10), ("bg-01", 20), ("cl-01", 30)):
        (key,) = walks((1,), (name,))
        held[key] = np.zeros((1, 128, 128), bool)
        held[key][:, :mark] = True
    heights = [row[0][:, 0, 0].mean() for row in cells(draw_walks(MemorySet(held), (1,)))]
    assert heights == sorted(heights)


def test_a_missing_sequence_leaves_a_gray_cell() -> None:
    held = everybody_walks(walks((1, 2), views=(0, 90)))
    del held[walks((1,), ("bg-01",), views=(90,))[0]]
    gray = [[is_gray(cell) for cell in row] for row in cells(draw_walks(MemorySet(held), (1,)))]
    assert gray == [[False, False], [False, False], [False, True], [False, False]]


def test_in_color(tmp_path: Path) -> None:
    held = everybody_walks(walks((1, 2)))
    colored = walks((1,), ("nm-01",))
    write_set(tmp_path, held, colored)
    rendered = RenderedSet(tmp_path)
    rows = cells(draw_walks(rendered, (1,), color=True))
    assert [is_gray(row[0]) for row in rows] == [False, True, True, True]
    red, green = rows[0][0][40, CELL_PX // 2], rows[0][0][4, 4]
    np.testing.assert_allclose(red, (200, 0, 0), atol=12)  # JPEG
    np.testing.assert_allclose(green, (0, 150, 0), atol=12)
    with pytest.raises(InputError, match="None of these walks can be shown: "):
        draw_walks(rendered, (2,), color=True)


def test_strangers_are_named() -> None:
    held = MemorySet(everybody_walks(walks((1, 2))))
    with pytest.raises(InputError, match="holds nothing of subject 004, 007; choose another"):
        draw_walks(held, (7, 1, 4))


def test_a_sequence_over_time() -> None:
    held = everybody_walks(walks((1,)))
    (key,) = walks((1,), ("nm-01",))
    rows = cells(draw_sequence(MemorySet(held), key))
    assert [len(row) for row in rows] == [12, 12]
    frames = [cell for row in rows for cell in row]
    assert len({frame.tobytes() for frame in frames}) > 4
    np.testing.assert_array_equal(frames[0][CELL_PX // 3] > 127, frames[-1][CELL_PX // 3] > 127)


@pytest.mark.parametrize(
    ("frames", "shape"), [(1, (1, 1)), (5, (1, 5)), (13, (2, 12)), (99, (3, 12))]
)
def test_of_a_sequence_as_many_frames_are_shown_as_wanted_and_there(
    frames: int, shape: tuple[int, int]
) -> None:
    held = everybody_walks(walks((1,), ("nm-01",)))  # 30 frames
    rows = cells(draw_sequence(MemorySet(held), next(iter(held)), frames=frames))
    assert (len(rows), len(rows[0])) == shape
    shown = sum(not is_gray(cell) for row in rows for cell in row)
    assert shown == min(frames, 30)
