"""Small color networks on disk, trained for a moment, and jobs for them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch

from gaitcolor_core.imaging import pixel_grid
from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.stages.transfer_color import ColorJob
from gaitcolor_core.structures import Bool, UInt8
from gaitcolor_core.weights import write_weights

SMALL = {"width": 4, "code_channels": 4, "hidden": 32}


@cache
def small_network() -> ColorTransferNet:
    """Knows nothing yet."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ColorTransferNet(**SMALL).eval().requires_grad_(False)


def write_network(checkpoints: Path, name: str = "color_gram") -> None:
    """Put the small network where a pipeline looks for `name`."""
    config = {"architecture": "ColorTransferNet", "hyperparameters": SMALL}
    write_weights(checkpoints / name, small_network().state_dict(), config)


def post(side: int, half_width: float, shift: float = 0) -> Bool:
    """An upright body in the middle of a square; lengths as shares of its side."""
    x, y = np.moveaxis(pixel_grid(side, side), -1, 0) / side - 0.5
    beyond = np.maximum(np.abs(y) - 0.25, 0)
    return np.hypot(x - shift, beyond) <= half_width


def cloth(side: int, seed: int = 0) -> UInt8:
    """Colors that change slowly over a square."""
    corners = np.random.default_rng(seed).uniform(40, 220, (2, 2, 3))
    y, x = np.mgrid[:side, :side][..., None] / (side - 1)
    upper = (1 - x) * corners[0, 0] + x * corners[0, 1]
    lower = (1 - x) * corners[1, 0] + x * corners[1, 1]
    return ((1 - y) * upper + y * lower).astype(np.uint8)


def job(
    side: int = 160, *, half_width: float = 0.14, shift: float = 0.03, seed: int = 0
) -> ColorJob:
    """A body that gets wider and goes to the right, before a black scenery."""
    old, new = post(side, 0.12), post(side, half_width, shift)
    margin = 0.08 * side
    return ColorJob(
        patch=cloth(side, seed) * old[..., None],
        in_frame=np.ones((side, side), bool),
        foreground=old,
        alpha=new.astype(np.float32),
        guide=None,
        body=np.array([margin, margin, side - margin, side - margin], np.float32),
    )
