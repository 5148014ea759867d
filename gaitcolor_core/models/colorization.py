"""The earlier model's colorization network ([8] of the paper), which the paper compares with."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gaitcolor_core.models.blocks import SLOPE, check_color_input, halve, mix, twice

# A fully connected layer on all 128 x 128 pixels would have billions of weights.
_REDUCED = 32


class ColorizationNet(nn.Module):
    """Original crop and anonymized silhouette in, colored anonymized walker out.

    The order of the earlier model: first the product with the silhouette, then the fully
    connected layer, then the convolutional encoder and decoder. Its sizes were not published.

    Args:
        width: channels of the outer convolutions, doubled inside.
        hidden: size of the fully connected hidden layer, which reads and writes 32 x 32 pixels.
    """

    def __init__(self, *, width: int = 32, hidden: int = 1024) -> None:
        super().__init__()
        code = 3 * _REDUCED * _REDUCED
        self.to_hidden = nn.Linear(code, hidden)
        self.from_hidden = nn.Linear(hidden, code)
        self.encoder = nn.Sequential(halve(3, 2 * width), halve(2 * width, 4 * width))
        self.decoder = nn.Sequential(
            mix(4 * width),
            twice(4 * width, 4 * width),
            twice(4 * width, 2 * width),
            twice(2 * width, width),
            nn.ConvTranspose2d(width, 3, 4, stride=2, padding=1),
        )

    def forward(self, x_rgb: Tensor, x_bi: Tensor) -> Tensor:
        """Color the anonymized silhouettes; see `ColorTransferNet.forward`.

        Raises:
            ValueError: the images are of another size.
        """
        check_color_input(x_rgb, x_bi)
        product = F.adaptive_avg_pool2d(x_rgb * x_bi, _REDUCED)
        hidden = F.leaky_relu(self.to_hidden(product.flatten(1)), SLOPE)
        reduced = self.from_hidden(hidden).view_as(product)
        image = self.decoder(self.encoder(reduced))
        # Once more, as what is pasted into a frame has the shape of x_bi.
        return torch.sigmoid(image) * x_bi
