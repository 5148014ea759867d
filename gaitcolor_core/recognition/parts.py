"""What both deep recognizers end with: the body in horizontal strips, each judged on its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def pool_strips(features: Tensor, count: int) -> Tensor:
    """Cut maps into strips of equal height; of each the highest value plus the mean.

    Args:
        features: `(N, C, H, W)`, H a multiple of `count`.
        count: number of strips.

    Returns:
        `(N, count, C)`, from the head down.
    """
    strips = features.reshape(*features.shape[:2], count, -1)
    return (strips.amax(3) + strips.mean(3)).transpose(1, 2)


class PartLinear(nn.Module):
    """A linear map for each part, none of them shared: `(N, P, C)` to `(N, P, D)`."""

    def __init__(self, *, parts: int, channels: int, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(parts, channels, dim))
        for matrix in self.weight:
            nn.init.xavier_uniform_(matrix)

    def forward(self, features: Tensor) -> Tensor:
        """Map each part with its own matrix."""
        mapped: Tensor = torch.einsum("npc,pcd->npd", features, self.weight)
        return mapped
