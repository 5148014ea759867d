"""Scenes in the green: a park, a garden, a ball court."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.fronts import fence, hedge
from gaitcolor_core.datasets.pictures.backdrops.grounds import (
    WOODS,
    lawn,
    open_air,
    plant,
    plant_tree,
)
from gaitcolor_core.datasets.pictures.backdrops.materials import asphalt, gravel, tinted
from gaitcolor_core.datasets.pictures.backdrops.sky import Weather
from gaitcolor_core.datasets.pictures.backdrops.stage import Stage
from gaitcolor_core.datasets.pictures.backdrops.view import Tile


def park(stage: Stage, weather: Weather) -> None:
    """A lawn with a path, trees and bushes before a wood."""
    rng = stage.rng
    open_air(stage, weather, WOODS * rng.uniform(0.7, 1.1), rng.uniform(5, 12))
    stage.canvas.floor(lawn(stage))
    shape, scale = stage.tile_shape(5)
    color = tinted(rng, (176, 158, 128), (150, 140, 126), (168, 164, 156))
    path = gravel(rng, shape, scale, color)
    turn, middle = rng.uniform(-40, 40), rng.uniform(2.5, stage.clear_m)
    width = rng.uniform(1.2, 2.6)
    way = stage.canvas.ground().strip(turn, middle - width, middle + width)
    stage.canvas.floor(Tile(path, 5), way)
    stage.mottle(0.07)
    plant(stage, int(rng.integers(6, 14)), 80, nearest_m=26)
    plant(stage, int(rng.integers(3, 8)), 26)


def garden(stage: Stage, weather: Weather) -> None:
    """A hedge along a lawn or a gravel yard."""
    rng = stage.rng
    distance, turn = stage.clear_m + rng.uniform(0.5, 4), rng.uniform(-25, 25)
    open_air(stage, weather, WOODS, 8)
    if rng.uniform() < 0.5:
        stage.canvas.floor(lawn(stage))
    else:
        shape, scale = stage.tile_shape(5)
        color = tinted(rng, (172, 160, 140), (150, 142, 132))
        stage.canvas.floor(Tile(gravel(rng, shape, scale, color), 5))
    stage.mottle(0.06)
    for x, y in stage.scatter(4, distance + 6, distance + 22):
        plant_tree(stage, x, y)
    span = stage.span(distance, turn)
    row = hedge(rng, span.wide_m, span.px_per_m, rng.uniform(1.5, 3.2))
    stage.put_up(row, distance, turn, span.left_m)


def court(stage: Stage, weather: Weather) -> None:
    """A ball court with lines, behind it a fence and trees."""
    rng = stage.rng
    distance, turn = stage.clear_m + rng.uniform(1.5, 7), rng.uniform(-20, 20)
    open_air(stage, weather, WOODS, 9)
    shape, scale = stage.tile_shape(5)
    outer, inner = rng.choice([(88, 118, 92), (64, 92, 128), (150, 84, 66), (104, 104, 106)], 2)
    ground = stage.canvas.ground()
    stage.canvas.floor(Tile(asphalt(rng, shape, scale, tuple(outer)), 5))
    near, far = distance - rng.uniform(1.5, 3), rng.uniform(0.5, 2.5)
    cross = turn + 90
    sides = rng.uniform(-9, -5), rng.uniform(5, 9)
    field = ground.strip(turn, far, near) * ground.strip(cross, *sides)
    stage.canvas.floor(Tile(asphalt(rng, shape, scale, tuple(inner)), 5), field)
    white = np.full((2, 2, 3), 222, np.float32)
    within = ground.strip(turn, far, near + 0.06) * ground.strip(cross, *sides)
    for direction, place in ((turn, near), (turn, far), (cross, sides[0]), (cross, sides[1] - 0.05),
                             (cross, rng.uniform(-2, 2)), (turn, (near + far) / 2)):  # fmt: skip
        line = ground.strip(direction, place, place + 0.05) * within
        stage.canvas.floor(Tile(white, 1), np.float32(0.85) * line)
    stage.mottle(0.03)
    plant(stage, 6, 40, nearest_m=distance + 2)
    span = stage.span(distance, turn)
    stage.put_up(
        fence(rng, span.wide_m, span.px_per_m, rng.uniform(2, 4)), distance, turn, span.left_m
    )
