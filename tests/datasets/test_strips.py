import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gaitcolor_core.datasets.strips import (
    max_frames,
    read_crops,
    read_silhouettes,
    write_crops,
    write_silhouettes,
)
from gaitcolor_core.structures import InputError

squares = st.tuples(st.integers(1, 5), st.integers(1, 40)).map(lambda ts: (ts[0], ts[1], ts[1]))


def test_a_strip_of_silhouettes_has_one_bit_a_pixel(tmp_path: Path) -> None:
    path = tmp_path / "walk.png"
    write_silhouettes(path, np.ones((3, 128, 128), bool))
    header = path.read_bytes()[16:26]  # of PNG's IHDR: width, height, bits a sample, color type
    assert np.frombuffer(header[:8], ">u4").tolist() == [128, 3 * 128]
    assert header[8:] == bytes([1, 0])


@pytest.mark.parametrize(
    "frames",
    [
        np.zeros((2, 8, 8), np.uint8),  # type
        np.zeros((2, 8, 9), bool),  # not square
        np.zeros((8, 8), bool),  # one frame is a sequence, too
        np.zeros((2, 0, 0), bool),
        np.zeros((2, 8, 8, 3), bool),
    ],
)
def test_silhouettes_of_another_kind_are_refused(tmp_path: Path, frames: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"silhouettes must be \(T, S, S\) bool, got"):
        write_silhouettes(tmp_path / "walk.png", frames)


@pytest.mark.parametrize("shape", [(2, 8, 8), (2, 8, 8, 4), (2, 8, 9, 3)])
def test_crops_of_another_kind_are_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"crops must be \(T, S, S, 3\) uint8, got"):
        write_crops(tmp_path / "walk.jpg", np.zeros(shape, np.uint8))


@pytest.mark.parametrize("num_frames", [0, 512])
def test_a_strip_has_one_to_511_frames(tmp_path: Path, num_frames: int) -> None:
    with pytest.raises(ValueError, match=f"takes 1 to 511 frames, got {num_frames} crops"):
        write_crops(tmp_path / "walk.jpg", np.zeros((num_frames, 128, 128, 3), np.uint8))
    with pytest.raises(ValueError, match=f"takes 1 to 511 frames, got {num_frames} silhouettes"):
        write_silhouettes(tmp_path / "walk.png", np.zeros((num_frames, 128, 128), bool))


def test_the_longest_strip_is_read_back(tmp_path: Path) -> None:
    crops = np.full((max_frames(128), 128, 128, 3), 200, np.uint8)
    write_crops(tmp_path / "walk.jpg", crops)
    assert np.array_equal(read_crops(tmp_path / "walk.jpg"), crops)


@pytest.mark.parametrize("read", [read_silhouettes, read_crops])
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, read) -> None:
    path = tmp_path / "walk.png"
    with pytest.raises(InputError, match=r"walk.png' cannot be read \(No such file"):
        read(path)
    path.write_bytes(b"")
    with pytest.raises(InputError, match=r"walk.png' is damaged: it is no picture\.$"):
        read(path)
    path.write_bytes(b"\x89PNG\r\n\x1a\nand then nothing")
    with pytest.raises(InputError, match=r"walk.png' is damaged: it is no picture\.$"):
        read(path)
    cv2.imwrite(str(path), np.zeros((20, 8), np.uint8))
    with pytest.raises(InputError, match="no strip of square frames: it is 8 pixels wide and 20"):
        read(path)


def test_colors_are_red_green_blue(tmp_path: Path) -> None:
    crops = np.zeros((3, 32, 32, 3), np.uint8)
    for channel in range(3):
        crops[channel, ..., channel] = 255
    write_crops(tmp_path / "walk.jpg", crops)
    # A plain frame survives JPEG but for the rounding of its color space.
    assert np.abs(read_crops(tmp_path / "walk.jpg").astype(int) - crops).max() <= 2


def test_frames_do_not_bleed_into_each_other(tmp_path: Path) -> None:
    crops = np.zeros((2, 128, 128, 3), np.uint8)
    crops[1] = (255, 0, 0)
    write_crops(tmp_path / "walk.jpg", crops)
    # A plain frame survives JPEG but for the rounding of its color space.
    assert np.abs(read_crops(tmp_path / "walk.jpg").astype(int) - crops).max() <= 2


def test_a_strip_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "walk.png").mkdir()
    with pytest.raises(OSError, match="walk"):
        write_silhouettes(tmp_path / "walk.png", np.ones((1, 8, 8), bool))
    assert [path.name for path in tmp_path.iterdir()] == ["walk.png"]


@given(squares.flatmap(lambda shape: arrays.arrays(bool, shape)))
def test_silhouettes_are_read_back_exactly(silhouettes: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.png"
        write_silhouettes(path, silhouettes)
        assert np.array_equal(read_silhouettes(path), silhouettes)
        assert list(Path(folder).iterdir()) == [path]


@settings(max_examples=30)
@given(num_frames=st.integers(1, 6), seed=st.integers(0, 2**32))
def test_crops_are_read_back_nearly(num_frames: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (num_frames, 4, 4, 3), np.uint8)
    crops = np.stack(
        [cv2.resize(frame, (64, 64), interpolation=cv2.INTER_CUBIC) for frame in coarse]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.jpg"
        write_crops(path, crops)
        again = read_crops(path)
        assert list(Path(folder).iterdir()) == [path]
    assert again.shape == crops.shape
    assert np.abs(again.astype(int) - crops).mean() < 4
