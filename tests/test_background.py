"""What lies behind the walkers: found where it was ever seen, in the light of the frame."""

from __future__ import annotations

import resource
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from drawn_walkers import (
    Camera,
    SyntheticFrame,
    Walker,
    WalkerStyle,
    render_frames,
)

from gaitcolor_core.imaging import SquareCrop, dilate
from gaitcolor_core.stages.background import BackgroundPlates, match_light
from gaitcolor_core.stages.register import CameraTracker, View
from gaitcolor_core.structures import Bool, Float64, UInt8

WIDTH, HEIGHT = 320, 240
STILL = np.eye(3)
WHOLE = SquareCrop(0, 0, 24)
# 8 frames a second, for the sake of time: the walker crosses the picture in 24 frames.
WALKER = Walker(WalkerStyle(stature_px=150), 20, 220)


def clip(camera: Camera, *walkers: Walker, num_frames: int = 24) -> list[SyntheticFrame]:
    size = {"width": WIDTH, "height": HEIGHT, "num_frames": num_frames}
    return list(render_frames(walkers, **size, fps=8, camera=camera, shadow=0, noise=1, seed=6))


def hidden(frame: SyntheticFrame) -> Bool:
    return dilate(frame.masks[0], 5)


def watch(plates: BackgroundPlates, frames: list[SyntheticFrame]) -> list[View]:
    """The first pass over a clip."""
    camera, views = CameraTracker(), []
    for frame in frames:
        view = camera.locate(frame.image, hidden(frame))
        plates.add(frame.image, hidden(frame), view.to_keyframe, camera.links[-1], view.keyframe)
        views.append(view)
    plates.finish()
    return views


def gray(level: int, side: int = 24) -> UInt8:
    return np.full((side, side, 3), level, np.uint8)


def block(rows: slice, columns: slice, side: int = 24) -> Bool:
    mask = np.zeros((side, side), bool)
    mask[rows, columns] = True
    return mask


NOBODY = np.zeros((24, 24), bool)
LEFT = block(slice(None), slice(None, 10))


def moved(x: float) -> Float64:
    return np.array([[1, 0, x], [0, 1, 0], [0, 0, 1]], np.float64)


@pytest.mark.parametrize(
    ("camera", "levels"),
    [(Camera(), 3), (Camera((3, 0)), 8), (Camera(shake_px=1.5), 8)],
    ids=["still", "pan", "shake"],
)
def test_the_scenery_behind_a_passing_walker_is_found(camera: Camera, levels: float) -> None:
    frames = clip(camera, WALKER)
    empty = clip(camera)
    with BackgroundPlates() as plates:
        views = watch(plates, frames)
        for index in (6, 10, 14):
            crop = SquareCrop.around(np.array([*_bounds(hidden(frames[index]))]))
            view = views[index]
            scenery, known = plates.behind(crop, view.keyframe, view.to_keyframe)
            behind = crop.cut(hidden(frames[index]))
            truth = crop.cut(empty[index].image)
            assert known[behind].mean() > 0.98
            error = np.abs(scenery.astype(int) - truth)[behind & known]
            assert error.mean() < levels
            walker = np.abs(crop.cut(frames[index].image).astype(int) - truth)
            assert walker[crop.cut(frames[index].masks[0])].mean() > 2 * levels


def _bounds(mask: Bool) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_a_square_beyond_the_frame_is_not_known_there() -> None:
    with BackgroundPlates() as plates:
        plates.add(gray(80), NOBODY, STILL, None, 0)
        plates.finish()
        scenery, known = plates.behind(SquareCrop(-4, 10, 24), 0, STILL)
    assert scenery.shape == (24, 24, 3) and scenery.dtype == np.uint8
    assert known.shape == (24, 24) and known.dtype == np.bool_
    assert known[:14, 4:].all() and not known[:, :4].any() and not known[14:].any()
    assert (scenery[known] == 80).all()


def test_what_was_never_uncovered_is_not_known() -> None:
    with BackgroundPlates() as plates:
        for _ in range(9):
            plates.add(gray(80), LEFT, STILL, None, 0)
        plates.finish()
        scenery, known = plates.behind(WHOLE, 0, STILL)
    assert np.array_equal(known, ~LEFT)
    assert (scenery[known] == 80).all()


@pytest.mark.parametrize("person", [10, 200], ids=["dark", "light"])
def test_one_look_is_enough(person: int) -> None:
    """Behind somebody who goes only in the last frame that is kept."""
    with BackgroundPlates() as plates:
        for index in range(9):
            gone = index == 8
            plates.add(gray(80 if gone else person), NOBODY if gone else LEFT, STILL, None, 0)
        plates.finish()
        scenery, known = plates.behind(WHOLE, 0, STILL)
    assert known.all()
    assert (scenery[LEFT] == 80).all()


def test_what_passes_unnoticed_leaves_no_trace() -> None:
    """A bird, or a person whom the segmenter missed."""
    with BackgroundPlates() as plates:
        for index in range(18):
            image = gray(80)
            image[LEFT] = 255 if index in (4, 6, 8) else 80
            plates.add(image, NOBODY, STILL, None, 0)
        plates.finish()
        scenery, _ = plates.behind(WHOLE, 0, STILL)
    assert (scenery == 80).all()


