"""A picture of how the losses of a training run went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

_MEAN_OVER = 50


def draw_losses(losses: Tensor, names: Sequence[str], path: Path) -> None:
    """Write a PNG with one curve for each loss, as means over 50 steps.

    Args:
        losses: `(steps, parts)` float32.
        names: of the parts.
        path: of the picture.
    """
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.add_subplot(xlabel="step", ylabel="loss", yscale="log")
        window = min(_MEAN_OVER, max(len(losses), 1))
        steps = np.arange(window, len(losses) + 1)
        for name, values in zip(names, losses.double().numpy().T, strict=True):
            means = np.convolve(values, np.full(window, 1 / window), "valid")
            axes.plot(steps, means[: len(steps)], label=name)
        axes.legend()
        axes.grid(alpha=0.3)
        figure.savefig(path, dpi=120, metadata={"Software": None})
