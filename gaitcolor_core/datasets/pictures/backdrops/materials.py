"""Surfaces seen straight on: stone, asphalt, plaster, wood, carpet and grass.

All are `(H, W, 3)` float32 RGB, 255 = white; edges fit each other where the pattern divides them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.noise import fractal, grain, relief
from gaitcolor_core.structures import Float32

Rng = np.random.Generator
Shape = tuple[int, int]
Color = tuple[float, float, float]


class Bond(NamedTuple):
    """How stones are laid.

    Attributes:
        wide_m: length of a stone with its joint.
        tall_m: height of a course with its joint.
        joint_m: width of the joint.
        offset: shift of every other course, in stones.
        spread: deviation of the stones' brightness.
        rough: strength of the grain and the dirt on the stones.
    """

    wide_m: float
    tall_m: float
    joint_m: float
    offset: float = 0.5
    spread: float = 0.09
    rough: float = 0.05


def rgb(color: Sequence[float]) -> Float32:
    """A color to paint with, `(3,)` float32."""
    return np.asarray(color, np.float32)


def tinted(rng: Rng, *colors: Color, spread: float = 8.0) -> Color:
    """One of `colors`, a little off."""
    tone = np.array(colors[int(rng.integers(len(colors)))]) + rng.normal(0, spread / 2)
    red, green, blue = np.clip(tone + rng.normal(0, spread / 3, 3), 4, 250)
    return float(red), float(green), float(blue)


def masonry(
    rng: Rng, shape: Shape, px_per_m: float, bond: Bond, stones: list[Color], joint: Color
) -> Float32:
    """Bricks, slabs, tiles or planks of the colors `stones` in joints of the color `joint`."""
    down = (np.arange(shape[0], dtype=np.float32) + 0.5) / np.float32(px_per_m * bond.tall_m)
    along = (np.arange(shape[1], dtype=np.float32) + 0.5) / np.float32(px_per_m * bond.wide_m)
    row = np.floor(down).astype(int)
    across = along[None] + np.float32(bond.offset) * (row[:, None] % 2)
    count = (
        max(round(shape[0] / px_per_m / bond.tall_m), 1),
        max(round(shape[1] / px_per_m / bond.wide_m), 1),
    )
    column = np.floor(across).astype(int)
    index = row[:, None] % count[0], column % count[1]
    kind = rng.integers(0, len(stones), count)
    tone = np.array(stones)[kind] * rng.normal(1, bond.spread, (*count, 1))
    tone *= 1 + rng.normal(0, bond.spread / 12, (*count, 3))
    inset_x = (0.5 - abs(across - column - 0.5)) * np.float32(bond.wide_m)
    inset_y = (0.5 - abs(down - row - 0.5)) * np.float32(bond.tall_m)
    inset = np.minimum(inset_x, inset_y[:, None].astype(np.float32))
    face = np.clip((inset - bond.joint_m / 2) * px_per_m + 0.5, 0, 1).astype(np.float32)
    rough = grain(rng, shape, 0.9) + 0.8 * fractal(rng, shape, 24)
    surface = tone.astype(np.float32)[index] * (1 + np.float32(bond.rough) * rough)[..., None]
    wall = rgb(joint) + face[..., None] * (surface - rgb(joint))
    light = relief(face + np.float32(0.4 * bond.rough) * rough, 0.22)
    return (
        np.asarray(wall * light[..., None], np.float32) * stains(rng, shape, bond.rough)[..., None]
    )


def stains(rng: Rng, shape: Shape, strength: float, cells: float = 3) -> Float32:
    """Dirt and wear as factors around 1, `(H, W)`."""
    return np.asarray(1 + strength * fractal(rng, shape, cells, gain=0.7), np.float32)


def asphalt(rng: Rng, shape: Shape, px_per_m: float, color: Color) -> Float32:
    """Bitumen with chippings, stains and a crack or two."""
    chips = grain(rng, shape, 0.006 * px_per_m) + grain(rng, shape, 0.6)
    surface = 1 + 0.07 * chips + 0.05 * fractal(rng, shape, 4, gain=0.75)
    surface += 0.22 * np.clip(grain(rng, shape, 0.7) - 2.3, 0, 1)
    cracked = surface.astype(np.float32) * _cracks(rng, shape, px_per_m, int(rng.integers(0, 4)))
    light = cracked * relief(chips, 0.05)
    return np.asarray(light[..., None] * rgb(color), np.float32)


def _cracks(rng: Rng, shape: Shape, px_per_m: float, count: int) -> Float32:
    """Thin crooked lines, as factors up to 1."""
    factor = np.ones(shape, np.float32)
    for _ in range(count):
        steps = rng.normal(0, 0.35, 60).cumsum() + rng.uniform(0, 2 * np.pi)
        path = np.exp(1j * steps).cumsum() * 0.05 * px_per_m
        path += rng.uniform(0, shape[1]) + 1j * rng.uniform(0, shape[0])
        points = np.stack([path.real, path.imag], 1).round().astype(np.int32)
        width = max(round(0.006 * px_per_m), 1)
        cv2.polylines(factor, [points], False, float(rng.uniform(0.55, 0.8)), width, cv2.LINE_AA)
    return factor


def plaster(rng: Rng, shape: Shape, px_per_m: float, color: Color, wear: float = 0.5) -> Float32:
    """Painted plaster or concrete; `wear` from fresh 0 to shabby 1."""
    bumps = grain(rng, shape, 0.008 * px_per_m) + fractal(rng, shape, 40)
    streaks = cv2.resize(
        rng.standard_normal((4, max(shape[1] // 6, 1)), np.float32),
        (shape[1], shape[0]),
        interpolation=cv2.INTER_CUBIC,
    )
    rough = np.float32(0.25 + 0.75 * wear)
    tone = (1 + 0.02 * rough * bumps) * relief(bumps, float(0.025 * rough))
    tone *= stains(rng, shape, 0.004 + 0.05 * wear, 5)
    tone *= 1 - 0.03 * wear * np.clip(streaks, 0, 2)
    return np.asarray(tone[..., None] * rgb(color), np.float32)


def planks(rng: Rng, shape: Shape, px_per_m: float, color: Color, wide_m: float) -> Float32:
    """A wooden floor; the planks run to the right."""
    bond = Bond(10 * wide_m, wide_m, 0.003, float(rng.uniform(0.3, 0.6)), 0.10, 0.02)
    boards = masonry(rng, shape, px_per_m, bond, [color], (50, 36, 26))
    fibers = cv2.resize(
        rng.standard_normal((shape[0], max(shape[1] // 24, 1)), np.float32),
        (shape[1], shape[0]),
        interpolation=cv2.INTER_CUBIC,
    )
    veins = fractal(rng, (shape[0], max(shape[1] // 8, 8)), 20, octaves=4)
    veins = np.asarray(cv2.resize(veins, (shape[1], shape[0])), np.float32)
    return np.asarray(boards * (1 + 0.03 * fibers + 0.05 * veins)[..., None], np.float32)


def carpet(rng: Rng, shape: Shape, px_per_m: float, color: Color) -> Float32:
    """Pile: fine fibers and traces of steps."""
    pile = grain(rng, shape, 0.8)
    tone = (1 + 0.06 * pile) * relief(pile, 0.06) * stains(rng, shape, 0.035, 6)
    return np.asarray(tone[..., None] * rgb(color), np.float32)


def terrazzo(rng: Rng, shape: Shape, color: Color) -> Float32:
    """Polished stone with darker and lighter chips."""
    chips, specks = grain(rng, shape, 1.6), grain(rng, shape, 0.8)
    tone = 1 + 0.05 * specks - 0.2 * (chips > 1.4) + 0.12 * (chips < -1.5)
    return np.asarray((tone * stains(rng, shape, 0.02))[..., None] * rgb(color), np.float32)


def grass(rng: Rng, shape: Shape, px_per_m: float, color: Color, *, dry: float = 0.3) -> Float32:
    """A lawn from above: blades over each other, the lit ones last; `dry` from 0 to 1."""
    patch = fractal(rng, shape, 5)
    lawn = np.empty((*shape, 3), np.float32)
    lawn[:] = 0.55 * rgb(color)
    count = min(int(shape[0] * shape[1] / 22), 26000)
    roots = rng.uniform(0, 1, (count, 2)) * shape
    lean = rng.uniform(0, 2 * np.pi, count)
    reach = rng.uniform(0.015, 0.06, count)[:, None] * px_per_m
    tips = roots + reach * np.stack([np.sin(lean), np.cos(lean)], 1)
    light = np.sort(rng.normal(0.92, 0.17, count)) * rng.uniform(0.85, 1.1, count)
    straw = np.clip(rng.normal(0.1 + 0.4 * dry, 0.22, count), 0, 1)[:, None]
    colors = light[:, None] * ((1 - straw) * color + straw * np.array([176, 160, 104]) * 0.9)
    for root, tip, blade in zip(
        roots[:, ::-1].astype(int).tolist(), tips[:, ::-1].astype(int).tolist(), colors.tolist(),
        strict=True,
    ):  # fmt: skip
        cv2.line(lawn, root, tip, blade, max(round(0.006 * px_per_m), 1), cv2.LINE_AA)
    dryness = np.clip(0.12 * dry * patch, -0.1, 0.3)[..., None]
    lawn = lawn * (1 + 0.1 * fractal(rng, shape, 9)[..., None])
    return np.asarray(lawn + dryness * (np.array([190, 172, 110]) - lawn), np.float32)


def gravel(rng: Rng, shape: Shape, px_per_m: float, color: Color) -> Float32:
    """Trodden earth with small stones."""
    stones = grain(rng, shape, max(0.008 * px_per_m, 0.5))
    fine = grain(rng, shape, 0.6)
    tone = (1 + 0.10 * stones + 0.05 * fine) * relief(stones, 0.12) * stains(rng, shape, 0.07, 5)
    return np.asarray(tone[..., None] * rgb(color), np.float32)
