"""Moves the contours of a walker with the contour network and draws them anew."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.models.contour_net import SIDE, ContourNet, moved
from gaitcolor_core.stages.anonymize_shape.contours import contours_of
from gaitcolor_core.stages.anonymize_shape.one_piece import without_crumbs
from gaitcolor_core.structures import Bool, Float32, GaitSequence, Int64

_BATCH = 64


class Redrawing:
    """Draws the frames of one walker, at the full resolution of the silhouettes."""

    def __init__(self, network: ContourNet, gait: GaitSequence) -> None:
        self._network, self._gait = network, gait

    def draw_code(self, generator: np.random.Generator) -> Float32:
        """Noise of the gait's distribution, `(modes,)`; times 0 nothing moves."""
        device = next(self._network.parameters()).device
        plain = torch.from_numpy(generator.standard_normal((1, self._network.plain), np.float32))
        with torch.no_grad():
            return np.asarray(self._network.noise(plain.to(device))[0].cpu().numpy(), np.float32)

    @torch.no_grad()
    def silhouettes(self, frames: Int64, code: Float32) -> Bool:
        """The contours moved by the noise `code`, filled: `(len(frames), 1, S, S)`."""
        drawn = self._gait.silhouettes[frames]
        if not code.any():
            return drawn
        device = next(self._network.parameters()).device
        noise = torch.from_numpy(code).to(device)[None]
        for start in range(0, len(frames), _BATCH):
            batch = drawn[start : start + _BATCH]
            contours = torch.from_numpy(contours_of(batch)).to(device)
            small = nn.functional.avg_pool2d(contours, SILHOUETTE_SIZE // SIDE)
            fields = self._network.fields(small)
            new = moved(contours, fields, noise.expand(len(fields), -1))
            for silhouette, contour in zip(batch[:, 0], new[:, 0].cpu().numpy(), strict=True):
                if silhouette.any():
                    silhouette[:] = without_crumbs(np.asarray(contour > 0))
        return drawn
