"""Walkers in a picture: shadows darken the ground and nothing else, masks say where they are."""

from __future__ import annotations

import numpy as np
import pytest

from gaitcolor_core.datasets.pictures.backdrops import Light
from gaitcolor_core.datasets.pictures.photograph import Photographer
from gaitcolor_core.datasets.studio import shared_renderer
from gaitcolor_core.datasets.subject import draw_subject, film, ring
from gaitcolor_core.datasets.walkers.figure import Animation
from gaitcolor_core.structures import Bool, UInt8

CAMERA = ring()[5]
GROUND: UInt8 = np.full((CAMERA.height, CAMERA.width, 3), 170, np.uint8)
BESIDE = np.array([0.6, -0.2, 0.7]) / np.linalg.norm([0.6, -0.2, 0.7])


@pytest.fixture(scope="module")
def walker() -> Animation:
    take = film(draw_subject(0, 1), "nm", 1, seed=0)
    middle = len(take.phase) // 2
    pose = type(take.pose)(
        {bone: turn[middle : middle + 1] for bone, turn in take.pose.turns.items()},
        take.pose.pelvis[middle : middle + 1],
    )
    return take.figure.animate(pose, take.phase[middle : middle + 1])


def photo(walkers: list[Animation], shadow: float) -> tuple[UInt8, Bool]:
    light = Light(BESIDE, np.full(3, 0.6), np.full(3, 0.4), shadow)
    photographer = Photographer(walkers, light, shared_renderer())
    return photographer.shoot(GROUND, 0, CAMERA.matrix(), px_per_m=75.0)


def test_nobody_changes_nothing() -> None:
    image, masks = photo([], 0.6)
    assert np.array_equal(image, GROUND)
    assert len(masks) == 0


def test_the_mask_is_the_walker(walker: Animation) -> None:
    image, (mask,) = photo([walker], 0.0)
    points = CAMERA.project(walker.vertices[0].astype(np.float64))[0]
    rows, columns = np.nonzero(mask)
    for seen, expected in ((columns, points[:, 0]), (rows, points[:, 1])):
        assert seen.min() == pytest.approx(expected.min(), abs=1.5)
        assert seen.max() + 1 == pytest.approx(expected.max(), abs=1.5)
    assert (image[mask] != 170).any(-1).mean() > 0.95
    # Without a sun only the ground right below the feet is dark, and outlines are soft.
    assert (np.abs(image.astype(int) - 170)[~mask].max(-1) > 8).sum() < 0.25 * mask.sum()


def test_shadows_only_darken_and_leave_the_masks_alone(walker: Animation) -> None:
    bright, masks = photo([walker], 0.0)
    dark, same = photo([walker], 0.6)
    assert np.array_equal(masks, same)
    lost = bright.astype(int) - dark
    assert lost[~masks[0]].min() >= 0
    assert (lost[~masks[0]] > 40).sum() > 100
    assert not lost[: CAMERA.height // 3].any()


def test_the_shadow_falls_away_from_the_sun(walker: Animation) -> None:
    image, (mask,) = photo([walker], 0.6)
    shade = (image.astype(int)[..., 0] < 140) & ~mask
    sunward = BESIDE @ CAMERA.axes()[0]
    side = np.nonzero(shade)[1].mean() - np.nonzero(mask)[1].mean()
    assert np.sign(side) == -np.sign(sunward)
