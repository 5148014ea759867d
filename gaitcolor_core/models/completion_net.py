"""The completing shape network ("dcgan"): broken silhouettes and a code in, a whole body out."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from gaitcolor_core.models.coordinates import with_coordinates

SIDE = 64


class CompletionNet(nn.Module):
    """Encoder, fully connected hidden layer with the code, decoder; logits come out.

    After "RGB gait anonymization for low-quality silhouettes" (APSIPA 2019), of which no layers
    were published. The code says which other body is to be drawn; zero = the walker's own.

    Args:
        window: neighboring frames that are seen at once, the middle one is drawn.
        code_size: numbers that say how the body is changed.
        width: channels of the first layer.
        hidden: size of the fully connected layer.
    """

    def __init__(
        self, *, window: int = 5, code_size: int = 12, width: int = 16, hidden: int = 128
    ) -> None:
        super().__init__()
        self.hyperparameters = {
            "window": window, "code_size": code_size, "width": width, "hidden": hidden,
        }  # fmt: skip
        channels = (window + 2, width, 2 * width, 4 * width, 6 * width)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairwise(channels))
        self._deepest = (channels[-1], SIDE // 16, SIDE // 16)
        flat = channels[-1] * (SIDE // 16) ** 2
        self.to_hidden = nn.Linear(flat, hidden)
        self.from_hidden = nn.Linear(hidden + code_size, flat)
        # From the second layer on, what the encoder saw at the same size is joined.
        up = [(channels[4], channels[3])]
        up += [(2 * channels[level], channels[level - 1]) for level in (3, 2)]
        up += [(2 * channels[1], width)]
        self.up = nn.ModuleList(nn.ConvTranspose2d(a, b, 4, 2, 1) for a, b in up)
        self.bend = nn.ModuleList(nn.Linear(code_size, 2 * b) for _, b in up)
        self.last = nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, silhouettes: Tensor, code: Tensor) -> Tensor:
        """Logits of the anonymized silhouettes.

        Args:
            silhouettes: `(N, window, 64, 64)` in [0, 1], possibly broken.
            code: `(N, code_size)`, about -1 to 1 at full strength; 0 = complete only.

        Returns:
            `(N, 1, 64, 64)`; above 0 lies the body.
        """
        planes, seen = with_coordinates(silhouettes), []
        for layer in self.down:
            planes = nn.functional.leaky_relu(layer(planes), 0.2)
            seen.append(planes)
        hidden = nn.functional.leaky_relu(self.to_hidden(planes.flatten(1)), 0.2)
        whole = self.from_hidden(torch.cat([hidden, code], dim=1))
        planes = planes + whole.view(-1, *self._deepest)
        for level, (layer, bend) in enumerate(zip(self.up, self.bend, strict=True)):
            if level:
                planes = torch.cat([planes, seen[-1 - level]], dim=1)
            scale, shift = bend(code)[..., None, None].chunk(2, dim=1)
            planes = nn.functional.leaky_relu(layer(planes) * (1 + scale) + shift, 0.2)
        logits: Tensor = self.last(planes)
        return logits
