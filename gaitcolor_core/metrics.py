"""Figures of merit: fidelity of pictures, agreement of silhouettes (torchmetrics inside)."""

from __future__ import annotations

import numpy as np
import torch

from gaitcolor_core.structures import Bool, Float32, UInt8
from gaitcolor_core.torchvision_shim import ensure_torchvision

ensure_torchvision()

from torchmetrics.functional.image import (  # noqa: E402  # needs torchvision
    peak_signal_noise_ratio,
    structural_similarity_index_measure,
)

# Equal pictures have an infinite PSNR; a mean over frames needs a number.
MAX_PSNR_DB = 100.0


def psnr(result: UInt8 | Float32, reference: UInt8 | Float32, where: Bool | None = None) -> float:
    """Peak signal-to-noise ratio in dB, at most `MAX_PSNR_DB`.

    Args:
        result: `(H, W, 3)`, values in 0...255.
        reference: `(H, W, 3)`, values in 0...255.
        where: `(H, W)` bool, the pixels to compare; None = all.

    Raises:
        ValueError: no pixel to compare.
    """
    if where is not None:
        result, reference = result[where], reference[where]
    if not result.size:
        raise ValueError("there is no pixel to compare")
    value = peak_signal_noise_ratio(_tensor(result), _tensor(reference), data_range=255.0)
    return min(float(value), MAX_PSNR_DB)


def ssim_map(result: UInt8 | Float32, reference: UInt8 | Float32) -> Float32:
    """Structural similarity of each pixel (Wang et al., TIP 2004; Gaussian window, sigma 1.5).

    Args:
        result: `(H, W, 3)`, values in 0...255.
        reference: `(H, W, 3)`, values in 0...255.

    Returns:
        `(H, W)` float32 in [-1, 1], mean over the channels; its mean is the SSIM.
    """
    pictures = [_tensor(image).movedim(-1, 0)[None] for image in (result, reference)]
    _, similarity = structural_similarity_index_measure(
        pictures[0], pictures[1], data_range=255.0, return_full_image=True
    )
    return np.asarray(similarity[0].mean(dim=0).numpy(), np.float32)


def silhouette_iou(first: Bool, second: Bool) -> float:
    """Intersection over union of two masks of equal shape; 1 if both are empty."""
    union = np.logical_or(first, second).sum()
    return float(np.logical_and(first, second).sum() / union) if union else 1.0


def _tensor(values: UInt8 | Float32) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))
