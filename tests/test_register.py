"""The camera of drawn clips, whose path is known, is followed to a part of a pixel."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from drawn_walkers import (
    Camera,
    SyntheticFrame,
    Walker,
    WalkerStyle,
    render_frames,
)

from gaitcolor_core.imaging import dilate, pixel_grid
from gaitcolor_core.stages.register import CameraTracker, View
from gaitcolor_core.structures import Bool, Float64, UInt8

WIDTH, HEIGHT = 320, 240
NOBODY = np.zeros((HEIGHT, WIDTH), bool)
WALKER = Walker(WalkerStyle(stature_px=150), 60, 220)


def clip(
    camera: Camera, *walkers: Walker, num_frames: int = 20, seed: int = 2, noise: float = 1.0
) -> list[SyntheticFrame]:
    size = {"width": WIDTH, "height": HEIGHT, "num_frames": num_frames}
    return list(render_frames(walkers, **size, camera=camera, noise=noise, seed=seed))


def persons(frame: SyntheticFrame) -> Bool:
    return dilate(np.logical_or.reduce([NOBODY, *frame.masks]), 4)


def follow(frames: list[SyntheticFrame]) -> tuple[list[View], CameraTracker]:
    tracker = CameraTracker()
    return [tracker.locate(frame.image, persons(frame)) for frame in frames], tracker


def locate(*images: UInt8) -> list[View]:
    tracker = CameraTracker()
    return [tracker.locate(image, np.zeros(image.shape[:2], bool)) for image in images]


def moves(homography: Float64, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> Float64:
    """How far the pixels of a frame move, `(N, 2)`."""
    grid = pixel_grid(*shape)[::20, ::20].reshape(-1, 1, 2).astype(np.float64)
    return np.asarray((cv2.perspectiveTransform(grid, homography) - grid)[:, 0], np.float64)


def error_px(homography: Float64, true_move: Float64) -> float:
    """Mean over the pixels of a frame."""
    return float(np.linalg.norm(moves(homography) - true_move, axis=1).mean())


@pytest.mark.parametrize("walkers", [(), (WALKER,)], ids=["nobody", "walker"])
@pytest.mark.parametrize(
    "camera",
    [Camera((2, 0)), Camera((-1.3, 0.6)), Camera(shake_px=2), Camera((1.5, 0), shake_px=1)],
    ids=["pan", "slant", "shake", "pan and shake"],
)
def test_a_moving_camera_is_followed(camera: Camera, walkers: tuple[Walker, ...]) -> None:
    frames = clip(camera, *walkers)
    views, tracker = follow(frames)
    first_of: dict[int, SyntheticFrame] = {}
    for frame, view in zip(frames, views, strict=True):
        assert view.to_keyframe.shape == (3, 3)
        key = first_of.setdefault(view.keyframe, frame)
        assert error_px(view.to_keyframe, np.subtract(frame.offset_px, key.offset_px)) < 0.5
    assert len(tracker.links) == len(first_of)


@pytest.mark.parametrize("walkers", [(), (WALKER,)], ids=["nobody", "walker"])
def test_a_still_camera_is_exactly_still(walkers: tuple[Walker, ...]) -> None:
    views, tracker = follow(clip(Camera(), *walkers, noise=3.0))
    for view in views:
        assert view.keyframe == 0
        assert np.array_equal(view.to_keyframe, np.eye(3))
    assert tracker.links == [None]


def test_a_walker_who_fills_the_view_does_not_carry_it_along() -> None:
    near = Walker(WalkerStyle(stature_px=230), 20, 235)
    for view in follow(clip(Camera(), near))[0]:
        assert np.array_equal(view.to_keyframe, np.eye(3))


def test_a_long_pan_begins_new_keyframes_that_are_linked() -> None:
    frames = clip(Camera((8, 0)), num_frames=25)
    views, tracker = follow(frames)
    numbers = [view.keyframe for view in views]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(len(tracker.links)))
    assert len(tracker.links) >= 3
    firsts = [frames[numbers.index(number)] for number in range(len(tracker.links))]
    assert tracker.links[0] is None
    for (before, after), link in zip(pairwise(firsts), tracker.links[1:], strict=True):
        assert link is not None
        assert error_px(link, np.subtract(after.offset_px, before.offset_px)) < 0.5
        assert np.linalg.norm(moves(link), axis=1).max() < 0.3 * WIDTH  # most of the view is shared
    for number in range(len(tracker.links)):
        assert np.array_equal(views[numbers.index(number)].to_keyframe, np.eye(3))


def test_a_cut_begins_a_keyframe_without_relation() -> None:
    before, after = clip(Camera(), num_frames=4), clip(Camera(), num_frames=4, seed=9)
    views, tracker = follow([*before, *after])
    assert [view.keyframe for view in views] == [0] * 4 + [1] * 4
    assert tracker.links == [None, None]
    assert all(np.array_equal(view.to_keyframe, np.eye(3)) for view in views)


def test_a_view_without_features_counts_as_still() -> None:
    wall = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    darker = np.full((HEIGHT, WIDTH, 3), 118, np.uint8)
    other = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    views = locate(wall, darker, other)
    assert [view.keyframe for view in views] == [0, 0, 1]
    assert all(np.array_equal(view.to_keyframe, np.eye(3)) for view in views)


def test_a_view_full_of_persons_gives_no_false_motion() -> None:
    tracker = CameraTracker()
    frames = clip(Camera((2, 0)), num_frames=3)
    for frame in frames:
        view = tracker.locate(frame.image, np.ones((HEIGHT, WIDTH), bool))
        assert np.isfinite(view.to_keyframe).all()
        assert np.array_equal(view.to_keyframe, np.eye(3))


def test_a_large_frame_is_measured_in_its_own_pixels() -> None:
    """Registration works on a smaller picture."""
    wide = next(render_frames([], width=1420, height=600, num_frames=1, seed=2)).image
    views = locate(wide[:, :1400], wide[:, 20:])
    assert np.linalg.norm(moves(views[1].to_keyframe, (600, 1400)) - [20, 0], axis=1).mean() < 0.5
