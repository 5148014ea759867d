"""Other light, other camera: random changes of how a picture looks, never of what it shows."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.imaging import to_uint8
from gaitcolor_core.structures import Float32, UInt8

Rng = np.random.Generator


def grade(image: UInt8, rng: Rng, *, strength: float = 1.0) -> UInt8:
    """Change color, contrast, sharpness, noise and compression of a picture.

    Args:
        image: `(H, W, 3)` uint8 RGB.
        rng: what the changes are drawn from.
        strength: 0 (no change of color) to 1; sharpness, noise and compression do not depend
            on it.

    Returns:
        `(H, W, 3)` uint8 RGB.
    """
    image = recolor(image, rng, strength=strength)
    for probability, change in ((0.2, _blur), (0.15, _coarsen), (0.25, _noise), (0.3, _compress)):
        if rng.random() < probability:
            image = change(image, rng)
    return image


def recolor(image: UInt8, rng: Rng, *, strength: float = 1.0) -> UInt8:
    """Change exposure, contrast, gamma, white balance and saturation, each within usual bounds."""
    gamma = np.exp(strength * rng.normal(0, 0.3))
    gain = np.exp(strength * rng.normal(0, [0.08, 0.05, 0.08]))
    contrast = np.exp(strength * rng.normal(0, 0.2))
    offset = strength * rng.normal(0, 0.08)
    levels = np.linspace(0, 1, 256)[:, None] ** gamma * gain
    table = to_uint8(np.asarray(255 * (contrast * (levels - 0.5) + 0.5 + offset), np.float32))
    graded = np.asarray(cv2.LUT(image, table.reshape(1, 256, 3)), np.uint8)
    saturation = 0.0 if rng.random() < 0.1 * strength else np.exp(strength * rng.normal(0, 0.3))
    gray = cv2.cvtColor(graded, cv2.COLOR_RGB2GRAY)
    mixed = cv2.addWeighted(
        graded, saturation, cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB), 1 - saturation, 0
    )
    return np.asarray(mixed, np.uint8)


def texture(side: int, rng: Rng) -> UInt8:
    """A picture of nothing, `(side, side, 3)` uint8 RGB: clouds of color, bars and boxes."""
    canvas: Float32 = np.full((side, side, 3), rng.uniform(20, 235, 3), np.float32)
    for cells in rng.integers(2, 64, size=3):
        clouds = rng.normal(0, 1, (cells, cells, 1 if rng.random() < 0.6 else 3))
        layer = cv2.resize(clouds.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
        canvas += np.float32(rng.uniform(3, 30)) * layer.reshape(side, side, -1)
    for _ in range(rng.integers(0, 12)):
        start, end = rng.integers(-side // 4, side * 5 // 4, (2, 2))
        if rng.random() < 0.5:
            end[0] = start[0] + rng.integers(-6, 7)  # posts, trunks, edges of walls
        color = [float(value) for value in rng.uniform(0, 255, 3)]
        width = -1 if rng.random() < 0.4 else int(rng.integers(1, max(side // 12, 2)))
        draw = cv2.line if width > 0 and rng.random() < 0.6 else cv2.rectangle
        draw(canvas, start.tolist(), end.tolist(), color, width)
    return to_uint8(canvas)


def _blur(image: UInt8, rng: Rng) -> UInt8:
    if rng.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.8)), np.uint8)
    kernel = np.zeros((9, 9), np.float32)
    half = rng.uniform(1, 4) * np.array([1, rng.normal(0, 0.3)])
    ends = np.rint([4 - half, 4 + half]).astype(int).tolist()
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def _coarsen(image: UInt8, rng: Rng) -> UInt8:
    scale = rng.uniform(0.4, 0.9)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    size = image.shape[1::-1]
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _noise(image: UInt8, rng: Rng) -> UInt8:
    # A quarter of the noise, tiled: drawing all of it would take longer than all the rest.
    height, width = image.shape[:2]
    tile = rng.normal(0, rng.uniform(1, 12), ((height + 1) // 2, (width + 1) // 2, 3))
    return to_uint8(image + np.tile(tile.astype(np.float32), (2, 2, 1))[:height, :width])


def _compress(image: UInt8, rng: Rng) -> UInt8:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
    packed = cv2.imencode(".jpg", image, quality)[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
