"""Places for rendered walkers: true to the camera, free in front, and all different."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.pictures.backdrops import (
    KINDS,
    Backdrop,
    Light,
    greens,
    indoor,
    streets,
)
from gaitcolor_core.datasets.pictures.backdrops.noise import fractal
from gaitcolor_core.datasets.pictures.backdrops.sky import Weather
from gaitcolor_core.datasets.pictures.backdrops.stage import Stage
from gaitcolor_core.datasets.pictures.backdrops.view import Canvas, Panel, Tile, View

CAMERA = {"camera_height_m": 1.5, "pitch_deg": -4.0, "fov_deg": 45.0}
views = st.builds(
    View,
    width=st.integers(20, 60),
    height=st.integers(20, 60),
    camera_height_m=st.floats(0.9, 2.5),
    pitch_deg=st.floats(-15, 5),
    fov_deg=st.floats(25, 60),
)


def draw(kind: str | None = None, seed: int = 0, **options: float) -> Backdrop:
    camera = CAMERA | options
    return Backdrop.draw(np.random.default_rng(seed), 160, 90, kind=kind, **camera)


def plain(grey: float) -> Tile:
    return Tile(np.full((4, 4, 3), grey, np.float32), 1.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("width", "height"),
    [
        (160, 90),
        (320, 90),  # a panorama
        (45, 81),  # portrait, odd
        (1, 1),
    ],
)
def test_every_kind_comes_in_every_size(kind: str, width: int, height: int) -> None:
    backdrop = Backdrop.draw(np.random.default_rng(1), width, height, kind=kind, **CAMERA)
    assert backdrop.kind == kind
    assert backdrop.image.shape == (height, width, 3)
    assert backdrop.image.dtype == np.uint8


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("pitch_deg", "fov_deg"), [(-15, 25), (-15, 60), (5, 25), (5, 60), (40, 25)]
)
def test_every_kind_bears_every_camera(kind: str, pitch_deg: float, fov_deg: float) -> None:
    # Looking up by 40 degrees, there is no ground at all.
    backdrop = draw(kind, pitch_deg=pitch_deg, fov_deg=fov_deg, camera_height_m=2.5, clear_m=12)
    assert backdrop.image.std() > 1 or pitch_deg == 40


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"camera_height_m": 0.0}, "must be positive"),
        ({"clear_m": -1.0}, "must be positive"),
        ({"pitch_deg": 80.0}, r"pitch_deg must lie in \(-60, 60\)"),
        ({"fov_deg": 0.0}, r"fov_deg in \(0, 120\)"),
        ({"kind": "moon"}, "kind must be one of brick street, .*, got 'moon'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: dict[str, float], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        draw(**options)


def test_a_picture_has_pixels() -> None:
    with pytest.raises(ValueError, match="width and height must be positive, got 0 and 90"):
        Backdrop.draw(np.random.default_rng(0), 0, 90, **CAMERA)


def test_a_seed_gives_one_place_and_another_seed_another() -> None:
    places = [draw(seed=seed) for seed in range(12)]
    assert np.array_equal(places[3].image, draw(seed=3).image)
    assert len({place.image.tobytes() for place in places}) == 12
    assert len({place.kind for place in places}) >= 5


@pytest.mark.parametrize("kind", KINDS)
def test_two_places_of_a_kind_differ(kind: str) -> None:
    first, second = (draw(kind, seed).image.astype(float) for seed in (1, 2))
    assert abs(first - second).mean() > 8


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_well_exposed(kind: str) -> None:
    for seed in range(3):
        image = draw(kind, seed).image
        assert 60 < image.mean() < 190
        assert np.mean((image == 0) | (image == 255)) < 0.1


@given(views)
def test_the_horizon_is_where_pitch_and_fov_put_it(view: View) -> None:
    # A point very far ahead at the camera's own height.
    _, row, _ = view.project(0, 1e6, view.camera_height_m)
    assert view.horizon_px == pytest.approx(row, abs=1e-3)


def test_the_horizon_of_a_level_camera_is_in_the_middle() -> None:
    assert draw(pitch_deg=0).horizon_px == 45
    # Looking down by half the field of view: at the upper edge.
    assert draw(pitch_deg=-22.5, fov_deg=45).horizon_px == pytest.approx(0)


@given(views)
@settings(deadline=None)
def test_ground_begins_below_the_horizon(view: View) -> None:
    canvas = Canvas(view)
    canvas.floor(plain(200))
    painted = canvas.color[:, 0, 0] > 0
    middles = np.arange(view.height) + 0.5
    assert np.array_equal(painted, middles >= np.ceil(view.horizon_px))


@given(views)
@settings(deadline=None)
def test_ground_is_true_to_the_camera(view: View) -> None:
    ground = Canvas(view).ground()
    for row in range(len(ground.y)):
        for column in (0, view.width - 1):
            if ground.y[row, 0] > 200:
                continue
            x, y, _ = view.project(float(ground.x[row, column]), float(ground.y[row, 0]))
            assert x == pytest.approx(column + 0.5, abs=0.02)
            assert y == pytest.approx(ground.first_row + row + 0.5, abs=0.02)


@given(views, st.floats(4, 15), st.floats(-30, 30))
@settings(deadline=None)
def test_a_wall_stands_on_the_ground(view: View, distance_m: float, turn_deg: float) -> None:
    canvas = Canvas(view)
    canvas.floor(plain(50))
    canvas.wall(Panel(np.full((40, 4000, 3), 250, np.float32), 10, distance_m, turn_deg, -200))
    # In the middle column, the foot lies at distance / cos(turn) straight ahead.
    foot_m = distance_m / np.cos(np.radians(turn_deg))
    _, foot, _ = view.project(0, foot_m)
    _, top, _ = view.project(0, foot_m, 4)
    middles = np.arange(view.height) + 0.5
    bright = canvas.color[:, view.width // 2, 0] > 150
    sure = (abs(middles - foot) > 1) & (abs(middles - top) > 1)
    assert np.array_equal(bright[sure], ((middles > top) & (middles < foot))[sure])


def test_a_far_pattern_melts_into_its_mean() -> None:
    checks = np.indices((64, 64)).sum(0) % 2 * np.float32(200)
    canvas = Canvas(View(90, 200, 1.5, 0, 50))
    canvas.floor(Tile(np.repeat(checks[..., None], 3, axis=2), 2.0))
    far = canvas.color[101:112]
    assert far.std() < 3
    assert far.mean() == pytest.approx(100, abs=2)


def test_noise_has_no_seam() -> None:
    noise = fractal(np.random.default_rng(0), (128, 128), 4, octaves=3)
    seam = abs(noise[:, 0] - noise[:, -1]).mean()
    assert seam < 2 * abs(np.diff(noise, axis=1)).mean()
    assert noise.std() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_light_is_a_light(kind: str) -> None:
    for seed in range(3):
        light = draw(kind, seed).light
        assert np.linalg.norm(light.direction) == pytest.approx(1)
        assert light.direction[2] > 0.1
        assert light.color.shape == light.ambient.shape == (3,)
        assert (light.color >= 0).all()
        assert (light.ambient > 0).all()
        assert 0 <= light.shadow_strength <= 1
        on_ground = light.ambient + light.color * light.direction[2]
        assert 0.35 < on_ground.mean() < 2.5


def test_light_stays_when_the_camera_turns() -> None:
    ahead, left = draw("park").light, draw("park", yaw_deg=90).light
    # What was ahead (+Y) lies along -X when the camera looks there.
    assert left.direction == pytest.approx(np.array([-1, 1, 1]) * ahead.direction[[1, 0, 2]])


def test_the_sun_is_harder_than_lamps() -> None:
    outdoors = [draw("park", seed).light.shadow_strength for seed in range(12)]
    indoors = [draw("hall", seed).light.shadow_strength for seed in range(12)]
    assert max(indoors) < 0.4 < max(outdoors)


def test_a_wide_wall_repeats_nothing() -> None:
    image = Backdrop.draw(np.random.default_rng(3), 640, 90, kind="brick street", **CAMERA).image
    halves = image[:, :320].astype(float), image[:, 320:].astype(float)
    assert abs(halves[0] - halves[1]).mean() > 10


OUTDOOR = (greens.park, greens.garden, greens.court, streets.brick_street, streets.old_town,
           streets.across_the_road, streets.plaza, streets.parking_lot, streets.yard)  # fmt: skip
INDOOR = (indoor.hall, indoor.office, indoor.gym, indoor.studio)


@pytest.mark.parametrize("scene", OUTDOOR + INDOOR)
def test_nothing_stands_in_the_way(scene: object) -> None:
    view = View(160, 90, 1.5, -4, 45)
    light = Light(np.array([0.0, 0.0, 1.0]), np.ones(3), np.zeros(3), 0.5)
    for seed, clear_m in enumerate((4.0, 9.0, 6.0)):
        rng = np.random.default_rng(seed)
        stage = Stage(view, rng, light, clear_m)
        weather = () if scene in INDOOR else (Weather.draw(rng),)
        scene(stage, *weather)  # type: ignore[operator]
        depth, (across, ahead, rise) = stage.canvas.depth_m, view.rays()
        above_ground = view.camera_height_m + rise * depth
        near = np.hypot(across, ahead) * depth < 0.97 * clear_m
        # Apart from the ground itself and the ceiling.
        assert not (near & (above_ground > 0.08) & (above_ground < 2.3)).any()
