"""What scenes in the open share: sky, kinds of ground, trees and parked cars."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import plants, props
from gaitcolor_core.datasets.pictures.backdrops.materials import (
    Bond,
    asphalt,
    grass,
    masonry,
    tinted,
)
from gaitcolor_core.datasets.pictures.backdrops.sky import Weather, paint_sky, skyline
from gaitcolor_core.datasets.pictures.backdrops.stage import Stage
from gaitcolor_core.datasets.pictures.backdrops.view import Tile
from gaitcolor_core.structures import Float64

WOODS = np.array([74.0, 88.0, 62.0])
TOWN = np.array([128.0, 124.0, 122.0])


def open_air(stage: Stage, weather: Weather, color: Float64, tall_deg: float) -> None:
    """Sky and horizon."""
    paint_sky(stage.canvas, stage.rng, weather)
    skyline(stage.canvas, stage.rng, weather, color, tall_deg)


def road(stage: Stage, turn: float) -> Tile:
    """Asphalt of a street whose edge is turned by `turn`."""
    shape, scale = stage.tile_shape(5)
    color = tinted(stage.rng, (104, 104, 106), (84, 84, 88), (128, 124, 120))
    return Tile(asphalt(stage.rng, shape, scale, color), 5, -turn)


def lawn(stage: Stage) -> Tile:
    """Grass."""
    shape, scale = stage.tile_shape(4)
    color = tinted(stage.rng, (96, 118, 56), (84, 106, 58), (116, 122, 66))
    dry = float(stage.rng.uniform(0, 1))
    return Tile(grass(stage.rng, shape, scale, color, dry=dry), 4, stage.rng.uniform(0, 90))


def paving(stage: Stage, turn: float) -> Tile:
    """Slabs or cobbles."""
    rng = stage.rng
    bonds = (
        (4.0, Bond(0.5, 0.5, 0.008, float(rng.choice([0.0, 0.5])), 0.05, 0.035)),
        (4.8, Bond(0.6, 0.4, 0.008, 0.5, 0.05, 0.035)),
        (4.0, Bond(0.2, 0.1, 0.006, 0.5, 0.10, 0.06)),
        (3.2, Bond(0.16, 0.16, 0.018, 0.5, 0.12, 0.09)),
    )
    size, bond = bonds[int(rng.integers(len(bonds)))]
    shape, scale = stage.tile_shape(size)
    colors = [tinted(rng, (150, 146, 138), (132, 130, 128), (166, 154, 136), (150, 118, 102))]
    colors += [tinted(rng, colors[0], spread=14)]
    joint = tinted(rng, (96, 92, 84), (120, 114, 102))
    return Tile(masonry(rng, shape, scale, bond, colors, joint), size, -turn)


def lay_curb(stage: Stage, turn: float, edge_m: float) -> None:
    """A light stone along `edge_m`, with its dark face towards the camera."""
    ground = stage.canvas.ground()
    for near, far, grey in ((edge_m - 0.12, edge_m, 74), (edge_m, edge_m + 0.14, 168)):
        stone = np.full((2, 2, 3), grey, np.float32)
        stage.canvas.floor(Tile(stone, 1), ground.strip(turn, near, far))


def plant(stage: Stage, count: int, far_m: float, *, nearest_m: float = 0.0) -> None:
    """Trees and bushes here and there."""
    for x, y in stage.scatter(count, nearest_m, far_m):
        if stage.rng.uniform() < 0.55:
            plant_tree(stage, x, y)
        else:
            wide, tall = stage.rng.uniform(1.5, 3.5), stage.rng.uniform(0.8, 1.9)
            scale = _scale(stage, y)
            shrub = plants.bush(stage.rng, wide, tall, scale, plants.leaf_color(stage.rng))
            stage.cast(x, y, wide, tall, crown=False)
            stage.stand(shrub, scale, x, y)


def plant_tree(stage: Stage, x: float, y: float, *, tallest_m: float = 11.0) -> None:
    """A tree at `(x, y)` with its shadow."""
    tall, scale = stage.rng.uniform(0.5, 1) * tallest_m, _scale(stage, y)
    picture = plants.tree(stage.rng, tall, scale, plants.leaf_color(stage.rng))
    stage.cast(x, y, 0.6 * tall, tall, crown=True)
    stage.stand(picture, scale, x, y)


def park_car(stage: Stage, along_m: float, distance_m: float, turn_deg: float) -> None:
    """A car at `along_m` on a line `distance_m` away."""
    turn = np.radians(turn_deg)
    x = distance_m * np.sin(turn) + along_m * np.cos(turn)
    y = distance_m * np.cos(turn) - along_m * np.sin(turn)
    if y < max(stage.clear_m, 1):
        return
    scale = _scale(stage, y) * 1.6
    stage.blot(x, y, 2.3, 0.9, 0.55)
    stage.stand(props.car(stage.rng, scale), scale, x, y)


def lies_before(x: float, y: float, distance_m: float, turn_deg: float) -> bool:
    """Whether `(x, y)` lies on this side of a wall, and not close to it."""
    turn = np.radians(turn_deg)
    return bool(np.sin(turn) * x + np.cos(turn) * y < distance_m - 0.6)


def _scale(stage: Stage, depth_m: float) -> float:
    """Pixels per meter a little finer than what is seen of a thing at `depth_m`."""
    return float(np.clip(1.4 * stage.view.focal_px / depth_m, 8, 110))