@pytest.mark.parametrize(("link", "found"), [(STILL, True), (None, False)], ids=["a pan", "a cut"])
@pytest.mark.parametrize("asked", [0, 1], ids=["later", "earlier"])
def test_holes_are_filled_from_related_keyframes(
    link: Float64 | None, found: bool, asked: int
) -> None:
    with BackgroundPlates() as plates:
        for number in (0, 1):
            persons = LEFT if number == asked else NOBODY
            plates.add(gray(80 + 40 * number), persons, STILL, link if number else None, number)
        plates.finish()
        scenery, known = plates.behind(WHOLE, asked, STILL)
    assert known[~LEFT].all() and (scenery[~LEFT] == 80 + 40 * asked).all()
    assert known[LEFT].all() == found and known[LEFT].any() == found
    if found:
        assert (scenery[LEFT] == 80 + 40 * (1 - asked)).all()


def test_a_link_leads_to_the_right_place() -> None:
    ramp = np.repeat(np.arange(24, dtype=np.uint8)[None, :, None] * 5, 24, 0).repeat(3, 2)
    later = np.roll(ramp, -6, axis=1)  # the view went 6 px to the right
    with BackgroundPlates() as plates:
        plates.add(ramp, NOBODY, STILL, None, 0)
        plates.add(later, np.ones((24, 24), bool), STILL, moved(6), 1)
        plates.finish()
        scenery, known = plates.behind(WHOLE, 1, STILL)
    assert known[:, 1:17].all() and not known[:, 18:].any()
    # Linear weights are rounded to 1/32 of 5 levels.
    assert np.abs(scenery[:, 1:17].astype(int) - later[:, 1:17]).max() <= 1


def test_plates_wait_in_a_folder_that_goes(scratch: Path) -> None:
    with BackgroundPlates() as plates:
        plates.add(gray(80), NOBODY, STILL, None, 0)
        plates.finish()
        assert list(scratch.glob("gaitcolor-*/*"))
    assert not list(scratch.iterdir())


def test_the_folder_goes_when_the_work_fails(scratch: Path) -> None:
    with pytest.raises(KeyError), BackgroundPlates() as plates:
        plates.add(gray(80), NOBODY, STILL, None, 0)
        raise KeyError
    assert not list(scratch.iterdir())


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_said_in_a_sentence(scratch: Path) -> None:
    with BackgroundPlates() as plates:
        plates.add(gray(80, 96), np.zeros((96, 96), bool), STILL, None, 0)
        with largest_file(1000), pytest.raises(OSError, match=r"no room left .* set TMPDIR"):
            plates.finish()
    assert not list(scratch.iterdir())


def test_memory_does_not_grow_with_the_clip() -> None:
    side = 200
    frame_bytes = side * side * 4  # colors and mask
    with BackgroundPlates() as plates:
        tracemalloc.start()
        for level in range(400):
            plates.add(gray(level % 256, side), np.zeros((side, side), bool), STILL, None, 0)
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert 5 * frame_bytes < kept < 20 * frame_bytes
        plates.finish()
        scenery, known = plates.behind(SquareCrop(0, 0, side), 0, STILL)
    assert known.all()
    # The samples come from the whole clip: levels 0...255, then 0...143.
    assert 60 < scenery[0, 0, 0] < 160


@pytest.mark.parametrize("offset", [(12, 12, 12), (-20, -10, 5)], ids=["brighter", "warmer"])
def test_the_scenery_follows_the_light_of_the_frame(offset: tuple[int, int, int]) -> None:
    scene = np.random.default_rng(1).integers(60, 180, (96, 96, 3), np.uint8)
    lit = (scene.astype(int) + offset).astype(np.uint8)
    person = block(slice(20, 80), slice(35, 60), 96)
    frame = np.where(person[..., None], np.uint8(0), lit)
    known = np.ones((96, 96), bool)
    matched = match_light(scene, known, frame, ~person)
    assert matched.shape == (96, 96, 3) and matched.dtype == np.float32
    assert np.abs(matched - lit)[person].max() < 1.5
    assert np.abs(scene.astype(int) - lit)[person].mean() > 5


def test_without_a_difference_the_scenery_stays() -> None:
    scene = np.random.default_rng(1).integers(0, 256, (60, 60, 3), np.uint8)
    person = block(slice(20, 40), slice(20, 40), 60)
    frame = np.where(person[..., None], np.uint8(7), scene)
    known = np.ones((60, 60), bool)
    assert match_light(scene, known, frame, ~person) == pytest.approx(scene, abs=1e-3)
    # Nothing to compare with: no guess.
    nothing = np.zeros((60, 60), bool)
    assert match_light(scene, known, frame, nothing) == pytest.approx(scene, abs=1e-3)
    assert match_light(scene, nothing, frame, ~person) == pytest.approx(scene, abs=1e-3)


def test_light_that_changes_across_the_frame_is_followed() -> None:
    scene = np.full((96, 96, 3), 120, np.uint8)
    shade = np.linspace(-20, 20, 96)[None, :, None]
    lit = np.clip(scene + shade, 0, 255).astype(np.uint8)
    person = block(slice(10, 86), slice(40, 56), 96)
    frame = np.where(person[..., None], np.uint8(0), lit)
    matched = match_light(scene, np.ones((96, 96), bool), frame, ~person)
    assert np.abs(matched - lit)[person].mean() < 3
