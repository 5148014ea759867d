"""The clips that the app shows: rendered walkers who cross the picture and do not slide."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.examples import EXAMPLES, FPS, HEIGHT, WIDTH, write_clip
from gaitcolor_core.datasets.footage import Frame, Shot
from gaitcolor_core.video import VideoReader

SHIPPED = Path(__file__).parents[2] / "demo" / "examples"


@pytest.fixture(scope="module")
def shots() -> dict[str, Shot]:
    """As they are filmed."""
    return {name: example.shot() for name, example in EXAMPLES.items()}


@pytest.fixture(scope="module")
def seen(shots: dict[str, Shot]) -> dict[str, list[Frame]]:
    """Nine moments of each clip, from its first frame to its last."""
    return {name: moments(shot, 9) for name, shot in shots.items()}


def moments(shot: Shot, count: int) -> list[Frame]:
    chosen = np.linspace(0, len(shot.corners) - 1, count).astype(int)
    walkers = tuple(
        dataclasses.replace(
            walker, vertices=walker.vertices[chosen], normals=walker.normals[chosen]
        )
        for walker in shot.walkers
    )
    part = dataclasses.replace(shot, corners=shot.corners[chosen], walkers=walkers)
    return list(part.frames(np.random.default_rng(0)))


def test_a_shot_becomes_a_clip(tmp_path: Path) -> None:
    short = dataclasses.replace(EXAMPLES["one_walker"], seconds=0.2)
    write_clip(short.shot(10), tmp_path / "clip.mp4", fps=10)
    with VideoReader(tmp_path / "clip.mp4") as clip:
        assert (clip.metadata.width, clip.metadata.height) == (WIDTH, HEIGHT)
        assert [frame.time_s for frame in clip] == [0, Fraction(1, 10)]


def test_the_app_ships_every_example() -> None:
    assert {path.stem for path in SHIPPED.glob("*.mp4")} == set(EXAMPLES)
    for name, example in EXAMPLES.items():
        path = SHIPPED / f"{name}.mp4"
        assert path.stat().st_size < 1.5e6
        with VideoReader(path) as clip:
            assert (clip.metadata.width, clip.metadata.height) == (WIDTH, HEIGHT)
            assert (clip.metadata.fps, len(list(clip))) == (FPS, round(FPS * example.seconds))


def test_the_one_walker_is_seen_whole_all_the_time(seen: dict[str, list[Frame]]) -> None:
    for frame in seen["one_walker"]:
        rows, columns = (np.flatnonzero(frame.masks[0].any(axis)) for axis in (1, 0))
        assert 10 < columns.min() and columns.max() < WIDTH - 10
        assert 0.36 * HEIGHT < np.ptp(rows) < 0.5 * HEIGHT


def test_the_two_walkers_come_into_view_fill_half_its_height_and_leave(
    seen: dict[str, list[Frame]],
) -> None:
    for walker in range(len(EXAMPLES["two_walkers"].roles)):
        masks = [frame.masks[walker] for frame in seen["two_walkers"]]
        areas = np.array([mask.sum() for mask in masks])
        assert areas[[0, -1]].max() < 0.4 * areas.max()
        rows = np.flatnonzero(masks[int(areas.argmax())].any(1))
        assert 300 < np.ptp(rows) < 0.7 * HEIGHT


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_part_of_the_scenery_stays_hidden(seen: dict[str, list[Frame]], name: str) -> None:
    covered = np.array([frame.masks.any(0) for frame in seen[name]])
    assert not covered.all(0).any()


def test_the_two_walkers_cross(seen: dict[str, list[Frame]]) -> None:
    places = [
        [np.flatnonzero(mask.any(0)) for mask in frame.masks] for frame in seen["two_walkers"]
    ]
    near, far = places[1]
    assert near.max() < far.min()
    near, far = places[-2]
    assert far.max() < near.min()
    assert any(np.intersect1d(near, far).size for near, far in places)


def test_planted_feet_stay_where_they_are(shots: dict[str, Shot]) -> None:
    for walker in [walker for shot in shots.values() for walker in shot.walkers]:
        # The lowest point of a walker is under the foot that carries it.
        lowest = walker.vertices[..., 2].argmin(1)
        moved = np.linalg.norm(np.diff(walker.vertices[:, :, :2], axis=0), axis=-1)
        slid = moved[np.arange(len(moved)), lowest[:-1]]
        assert np.median(slid) < 0.008


def test_one_camera_stands_still_and_the_other_pans(shots: dict[str, Shot]) -> None:
    assert not shots["one_walker"].corners.any()
    steps = np.diff(shots["two_walkers"].corners, axis=0)
    assert ((steps[:, 0] > 0.5) & (steps[:, 0] < 3)).all()
    assert not steps[:, 1].any()
