"""Figures of merit: pictures, silhouettes, who is recognized (torchmetrics inside)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import torch

from gaitcolor_core.imaging import pixel_grid, sample
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8
from gaitcolor_core.torchvision_shim import ensure_torchvision

ensure_torchvision()

from torchmetrics.functional.image import (  # noqa: E402  # needs torchvision
    peak_signal_noise_ratio,
    structural_similarity_index_measure,
)

# Equal pictures have an infinite PSNR; a mean over frames needs a number.
MAX_PSNR_DB = 100.0
CHANGED_LEVELS = 16
_RIM_SHARE = 0.04
_MIN_FLOW_SIDE_PX = 24


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
    with _one_thread():
        _, similarity = structural_similarity_index_measure(
            pictures[0], pictures[1], data_range=255.0, return_full_image=True
        )
    return np.asarray(similarity[0].mean(dim=0).numpy(), np.float32)


def silhouette_iou(first: Bool, second: Bool) -> float:
    """Intersection over union of two masks of equal shape; 1 if both are empty."""
    union = np.logical_or(first, second).sum()
    return float(np.logical_and(first, second).sum() / union) if union else 1.0


def gradient_energy(image: UInt8, mask: Bool) -> float:
    """Mean squared gradient (Sobel, gray) inside a mask, away from its outline.

    Args:
        image: `(H, W, 3)` uint8 RGB.
        mask: `(H, W)` bool; one that is too thin to have an inside counts as 0.
    """
    inside = cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    if not inside.any():
        return 0.0
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)
    slopes = (cv2.Sobel(gray, cv2.CV_32F, *order)[inside] for order in ((1, 0), (0, 1)))
    return float(sum((slope.astype(np.float64) ** 2).mean() for slope in slopes))


def warping_error(first: UInt8, second: UInt8) -> float:
    """Mean squared difference of a frame and the next one, warped back by their optical flow.

    The flow is dense inverse search (Kroeger et al., ECCV 2016). What flickers or jumps does not
    follow the flow and adds to the error.

    Args:
        first: `(H, W, 3)` uint8 RGB.
        second: `(H, W, 3)` uint8 RGB, the next frame.
    """
    grays = [
        np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8) for image in (first, second)
    ]
    if min(grays[0].shape) < _MIN_FLOW_SIDE_PX:
        return float(((first.astype(np.float64) - second) ** 2).mean())
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        grays[0], grays[1], np.zeros((*grays[0].shape, 2), np.float32)
    )
    warped = sample(second, pixel_grid(*grays[0].shape) + np.asarray(flow, np.float32))
    return float(((first - warped).astype(np.float64) ** 2).mean())


def changed_rim(result: UInt8, reference: UInt8, mask: Bool) -> float:
    """The share of a person's rim that looks different, in [0, 1].

    The rim is a band along the outline, 4 % of the person's height to either side; a pixel looks
    different if a channel changed by more than `CHANGED_LEVELS`, which a codec does not.

    Args:
        result: `(H, W, 3)` uint8 RGB.
        reference: `(H, W, 3)` uint8 RGB.
        mask: `(H, W)` bool, the person in the reference, not empty.
    """
    rows = np.flatnonzero(mask.any(axis=1))
    radius = max(round(_RIM_SHARE * float(rows[-1] - rows[0] + 1)), 2)
    kernel = np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8
    )
    pixels = mask.astype(np.uint8)
    rim = np.asarray(cv2.dilate(pixels, kernel)) > np.asarray(cv2.erode(pixels, kernel))
    difference = np.asarray(cv2.absdiff(result, reference)).max(axis=2)
    return float((difference[rim] > CHANGED_LEVELS).mean())


def success_rate(rank1_accuracy: float) -> float:
    """The share, in [0, 1], of anonymized probes that are not identified."""
    return 1 - rank1_accuracy


def equal_error_rate(distances: Float64, same: Bool) -> float:
    """Where as many strangers are accepted as subjects are refused, in [0, 1].

    Between two thresholds the mean of both shares is taken, where they differ least.

    Args:
        distances: any shape.
        same: of the same shape, whether both walks are of one subject.

    Returns:
        NaN if all pairs are of one subject, or none is.
    """
    own, others = np.sort(distances[same]), np.sort(distances[~same])
    if not own.size or not others.size:
        return float("nan")
    thresholds = np.concatenate([[-np.inf], np.unique(distances)])
    refused = 1 - np.searchsorted(own, thresholds, side="right") / own.size
    accepted = np.searchsorted(others, thresholds, side="right") / others.size
    nearest = np.abs(refused - accepted).argmin()
    return float((refused[nearest] + accepted[nearest]) / 2)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small pictures: threads that wait for each other cost more than they save."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _tensor(values: UInt8 | Float32) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))
