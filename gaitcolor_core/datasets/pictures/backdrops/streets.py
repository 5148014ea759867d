"""Scenes between houses and walls: streets, a square, a parking lot, a yard."""

from __future__ import annotations

import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import props
from gaitcolor_core.datasets.pictures.backdrops.fronts import (
    block_front,
    garden_wall,
    hedge,
    street_front,
)
from gaitcolor_core.datasets.pictures.backdrops.grounds import (
    TOWN,
    WOODS,
    lay_curb,
    lies_before,
    open_air,
    park_car,
    paving,
    plant,
    plant_tree,
    road,
)
from gaitcolor_core.datasets.pictures.backdrops.sky import Weather, haze
from gaitcolor_core.datasets.pictures.backdrops.stage import Stage
from gaitcolor_core.datasets.pictures.backdrops.view import Tile


def brick_street(stage: Stage, weather: Weather) -> None:
    """Brick houses along a pavement."""
    _street(stage, weather, ("brick", "brick", "stone"))


def old_town(stage: Stage, weather: Weather) -> None:
    """Plastered houses along a paved lane."""
    _street(stage, weather, ("plaster",))


def _street(stage: Stage, weather: Weather, materials: tuple[str, ...]) -> None:
    rng = stage.rng
    distance, turn = stage.clear_m + rng.uniform(0.5, 5), rng.uniform(-32, 32)
    open_air(stage, weather, TOWN, 6)
    pavement = paving(stage, turn)
    if rng.uniform() < 0.5:
        stage.canvas.floor(road(stage, turn))
        ground = stage.canvas.ground()
        edge = distance - rng.uniform(1.8, 3.5)
        stage.canvas.floor(pavement, ground.strip(turn, edge, 1e3))
        lay_curb(stage, turn, edge)
    else:
        stage.canvas.floor(pavement)
    stage.mottle(0.035)
    span = stage.span(distance, turn)
    front = street_front(rng, span, materials)
    stage.put_up(front, distance, turn, span.left_m)
    for x, y in stage.scatter(3, stage.clear_m, distance * 0.98):
        if lies_before(x, y, distance, turn):
            post = props.lamp_post(rng, 150)
            stage.cast(x, y, 0.3, 3, crown=False)
            stage.stand(post, 150, x, y)


def across_the_road(stage: Stage, weather: Weather) -> None:
    """From one pavement over a road to parked cars and houses."""
    rng = stage.rng
    turn = rng.uniform(-12, 12)
    far_curb = stage.clear_m + rng.uniform(3.2, 6)
    distance = far_curb + rng.uniform(2, 4)
    open_air(stage, weather, TOWN, 6)
    stage.canvas.floor(road(stage, turn))
    ground = stage.canvas.ground()
    near_curb = far_curb - rng.uniform(6, 8)
    slabs = paving(stage, turn)
    for near, far in ((far_curb, 1e3), (-1e3, near_curb)):
        stage.canvas.floor(slabs, ground.strip(turn, near, far))
    lay_curb(stage, turn, far_curb)
    lay_curb(stage, turn, near_curb - 0.14)
    stage.mottle(0.04)
    span = stage.span(distance, turn)
    front = street_front(rng, span, ("brick", "plaster", "stone"))
    stage.put_up(front, distance, turn, span.left_m)
    place = span.left_m + rng.uniform(0, 3)
    while place < span.right_m:
        if rng.uniform() < 0.65:
            park_car(stage, place, far_curb - 1.1, turn)
        place += rng.uniform(5.0, 6.5)


def plaza(stage: Stage, weather: Weather) -> None:
    """A paved square before a modern block, with a few trees."""
    rng = stage.rng
    distance, turn = stage.clear_m + rng.uniform(6, 25), rng.uniform(-30, 30)
    open_air(stage, weather, TOWN, 7)
    stage.canvas.floor(paving(stage, turn + float(rng.choice([0, 45]))))
    stage.mottle(0.04)
    span = stage.span(distance, turn)
    stage.put_up(block_front(rng, span), distance, turn, span.left_m)
    haze(stage.canvas, weather)
    for x, y in stage.scatter(5, stage.clear_m, distance):
        if not lies_before(x, y, distance - 1, turn):
            continue
        if rng.uniform() < 0.5:
            plant_tree(stage, x, y, tallest_m=7)
        else:
            thing = props.bench if rng.uniform() < 0.5 else props.bollard
            stage.cast(x, y, 1.0, 0.8, crown=False)
            stage.stand(thing(rng, 150), 150, x, y)


def parking_lot(stage: Stage, weather: Weather) -> None:
    """Asphalt with bays and cars before a wall or a hedge."""
    rng = stage.rng
    distance, turn = stage.clear_m + rng.uniform(3.5, 8), rng.uniform(-10, 10)
    open_air(stage, weather, WOODS, 9)
    stage.canvas.floor(road(stage, turn))
    ground = stage.canvas.ground()
    white = np.full((2, 2, 3), 205, np.float32)
    for place in np.arange(-30, 30, 5.2) + rng.uniform(0, 5):
        line = ground.strip(turn + 90, place, place + 0.1)
        bay = ground.strip(turn, distance - 3.2, distance - 0.3)
        stage.canvas.floor(Tile(white, 1), 0.8 * line * bay)
    stage.mottle(0.05)
    plant(stage, 5, 40, nearest_m=distance + 3)
    span = stage.span(distance, turn)
    if rng.uniform() < 0.5:
        stage.put_up(garden_wall(rng, span.wide_m, span.px_per_m), distance, turn, span.left_m)
    else:
        stage.put_up(
            hedge(rng, span.wide_m, span.px_per_m, rng.uniform(1.4, 2.4)),
            distance,
            turn,
            span.left_m,
        )
    for place in np.arange(span.left_m, span.right_m, 5.2):
        if rng.uniform() < 0.6:
            park_car(stage, place, distance - 1.8, turn)


def yard(stage: Stage, weather: Weather) -> None:
    """A plain wall behind asphalt, gravel or paving."""
    rng = stage.rng
    distance, turn = stage.clear_m + rng.uniform(0.3, 3), rng.uniform(-35, 35)
    open_air(stage, weather, TOWN, 8)
    stage.canvas.floor(road(stage, turn) if rng.uniform() < 0.5 else paving(stage, turn))
    stage.mottle(0.06)
    for x, y in stage.scatter(3, distance + 5, distance + 20):
        plant_tree(stage, x, y)
    span = stage.span(distance, turn)
    stage.put_up(garden_wall(rng, span.wide_m, span.px_per_m), distance, turn, span.left_m)
