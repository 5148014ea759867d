"""A recognizer that takes a walk as a set of frames, after GaitSet (Chao et al., AAAI 2019)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gaitcolor_core.recognition.parts import PartLinear, pool_strips


class GaitSetNet(nn.Module):
    """Set pooling with a multilayer global pipeline, and horizontal pyramid mapping.

    As published but for batch normalization, with which few steps suffice, and for the width.

    Args:
        width: channels of the first layers; 32 as published.
        dim: of each part's embedding; 256 as published.
        pyramid: into how many strips the body is cut, one number a scale; each divides 16.
    """

    def __init__(
        self, *, width: int = 16, dim: int = 128, pyramid: Sequence[int] = (1, 2, 4, 8, 16)
    ) -> None:
        super().__init__()
        self.pyramid = tuple(pyramid)
        self.num_parts = 2 * sum(self.pyramid)
        self.frame1 = nn.Sequential(_layer(1, width, kernel=5), _layer(width, width), _halve())
        self.frame2 = nn.Sequential(
            _layer(width, 2 * width), _layer(2 * width, 2 * width), _halve()
        )
        self.frame3 = nn.Sequential(_layer(2 * width, 4 * width), _layer(4 * width, 4 * width))
        self.global2 = nn.Sequential(
            _layer(width, 2 * width), _layer(2 * width, 2 * width), _halve()
        )
        self.global3 = nn.Sequential(_layer(2 * width, 4 * width), _layer(4 * width, 4 * width))
        self.parts = PartLinear(parts=self.num_parts, channels=4 * width, dim=dim)

    def forward(self, silhouettes: Tensor) -> Tensor:
        """`(N, T, 1, 64, 44)` float32 in [0, 1] to embeddings `(N, P, D)`, in any order of T."""
        count = silhouettes.shape[1]
        frames1 = self.frame1(silhouettes.flatten(0, 1))
        frames2 = self.frame2(frames1)
        sets = _set_maximum(self.frame3(frames2), count)
        # The global pipeline sees what the set has at each depth.
        whole = self.global2(_set_maximum(frames1, count)) + _set_maximum(frames2, count)
        whole = self.global3(whole) + sets
        strips = [pool_strips(maps, n) for maps in (sets, whole) for n in self.pyramid]
        embeddings: Tensor = self.parts(torch.cat(strips, dim=1))
        return embeddings


def _set_maximum(frames: Tensor, count: int) -> Tensor:
    """Of `(N*T, C, H, W)` the maximum over the T = `count` frames of each set."""
    return frames.reshape(-1, count, *frames.shape[1:]).amax(1)


def _layer(inputs: int, outputs: int, *, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(0.01, inplace=True),
    )


def _halve() -> nn.MaxPool2d:
    return nn.MaxPool2d(2)
