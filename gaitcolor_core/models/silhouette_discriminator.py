"""Tells real silhouettes from generated ones: single frames, or a clip as channels."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gaitcolor_core.models.coordinates import with_coordinates


class SilhouetteDiscriminator(nn.Module):
    """A DCGAN's discriminator whose layers are kept from growing (spectral normalization).

    Args:
        frames: silhouettes that are looked at together; 1 = spatial, more = temporal.
        width: channels of the first layer.
    """

    def __init__(self, *, frames: int = 1, width: int = 16) -> None:
        super().__init__()
        channels = (frames + 2, width, 2 * width, 4 * width, 4 * width)
        self.layers = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 4, 2, 1)) for a, b in pairwise(channels)
        )
        self.last = spectral_norm(nn.Linear(channels[-1] * 16, 1))

    def forward(self, silhouettes: Tensor) -> Tensor:
        """How real `(N, frames, 64, 64)` in [0, 1] look, `(N,)`; above 0 = rather real."""
        planes = with_coordinates(silhouettes)
        for layer in self.layers:
            planes = nn.functional.leaky_relu(layer(planes), 0.2)
        score: Tensor = self.last(planes.flatten(1))
        return score[:, 0]
