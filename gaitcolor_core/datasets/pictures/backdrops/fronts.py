"""Houses along a street, garden walls and fences, as upright pictures."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.materials import (
    Bond,
    Color,
    Shape,
    masonry,
    plaster,
    rgb,
    stains,
    tinted,
)
from gaitcolor_core.datasets.pictures.backdrops.noise import fractal, grain
from gaitcolor_core.datasets.pictures.backdrops.plants import foliage, leaf_color
from gaitcolor_core.datasets.pictures.backdrops.sheet import (
    Sheet,
    Span,
    door,
    glazing,
    tube,
    window,
)
from gaitcolor_core.structures import Float32

Rng = np.random.Generator

_BRICK = Bond(0.24, 0.075, 0.012)
_STONE = Bond(0.7, 0.35, 0.012, 0.5, 0.06, 0.06)


def brickwork(rng: Rng, shape: Shape, px_per_m: float) -> Float32:
    """Bricks of one kiln, `(H, W, 3)`."""
    base = np.array(tinted(rng, (156, 92, 68), (172, 122, 92), (124, 76, 62), (178, 158, 128),
                           (132, 106, 92)))  # fmt: skip
    stones: list[Color] = [tuple((base * tone).tolist()) for tone in (0.8, 0.95, 1.0, 1.1)]
    return masonry(
        rng, shape, px_per_m, _BRICK, stones, tinted(rng, (172, 166, 156), (120, 116, 110))
    )


def cladding(rng: Rng, shape: Shape, px_per_m: float, material: str) -> Float32:
    """A bare wall of "brick", "plaster", "stone" or "concrete", `(H, W, 3)`."""
    if material == "brick":
        return brickwork(rng, shape, px_per_m)
    if material == "stone":
        stones = [tinted(rng, (178, 166, 144), (150, 148, 142)) for _ in range(3)]
        return masonry(rng, shape, px_per_m, _STONE, stones, (120, 112, 100))
    if material == "concrete":
        slab = Bond(2.4, 1.2, 0.02, 0.0, 0.03, 0.03)
        return masonry(rng, shape, px_per_m, slab, [tinted(rng, (158, 156, 150))], (96, 94, 90))
    color = tinted(rng, (216, 204, 178), (206, 178, 140), (196, 200, 198), (214, 186, 172),
                   (178, 190, 170), (230, 226, 216))  # fmt: skip
    return plaster(rng, shape, px_per_m, color, rng.uniform(0.1, 0.9))


def street_front(rng: Rng, span: Span, materials: tuple[str, ...]) -> Sheet:
    """Houses side by side, each of one of `materials`; transparent above their eaves."""
    wide_m, px_per_m, top_m = span.wide_m, span.px_per_m, span.top_m
    shape = int(min(11.0, top_m) * px_per_m), int(wide_m * px_per_m)
    sheet = Sheet(np.zeros((*shape, 4), np.float32), px_per_m)
    left = -rng.uniform(0, 6)
    while left < wide_m:
        wide = rng.uniform(7, 15)
        right = min(left + wide, wide_m)
        start = max(left, 0.0)
        if right - start > 0.3:
            house = _house(rng, right - start, px_per_m, top_m, materials)
            target = sheet.part(start, 0, right - start, house.image.shape[0] / px_per_m)
            target[..., :3] = house.image[-target.shape[0] :, : target.shape[1]]
            target[..., 3] = 1
            tube(sheet, start + 0.1, 0, 0.1, house.image.shape[0] / px_per_m, (92, 94, 92))
        left += wide
    return sheet


def _house(
    rng: Rng, wide_m: float, px_per_m: float, top_m: float, materials: tuple[str, ...]
) -> Sheet:
    """One front: plinth, door or shop, rows of windows, eaves; up to `top_m`."""
    tall_m = rng.uniform(6.2, 11)
    material = materials[int(rng.integers(len(materials)))]
    rows = max(int(min(tall_m, top_m) * px_per_m), 2)
    shape = rows, max(int(np.ceil(wide_m * px_per_m)) + 1, 2)
    sheet = Sheet(cladding(rng, shape, px_per_m, material), px_per_m)
    storey, frame = rng.uniform(2.9, 3.5), tinted(rng, (226, 224, 218), (96, 74, 56), (70, 74, 78))
    plinth = rng.uniform(0.25, 0.7)
    foot = sheet.part(0, 0, wide_m + 1, plinth)
    stone = rgb(tinted(rng, (120, 116, 108), (96, 94, 92), (150, 142, 130)))
    foot[:] = stone * stains(rng, (foot.shape[0], foot.shape[1]), 0.07)[..., None]
    sheet.part(0, plinth, wide_m + 1, 0.03)[:] *= 1.12
    pitch, wide, tall = rng.uniform(2.0, 3.2), rng.uniform(0.9, 1.5), rng.uniform(1.3, 1.8)
    bars = int(rng.integers(1, 4))
    shop = rng.uniform() < 0.3
    entry = int(rng.integers(0, max(int(wide_m / pitch), 1)))
    for level in range(int(tall_m / storey) + 1):
        for bay in range(int(wide_m / pitch) + 1):
            x, z = bay * pitch + (pitch - wide) / 2, level * storey + 0.95
            if level == 0 and bay == entry:
                door(sheet, rng, x, wide=1.0, tall=2.15)
            elif level == 0 and shop:
                glazing(sheet, rng, (bay * pitch + 0.15, 0.4, pitch - 0.3, 2.1), frame)
            elif z + tall < tall_m - 0.3:
                window(sheet, rng, (x, z, wide, tall), frame=frame, bars=bars)
    sheet.fill(0, tall_m - 0.25, wide_m + 1, 0.25, tinted(rng, (150, 142, 132), (90, 84, 80)))
    sheet.shade(0, tall_m - 0.75, wide_m + 1, 0.5, 0.6)
    return sheet


def block_front(rng: Rng, span: Span) -> Sheet:
    """A modern block with bands of glass."""
    wide_m, px_per_m = span.wide_m, span.px_per_m
    tall_m = min(rng.uniform(8, 16), span.top_m)
    shape = int(tall_m * px_per_m), int(wide_m * px_per_m)
    sheet = Sheet(cladding(rng, shape, px_per_m, "concrete"), px_per_m)
    frame = tinted(rng, (70, 74, 78), (190, 192, 192))
    storey, pitch = rng.uniform(3.2, 3.8), rng.uniform(1.4, 2.6)
    for level in range(int(np.ceil(tall_m / storey))):
        for bay in range(int(wide_m / pitch) + 1):
            tall = 2.7 if level == 0 else 1.9
            box = (
                bay * pitch + 0.1,
                level * storey + (0.2 if level == 0 else 0.9),
                pitch - 0.2,
                tall,
            )
            window(sheet, rng, box, frame=frame, bars=1)
    return sheet


def garden_wall(rng: Rng, wide_m: float, px_per_m: float) -> Sheet:
    """A wall of a man's height or more, with coping; now and then painted on."""
    tall_m = rng.uniform(1.8, 3.4)
    shape = int(tall_m * px_per_m), int(wide_m * px_per_m)
    material = str(rng.choice(["brick", "plaster", "stone", "concrete"]))
    sheet = Sheet(cladding(rng, shape, px_per_m, material), px_per_m)
    sheet.shade(0, tall_m - 0.5, wide_m, 0.4, 0.7)
    sheet.fill(0, tall_m - 0.1, wide_m, 0.1, tinted(rng, (164, 160, 152), (110, 100, 92)))
    damp = sheet.part(0, 0, wide_m, 0.5)
    ragged = np.clip(0.75 + 0.1 * fractal(rng, (damp.shape[0], damp.shape[1]), 20), 0.55, 1)
    rise = np.linspace(0, 1, damp.shape[0])[:, None]
    damp[:] *= (1 - rise * (1 - ragged))[..., None].astype(np.float32)
    return sheet


