"""Full frames with walkers: exact masks, a pan that is a window on one picture, same seed same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gaitcolor_core.datasets.footage import (
    FRAME_SIZES,
    FRAMES_PER_PLACE,
    Shot,
    practice_frames,
)
from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.pictures.sensor import Sensor
from gaitcolor_core.datasets.studio import backdrop_of
from gaitcolor_core.datasets.subject import draw_subject, film

WIDTH, HEIGHT = 240, 180


@pytest.fixture(scope="module")
def shot() -> Shot:
    """Two walkers behind each other, by a camera that sees more than one frame shows."""
    camera = Camera((0.0, -6.0, 1.4), (0.0, 0.0, 0.9), 28.0, WIDTH + 40, HEIGHT)
    backdrop = backdrop_of(camera, np.random.default_rng(1), clear_m=12.0, kind="yard")
    walkers = []
    for number, depth_m in ((1, 0.0), (2, 1.5)):
        take = film(draw_subject(0, number), "nm", 1, seed=0)
        first = slice(0, 2)
        pose = dataclasses.replace(
            take.pose,
            turns={bone: turn[first] for bone, turn in take.pose.turns.items()},
            pelvis=take.pose.pelvis[first] * (0, 0, 1) + (0.1 * depth_m, depth_m, 0),
        )
        walkers.append(take.figure.animate(pose.placed(0, np.zeros(3)), take.phase[first]))
    corners = np.array([[0.0, 0.0], [40.0, 0.0]])
    return Shot(camera, backdrop, Sensor(), (WIDTH, HEIGHT), corners, tuple(walkers))


def filmed(shot: Shot, **changes: object) -> list:
    return list(dataclasses.replace(shot, **changes).frames(np.random.default_rng(0)))  # type: ignore[arg-type]


def test_nobody_leaves_the_scenery_alone(shot: Shot) -> None:
    for frame, left in zip(filmed(shot, walkers=()), (0, 40), strict=True):
        assert np.array_equal(frame.image, shot.backdrop.image[:, left : left + WIDTH])
        assert frame.masks.shape == (0, HEIGHT, WIDTH)


def test_a_pan_is_a_window_on_one_picture(shot: Shot) -> None:
    # The same moment twice, so that nothing but the camera moves.
    still = tuple(
        dataclasses.replace(
            walker, vertices=walker.vertices[[0, 0]], normals=walker.normals[[0, 0]]
        )
        for walker in shot.walkers
    )
    first, second = filmed(shot, walkers=still)
    differs = first.masks[:, :, 40:] ^ second.masks[:, :, :-40]
    assert differs.sum() <= 0.01 * first.masks.sum()
    shift = first.image[:, 40:].astype(int) - second.image[:, :-40]
    assert np.abs(shift).mean() < 0.5


def test_the_nearer_walker_hides_the_other(shot: Shot) -> None:
    both = filmed(shot)[0].masks
    alone = filmed(shot, walkers=shot.walkers[1:])[0].masks
    assert not (both[0] & both[1]).any()
    assert both[1].sum() < 0.9 * alone[0].sum()
    assert not (both[1] & ~alone[0]).any()


def test_practice_frames_are_the_same_for_a_seed_and_a_place() -> None:
    first, again, elsewhere = (next(practice_frames(4, place)) for place in (0, 0, 1))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.masks, again.masks)
    assert not np.array_equal(first.image[:100, :100], elsewhere.image[:100, :100])


def test_practice_frames_show_up_to_four_walkers_in_a_usual_size() -> None:
    frames = list(practice_frames(5, 0))
    assert len(frames) == FRAMES_PER_PLACE
    for frame in frames:
        height, width = frame.image.shape[:2]
        assert (width, height) in FRAME_SIZES
        assert frame.masks.shape[1:] == (height, width)
        assert len(frame.masks) <= 4
        assert (frame.masks.sum(0) <= 1).all()
