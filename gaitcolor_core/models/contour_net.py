"""The contour network ("contour"): a contour and noise in, where the contour moves out."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from gaitcolor_core.models.coordinates import with_coordinates

SIDE = 64
# A contour is the distance to it, in these parts of the square's side, cut off at -1 and 1.
REACH = 0.1
# Where a walker stands in the square: the head keeps its form, the feet stay on the ground.
_HEAD, _SHOULDERS, _ANKLES, _SOLES = 0.19, 0.29, 0.86, 0.93
# How much of half its breadth a limb may lose, and how far a contour may move, in `REACH`.
_THINNEST, _FARTHEST = 0.4, 0.45


class ContourNet(nn.Module):
    """Moves a silhouette's contour by as much of each of its modes as the noise says.

    After "ST-GAN for gait anonymization" (JISA 2019), of which no layers were published: a
    generator G_N makes noise of the gait's distribution from plain noise, a generator G the
    anonymized contour from the original one and that noise. Here G finds `modes` smooth fields
    for a contour, and the noise weighs them: no noise leaves the contour exactly as it was.

    Args:
        modes: fields, and numbers of a noise code.
        plain: numbers of plain noise.
        width: channels of the first layer.
    """

    def __init__(self, *, modes: int = 12, plain: int = 16, width: int = 24) -> None:
        super().__init__()
        self.hyperparameters = {"modes": modes, "plain": plain, "width": width}
        self.modes, self.plain = modes, plain
        self.to_noise = nn.Sequential(nn.Linear(plain, 64), nn.LeakyReLU(0.2), nn.Linear(64, modes))
        self.first = nn.Conv2d(3, width, 4, 2, 1)
        self.second = nn.Conv2d(width, 2 * width, 4, 2, 1)
        self.third = nn.Conv2d(2 * width, 3 * width, 4, 2, 1)
        self.around = nn.Conv2d(3 * width, 3 * width, 3, padding=1)
        self.joined = nn.Conv2d(5 * width, 2 * width, 3, padding=1)
        self.to_fields = nn.Conv2d(2 * width, modes, 3, padding=1)
        nn.init.normal_(self.to_fields.weight, std=0.01)

    def noise(self, plain: Tensor) -> Tensor:
        """G_N: `(N, plain)` normal noise to noise codes `(N, modes)` of root mean square 1."""
        code = self.to_noise(plain)
        size = code.norm(dim=1, keepdim=True) / math.sqrt(self.modes)
        noise: Tensor = code / size.clamp_min(1e-6)
        return noise

    def fields(self, contours: Tensor) -> Tensor:
        """G, the part that looks: contours `(N, 1, 64, 64)` in [-1, 1] to `(N, modes, 16, 16)`."""
        half = _bent(self.first(with_coordinates(contours)))
        quarter = _bent(self.second(half))
        eighth = _bent(self.third(quarter))
        eighth = eighth + _bent(self.around(eighth))
        wide = nn.functional.interpolate(eighth, scale_factor=2, mode="bilinear")
        fields: Tensor = self.to_fields(_bent(self.joined(torch.cat([wide, quarter], dim=1))))
        return fields

    def forward(self, contours: Tensor, noise: Tensor) -> Tensor:
        """G: the anonymized contours.

        Args:
            contours: `(N, 1, 64, 64)`, distance to the contour / `REACH` in sides of the square,
                positive inside, cut off at -1 and 1.
            noise: `(N, modes)` noise codes, times the strength.

        Returns:
            `(N, 1, 64, 64)`; above 0 lies the body.
        """
        return moved(contours, self.fields(contours), noise)


def moved(contours: Tensor, fields: Tensor, noise: Tensor) -> Tensor:
    """Contours `(N, 1, S, S)` moved by fields `(N, modes, h, w)`, weighed by `(N, modes)`."""
    field = torch.einsum("nkhw,nk->nhw", fields, noise)[:, None] / math.sqrt(noise.shape[1])
    move = nn.functional.interpolate(field, contours.shape[-2:], mode="bicubic")
    move = _on_the_body(_FARTHEST * torch.tanh(move / _FARTHEST))
    # A limb may lose a part of its breadth, not all of it.
    around = 2 * (contours.shape[-1] // 20) + 1
    breadth = contours.clamp_min(0)
    for window in ((around, 1), (1, around)):
        padding = (window[0] // 2, window[1] // 2)
        breadth = nn.functional.max_pool2d(breadth, window, stride=1, padding=padding)
    return contours + torch.maximum(move, -_THINNEST * breadth)


def _bent(planes: Tensor) -> Tensor:
    return nn.functional.leaky_relu(planes, 0.2)


def _on_the_body(move: Tensor) -> Tensor:
    """Nothing moves at the head and little at the soles."""
    side = move.shape[2]
    rows = (torch.arange(side, device=move.device, dtype=torch.float32) + 0.5) / side
    below_head = ((rows - _HEAD) / (_SHOULDERS - _HEAD)).clamp(0, 1)
    above_soles = ((_SOLES - rows) / (_SOLES - _ANKLES)).clamp(0, 1)
    return move * (below_head * above_soles)[:, None]