def hedge(rng: Rng, wide_m: float, px_per_m: float, tall_m: float) -> Sheet:
    """A hedge with a ragged upper edge."""
    shape = int(tall_m * px_per_m), int(wide_m * px_per_m)
    image = np.dstack([foliage(rng, shape, px_per_m, leaf_color(rng)), np.ones(shape, np.float32)])
    top = (
        (0.10 + 0.035 * fractal(rng, (1, shape[1]), wide_m, octaves=8)) * px_per_m * min(tall_m, 2)
    )
    rows = np.arange(shape[0])[:, None]
    image[..., 3] = np.clip(rows - top + 1.5 * grain(rng, shape, 1.2), 0, 1)
    image[..., :3] *= np.linspace(1.12, 0.62, shape[0], dtype=np.float32)[:, None, None]
    return Sheet(np.asarray(image, np.float32), px_per_m)


def fence(rng: Rng, wide_m: float, px_per_m: float, tall_m: float) -> Sheet:
    """Wire mesh or bars between posts; what lies behind shows through."""
    shape = int(tall_m * px_per_m), int(wide_m * px_per_m)
    image = np.zeros((*shape, 4), np.float32)
    image[..., :3] = tinted(rng, (60, 92, 70), (120, 124, 124), (56, 58, 60))
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) / np.float32(px_per_m)
    if rng.uniform() < 0.6:
        mesh, wire = 0.06, 0.004
        across = np.minimum(abs((x + y) % mesh - mesh / 2), abs((x - y) % mesh - mesh / 2))
    else:
        mesh, wire = 0.12, 0.018
        across = abs(x % mesh - mesh / 2)
    # Thinner than a pixel, a wire is a share of it.
    share = min(1.0, wire * px_per_m)
    image[..., 3] = 0.85 * share * np.clip((wire / 2 - across) * px_per_m + 1, 0, 1)
    sheet = Sheet(image, px_per_m)
    for level in (0.05, tall_m - 0.06):
        sheet.part(0, level, wide_m, 0.045)[..., 3] = 1
    for post in np.arange(rng.uniform(0, 2), wide_m, rng.uniform(2, 3)):
        sheet.part(float(post), 0, 0.06, tall_m)[..., 3] = 1
        part = sheet.part(float(post), 0, 0.06, tall_m)
        part[..., :3] *= np.linspace(1.3, 0.6, part.shape[1], dtype=np.float32)[None, :, None]
    return sheet
