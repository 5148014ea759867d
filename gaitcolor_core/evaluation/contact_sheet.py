"""Pictures of a gait set, to look at it: walks by views, or one sequence over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from gaitcolor_core.datasets.gait_set import CONDITIONS, GaitSet, SequenceKey
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.structures import InputError, UInt8

CELL_PX, GAP_PX, LABEL_PX, HEADING_PX = 96, 2, 92, 20
# Of a sequence over time, in one row.
FRAMES_PER_ROW = 12
_PAPER, _EMPTY, _INK = 255, 225, (40, 40, 40)


def draw_walks(
    gait_set: GaitSet,
    subjects: Sequence[int],
    *,
    color: bool = False,
    on_progress: OnProgress = silent,
) -> UInt8:
    """Show the middle frame of each sequence: a row for each walk, a column for each view.

    Args:
        gait_set: any.
        subjects: whom to show.
        color: show crops of the video rather than silhouettes. A sequence that cannot be read
            leaves a gray cell.
        on_progress: called with "draw", sequences done, sequences in all.

    Returns:
        `(H, W, 3)` uint8 RGB.

    Raises:
        InputError: a subject is not in the set, or none of the sequences can be read.
    """
    keys = [key for key in gait_set.keys() if key.subject in subjects]
    _refuse_strangers(gait_set, subjects, keys)
    walks = sorted({(key.subject, key.condition, key.number) for key in keys}, key=_order)
    views = sorted({key.view for key in keys})
    sheet = _blank(len(walks), len(views))
    problems: list[InputError] = []
    for done, key in enumerate(keys):
        on_progress("draw", done, len(keys))
        try:
            frames = _pictures(gait_set, key, color)
        except InputError as error:
            problems.append(error)
            continue
        row = walks.index((key.subject, key.condition, key.number))
        _put(sheet, row, views.index(key.view), frames[len(frames) // 2])
    if len(problems) == len(keys):
        raise InputError(f"None of these walks can be shown: {problems[0]}")
    _label(
        sheet,
        [f"{subject:03d} {condition}-{number:02d}" for subject, condition, number in walks],
        [str(view) for view in views],
    )
    return sheet


def draw_sequence(
    gait_set: GaitSet, key: SequenceKey, *, frames: int = 2 * FRAMES_PER_ROW, color: bool = False
) -> UInt8:
    """Show one sequence over time, `FRAMES_PER_ROW` frames a row.

    Args:
        gait_set: any.
        key: the sequence.
        frames: how many are shown at most, spread over all.
        color: show crops of the video rather than silhouettes.

    Returns:
        `(H, W, 3)` uint8 RGB.

    Raises:
        InputError: the sequence cannot be read.
    """
    pictures = _pictures(gait_set, key, color)
    shown = np.unique(np.linspace(0, len(pictures) - 1, frames).round().astype(int)).tolist()
    rows = [shown[first : first + FRAMES_PER_ROW] for first in range(0, len(shown), FRAMES_PER_ROW)]
    sheet = _blank(len(rows), len(rows[0]))
    for row, indices in enumerate(rows):
        for column, index in enumerate(indices):
            _put(sheet, row, column, pictures[index])
    _label(sheet, [f"frame {indices[0]}" for indices in rows], [])
    _write(sheet, str(key), LABEL_PX, HEADING_PX - 6)
    return sheet


def _refuse_strangers(
    gait_set: GaitSet, subjects: Sequence[int], keys: Iterable[SequenceKey]
) -> None:
    missing = sorted(set(subjects) - {key.subject for key in keys})
    if missing:
        names = ", ".join(f"{subject:03d}" for subject in missing)
        raise InputError(f"'{gait_set.root}' holds nothing of subject {names}; choose another.")


def _order(walk: tuple[int, str, int]) -> tuple[int, int, int]:
    subject, condition, number = walk
    return subject, CONDITIONS.index(condition), number


def _pictures(gait_set: GaitSet, key: SequenceKey, color: bool) -> UInt8:
    """All frames of a sequence, `(T, S, S, 3)` uint8 RGB."""
    if color:
        return gait_set.crops(key)
    return np.repeat(np.uint8(255) * gait_set.silhouettes(key)[..., None], 3, axis=3)


def _blank(rows: int, columns: int) -> UInt8:
    """A sheet whose cells are empty yet."""
    step = CELL_PX + GAP_PX
    shape = (HEADING_PX + rows * step, LABEL_PX + columns * step, 3)
    sheet = np.full(shape, _PAPER, np.uint8)
    for row in range(rows):
        for column in range(columns):
            sheet[_cell(row, column)] = _EMPTY
    return sheet


def _cell(row: int, column: int) -> tuple[slice, slice]:
    top = HEADING_PX + row * (CELL_PX + GAP_PX)
    left = LABEL_PX + column * (CELL_PX + GAP_PX)
    return slice(top, top + CELL_PX), slice(left, left + CELL_PX)


def _put(sheet: UInt8, row: int, column: int, picture: UInt8) -> None:
    size = (CELL_PX, CELL_PX)
    sheet[_cell(row, column)] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _label(sheet: UInt8, rows: Sequence[str], columns: Sequence[str]) -> None:
    step = CELL_PX + GAP_PX
    for row, text in enumerate(rows):
        _write(sheet, text, 4, HEADING_PX + row * step + CELL_PX // 2)
    for column, text in enumerate(columns):
        _write(sheet, text, LABEL_PX + column * step + CELL_PX // 2 - 12, HEADING_PX - 6)


def _write(sheet: UInt8, text: str, left: int, baseline: int) -> None:
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(sheet, text, (left, baseline), font, 0.4, _INK, 1, cv2.LINE_AA)
