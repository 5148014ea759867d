"""Draws whole bodies, a walker's own or another one, with the completing network."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.models.completion_net import SIDE, CompletionNet
from gaitcolor_core.stages.anonymize_shape.body_code import body_code, draw_body
from gaitcolor_core.stages.anonymize_shape.one_piece import in_one_piece
from gaitcolor_core.structures import Bool, Float32, GaitSequence, Int64

# Neighbors that the network sees; a step takes half a second.
WINDOW_S = np.array([-0.16, -0.08, 0.0, 0.08, 0.16])
_BATCH = 64


class Completing:
    """Draws the frames of one walker; nothing of its own is drawn from an empty frame."""

    def __init__(self, network: CompletionNet, gait: GaitSequence, fps: float) -> None:
        self._network, self._gait = network, gait
        self._window = _window(gait, fps)

    def draw_code(self, generator: np.random.Generator) -> Float32:
        """Another body, `(code_size,)`; times 0 it is the walker's own."""
        return body_code(draw_body(generator))

    @torch.no_grad()
    def silhouettes(self, frames: Int64, code: Float32) -> Bool:
        """The body that `code` says, at some frames of the walk: `(len(frames), 1, S, S)`."""
        drawn = np.zeros((len(frames), *self._gait.silhouettes.shape[1:]), bool)
        device = next(self._network.parameters()).device
        codes = torch.from_numpy(code).to(device)[None]
        seen = np.flatnonzero(self._gait.silhouettes[frames].any((1, 2, 3)))
        for start in range(0, len(seen), _BATCH):
            places = seen[start : start + _BATCH]
            window = self._gait.silhouettes[self._window[frames[places]], 0]
            planes = torch.from_numpy(window.astype(np.float32)).to(device)
            small = nn.functional.avg_pool2d(planes, SILHOUETTE_SIZE // SIDE)
            logits = self._network(small, codes.expand(len(small), -1))
            size = (SILHOUETTE_SIZE, SILHOUETTE_SIZE)
            large = nn.functional.interpolate(logits, size, mode="bicubic")
            for place, logit in zip(places, large[:, 0].cpu().numpy(), strict=True):
                drawn[place, 0] = in_one_piece(np.asarray(logit > 0))
        return drawn


def _window(gait: GaitSequence, fps: float) -> Int64:
    """For each frame those around it, `(T, len(WINDOW_S))`; itself for one that is empty."""
    own = np.arange(len(gait.frame_ids))[:, None]
    wanted = gait.frame_ids[:, None] + np.rint(WINDOW_S * fps)
    middles = (gait.frame_ids[1:] + gait.frame_ids[:-1]) / 2
    nearest = np.searchsorted(middles, wanted)
    there: Bool = np.asarray(gait.silhouettes.any((1, 2, 3)))
    return np.where(there[nearest], nearest, own)
