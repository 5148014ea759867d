"""Records keep what they are given: masks to the pixel, settings within their limits."""

from __future__ import annotations

import dataclasses
import json
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gaitcolor_core.reports import AnonymizationReport, WalkerReport
from gaitcolor_core.settings import Settings
from gaitcolor_core.structures import Bool, Detections, InputError, PackedMask

masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20))
places = st.tuples(st.integers(-15, 15), st.integers(-15, 15))


def painted(mask: PackedMask, shape: tuple[int, int], offset: tuple[int, int] = (0, 0)) -> Bool:
    canvas = np.zeros(shape, bool)
    mask.paint(canvas, offset)
    return canvas


@given(masks)
def test_mask_round_trip(mask: Bool) -> None:
    assert np.array_equal(painted(PackedMask.pack(mask), mask.shape), mask)


@given(masks, places)
def test_mask_keeps_its_place(mask: Bool, corner: tuple[int, int]) -> None:
    packed = PackedMask.pack(mask, *corner)
    assert np.array_equal(painted(packed, mask.shape, corner), mask)


@given(masks, places, places, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=20))
def test_what_lies_beyond_the_canvas_is_cut_off(
    mask: Bool, corner: tuple[int, int], offset: tuple[int, int], shape: tuple[int, int]
) -> None:
    world = np.zeros((120, 120), bool)  # large enough for all the places above
    x, y = corner[0] + 50, corner[1] + 50
    world[y : y + mask.shape[0], x : x + mask.shape[1]] = mask
    x, y = offset[0] + 50, offset[1] + 50
    expected = world[y : y + shape[0], x : x + shape[1]]
    assert np.array_equal(painted(PackedMask.pack(mask, *corner), shape, offset), expected)


@given(masks)
def test_mask_is_cut_to_its_bounds(mask: Bool) -> None:
    packed = PackedMask.pack(mask)
    cut = packed.unpack()
    left, top, right, bottom = packed.xyxy
    assert cut.shape == packed.shape == (bottom - top, right - left)
    if mask.any():
        assert cut[0].any() and cut[-1].any() and cut[:, 0].any() and cut[:, -1].any()
    assert cut.sum() == mask.sum()


def test_bounds_by_hand() -> None:
    mask = np.zeros((6, 8), bool)
    mask[2:4, 3:7] = True
    packed = PackedMask.pack(mask, 10, 20)
    assert packed.xyxy == (13, 22, 17, 24)  # right and bottom exclusive
    assert packed.bits.tolist() == [255]  # eight pixels, one bit each


def test_empty_mask_has_no_bits_and_paints_nothing() -> None:
    packed = PackedMask.pack(np.zeros((4, 4), bool))
    assert packed.bits.size == 0
    assert packed.shape == (0, 0)
    assert not painted(packed, (4, 4)).any()


def test_painting_adds() -> None:
    canvas = np.ones((3, 3), bool)
    PackedMask.pack(np.eye(3, dtype=bool)).paint(canvas)
    assert canvas.all()


def test_nobody() -> None:
    nobody = Detections.nobody()
    assert len(nobody) == 0
    assert nobody.xyxy.shape == (0, 4)
    assert nobody.masks == ()


@pytest.mark.parametrize("strength", [-0.01, 1.01, float("nan")])
def test_refuses_a_strength_beyond_its_limits(strength: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1, not"):
        Settings(strength=strength)


@pytest.mark.parametrize("walkers", [(0,), (1, -1)])
def test_refuses_walkers_without_a_number(walkers: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="numbered from 1"):
        Settings(walkers=walkers)


@pytest.mark.parametrize("adapt_s", [-1, 3601])
def test_refuses_a_time_to_learn_beyond_its_limits(adapt_s: int) -> None:
    with pytest.raises(InputError, match=f"for 0 to 3600 seconds, not {adapt_s}"):
        Settings(color="gram", adapt_s=adapt_s)


@pytest.mark.parametrize("color", ["warp", "nearest"])
def test_who_copies_learns_nothing(color: Literal["warp", "nearest"]) -> None:
    with pytest.raises(InputError, match=rf"'{color}' copies pixels .* gram or supervised\.$"):
        Settings(color=color, adapt_s=60)
    assert Settings(color=color).adapt_s == 0


def test_refuses_what_is_no_setting() -> None:
    with pytest.raises(TypeError, match="vigor"):
        Settings(vigor=0.5)  # type: ignore[call-arg]


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_settings_cannot_be_changed(strength: float) -> None:
    settings = Settings(strength=strength)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.strength = 1.0  # type: ignore[misc]


def test_a_report_becomes_json() -> None:
    walker = WalkerReport(
        **{item.name: None for item in dataclasses.fields(WalkerReport)} | {"track_id": 3}
    )
    values = {item.name: None for item in dataclasses.fields(AnonymizationReport)}
    report = AnonymizationReport(**values | {"walkers": (walker,), "warnings": ("Mind.",)})  # type: ignore[arg-type]
    loaded = json.loads(json.dumps(report.to_dict()))
    assert loaded["walkers"][0]["track_id"] == 3
    assert loaded["warnings"] == ["Mind."]
