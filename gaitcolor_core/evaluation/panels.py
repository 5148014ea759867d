"""What the pictures of an evaluation have in common: colors, lines, panels, and the file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gaitcolor_core.files import write_whole

# Okabe and Ito's colors, which the color-blind can tell apart; by recognizer.
_INKS = {"gei": "#0072B2", "gaitset": "#D55E00", "gaitbase": "#009E73"}
_OTHER_INK = "#CC79A7"
FLOOR_INK, CHANCE_INK, RANGE_INK = "0.45", "0.25", "0.88"
# Styles and markers of what is not told apart by color.
LINES = (("-", "o"), ("--", "s"), ("-.", "^"), (":", "D"))
_DPI = 120


def ink(recognizer: str) -> str:
    """The color in which a recognizer is drawn."""
    return _INKS.get(recognizer, _OTHER_INK)


def panels(down: int, across: int, each_in: tuple[float, float]) -> tuple[Figure, list[list[Axes]]]:
    """An empty figure.

    Args:
        down: rows of panels.
        across: panels of a row.
        each_in: width and height of a panel in inches.

    Returns:
        The figure, and its panels by row.
    """
    look: Any = {"axes.spines.top": False, "axes.spines.right": False}
    with matplotlib.rc_context(look):
        figure = Figure((across * each_in[0], down * each_in[1]), layout="constrained")
        grid = figure.subplots(down, across, squeeze=False)
    return figure, [list(row) for row in grid]


def save(figure: Figure, path: Path) -> None:
    """Write a PNG; the same figure gives the same file.

    Raises:
        OSError: it cannot be written.
    """
    content = io.BytesIO()
    figure.savefig(
        content, format="png", dpi=_DPI, bbox_inches="tight", metadata={"Software": None}
    )
    write_whole(path, content.getvalue())
