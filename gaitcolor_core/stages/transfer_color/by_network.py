"""Colors of the anonymized silhouette from a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np
import torch
from torch import nn

from gaitcolor_core.imaging import SquareCrop, spread_field
from gaitcolor_core.stages.transfer_color.by_copying import nearest_colors
from gaitcolor_core.stages.transfer_color.protocol import ColorJob
from gaitcolor_core.stages.transfer_color.views import View, stacked
from gaitcolor_core.structures import Bool, Float32

# From this share of the network's colors on, copied ones are not needed.
_ENOUGH = 0.25


class NetworkColors:
    """A color network as a `ColorTransfer`.

    The network sees a body's square at 128 x 128 pixels and paints it in that size; larger
    walkers are painted softly. Where the new body reaches beyond what the network painted, it
    takes the nearest colors of the old one.

    Args:
        network: `forward(x_rgb, x_bi)`, as those of `models.color_networks`.
        device: where it runs; on CUDA in half precision.

    Attributes:
        network: the same.
        device: the same.
    """

    def __init__(self, network: nn.Module, device: str) -> None:
        self._cuda = device.startswith("cuda")
        self.device = device
        self.network = network.to(device)
        if self._cuda:
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def __call__(self, jobs: Sequence[ColorJob]) -> list[Float32]:
        """Color the walkers' new bodies, all at once; see `ColorTransfer`."""
        if not jobs:
            return []
        views = stacked([View.of(job) for job in jobs])
        painted = self._paint(views)
        return [
            _on_patch(job, colors, body)
            for job, colors, body in zip(jobs, painted, views.x_bi, strict=True)
        ]

    @torch.inference_mode()
    def _paint(self, views: View) -> Float32:
        """`(N, S, S, 3)` float32 in 0...255, 0 outside of the new bodies."""
        x_rgb, x_bi, _ = views.tensors(self.device)
        if self._cuda:
            x_rgb = x_rgb.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cuda", torch.float16) if self._cuda else nullcontext():
            painted = self.network(x_rgb, x_bi)
        return np.asarray(255 * painted.float().movedim(1, -1).cpu().numpy(), np.float32)


def _on_patch(job: ColorJob, colors: Float32, body: Bool) -> Float32:
    """Colors `(S, S, 3)` of a body `(S, S)` at the pixels of the patch, copied ones elsewhere."""
    usable = body & np.isfinite(colors).all(axis=-1)
    share = usable[..., None].astype(np.float32)
    known = np.concatenate([np.where(usable[..., None], colors, 0), share], axis=-1)
    # A rim of nothing, so that nothing goes on beyond the square.
    pixel = (job.body[2] - job.body[0]) / len(colors)
    rim = pixel * np.array([-1, -1, 1, 1], np.float32)
    whole = SquareCrop(0, 0, len(job.patch))
    spread = spread_field(np.pad(known, ((1, 1), (1, 1), (0, 0))), job.body + rim, whole)
    shares = spread[..., 3:]
    painted = spread[..., :3] / np.maximum(shares, 1e-6)
    weight = np.minimum(shares / _ENOUGH, 1)
    return np.asarray(weight * painted + (1 - weight) * nearest_colors(job), np.float32)
