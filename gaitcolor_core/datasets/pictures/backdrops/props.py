"""Things that stand about, as flat pictures: `(H, W, 4)` float32, RGB multiplied by alpha."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.materials import Color, rgb, tinted
from gaitcolor_core.structures import Float32

Rng = np.random.Generator
Points = tuple[tuple[float, float], ...]

# Side views, in meters from the lower left corner.
_SEDAN: Points = ((0.05, 0.35), (0.08, 0.75), (0.5, 0.92), (1.15, 0.98), (1.7, 1.40), (2.0, 1.46),
                  (2.9, 1.45), (3.2, 1.38), (3.75, 1.02), (4.25, 0.96), (4.32, 0.7), (4.3, 0.35),
                  (4.1, 0.25), (0.25, 0.25))  # fmt: skip
_GLASS: Points = ((1.28, 1.0), (1.74, 1.34), (2.02, 1.39), (2.88, 1.38), (3.12, 1.32), (3.5, 1.02))
_HATCH: Points = ((0.05, 0.35), (0.08, 0.78), (0.45, 0.95), (1.05, 1.02), (1.6, 1.48), (1.9, 1.55),
                  (3.3, 1.54), (3.7, 1.45), (3.95, 1.05), (4.05, 0.7), (4.02, 0.35), (3.85, 0.25),
                  (0.25, 0.25))  # fmt: skip
_PANES: Points = ((1.18, 1.03), (1.64, 1.42), (1.92, 1.48), (3.28, 1.47), (3.6, 1.4), (3.74, 1.05))


def car(rng: Rng, px_per_m: float) -> Float32:
    """A parked car from its side, 4.4 m long."""
    body, panes = (_SEDAN, _GLASS) if rng.uniform() < 0.5 else (_HATCH, _PANES)
    picture = np.zeros((int(1.65 * px_per_m), int(4.4 * px_per_m), 4), np.float32)
    paint = tinted(rng, (150, 154, 158), (46, 48, 54), (206, 206, 204), (120, 34, 34),
                   (40, 62, 104), (96, 104, 98))  # fmt: skip
    _polygon(picture, body, px_per_m, paint)
    height = picture.shape[0] / px_per_m - np.arange(picture.shape[0]) / px_per_m
    # The flank mirrors the sky above its crease and the road below it.
    light = np.interp(
        height, (0.2, 0.45, 0.72, 0.78, 0.95, 1.5), (0.4, 0.62, 0.85, 1.15, 1.0, 1.35)
    )
    picture[..., :3] *= light[:, None, None].astype(np.float32)
    _polygon(picture, panes, px_per_m, (38, 44, 50))
    glass = np.interp(height, (0.95, 1.2, 1.5), (0.7, 1.0, 2.0))[:, None, None]
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(inside, [_pixels(picture, panes, px_per_m)], (1,))
    picture[..., :3] = np.where(inside[..., None] > 0, picture[..., :3] * glass, picture[..., :3])
    middle = (panes[1][0] + panes[-2][0]) / 2
    _bar(picture, px_per_m, (middle, 0.96), (middle, panes[2][1]), 0.07, paint, 0.7)
    _bar(picture, px_per_m, (0.2, 0.48), (3.9, 0.48), 0.02, paint, 0.45)
    _bar(picture, px_per_m, (middle + 0.2, 0.86), (middle + 0.36, 0.86), 0.03, paint, 0.5)
    rings = ((0.36, 12.0), (0.32, 26.0), (0.21, 130.0), (0.17, 84.0), (0.05, 150.0))
    for x in (0.85, 3.3):
        for radius, tone in rings:
            center = _pixels(picture, ((x, 0.37),), px_per_m)[0]
            place = int(center[0]), int(center[1])
            cv2.circle(picture, place, max(int(radius * px_per_m), 1), (tone, tone, tone, 1), -1,
                       cv2.LINE_AA)  # fmt: skip
    _bar(picture, px_per_m, (0.1, 0.76), (0.25, 0.8), 0.09, (210, 206, 196), 1.0)
    return picture[:, ::-1].copy() if rng.uniform() < 0.5 else picture


def lamp_post(rng: Rng, px_per_m: float) -> Float32:
    """A street lamp."""
    tall = rng.uniform(3.6, 5.5)
    picture = np.zeros((int(tall * px_per_m), int(0.8 * px_per_m), 4), np.float32)
    color = tinted(rng, (70, 76, 72), (52, 54, 56), (120, 122, 120))
    _pole(picture, px_per_m, 0.4, 0.10, tall - 0.3, color)
    _pole(picture, px_per_m, 0.4, 0.18, 0.5, color)
    top, low = tall - 0.12, tall - 0.35
    _polygon(picture, ((0.1, top), (0.7, top), (0.6, low), (0.2, low)), px_per_m, (206, 202, 190))
    _bar(picture, px_per_m, (0.08, tall - 0.1), (0.72, tall - 0.1), 0.06, color, 0.9)
    return picture


def bollard(rng: Rng, px_per_m: float) -> Float32:
    """A short post."""
    picture = np.zeros((int(0.95 * px_per_m), max(int(0.3 * px_per_m), 2), 4), np.float32)
    color = tinted(rng, (64, 66, 68), (150, 146, 138), (96, 60, 44))
    _pole(picture, px_per_m, 0.15, 0.14, 0.9, color)
    _bar(picture, px_per_m, (0.08, 0.75), (0.22, 0.75), 0.06, (206, 204, 198), 1.0)
    return picture


def bench(rng: Rng, px_per_m: float) -> Float32:
    """A park bench from the front."""
    picture = np.zeros((int(0.9 * px_per_m), int(1.9 * px_per_m), 4), np.float32)
    wood = tinted(rng, (134, 96, 62), (104, 78, 58), (92, 104, 84))
    for x in (0.25, 1.65):
        _bar(picture, px_per_m, (x, 0.0), (x, 0.8), 0.06, (50, 52, 54), 1.0)
    for z, tone in ((0.82, 1.15), (0.70, 1.05), (0.58, 0.95), (0.44, 1.3), (0.40, 0.6)):
        _bar(picture, px_per_m, (0.05, z), (1.85, z), 0.08, wood, tone)
    return picture


def _pole(
    picture: Float32, px_per_m: float, x: float, wide: float, tall: float, color: Color
) -> None:
    """A round post with its base at the ground."""
    left, right = round((x - wide / 2) * px_per_m), round((x + wide / 2) * px_per_m) + 1
    top = max(picture.shape[0] - round(tall * px_per_m), 0)
    across = np.linspace(-1, 1, right - left + 2, dtype=np.float32)[1:-1]
    light = 0.45 + 0.8 * np.sqrt(1 - across**2) * (1 - 0.4 * across)
    part = picture[top:, left:right]
    part[..., :3] = (light[None, :, None] * rgb(color))[:, : part.shape[1]]
    part[..., 3] = 1


def _bar(
    picture: Float32,
    px_per_m: float,
    start: tuple[float, float],
    end: tuple[float, float],
    thick: float,
    color: Color,
    tone: float,
) -> None:
    """A straight piece from `start` to `end` `(x, z)` in meters."""
    first, last = _pixels(picture, (start, end), px_per_m).tolist()
    paint = *(float(tone * channel) for channel in color), 1.0
    cv2.line(picture, first, last, paint, max(round(thick * px_per_m), 1), cv2.LINE_AA)


def _polygon(picture: Float32, points: Points, px_per_m: float, color: Color) -> None:
    """A filled shape, opaque."""
    cv2.fillPoly(picture, [_pixels(picture, points, px_per_m)], (*color, 1.0), cv2.LINE_AA)


def _pixels(picture: Float32, points: Points, px_per_m: float) -> np.ndarray:
    """Points `(x, z)` from the lower left corner, as int32 pixels."""
    places = np.array(points) * px_per_m
    places[:, 1] = picture.shape[0] - places[:, 1]
    return places.round().astype(np.int32)
