"""The walker's own colors on the new body: in place inside, stretched at the outline."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gaitcolor_core.imaging import pixel_grid
from gaitcolor_core.stages.transfer_color import (
    ColorJob,
    ColorTransfer,
    growth_field,
    nearest,
    warp,
)
from gaitcolor_core.structures import Bool, Float32, UInt8

SIDE = 160
RED, GREEN = np.uint8([200, 40, 40]), np.uint8([40, 200, 40])
no_guide = np.zeros((SIDE, SIDE, 2), np.float32)


def body(half_width_px: float, shift_px: float = 0) -> Bool:
    """A post with round ends in the middle of the square."""
    x, y = np.moveaxis(pixel_grid(SIDE, SIDE), -1, 0)
    beyond = np.maximum(np.abs(y - SIDE / 2) - 30, 0)
    return np.hypot(x - SIDE / 2 - shift_px, beyond) <= half_width_px


def on_green(mask: Bool, colors: UInt8 = RED) -> UInt8:
    """A body on a green background."""
    return np.where(mask[..., None], colors, GREEN)


def stripes() -> UInt8:
    """Upright stripes of 8 px all over the square: light and dark red."""
    light = np.arange(SIDE) // 8 % 2 == 0
    row = np.where(light[:, None], np.uint8([230, 60, 60]), np.uint8([110, 20, 20]))
    return np.tile(row[None], (SIDE, 1, 1))


def job(patch: UInt8, old: Bool, new: Bool, guide: Float32 | None = None) -> ColorJob:
    side = len(patch)
    whole = np.array([0, 0, side, side], np.float32)
    return ColorJob(patch, np.ones_like(old), old, new.astype(np.float32), guide, whole)


def color(
    transfer: ColorTransfer, patch: UInt8, old: Bool, new: Bool, guide: Float32 | None = None
) -> Float32:
    (colors,) = transfer([job(patch, old, new, guide)])
    return colors


def moved_right(shift_px: float) -> Float32:
    """The guide of a body that went to the right."""
    guide = no_guide.copy()
    guide[..., 0] = -shift_px
    return guide


def gradient_energy(picture: Float32, where: Bool) -> float:
    gray = picture.astype(np.float32).mean(axis=-1)
    return float(sum((slope[where] ** 2).sum() for slope in np.gradient(gray)))


@pytest.mark.parametrize("transfer", [nearest, warp], ids=["nearest", "warp"])
@pytest.mark.parametrize("guide", [None, no_guide], ids=["free", "guided"])
def test_colors_come_as_a_float_picture(transfer: ColorTransfer, guide: Float32 | None) -> None:
    colors = color(transfer, on_green(body(20)), body(20), body(26), guide)
    assert colors.shape == (SIDE, SIDE, 3)
    assert colors.dtype == np.float32
    assert colors.min() >= 0 and colors.max() <= 255


@pytest.mark.parametrize("transfer", [nearest, warp], ids=["nearest", "warp"])
def test_where_nobody_was_the_picture_stays(transfer: ColorTransfer) -> None:
    nobody = np.zeros((SIDE, SIDE), bool)
    assert np.array_equal(color(transfer, stripes(), nobody, body(20)), stripes())


@pytest.mark.parametrize("transfer", [nearest, warp], ids=["nearest", "warp"])
def test_each_walker_is_colored_for_itself(transfer: ColorTransfer) -> None:
    jobs = [
        job(on_green(body(20)), body(20), body(26)),
        job(stripes(), body(24), body(18, shift_px=3), moved_right(3)),
    ]
    together = transfer(jobs)
    assert transfer([]) == []
    assert len(together) == 2
    for colors, each in zip(together, jobs, strict=True):
        assert np.array_equal(colors, transfer([each])[0])


def test_nearest_by_hand() -> None:
    patch = np.zeros((3, 6, 3), np.uint8)
    patch[1] = [[9, 9, 9], [10, 0, 0], [9, 9, 9], [9, 9, 9], [0, 20, 0], [0, 0, 30]]
    foreground = np.zeros((3, 6), bool)
    foreground[1, [1, 4, 5]] = True
    colors = color(nearest, patch, foreground, np.ones((3, 6), bool))
    red, green, blue = [10, 0, 0], [0, 20, 0], [0, 0, 30]
    for row in range(3):
        assert colors[row].tolist() == [red, red, red, green, green, blue]


def test_nearest_copies_what_is_inside() -> None:
    patch = np.random.default_rng(2).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    colors = color(nearest, patch, body(20), body(30))
    assert np.array_equal(colors[body(20)], patch[body(20)])


@pytest.mark.parametrize("transfer", [nearest, warp], ids=["nearest", "warp"])
@pytest.mark.parametrize("half_width_px", [12, 20, 26, 32])
@pytest.mark.parametrize("guide", [None, no_guide, moved_right(9)], ids=["free", "zero", "right"])
def test_the_background_never_colors_the_body(
    transfer: ColorTransfer, half_width_px: float, guide: Float32 | None
) -> None:
    new = body(half_width_px, shift_px=4)
    colors = color(transfer, on_green(body(20)), body(20), new, guide)
    assert np.abs(colors[new] - RED).max() < 1


def test_without_a_guide_nothing_moves_deep_inside() -> None:
    patch = on_green(body(30), stripes())
    colors = color(warp, patch, body(30), body(36))
    deep = body(30 - 12)  # twice as deep as the body grew
    assert np.abs(colors[deep] - patch[deep]).max() < 3


def test_without_a_guide_growth_is_made_of_what_lay_at_the_outline() -> None:
    patch = on_green(body(30), stripes())
    colors = color(warp, patch, body(30), body(36))
    rim = body(36) & ~body(30)
    x = np.broadcast_to(np.arange(SIDE), (SIDE, SIDE))
    right = rim & (x > SIDE / 2) & (np.abs(np.arange(SIDE) - SIDE / 2) < 25)[:, None]
    # 6 px of growth show the outermost 6 px of the old body, stretched to twice that.
    source = (x - 6 * np.clip((x - SIDE / 2 - 24) / 12, 0, 1)).astype(np.float32)
    expected = stripes()[0][np.round(source[right]).astype(int)].astype(np.float32)
    light = (colors[right][:, 0] > 170) == (expected[:, 0] > 170)
    assert light.mean() > 0.8


@pytest.mark.parametrize("guide", [None, no_guide], ids=["free", "guided"])
def test_the_same_body_keeps_its_colors(guide: Float32 | None) -> None:
    patch = on_green(body(30), stripes())
    colors = color(warp, patch, body(30), body(30), guide)
    assert np.abs(colors[body(30)] - patch[body(30)]).max() < 1e-3


def test_a_zero_guide_moves_nothing_inside() -> None:
    patch = on_green(body(30), stripes())
    for half_width_px in (24, 38):
        both = body(30) & body(half_width_px)
        colors = color(warp, patch, body(30), body(half_width_px), no_guide)
        assert np.abs(colors[both] - patch[both]).max() < 1e-3


def test_a_stripe_at_the_outline_follows_the_guide_and_a_print_inside_stays() -> None:
    old, new = body(36), body(36, shift_px=6)
    x = np.broadcast_to(np.arange(SIDE), (SIDE, SIDE))
    middle, edge = SIDE // 2, SIDE // 2 + 35
    marks = np.where((np.abs(x - edge) <= 1) | (np.abs(x - middle) <= 1), 255, 0)
    patch = on_green(old, np.repeat(marks[..., None], 3, axis=-1).astype(np.uint8))
    row = color(warp, patch, old, new, moved_right(6))[SIDE // 2, :, 0] * new[SIDE // 2]
    outer, inner = row.copy(), row.copy()
    outer[: middle + 20] = 0
    inner[middle + 20 :] = 0
    center = [(part @ np.arange(SIDE)) / part.sum() for part in (inner, outer)]
    assert center[0] == pytest.approx(middle, abs=0.3)
    # It is stretched towards the inside, where the guide counts less and less.
    assert edge + 3 < center[1] < edge + 6.5
    assert row[edge + 6] > 250


@pytest.mark.parametrize(
    ("new", "guide"),
    [
        (body(24), None),
        (body(36), None),
        (body(36, shift_px=4), moved_right(4)),
        (body(30, shift_px=-6), moved_right(-6)),
    ],
    ids=["thinner", "thicker", "right", "left"],
)
def test_texture_stays_sharp(new: Bool, guide: Float32 | None) -> None:
    old = body(30)
    colors = color(warp, on_green(old, stripes()), old, new, guide)
    inside = cv2.erode(new.astype(np.uint8), np.ones((5, 5))) > 0
    # What the new body has in common with the old one; growth adds no texture but stretches it.
    ideal = gradient_energy(stripes(), inside & old)
    assert gradient_energy(colors, inside) > 0.8 * ideal
    # A blur by a pixel would be noticed.
    assert gradient_energy(cv2.GaussianBlur(colors, (0, 0), 1), inside) < 0.8 * ideal


@pytest.mark.parametrize("half_width_px", [10, 19, 20])
def test_who_does_not_grow_needs_no_displacement(half_width_px: float) -> None:
    field = growth_field(body(20), body(half_width_px))
    assert field.shape == (SIDE, SIDE, 2)
    assert field.dtype == np.float32
    assert not field.any()


def test_nobody_has_no_displacement() -> None:
    nobody = np.zeros((SIDE, SIDE), bool)
    assert not growth_field(nobody, body(20)).any()
    assert not growth_field(body(20), nobody).any()


@pytest.mark.parametrize("growth_px", [4, 8])
def test_growth_is_the_displacement_at_the_new_outline_and_fades_inside(growth_px: int) -> None:
    field = growth_field(body(24), body(24 + growth_px))
    row = field[SIDE // 2]
    middle = SIDE // 2
    assert row[middle + 24 + growth_px, 0] == pytest.approx(-growth_px, abs=1.2)  # inward: left
    assert row[middle - 24 - growth_px, 0] == pytest.approx(growth_px, abs=1.2)
    # Half as much at the old outline, nothing as deep inside as it grew.
    assert row[middle + 24, 0] == pytest.approx(-growth_px / 2, abs=1.2)
    assert np.abs(row[middle - 24 + growth_px + 4 : middle + 24 - growth_px - 4]).max() < 0.6
    assert np.abs(row[:, 1]).max() < 0.2  # no way along the outline
