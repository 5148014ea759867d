"""Trees, bushes and hedges, as pictures to stand on the ground."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.noise import fractal, grain
from gaitcolor_core.structures import Float32, Float64

Rng = np.random.Generator

_GREENS = ((78, 104, 48), (92, 112, 56), (62, 92, 52), (108, 118, 58), (120, 110, 52))


def leaf_color(rng: Rng) -> Float64:
    """RGB of foliage."""
    return np.array(_GREENS[int(rng.integers(len(_GREENS)))]) + rng.normal(0, 7, 3)


def foliage(rng: Rng, shape: tuple[int, int], px_per_m: float, color: Float64) -> Float32:
    """Leaves in clumps without gaps, for a hedge or an ivy wall: `(H, W, 3)` float32 RGB."""
    picture = np.empty((*shape, 3), np.float32)
    picture[:] = 0.4 * color
    clumps = fractal(rng, shape, max(shape) / px_per_m / 0.8, octaves=4)
    spots = rng.uniform(0, 1, (min(int(shape[0] * shape[1] / 14), 16000), 2)) * shape
    lit = clumps[spots[:, 0].astype(int), spots[:, 1].astype(int)]
    light = np.clip(0.72 + 0.22 * lit + rng.normal(0, 0.2, len(spots)), 0.3, 1.5)
    _leaves(picture, rng, spots[np.argsort(light)], np.sort(light), px_per_m, color)
    return picture


def bush(rng: Rng, wide_m: float, tall_m: float, px_per_m: float, color: Float64) -> Float32:
    """A shrub on the ground: `(H, W, 4)` float32, RGB multiplied by alpha."""
    shape = int(tall_m * px_per_m) + 4, int(wide_m * px_per_m) + 4
    across = rng.uniform(-0.85, 0.85, 60)
    spots = np.stack([1 - rng.uniform(0.1, 1.7, 60) * np.sqrt(1 - across**2), across], 1)
    radii = rng.uniform(0.10, 0.32, 60)
    return _crown(rng, shape, px_per_m, color, spots, radii)


def tree(rng: Rng, tall_m: float, px_per_m: float, color: Float64) -> Float32:
    """A trunk with a crown: `(H, W, 4)` float32, RGB multiplied by alpha."""
    wide_m = tall_m * rng.uniform(0.5, 0.8)
    shape = int(tall_m * px_per_m) + 4, int(wide_m * px_per_m) + 4
    bottom = rng.uniform(0.62, 0.78)
    angle, far = rng.uniform(0, 2 * np.pi, 14), rng.uniform(0, 1, 14) ** 0.5
    limbs = np.stack([np.sin(angle), np.cos(angle)], 1) * far[:, None] * 0.7
    spots = np.repeat(limbs, 9, axis=0) + rng.normal(0, 0.13, (126, 2))
    spots = np.clip(spots, -0.88, 0.88) * (bottom, 1) - (1 - bottom, 0)
    crown = _crown(rng, shape, px_per_m, color, spots, rng.uniform(0.05, 0.19, 126))
    picture = _trunk(rng, shape, px_per_m, tall_m, bottom)
    return np.asarray(crown + picture * (1 - crown[..., 3:]), np.float32)


def _crown(
    rng: Rng,
    shape: tuple[int, int],
    px_per_m: float,
    color: Float64,
    spots: Float64,
    radii: Float64,
) -> Float32:
    """Balls of leaves at `spots` `(n, 2)` (down, across) in [-1, 1], lit from above."""
    half = np.array(shape) / 2
    centers, sizes = (spots + 1) * half, radii * half.min() * 1.1
    # Leaves are strewn over each ball; where they sit on it says how much light they get.
    count = int(np.clip(shape[0] * shape[1] / 12, 150, 14000))
    ball = rng.choice(len(spots), count, p=sizes**2 / (sizes**2).sum())
    angle, far = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.uniform(0, 1, count))
    offset = np.stack([np.sin(angle), np.cos(angle)], 1) * far[:, None]
    place = centers[ball] + offset * sizes[ball][:, None]
    lit = 0.78 - 0.30 * offset[:, 0] - 0.12 * offset[:, 1] - 0.16 * (place[:, 0] / half[0] - 1)
    light = np.clip(lit * rng.normal(1, 0.18, count), 0.22, 1.6)
    order = np.argsort(light + rng.normal(0, 0.12, count))
    picture = np.zeros((*shape, 3), np.float32)
    cover = np.zeros(shape, np.float32)
    for center, size in zip(centers, sizes, strict=True):
        cv2.circle(
            picture, _pixel(center), int(0.82 * size), (0.3 * color).tolist(), -1, cv2.LINE_AA
        )
        cv2.circle(cover, _pixel(center), int(0.82 * size), 1.0, -1, cv2.LINE_AA)
    cover *= grain(rng, shape, max(0.06 * px_per_m, 0.7)) > -1.1
    picture *= cover[..., None]
    rgba = np.dstack([picture, cover])
    _leaves(rgba, rng, place[order], light[order], px_per_m, color)
    return rgba


def _leaves(
    picture: Float32, rng: Rng, spots: Float64, light: Float64, px_per_m: float, color: Float64
) -> None:
    """Draw leaf after leaf into `(H, W, 3 or 4)`; a fourth channel becomes 1 under them."""
    size = np.maximum(rng.uniform(0.02, 0.045, len(spots)) * px_per_m, 0.8)
    turn = rng.uniform(0, 180, len(spots))
    hue = 1 + rng.normal(0, 0.06, (len(spots), 3))
    # Sunlit leaves are yellower.
    warm = np.outer(np.clip(light - 0.8, 0, 1), [26, 18, 0])
    colors = np.clip(light[:, None] * color * hue + warm, 0, 255)
    colors = np.hstack([colors, np.ones((len(spots), 1))])[:, : picture.shape[2]]
    for spot, radius, angle, paint in zip(
        spots, size.tolist(), turn.tolist(), colors.tolist(), strict=True
    ):
        axes = round(radius), max(round(radius * 0.55), 1)
        cv2.ellipse(picture, _pixel(spot), axes, angle, 0, 360, paint, -1)


def _trunk(
    rng: Rng, shape: tuple[int, int], px_per_m: float, tall_m: float, bottom: float
) -> Float32:
    """Stem and a few limbs, `(H, W, 4)`."""
    picture = np.zeros((*shape, 4), np.float32)
    bark = np.array([88, 76, 62]) * rng.uniform(0.6, 1.15)
    foot, fork = (shape[0], shape[1] / 2), (shape[0] * bottom * 0.9, shape[1] / 2)
    thick = max(0.035 * tall_m * px_per_m * rng.uniform(0.7, 1.2), 2)
    paint = [*bark.tolist(), 1.0]
    cv2.line(picture, _pixel(foot), _pixel(fork), paint, round(thick), cv2.LINE_AA)
    for _ in range(5):
        end = shape[0] * rng.uniform(0.15, 0.5), shape[1] * rng.uniform(0.2, 0.8)
        cv2.line(picture, _pixel(fork), _pixel(end), paint, max(round(thick / 3), 1), cv2.LINE_AA)
    across = np.arange(shape[1]) - shape[1] / 2
    round_light = np.clip(1.05 - 0.5 * across / thick, 0.55, 1.4)[None, :, None]
    rough = 1 + 0.12 * grain(rng, shape, 1.0)[..., None]
    picture[..., :3] *= (round_light * rough).astype(np.float32)
    return picture


def _pixel(spot: Float64 | tuple[float, float]) -> tuple[int, int]:
    """OpenCV's order of coordinates, whole."""
    return int(spot[1]), int(spot[0])
