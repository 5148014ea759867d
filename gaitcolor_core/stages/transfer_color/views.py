"""A walker as color networks see it: a small square that fits the body closely."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.imaging import resample_square, to_float01, to_uint8
from gaitcolor_core.stages.transfer_color.protocol import ColorJob
from gaitcolor_core.structures import Bool, Int64, UInt8


class View(NamedTuple):
    """One walker in one frame, or N of them with the number in front of each shape; S = 128.

    Attributes:
        x_rgb: `(S, S, 3)` uint8, the original, black beyond the frame.
        x_bi: `(S, S)` bool, the new silhouette.
        x_sil: `(S, S)` bool, what surely shows the original walker.
    """

    x_rgb: UInt8
    x_bi: Bool
    x_sil: Bool

    @classmethod
    def of(cls, job: ColorJob) -> Self:
        """The body's square of a job."""
        patch = job.patch * job.in_frame[..., None]
        x_rgb, x_bi, x_sil = (
            resample_square(values.astype(np.float32), job.body, SILHOUETTE_SIZE)
            for values in (patch, job.alpha, job.foreground)
        )
        return cls(to_uint8(x_rgb), x_bi > 0.5, x_sil > 0.5)

    def some(self, chosen: Int64, *, mirrored: bool = False) -> View:
        """Those of N views whose numbers are `chosen`."""
        step = -1 if mirrored else 1
        return View(
            self.x_rgb[chosen][:, :, ::step],
            self.x_bi[chosen][:, :, ::step],
            self.x_sil[chosen][:, :, ::step],
        )

    def tensors(self, device: torch.device | str) -> tuple[Tensor, Tensor, Tensor]:
        """N views as `(N, 3, S, S)` and twice `(N, 1, S, S)` float32 in [0, 1]."""
        x_bi, x_sil = (
            torch.from_numpy(np.ascontiguousarray(mask))[:, None].to(device).float()
            for mask in (self.x_bi, self.x_sil)
        )
        return to_float01(self.x_rgb).to(device), x_bi, x_sil


def stacked(views: list[View]) -> View:
    """N views in one."""
    x_rgb, x_bi, x_sil = (np.stack(part) for part in zip(*views, strict=True))
    return View(x_rgb, x_bi, x_sil)
