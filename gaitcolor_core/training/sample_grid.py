"""A picture of what a color network makes of some frames."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.files import write_whole
from gaitcolor_core.imaging import to_uint8

COLUMNS = 12


def draw_samples(x_rgb: Tensor, x_sil: Tensor, x_bi: Tensor, output: Tensor, path: Path) -> None:
    """Write a PNG: rows are original, silhouette, anonymized silhouette, output.

    Args:
        x_rgb: `(N, 3, S, S)` float32 RGB in [0, 1].
        x_sil: `(N, 1, S, S)` float32 in [0, 1].
        x_bi: `(N, 1, S, S)` float32 in [0, 1].
        output: `(N, 3, S, S)` float32 RGB in [0, 1].
        path: of the picture; columns are at most `COLUMNS` frames, spread over all.

    Raises:
        OSError: it cannot be written.
    """
    shown = torch.linspace(0, len(x_rgb) - 1, min(COLUMNS, len(x_rgb))).round().long()
    rows = [
        torch.cat(list(images.cpu()[shown].expand(-1, 3, -1, -1)), dim=2)
        for images in (x_rgb, x_sil, x_bi, output)
    ]
    picture = torch.cat(rows, dim=1).movedim(0, -1).float().numpy()
    bgr = np.ascontiguousarray(to_uint8(255 * picture)[..., ::-1])
    write_whole(path, cv2.imencode(".png", bgr)[1].tobytes())
