"""Color pictures of a walk: the place fits the camera, and a seed says everything."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gaitcolor_core.datasets.studio import backdrop_of, color_crops
from gaitcolor_core.datasets.subject import Take, draw_subject, film, ring, squares
from gaitcolor_core.structures import Float64

SIZE = 64
CAMERA = ring()[5]


@pytest.fixture(scope="module")
def walk() -> tuple[Take, Float64]:
    """Three frames, with the squares around the walker."""
    take = film(draw_subject(0, 3), "nm", 1, seed=0)
    chosen = slice(10, 13)
    turns = {bone: turn[chosen] for bone, turn in take.pose.turns.items()}
    pose = dataclasses.replace(take.pose, turns=turns, pelvis=take.pose.pelvis[chosen])
    short = Take(take.figure, pose, take.phase[chosen])
    return short, squares(short.figure.outline(pose, short.phase), CAMERA)


def crops(walk: tuple[Take, Float64], seed: int) -> np.ndarray:
    return color_crops(*walk[:1], CAMERA, walk[1], SIZE, np.random.default_rng(seed))


def test_crops_have_the_size_that_was_asked_for(walk: tuple[Take, Float64]) -> None:
    pictures = crops(walk, 0)
    assert (pictures.shape, pictures.dtype) == ((3, SIZE, SIZE, 3), np.uint8)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_place(
    walk: tuple[Take, Float64],
) -> None:
    first, again, other = (crops(walk, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    corner = np.s_[:, :8, :8]
    assert np.abs(first[corner].astype(int) - other[corner]).mean() > 3


@pytest.mark.parametrize("view", [0, 5, 10])
def test_the_horizon_lies_where_the_camera_has_it(view: int) -> None:
    camera = ring()[view]
    backdrop = backdrop_of(camera, np.random.default_rng(0), clear_m=8.0)
    forward = camera.axes()[2] * (1, 1, 0)
    far = np.asarray(camera.position) + 1e5 * forward
    assert backdrop.horizon_px == pytest.approx(camera.project(far)[0][1], abs=1)
    assert backdrop.image.shape == (camera.height, camera.width, 3)


def test_the_kind_of_place_can_be_chosen() -> None:
    drawn = backdrop_of(CAMERA, np.random.default_rng(0), clear_m=8.0, kind="park")
    assert drawn.kind == "park"
