"""A wall to draw on in meters, and what walls carry: windows, doors, pipes, posters."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.materials import Color, rgb, stains, tinted
from gaitcolor_core.datasets.pictures.backdrops.noise import fractal
from gaitcolor_core.structures import Float32

Rng = np.random.Generator


class Span(NamedTuple):
    """The part of a wall that can be seen, in meters along it and above the ground.

    Attributes:
        left_m: its left end.
        right_m: its right end.
        px_per_m: a scale that fits.
        top_m: up to where it is seen.
    """

    left_m: float
    right_m: float
    px_per_m: float
    top_m: float

    @property
    def wide_m(self) -> float:
        """How long it is."""
        return self.right_m - self.left_m


class Sheet:
    """An upright picture with its scale; x in meters from the left, z from the lower edge.

    Attributes:
        image: `(H, W, C)` float32, 255 = white.
        px_per_m: pixels per meter.
    """

    def __init__(self, image: Float32, px_per_m: float) -> None:
        self.image = image
        self.px_per_m = px_per_m

    @property
    def wide_m(self) -> float:
        """Width in meters."""
        return float(self.image.shape[1] / self.px_per_m)

    def part(self, x: float, z: float, wide: float, tall: float) -> Float32:
        """A view of the pixels in a rectangle, whose lower left corner is `(x, z)`."""
        scale, height = self.px_per_m, self.image.shape[0]
        rows = round(height - (z + tall) * scale), round(height - z * scale)
        columns = round(x * scale), round((x + wide) * scale)
        return self.image[
            max(rows[0], 0) : max(rows[1], 0), max(columns[0], 0) : max(columns[1], 0)
        ]

    def fill(self, x: float, z: float, wide: float, tall: float, color: Color) -> None:
        """Paint a rectangle."""
        self.part(x, z, wide, tall)[..., :3] = color

    def shade(self, x: float, z: float, wide: float, tall: float, factor: float) -> None:
        """Darken a rectangle, fading out towards its lower edge."""
        part = self.part(x, z, wide, tall)
        fade = np.linspace(factor, 1, part.shape[0] + 1, dtype=np.float32)[:-1]
        part[..., :3] *= fade[:, None, None]


def window(
    sheet: Sheet, rng: Rng, box: tuple[float, float, float, float], *, frame: Color, bars: int = 2
) -> None:
    """A window set back in the wall, with curtains and what the panes mirror.

    Args:
        sheet: the wall.
        rng: curtains and mirror image.
        box: `(x, z, wide, tall)` in meters.
        frame: color of the wood.
        bars: how many panes lie side by side.
    """
    x, z, wide, tall = box
    glass = sheet.part(x, z, wide, tall)
    if glass.size == 0:
        return
    glass[..., :3] = _pane(rng, (glass.shape[0], glass.shape[1]))
    if rng.uniform() < 0.6:
        _curtains(sheet, rng, box)
    bar = 0.06
    for pane in range(bars + 1):
        sheet.fill(x + pane * (wide - bar) / bars, z, bar, tall, frame)
    for level in (0.0, float(rng.choice([0.0, 0.68])), 1.0):
        sheet.fill(x, z + level * (tall - bar), wide, bar, frame)
    # The reveal shades the upper part, the sill the wall below.
    sheet.shade(x, z + 0.72 * tall, wide, 0.28 * tall, 0.45)
    sheet.part(x, z, 0.05, tall)[..., :3] *= 0.6
    sheet.fill(x - 0.06, z - 0.07, wide + 0.12, 0.07, tinted(rng, (176, 172, 164)))
    sheet.shade(x - 0.06, z - 0.22, wide + 0.12, 0.15, 0.62)


def _pane(rng: Rng, shape: tuple[int, int]) -> Float32:
    """Glass that mirrors a bright sky above dark houses, `(H, W, 3)`."""
    edge = rng.uniform(0.25, 0.8) + 0.08 * fractal(rng, shape, 2)
    down = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    mirrored = 1 / (1 + np.exp((down - edge) * 14))
    tone = 34 + 20 * rng.uniform() + rng.uniform(30, 110) * mirrored + 5 * fractal(rng, shape, 3)
    return np.asarray(tone[..., None] * rgb([0.88, 0.98, 1.08]), np.float32)


def _curtains(sheet: Sheet, rng: Rng, box: tuple[float, float, float, float]) -> None:
    """Cloth in folds at both sides, or a blind."""
    x, z, wide, tall = box
    color = tinted(rng, (206, 202, 192), (178, 160, 140), (196, 196, 200))
    if rng.uniform() < 0.4:
        share = rng.uniform(0.2, 0.9)
        blind = sheet.part(x, z + (1 - share) * tall, wide, share * tall)
        slats = 0.75 + 0.1 * np.sin(np.arange(blind.shape[0]) * 2 * np.pi / 0.07 / sheet.px_per_m)
        blind[..., :3] = slats[:, None, None] * rgb(color)
        return
    reach = rng.uniform(0.15, 0.35) * wide
    for left in (x, x + wide - reach):
        cloth = sheet.part(left, z, reach, tall)
        folds = 0.62 + 0.12 * np.sin(np.arange(cloth.shape[1]) * 2 * np.pi / 0.11 / sheet.px_per_m)
        cloth[..., :3] = folds[None, :, None] * rgb(color)


def door(sheet: Sheet, rng: Rng, x: float, *, wide: float = 1.0, tall: float = 2.1) -> None:
    """A door at the ground with its frame, panels and handle."""
    color = tinted(rng, (92, 60, 40), (60, 78, 70), (70, 76, 96), (150, 140, 124), (196, 190, 180))
    frame = tinted(rng, (200, 196, 186), (110, 104, 98), (70, 60, 52))
    sheet.fill(x - 0.08, 0, wide + 0.16, tall + 0.08, frame)
    leaf = sheet.part(x, 0.02, wide, tall - 0.02)
    if leaf.size == 0:
        return
    leaf[..., :3] = stains(rng, (leaf.shape[0], leaf.shape[1]), 0.04)[..., None] * rgb(color)
    for low, high in ((0.1, 0.42), (0.48, 0.92)):
        for column in (0.1, 0.55):
            _inset(sheet, x + column * wide, low * tall, 0.35 * wide, (high - low) * tall)
    if rng.uniform() < 0.4:
        pane = sheet.part(x + 0.15 * wide, 0.55 * tall, 0.7 * wide, 0.35 * tall)
        pane[..., :3] = _pane(rng, (max(pane.shape[0], 1), max(pane.shape[1], 1)))[
            : pane.shape[0], : pane.shape[1]
        ]
    sheet.fill(x + 0.88 * wide, 0.48 * tall, 0.03, 0.14, (190, 186, 176))
    sheet.shade(x, tall - 0.3, wide, 0.3, 0.6)


def _inset(sheet: Sheet, x: float, z: float, wide: float, tall: float) -> None:
    """A panel with light on its lower edge and shade on its upper one."""
    sheet.part(x, z, wide, tall)[..., :3] *= 0.94
    sheet.part(x, z + tall - 0.025, wide, 0.025)[..., :3] *= 0.6
    sheet.part(x, z, wide, 0.025)[..., :3] *= 1.2
    sheet.part(x, z, 0.02, tall)[..., :3] *= 0.75


def tube(sheet: Sheet, x: float, z: float, wide: float, tall: float, color: Color) -> None:
    """An upright pipe or post with round light, and its shadow on the wall."""
    sheet.part(x + wide, z, 0.6 * wide, tall)[..., :3] *= 0.72
    part = sheet.part(x, z, wide, tall)
    across = np.linspace(-1, 1, part.shape[1] + 2, dtype=np.float32)[1:-1]
    light = 0.45 + 0.75 * np.sqrt(1 - across**2) * (1 - 0.3 * across)
    part[..., :3] = light[None, :, None] * rgb(color)


def poster(sheet: Sheet, rng: Rng, box: tuple[float, float, float, float]) -> None:
    """A framed picture or a notice, `box` `(x, z, wide, tall)` in meters."""
    x, z, wide, tall = box
    sheet.part(x + 0.02, z - 0.03, wide, tall)[..., :3] *= 0.8
    edge = tinted(rng, (36, 34, 32), (226, 224, 220), (150, 110, 70))
    sheet.fill(x - 0.025, z - 0.025, wide + 0.05, tall + 0.05, edge)
    picture = sheet.part(x, z, wide, tall)
    if picture.size == 0:
        return
    shape = picture.shape[0], picture.shape[1]
    # Printed colors, most of them muted.
    colors = rng.uniform(50, 230, (3, 1)) + rng.normal(0, 22, (3, 3))
    first, second = fractal(rng, shape, 2), fractal(rng, shape, 3, octaves=2)
    paint = np.where((first > 0.3)[..., None], colors[0], colors[1])
    paint = np.where((second > 0.9)[..., None], colors[2], paint) * (1 + 0.04 * first[..., None])
    picture[..., :3] = cv2.GaussianBlur(paint.astype(np.float32), (0, 0), 0.8)
    for line in range(int(rng.integers(0, 6))):
        length = wide * rng.uniform(0.3, 0.8)
        sheet.fill(
            x + 0.1 * wide, z + (0.15 + 0.08 * line) * tall, length, 0.02 * tall, (40, 40, 44)
        )


def glazing(sheet: Sheet, rng: Rng, box: tuple[float, float, float, float], frame: Color) -> None:
    """A shop front: one big pane, lit goods behind it, a sign above."""
    x, z, wide, tall = box
    pane = sheet.part(x, z, wide, tall)
    if min(pane.shape[:2]) < 2:
        return
    shape = pane.shape[0], pane.shape[1]
    # Shelves and what lies on them, out of focus.
    blocks = rng.normal(0, 1, (5, max(int(wide * 5), 2), 1)) * 26 + rng.normal(0, 6, (5, 1, 3))
    goods = cv2.resize(blocks.astype(np.float32), shape[::-1], interpolation=cv2.INTER_NEAREST)
    goods = cv2.GaussianBlur(goods, (0, 0), 0.035 * sheet.px_per_m + 0.3)
    lamp = np.linspace(1.4, 0.5, shape[0])[:, None, None]
    inside = (rng.uniform(46, 92) + goods) * lamp * [1.05, 1.0, 0.9]
    pane[..., :3] = np.clip(inside, 12, 240) * 0.8 + 0.3 * _pane(rng, shape)
    for side in np.linspace(0, wide - 0.07, max(round(wide / 1.6), 1) + 1):
        sheet.fill(x + float(side), z, 0.07, tall, frame)
    sheet.fill(x, z, wide, 0.08, frame)
    sign = tinted(rng, (150, 40, 40), (36, 70, 110), (40, 44, 48), (60, 100, 70), (210, 200, 180))
    sheet.fill(x, z + tall, wide, 0.5, sign)
    sheet.shade(x, z + tall - 0.35, wide, 0.35, 0.45)
