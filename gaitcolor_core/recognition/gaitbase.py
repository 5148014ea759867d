"""A residual recognizer, after GaitBase (Fan et al., "OpenGait", CVPR 2023)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from gaitcolor_core.recognition.parts import PartLinear, pool_strips


class GaitBaseNet(nn.Module):
    """Nine residual layers a frame, the maximum over time, strips with a linear map each.

    The published network's last step, batch normalization before the classes (BNNeck), is used in
    training alone and belongs to its loss.

    Args:
        width: channels of the first layers, doubled three times; 64 as published.
        strides: of the four blocks; 1, 2, 2, 1 as published. Their product is 4.
        strips: into which the body is cut; divides 16.
        dim: of each strip's embedding; 256 as published.
    """

    def __init__(
        self, *, width: int = 16, strides: Sequence[int] = (2, 2, 1, 1), strips: int = 16,
        dim: int = 128,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_parts = strips
        channels = [width, width, 2 * width, 4 * width, 8 * width]
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )
        self.blocks = nn.Sequential(
            *(
                _Block(channels[index], channels[index + 1], stride)
                for index, stride in enumerate(strides)
            )
        )
        self.parts = PartLinear(parts=strips, channels=channels[-1], dim=dim)

    def forward(self, silhouettes: Tensor) -> Tensor:
        """`(N, T, 1, 64, 44)` float32 in [0, 1] to embeddings `(N, P, D)`, in any order of T."""
        frames = self.blocks(self.stem(silhouettes.flatten(0, 1)))
        walk = frames.reshape(*silhouettes.shape[:2], *frames.shape[1:]).amax(1)
        embeddings: Tensor = self.parts(pool_strips(walk, self.num_parts))
        return embeddings


class _Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.residue = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            # Means, then 1x1 without a stride: oneDNN crashes on some strided 1x1 in training.
            self.shortcut = nn.Sequential(
                nn.AvgPool2d(stride, ceil_mode=True),
                nn.Conv2d(inputs, outputs, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )

    def forward(self, features: Tensor) -> Tensor:
        """`(N, C, H, W)` to `(N, C', H / stride, W / stride)`, rounded up."""
        changed: Tensor = self.residue(features) + self.shortcut(features)
        return changed.relu()
