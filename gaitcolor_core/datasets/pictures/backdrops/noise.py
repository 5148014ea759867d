"""Random fields: the irregularity that all surfaces share."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.structures import Float32

Rng = np.random.Generator


def fractal(
    rng: Rng, shape: tuple[int, int], cells: float, *, octaves: int = 6, gain: float = 0.6
) -> Float32:
    """Noise in octaves, each twice as fine as the one before; the edges fit each other.

    Args:
        rng: the values.
        shape: `(H, W)` in pixels.
        cells: lumps of the coarsest octave along the longer side.
        octaves: how many at most; those finer than a pixel are left out.
        gain: weight of an octave relative to the coarser one.

    Returns:
        `(H, W)` float32, mean 0, deviation 1.
    """
    total = np.zeros((1, 1), np.float32)
    for octave in range(octaves):
        scale = cells * 2**octave / max(shape)
        grid = max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)
        if max(grid) > max(shape):
            break
        # Octave upon octave at its own size: only the last one is blown up to the picture.
        total = _enlarge(total, grid)
        total += np.float32(gain**octave) * rng.standard_normal(grid, np.float32)
    total = _enlarge(total, shape)
    total -= total.mean()
    return np.asarray(total / max(float(total.std()), 1e-6), np.float32)


def _enlarge(values: Float32, shape: tuple[int, int]) -> Float32:
    """`values` blown up to `shape`, wrapped around at the edges."""
    padded = np.pad(values, 2, mode="wrap")
    step = shape[0] / values.shape[0], shape[1] / values.shape[1]
    size = round(padded.shape[1] * step[1]), round(padded.shape[0] * step[0])
    large = cv2.resize(padded, size, interpolation=cv2.INTER_CUBIC)
    top, left = round(2 * step[0]), round(2 * step[1])
    return np.asarray(large[top : top + shape[0], left : left + shape[1]], np.float32)


def grain(rng: Rng, shape: tuple[int, int], sigma_px: float) -> Float32:
    """`(H, W)` float32 noise of one size, mean 0, deviation 1; edges fit each other."""
    pad = int(4 * sigma_px) + 1
    white = np.pad(rng.standard_normal(shape, np.float32), pad, mode="wrap")
    soft = cv2.GaussianBlur(white, (0, 0), max(sigma_px, 0.1))[pad:-pad, pad:-pad]
    return np.asarray(soft / max(float(soft.std()), 1e-6), np.float32)


def relief(height: Float32, strength: float = 1.0) -> Float32:
    """Light on a rough surface from the upper left: `(H, W)` factors around 1.

    Args:
        height: `(H, W)`, wraps around.
        strength: change of the factor per unit of height over a pixel.
    """
    slope = height - np.roll(height, (1, 1), (0, 1))
    return np.asarray(np.clip(1 + strength * slope, 0.4, 1.7), np.float32)
