"""Frames that come only once come again, bit by bit, and leave nothing on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.structures import UInt8
from gaitcolor_core.video import FrameSpool

FPS = Fraction(30000, 1001)


def noise(count: int, height: int = 48, width: int = 64) -> list[UInt8]:
    """What no codec could guess."""
    rng = np.random.default_rng(count)
    return [rng.integers(0, 256, (height, width, 3), np.uint8) for _ in range(count)]


@pytest.fixture(autouse=True)
def nothing_left(scratch: Path) -> Iterator[None]:
    yield
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("size", [(48, 64), (37, 53), (1, 1), (240, 2)], ids=str)
def test_frames_come_back_bit_by_bit_as_often_as_wanted(size: tuple[int, int]) -> None:
    frames = noise(7, *size)
    with FrameSpool(iter(frames), FPS) as spool:
        for _ in range(2):
            again = list(spool)
            assert len(again) == 7
            for index, (frame, before) in enumerate(zip(again, frames, strict=True)):
                assert frame.image.dtype == np.uint8
                assert np.array_equal(frame.image, before)
                assert frame.time_s == index / FPS


def test_passes_do_not_disturb_each_other() -> None:
    frames = noise(4)
    with FrameSpool(frames, FPS) as spool:
        first, second = iter(spool), iter(spool)
        next(first)
        assert np.array_equal(next(second).image, frames[0])
        assert np.array_equal(next(first).image, frames[1])
        first.close(), second.close()


def test_part_of_a_larger_picture_is_stored_as_it_is() -> None:
    whole = noise(1)[0]
    with FrameSpool([whole[5:25, 7:47], whole[5:25, 47:7:-1]], FPS) as spool:
        images = [frame.image for frame in spool]
    assert np.array_equal(images[0], whole[5:25, 7:47])
    assert np.array_equal(images[1], whole[5:25, 47:7:-1])


def test_what_is_known_of_the_frames() -> None:
    with FrameSpool(noise(5, 36, 50), FPS) as spool:
        found = spool.metadata
        assert (found.width, found.height, found.fps, found.num_frames) == (50, 36, FPS, 5)
        assert spool.num_frames == 5
        assert not found.has_audio


def test_no_frames() -> None:
    with FrameSpool([], FPS) as spool:
        assert spool.num_frames == 0
        assert list(spool) == []
        assert (spool.metadata.width, spool.metadata.height) == (0, 0)


@pytest.mark.parametrize("other", [(48, 63), (47, 64)], ids=str)
def test_frames_of_two_sizes_are_refused(other: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"frames must be \(48, 64, 3\), got"):
        FrameSpool([*noise(2), *noise(1, *other)], FPS)


def test_the_copy_goes_when_the_frames_fail() -> None:
    def camera() -> Iterator[UInt8]:
        yield from noise(2)
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        FrameSpool(camera(), FPS)


def test_the_copy_goes_when_the_work_fails(scratch: Path) -> None:
    with pytest.raises(KeyError), FrameSpool(noise(2), FPS):
        assert list(scratch.iterdir())
        raise KeyError
