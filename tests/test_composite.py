"""The old walker goes, the new one comes, and every other pixel stays bit by bit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from drawn_walkers import SyntheticFrame, Walker, WalkerStyle, render_frames
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.imaging import SquareCrop, dilate, erode, pixel_grid
from gaitcolor_core.stages.composite import (
    Layer,
    OldWalker,
    clean_foreground,
    compose,
    cover,
    inpaint,
    look_at,
    surroundings,
)
from gaitcolor_core.structures import Bool, Float32, PackedMask, UInt8

WIDTH, HEIGHT = 240, 190
STATURE_PX = 150
CROP = SquareCrop(30, 10, 180)


@cache
def drawn(*phases: float, shadow: float = 0.0) -> SyntheticFrame:
    """A picture of as many walkers as phases, from left to right, over one background."""
    style = WalkerStyle(stature_px=STATURE_PX, shirt=(70, 110, 150))
    walkers = [Walker(style, 120 + 40 * at, 175, phase=phase) for at, phase in enumerate(phases)]
    look = {"width": WIDTH, "height": HEIGHT, "num_frames": 1, "shadow": shadow}
    return next(render_frames(walkers, **look, seed=4))


def scenery() -> UInt8:
    return drawn().image


def disc(x: float, y: float, radius_px: float, side: int = 60) -> Bool:
    return np.linalg.norm(pixel_grid(side, side) - np.float32([x, y]), axis=-1) <= radius_px


def plain(side: int, level: float) -> Float32:
    return np.full((side, side, 3), level, np.float32)


def layer(
    crop: SquareCrop, removed: Bool, body: Bool, *, scene: float, walker: float, ground_px: float
) -> Layer:
    """A walker of one gray level before a scenery of another."""
    return Layer(
        crop,
        removed.astype(np.float32),
        plain(crop.side, scene),
        body.astype(np.float32),
        plain(crop.side, walker),
        ground_px,
    )


def look(frame: SyntheticFrame, *, guess: bool = False) -> OldWalker:
    """The first walker of a picture."""
    patch = CROP.cut(frame.image)
    visible = CROP.cut(frame.masks[0])
    return look_at(patch, visible, np.zeros_like(visible), STATURE_PX, guess=guess)


def test_an_old_walker_comes_in_the_size_of_the_square() -> None:
    old = look(drawn(0.1))
    for soft in (old.alpha, old.removal):
        assert soft.shape == (CROP.side, CROP.side)
        assert soft.dtype == np.float32
        assert soft.min() >= 0 and soft.max() <= 1
    for mask in (old.body, old.core):
        assert mask.shape == (CROP.side, CROP.side)
        assert mask.dtype == np.bool_


@given(
    st.lists(
        st.tuples(st.integers(-70, 130), st.integers(-70, 100), st.integers(0, 2**32 - 1)),
        max_size=3,
    )
)
@settings(max_examples=40)
def test_outside_the_layers_every_pixel_stays(places: list[tuple[int, int, int]]) -> None:
    frame = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)
    layers, touched = [], np.zeros(frame.shape[:2], bool)
    for left, top, seed in places:
        crop, rng = SquareCrop(left, top, 60), np.random.default_rng(seed)
        x, y, radius, _ = rng.uniform(10, 50, 4)
        removed, body = disc(x, y, radius / 2), disc(y, x, radius / 3)
        layers.append(layer(crop, removed, body, scene=90, walker=200, ground_px=top))
        whole = np.zeros((400, 400), bool)
        whole[150 + top : 210 + top, 150 + left : 210 + left] = removed | body
        touched |= whole[150:240, 150:270]
    result = frame.copy()
    compose(result, layers)
    assert np.array_equal(result[~touched], frame[~touched])
    assert np.isin(result[touched], (90, 200)).all()


def test_weights_by_hand() -> None:
    frame = np.full((1, 1, 3), 100, np.uint8)
    half = np.full((1, 1), 0.5, np.float32)
    quarter = np.full((1, 1), 0.25, np.float32)
    compose(frame, [Layer(SquareCrop(0, 0, 1), half, plain(1, 200), quarter, plain(1, 50), 0)])
    # (100 + 200) / 2 = 150 of scenery, a quarter of the way to the walker's 50.
    assert frame.ravel().tolist() == [125, 125, 125]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["near first", "far first"])
def test_the_nearer_walker_hides_the_farther_one(order: tuple[int, int]) -> None:
    crop, nobody = SquareCrop(0, 0, 60), np.zeros((60, 60), bool)
    near = layer(crop, nobody, disc(25, 30, 12), scene=0, walker=220, ground_px=50)
    far = layer(crop, nobody, disc(35, 30, 12), scene=0, walker=60, ground_px=40)
    frame = np.full((60, 60, 3), 120, np.uint8)
    compose(frame, [(near, far)[at] for at in order])
    assert (frame[disc(25, 30, 12)] == 220).all()
    assert (frame[disc(35, 30, 12) & ~disc(25, 30, 12)] == 60).all()


def test_the_removal_of_one_takes_nothing_from_the_new_other() -> None:
    crop, nobody = SquareCrop(0, 0, 60), np.zeros((60, 60), bool)
    near = layer(crop, disc(30, 30, 25), nobody, scene=120, walker=0, ground_px=50)
    far = layer(crop, nobody, disc(35, 30, 12), scene=120, walker=60, ground_px=40)
    frame = np.full((60, 60, 3), 120, np.uint8)
    compose(frame, [far, near])
    assert (frame[disc(35, 30, 12)] == 60).all()


def test_the_old_walker_is_gone_where_the_new_one_is_not() -> None:
    frame, other = drawn(0.1), drawn(0.35)
    old = look(frame)
    behind = CROP.cut(scenery()).astype(np.float32)
    body = CROP.cut(other.masks[0])
    colors = CROP.cut(other.image).astype(np.float32)
    result = frame.image.copy()
    compose(result, [Layer(CROP, old.removal, behind, body.astype(np.float32), colors, 175)])
    free = ~other.masks[0]
    gone = frame.masks[0] & free
    assert gone.sum() > 400  # the legs are elsewhere
    assert np.abs(frame.image[gone].astype(int) - scenery()[gone]).mean() > 20
    # A walker drawn with soft edges reaches a pixel beyond the mask.
    assert np.abs(result[free].astype(int) - scenery()[free]).max() <= 3
    assert np.array_equal(result[other.masks[0]], other.image[other.masks[0]])


def test_a_mask_that_misses_the_outline_still_removes_the_walker() -> None:
    frame = drawn(0.1)
    patch, mask = CROP.cut(frame.image), CROP.cut(frame.masks[0])
    nobody = np.zeros_like(mask)
    old = look_at(patch, erode(mask, 1), nobody, STATURE_PX, guess=False)
    assert (old.removal[mask] > 0.95).all()


def test_a_body_is_met_and_its_core_shows_nothing_else() -> None:
    frame = drawn(0.1)
    old, mask = look(frame), CROP.cut(frame.masks[0])
    assert (old.body & mask).sum() / (old.body | mask).sum() > 0.9
    assert not (old.core & ~old.body).any()
    assert (old.core & ~mask).sum() < 0.01 * old.core.sum()
    assert (old.removal[mask] == 1).all()
    assert not old.removal[~dilate(mask, 20)].any()


def test_of_a_guess_more_is_taken_out() -> None:
    sure, guess = look(drawn(0.1)).removal, look(drawn(0.1), guess=True).removal
    assert (guess >= sure - 1e-6).all()
    assert guess.sum() > 1.2 * sure.sum()


def test_a_hidden_walker_goes_on_under_the_nearer_one() -> None:
    frame = drawn(0.1)
    mask = CROP.cut(frame.masks[0])
    column = np.broadcast_to(np.arange(CROP.side), mask.shape)
    nearer = column > np.median(column[mask])  # the front half is hidden
    old = look_at(CROP.cut(frame.image), mask & ~nearer, nearer, STATURE_PX, guess=False)
    assert not (old.body & nearer).any() and not (old.core & nearer).any()
    assert (old.alpha[nearer] == 1).any()
    assert not (old.alpha[nearer & ~dilate(mask & ~nearer, 8)] == 1).any()


def test_the_rim_of_the_old_body_colors_no_growth() -> None:
    old = look(drawn(0.1))
    assert np.array_equal(clean_foreground(old, old.body.astype(np.float32), STATURE_PX), old.body)
    upper = np.arange(CROP.side)[:, None] < 90  # only the upper half grows
    grown = old.body | (dilate(old.body, 5) & upper)
    clean = clean_foreground(old, grown.astype(np.float32), STATURE_PX)
    assert not (clean & ~old.body).any()
    rim = old.body & ~erode(old.body, 1)
    high, low = np.arange(CROP.side)[:, None] < 85, np.arange(CROP.side)[:, None] > 95
    assert not (clean & rim & high).any()
    assert (clean | ~rim)[np.broadcast_to(low, rim.shape)].all()


def test_a_body_that_is_all_rim_still_has_colors() -> None:
    thin = np.zeros((40, 40), bool)
    thin[5:35, 20] = True
    nothing = np.zeros_like(thin)
    soft = thin.astype(np.float32)
    old = OldWalker(soft, thin, nothing, soft)
    assert np.array_equal(clean_foreground(old, dilate(thin, 3).astype(np.float32), 30), thin)


def test_holes_are_filled_from_around_them() -> None:
    side = 80
    ramp = np.tile(np.linspace(60, 180, side)[:, None], (side, 1, 3)).astype(np.uint8)
    hole = disc(40, 40, 9, side)
    broken = np.where(hole[..., None], np.uint8(0), ramp)
    frame = np.where(hole[..., None], np.uint8([255, 0, 0]), ramp)  # the person
    filled = inpaint(broken, ~hole, frame, ~hole)
    assert filled.shape == ramp.shape and filled.dtype == np.uint8
    assert np.array_equal(filled[~hole], ramp[~hole])
    assert np.abs(filled[hole].astype(int) - ramp[hole]).mean() < 8
    assert np.abs(filled[hole].astype(int) - ramp[hole]).max() < 30


def test_what_is_not_known_is_taken_from_the_frame_where_nobody_is() -> None:
    scene, frame = (np.full((40, 40, 3), level, np.uint8) for level in (50, 90))
    known = disc(20, 20, 10, 40)
    filled = inpaint(scene, known, frame, np.ones((40, 40), bool))
    assert (filled[known] == 50).all() and (filled[~known] == 90).all()


def test_a_cover_hides_the_outline() -> None:
    first, second = drawn(0.1), drawn(0.35)
    box = np.array([60, 25, 180, 178])
    covered = []
    for frame in (first, second):
        image = frame.image.copy()
        cover(image, box)
        covered.append(image.astype(int))
    differs = first.masks[0] ^ second.masks[0]
    before = np.abs(first.image.astype(int) - second.image).max(axis=-1)[differs].mean()
    after = np.abs(covered[0] - covered[1]).max(axis=-1)
    assert after[differs].mean() < 0.3 * before
    # Neither of them shows an edge of the legs.
    for image in covered:
        steps = np.abs(np.diff(image[25:178, 60:180], axis=1)).max()
        assert steps < 0.2 * np.abs(np.diff(first.image[25:178, 60:180].astype(int), axis=1)).max()


@pytest.mark.parametrize(
    "box",
    [(10, 10, 50, 70), (-30, -20, 20, 60), (200, 150, 300, 400), (100.4, 20.6, 130.2, 90.9)],
    ids=["inside", "upper left", "lower right", "fractions"],
)
def test_a_cover_changes_the_box_with_a_margin_alone(box: tuple[float, ...]) -> None:
    before = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    frame = before.copy()
    cover(frame, np.array(box, np.float32))
    changed = (frame != before).any(axis=-1)
    left, top, right, bottom = box
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    margin = 0.12 * (bottom - top) + 2
    near = (columns >= left - margin) & (columns < right + margin)
    near &= (rows >= top - margin) & (rows < bottom + margin)
    inside = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    assert not (changed & ~near).any()
    assert changed[inside].mean() > 0.95


@pytest.mark.parametrize("box", [(-90, -90, -40, -40), (500, 10, 560, 90), (10, 900, 40, 990)])
def test_who_is_not_in_the_frame_needs_no_cover(box: tuple[int, ...]) -> None:
    frame = scenery().copy()
    cover(frame, np.array(box))
    assert np.array_equal(frame, scenery())


def test_surroundings_hold_the_person_with_a_margin() -> None:
    mask = drawn(0.1).masks[0]
    grown, (x, y) = surroundings(PackedMask.pack(mask))
    canvas = np.zeros(mask.shape, bool)
    PackedMask.pack(grown, x, y).paint(canvas)
    assert not (dilate(mask, 3) & ~canvas).any()
    assert not (canvas & ~dilate(mask, 12)).any()
