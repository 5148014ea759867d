"""Where each pixel of a square lies, as two more channels."""

from __future__ import annotations

import torch
from torch import Tensor


def with_coordinates(planes: Tensor) -> Tensor:
    """`(N, C, H, W)` to `(N, C + 2, H, W)`: columns and rows from -1 to 1 are joined.

    Walkers stand in their squares in one way; so a network can tell a knee from a shoulder.
    """
    rows = torch.linspace(-1, 1, planes.shape[2], dtype=planes.dtype, device=planes.device)
    columns = torch.linspace(-1, 1, planes.shape[3], dtype=planes.dtype, device=planes.device)
    down, across = torch.meshgrid(rows, columns, indexing="ij")
    place = torch.stack([across, down]).expand(len(planes), -1, -1, -1)
    return torch.cat([planes, place], dim=1)
