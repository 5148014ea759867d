"""Success rates of anonymization over the view, as the paper tells them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from gaitcolor_core.evaluation.panels import (
    CHANCE_INK,
    FLOOR_INK,
    LINES,
    RANGE_INK,
    ink,
    panels,
    save,
)
from gaitcolor_core.evaluation.privacy_lookup import (
    PAPER_SUCCESS,
    cases,
    clean,
    conditions,
    find,
    recognizers,
)
from gaitcolor_core.evaluation.privacy_results import Outcome, PrivacyResults
from gaitcolor_core.evaluation.privacy_tables import label


def success_by_view(results: PrivacyResults, path: Path) -> bool:
    """Draw success rates over the view of the probe, a panel for each recognizer.

    Returns:
        Whether there was something to draw.
    """
    told = [case for case in cases(results) if case.silhouettes == "handed over"]
    condition = (*conditions(results), "")[0]
    found = {
        name: [row for case in told if (row := find(results, name, case, "T0", condition))]
        for name in recognizers(results)
    }
    found = {name: rows for name, rows in found.items() if rows}
    galleries = [
        side for side in (1, 0)
        if any(_shares(row, side)[0] for rows in found.values() for row in rows)
    ]  # fmt: skip
    if not galleries:
        return False
    figure, fields = panels(len(galleries), len(found), (4.2, 3.2))
    for side, line in zip(galleries, fields, strict=True):
        for axes, (name, rows) in zip(line, found.items(), strict=True):
            floor = clean(results, name, "handed over", condition)
            _draw_success(axes, floor, rows, side, ink(name))
        line[0].set_ylabel(f"success rate (%)\ngallery at {('the same view', 'other views')[side]}")
    for axes, name in zip(fields[0], found, strict=True):
        axes.set_title(label(name))
    for axes in fields[-1]:
        axes.set_xlabel("view of the probe (degrees)")
    told_of = max(found.values(), key=len)
    figure.legend(
        handles=_success_legend([row.shape for row in told_of]), loc="outside lower center",
        ncols=3 + len(told_of), frameon=False,
    )  # fmt: skip
    save(figure, path)
    return True


def _success_legend(shapes: Sequence[str]) -> list[Line2D | Patch]:
    """Without the recognizers' colors, which the titles explain."""
    lines = [
        Line2D([], [], color="0.1", ls=line, marker=marker, mfc="white", label=shape)
        for shape, (line, marker) in zip(shapes, LINES, strict=False)
    ]
    return [
        *lines,
        Line2D([], [], color=FLOOR_INK, marker=".", label="not anonymized"),
        Line2D([], [], color=CHANCE_INK, ls=":", label="guessing"),
        Patch(color=RANGE_INK, label="range in the paper"),
    ]


def _draw_success(
    axes: Axes, floor: Outcome | None, rows: Sequence[Outcome], side: int, color: str
) -> None:
    low, high = (100 * each for each in PAPER_SUCCESS)
    axes.axhspan(low, high, color=RANGE_INK, zorder=0)
    axes.axhline(100 * (1 - rows[0].chance), color=CHANCE_INK, ls=":")
    if floor:
        views, shares = _shares(floor, side)
        axes.plot(views, shares, color=FLOOR_INK, marker=".")
    for row, (line, marker) in zip(rows, LINES, strict=False):
        views, shares = _shares(row, side)
        axes.plot(views, shares, color=color, ls=line, marker=marker, ms=5, mfc="white")
    axes.set_ylim(-2, 102)
    axes.set_xticks(rows[0].probe_views)


def _shares(outcome: Outcome, side: int) -> tuple[list[int], list[float]]:
    """Views that were compared and success rates in percent there; side as in the results."""
    known = {view: 100 * each[side] for view, each in outcome.success_by_view.items()}
    known = {view: share for view, share in known.items() if not math.isnan(share)}
    return list(known), list(known.values())
