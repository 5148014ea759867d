"""The paper's color transfer network (its Fig. 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gaitcolor_core.models.blocks import SIDE, check_color_input, halve, mix, twice

_ROWS = SIDE // 16


class ColorTransferNet(nn.Module):
    """Original crop and anonymized silhouette in, colored anonymized walker out.

    A strided convolutional encoder, a fully connected hidden layer, a decoder of transposed
    convolutions, and at the end the product with the silhouette.

    Args:
        width: channels after the first convolution; doubled, then four times as many after.
        code_channels: of the 8 x 8 map that the hidden layer reads and writes.
        hidden: size of the fully connected hidden layer.
    """

    def __init__(self, *, width: int = 32, code_channels: int = 64, hidden: int = 864) -> None:
        super().__init__()
        code = code_channels * _ROWS * _ROWS
        self.encoder = nn.Sequential(
            halve(4, width),
            halve(width, 2 * width),
            halve(2 * width, 4 * width),
            mix(4 * width),
            halve(4 * width, 4 * width),
            nn.Conv2d(4 * width, code_channels, 1),
            nn.Flatten(),
        )
        self.to_hidden = nn.Linear(code, hidden)
        self.from_hidden = nn.Linear(hidden, code)
        self.decoder = nn.Sequential(
            nn.Unflatten(1, (code_channels, _ROWS, _ROWS)),
            nn.Conv2d(code_channels, 4 * width, 1),
            twice(4 * width, 4 * width),
            mix(4 * width),
            twice(4 * width, 2 * width),
            twice(2 * width, width),
            nn.ConvTranspose2d(width, 3, 4, stride=2, padding=1),
        )

    def forward(self, x_rgb: Tensor, x_bi: Tensor) -> Tensor:
        """Color the anonymized silhouettes.

        Args:
            x_rgb: `(N, 3, 128, 128)` float in [0, 1], the originals, background included.
            x_bi: `(N, 1, 128, 128)` float in [0, 1], the anonymized silhouettes.

        Returns:
            `(N, 3, 128, 128)` in [0, 1], 0 where `x_bi` is.

        Raises:
            ValueError: the images are of another size.
        """
        check_color_input(x_rgb, x_bi)
        features = self.encoder(torch.cat([x_rgb, x_bi], dim=1))  # compresses both inputs ...
        hidden = self.to_hidden(features)  # ... into the hidden layer,
        image = self.decoder(self.from_hidden(hidden))  # which the decoder decodes.
        return torch.sigmoid(image) * x_bi  # Phi has the shape of x_bi.
