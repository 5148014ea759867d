"""Scenes under a roof: halls, corridors, a gym and a laboratory."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.materials import (
    Bond,
    Color,
    carpet,
    masonry,
    planks,
    plaster,
    rgb,
    terrazzo,
    tinted,
)
from gaitcolor_core.datasets.pictures.backdrops.sheet import Sheet, door, poster, tube, window
from gaitcolor_core.datasets.pictures.backdrops.stage import Stage
from gaitcolor_core.datasets.pictures.backdrops.view import Canvas, Tile

Rng = np.random.Generator


class _Room(NamedTuple):
    """Walls `(distance_m, turn_deg)`, all at right angles, the height, and how the floor shines."""

    walls: tuple[tuple[float, float], ...]
    tall_m: float
    gloss: float


def hall(stage: Stage) -> None:
    """A public building: stone floor, doors, notices, lamps in the ceiling."""
    rng = stage.rng
    room = _room(stage, rng.uniform(2.8, 4.2), rng.uniform(0.12, 0.35))
    floor = _stone_floor(stage, room.walls[0][1])
    lower = tinted(rng, (150, 158, 150), (170, 150, 128), (132, 146, 164), (190, 186, 176))
    _furnish(stage, room, floor, lower, _hang)


def office(stage: Stage) -> None:
    """A carpeted floor between plain walls with many doors."""
    rng = stage.rng
    room = _room(stage, rng.uniform(2.6, 3.0), 0.0)
    shape, scale = stage.tile_shape(3)
    color = tinted(rng, (86, 92, 104), (110, 98, 88), (74, 92, 86), (120, 64, 60))
    _furnish(stage, room, Tile(carpet(rng, shape, scale, color), 3), None, _hang)


def gym(stage: Stage) -> None:
    """A wooden floor with colored lines, wall bars and mats."""
    rng = stage.rng
    room = _room(stage, rng.uniform(4.5, 7), rng.uniform(0.12, 0.25))
    shape, scale = stage.tile_shape(4)
    color = tinted(rng, (190, 146, 96), (168, 124, 82), (206, 168, 118))
    floor = Tile(planks(rng, shape, scale, color, 0.1), 4, -room.walls[0][1])
    _furnish(stage, room, floor, tinted(rng, (178, 140, 100), (96, 120, 150)), _bars, lines=True)


def studio(stage: Stage) -> None:
    """A laboratory: plain floor, plain wall, nothing else but a pipe or a board."""
    rng = stage.rng
    room = _room(stage, rng.uniform(3, 4.5), rng.uniform(0, 0.12))
    shape, scale = stage.tile_shape(3)
    color = tinted(rng, (74, 112, 84), (100, 128, 104), (128, 130, 126), (92, 108, 122))
    _furnish(stage, room, Tile(carpet(rng, shape, scale, color), 3), None, _little)


def _room(stage: Stage, tall_m: float, gloss: float) -> _Room:
    """One wall ahead and, more often than not, one or two to the sides, all out of the way."""
    rng = stage.rng
    turn = rng.uniform(-30, 30)
    walls = [(stage.clear_m + rng.uniform(0.2, 6), turn)]
    for side in (-90, 90):
        if rng.uniform() < 0.75:
            walls.append((stage.clear_m + rng.uniform(0.2, 5), turn + side))
    return _Room(tuple(walls), max(tall_m, stage.view.camera_height_m + 0.5), gloss)


def _furnish(
    stage: Stage,
    room: _Room,
    floor: Tile,
    lower: Color | None,
    hang: Callable[[Rng, Sheet], None],
    *,
    lines: bool = False,
) -> None:
    """Lay the floor, put up the walls with what `hang` puts on them, and mirror them."""
    rng, canvas = stage.rng, stage.canvas
    canvas.ceiling(_ceiling(rng, room.walls[0][1]), room.tall_m)
    canvas.floor(floor)
    if lines:
        _court_lines(stage, room.walls[0][1])
    stage.mottle(0.012)
    mirror = Canvas(stage.view)
    paint = tinted(rng, (214, 208, 192), (206, 210, 206), (222, 220, 214), (188, 196, 184),
                   (196, 186, 166))  # fmt: skip
    panels = []
    for index, (distance, turn) in enumerate(room.walls):
        left, right, scale = _reach(stage, room, index)
        if right - left < 0.1 or scale < 1:
            continue
        sheet = _wall(rng, right - left, room.tall_m, scale, paint, lower)
        hang(rng, sheet)
        _lamplight(rng, sheet, room.tall_m)
        stage.contact(distance, turn, left, right)
        panels.append(stage.place(sheet, distance, turn, left))
    for panel in panels:
        below = panel._replace(image=np.ascontiguousarray(panel.image[::-1]), bottom_m=-room.tall_m)
        mirror.wall(below)
    _shine(stage, mirror, room.gloss)
    for panel in panels:
        canvas.wall(panel)


def _reach(stage: Stage, room: _Room, index: int) -> tuple[float, float, float]:
    """Left and right end of a wall, where it meets the others or leaves the view, and its scale."""
    distance, turn = room.walls[index]
    left, right, scale, _ = stage.span(distance, turn)
    for other, other_turn in room.walls:
        # Along a wall, the plane of one to its right lies at that one's distance.
        if abs(other_turn - turn - 90) < 1:
            right = min(right, other)
        elif abs(other_turn - turn + 90) < 1:
            left = max(left, -other)
    return left, right, scale


def _wall(
    rng: Rng, wide_m: float, tall_m: float, px_per_m: float, paint: Color, lower: Color | None
) -> Sheet:
    """A painted wall with its skirting, and perhaps a lower part in another color."""
    shape = max(int(tall_m * px_per_m), 2), max(int(np.ceil(wide_m * px_per_m)), 2)
    sheet = Sheet(plaster(rng, shape, px_per_m, paint, 0.12), px_per_m)
    if lower is not None:
        edge = 1.15
        part = sheet.part(0, 0, wide_m + 1, edge)
        part[:] *= rgb(lower) / rgb(paint)
        sheet.fill(0, edge, wide_m + 1, 0.03, tinted(rng, (120, 110, 96), (206, 204, 196)))
    sheet.fill(0, 0, wide_m + 1, 0.1, tinted(rng, (92, 84, 76), (206, 202, 194), (60, 62, 66)))
    sheet.part(0, 0.1, wide_m + 1, 0.015)[:] *= 1.1
    return sheet


def _hang(rng: Rng, sheet: Sheet) -> None:
    """Doors, notices, windows and heaters in a row."""
    x = rng.uniform(0.2, 1.6)
    frame = tinted(rng, (214, 212, 206), (96, 84, 72))
    while x < sheet.wide_m - 1.6:
        kind = rng.uniform()
        if kind < 0.3:
            door(sheet, rng, x, wide=0.95, tall=2.05)
            _sign(rng, sheet, x)
        elif kind < 0.6:
            wide = rng.uniform(0.4, 1.3)
            poster(sheet, rng, (x, rng.uniform(1.1, 1.4), wide, rng.uniform(0.5, 0.9)))
        elif kind < 0.72:
            window(sheet, rng, (x, 0.95, 1.4, 1.2), frame=frame, bars=2)
            _heater(sheet, x + 0.1)
        elif kind < 0.8:
            tube(sheet, x, 0, 0.09, 20, tinted(rng, (196, 192, 184), (150, 60, 50)))
        x += rng.uniform(1.3, 3.0)


def _sign(rng: Rng, sheet: Sheet, x: float) -> None:
    """The plate of a room and a light switch beside a door."""
    sheet.fill(x + 1.15, 1.5, 0.2, 0.14, tinted(rng, (70, 92, 130), (230, 228, 222)))
    sheet.fill(x + 1.17, 1.05, 0.085, 0.085, (232, 230, 224))


def _heater(sheet: Sheet, x: float) -> None:
    """A ribbed radiator below a window."""
    part = sheet.part(x, 0.15, 1.2, 0.55)
    ribs = 0.9 + 0.12 * np.sin(np.arange(part.shape[1]) * 2 * np.pi / 0.06 / sheet.px_per_m)
    part[..., :3] = ribs[None, :, None] * rgb([214, 212, 204])
    sheet.shade(x, 0.03, 1.2, 0.12, 0.7)


def _bars(rng: Rng, sheet: Sheet) -> None:
    """Wall bars and mats, high windows."""
    x = rng.uniform(0, 2)
    while x < sheet.wide_m:
        if rng.uniform() < 0.5:
            for rung in np.arange(0.25, 2.5, 0.15):
                sheet.shade(x, float(rung) - 0.05, 0.9, 0.05, 0.6)
                sheet.fill(x, float(rung), 0.9, 0.035, (206, 166, 116))
            for side in (0.0, 0.86):
                tube(sheet, x + side, 0, 0.06, 2.6, (176, 136, 92))
        elif rng.uniform() < 0.4:
            sheet.fill(x, 0.05, 1.9, 1.6, tinted(rng, (46, 74, 130), (150, 50, 44), (60, 104, 78)))
            sheet.part(x + 0.93, 0.05, 0.03, 1.6)[:] *= 0.6
        window(sheet, rng, (x, 3.2, 1.5, 1.1), frame=(196, 194, 188), bars=2)
        x += rng.uniform(1.2, 3.5)


def _little(rng: Rng, sheet: Sheet) -> None:
    """Next to nothing."""
    if rng.uniform() < 0.5:
        x = rng.uniform(0, max(sheet.wide_m - 0.2, 0.1))
        tube(sheet, x, 0, 0.08, 20, tinted(rng, (206, 204, 198), (150, 150, 148)))
    if rng.uniform() < 0.3 and sheet.wide_m > 3:
        sheet.fill(rng.uniform(0, sheet.wide_m - 2), 1.0, 1.8, 1.1, (232, 234, 236))


def _lamplight(rng: Rng, sheet: Sheet, tall_m: float) -> None:
    """Scallops of light below the ceiling, less towards the floor."""
    height, width = sheet.image.shape[:2]
    z = np.arange(height)[::-1] / sheet.px_per_m
    x = np.arange(width) / sheet.px_per_m
    pitch = rng.uniform(2, 4)
    nearest = (x - rng.uniform(0, pitch)) % pitch - pitch / 2
    # A lamp shines down its cone: wider and weaker, the farther below.
    below = np.maximum(tall_m - z, 0.05)[:, None]
    pools = np.exp(-((nearest[None] / (0.25 + 0.5 * below)) ** 2)) / (1 + 0.5 * below)
    light = 0.88 + rng.uniform(0.05, 0.3) * pools + 0.04 * (z / tall_m)[:, None]
    sheet.image[..., :3] *= light[..., None].astype(np.float32)


def _ceiling(rng: Rng, turn_deg: float) -> Tile:
    """Panels with a bright lamp in each field of 2.4 m."""
    image = np.full((256, 256, 3), tinted(rng, (206, 204, 198), (222, 222, 220)), np.float32)
    for line in range(0, 256, 64):
        image[line] *= 0.8
        image[:, line] *= 0.8
    image[96:128, 64:192] = 255
    return Tile(image, 2.4, -turn_deg)


def _stone_floor(stage: Stage, turn_deg: float) -> Tile:
    """Terrazzo or tiles."""
    rng = stage.rng
    if rng.uniform() < 0.4:
        shape, _ = stage.tile_shape(2)
        color = tinted(rng, (186, 180, 168), (150, 150, 148), (168, 154, 136))
        return Tile(terrazzo(rng, shape, color), 2, -turn_deg)
    size = float(rng.choice([2.4, 3.2]))
    shape, scale = stage.tile_shape(size)
    bond = Bond(size / 8, size / 8, 0.005, 0.0, 0.03, 0.02)
    colors = [tinted(rng, (196, 188, 172), (158, 156, 152), (176, 150, 124), (120, 122, 124))]
    if rng.uniform() < 0.3:
        colors.append(tinted(rng, (110, 104, 98), (206, 200, 188)))
    return Tile(masonry(rng, shape, scale, bond, colors, (128, 122, 114)), size, -turn_deg)


def _court_lines(stage: Stage, turn_deg: float) -> None:
    """Lines of several games."""
    ground = stage.canvas.ground()
    for color in ((214, 210, 204), (160, 50, 44), (52, 80, 140), (210, 180, 60)):
        for direction in (turn_deg, turn_deg + 90):
            place = stage.rng.uniform(-4, 8)
            paint = np.full((2, 2, 3), color, np.float32)
            stage.canvas.floor(Tile(paint, 1), 0.85 * ground.strip(direction, place, place + 0.05))


def _shine(stage: Stage, mirror: Canvas, gloss: float) -> None:
    """Blend the walls' mirror image into the floor, more of it at a flat angle."""
    if gloss == 0:
        return
    first = stage.canvas.ground().first_row
    _, ahead, rise = stage.view.rays()
    flat = 1 - np.clip(-rise / np.hypot(ahead, rise), 0, 1)
    share = np.float32(gloss) * flat.astype(np.float32) ** 3
    scale = stage.view.height / 720
    soft = cv2.GaussianBlur(mirror.color, (0, 0), sigmaX=2 * scale, sigmaY=7 * scale)
    part = stage.canvas.color[first:]
    part += share[first:, :, None] * (soft[first:] - part)
