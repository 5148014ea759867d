"""Pictures like the paper's Figs. 6 to 8: an original, its other body, and each color transfer."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.splits import PAPER
from gaitcolor_core.evaluation.color_comparison import (
    ComparisonPlan,
    Recoloring,
    Silhouettes,
    evenly,
    recolor,
)
from gaitcolor_core.methods import Methods
from gaitcolor_core.structures import Bool, InputError, UInt8

# As in the paper: plain clothes, clothes with patterns, incomplete silhouettes.
FIGURES: dict[str, tuple[str, Silhouettes]] = {
    "plain": ("plain", "complete"),
    "textural": ("textural", "complete"),
    "incomplete": ("textural", "incomplete"),
}
VIEWS = (0, 54, 90, 126)
FRAMES = 4
GAP_PX, LABEL_PX, HEADING_PX = 4, 120, 22
_PAPER, _INK = 255, (40, 40, 40)


def draw_figure(
    test_set: RenderedSet,
    name: str,
    plan: ComparisonPlan,
    methods: Methods,
    *,
    subjects: Sequence[int] = PAPER.test,
) -> UInt8:
    """Show some frames of a walker from several views, each row what became of them.

    Args:
        test_set: with crops and incomplete silhouettes.
        name: of `FIGURES`.
        plan: shape, strength, colors and seed.
        methods: where networks come from.
        subjects: of whom the first one who fits is shown, a different one for each view.

    Returns:
        `(H, W, 3)` uint8 RGB.

    Raises:
        InputError: nobody in the set fits.
    """
    fabric, silhouettes = FIGURES[name]
    keys = _shown(test_set, fabric, subjects)
    if not keys:
        raise InputError(f"'{test_set.root}' has nobody in color whose clothes are {fabric}.")
    blocks = []
    for key in keys:
        walk = recolor(test_set, key, silhouettes, plan, methods)
        blocks.append(_block(walk, plan, methods, f"{key.subject:03d}, {key.view} deg"))
    labels = ["original", "silhouette", "anonymized", *plan.colors]
    gap = np.full((len(blocks[0]), 4 * GAP_PX, 3), _PAPER, np.uint8)
    row = [part for block in blocks for part in (block, gap)]
    return np.hstack([_labels(labels, len(blocks[0])), *row[:-1]])


def _shown(test_set: RenderedSet, fabric: str, subjects: Sequence[int]) -> list[SequenceKey]:
    """A sequence for each view; where there are enough walkers, each of another one."""
    keys = [
        key
        for key in test_set.keys("crops")
        if key.subject in subjects
        and ("textural", "plain")[key.subject not in test_set.textural] == fabric
        and key.condition == "nm"
    ]
    found: list[SequenceKey] = []
    for view in VIEWS:
        own = [key for key in keys if key.view == view]
        fresh = [key for key in own if key.subject not in {each.subject for each in found}]
        found += (fresh or own)[:1]
    return found


def _block(walk: Recoloring, plan: ComparisonPlan, methods: Methods, heading: str) -> UInt8:
    """Rows of one sequence under a heading."""
    chosen = evenly(len(walk.bodies), FRAMES)
    rows = [
        [walk.crops[index] for index in chosen],
        [_drawn(walk.given[index]) for index in chosen],
        [_drawn(walk.bodies[index]) for index in chosen],
    ]
    for name in plan.colors:
        colored = walk.colored(methods.color(name), chosen)
        rows.append([np.where(f.x_bi[..., None], f.output, np.uint8(_PAPER)) for f in colored])
    side = walk.crops.shape[1] + GAP_PX
    block = np.full((HEADING_PX + len(rows) * side, FRAMES * side, 3), _PAPER, np.uint8)
    for down, row in enumerate(rows):
        for across, picture in enumerate(row):
            top, left = HEADING_PX + down * side, across * side
            block[top : top + side - GAP_PX, left : left + side - GAP_PX] = picture
    _write(block, heading, (2, 15))
    return block


def _labels(labels: Sequence[str], height: int) -> UInt8:
    column = np.full((height, LABEL_PX, 3), _PAPER, np.uint8)
    side = (height - HEADING_PX) / len(labels)
    for row, label in enumerate(labels):
        _write(column, label, (4, int(HEADING_PX + (row + 0.5) * side)))
    return column


def _drawn(silhouette: Bool) -> UInt8:
    return np.repeat(silhouette[..., None].astype(np.uint8) * 255, 3, axis=2)


def _write(picture: UInt8, text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.48, _INK, 1, cv2.LINE_AA)
