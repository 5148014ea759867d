"""Frames with the pixels of every person, on disk and back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitcolor_core.structures import InputError
from gaitcolor_core.training.labelled_frames import (
    UNSURE,
    LabelledFrame,
    frame_names,
    mask_path,
    read_frame,
    write_frame,
)


@pytest.fixture
def frame() -> LabelledFrame:
    """Red on the left, blue on the right, where a person is; a rim nobody is sure about."""
    image = np.zeros((40, 60, 3), np.uint8)
    image[:, :30, 0], image[:, 30:, 2] = 200, 200
    persons = np.zeros((40, 60), np.uint8)
    persons[:, 30:], persons[:, 56:] = 7, UNSURE
    return LabelledFrame(image, persons)


def test_the_mask_comes_back_exactly_and_the_picture_nearly(
    frame: LabelledFrame, tmp_path: Path
) -> None:
    write_frame(tmp_path, "clip-00001", frame)
    back = read_frame(tmp_path, "clip-00001")
    assert (back.persons == frame.persons).all()
    # JPEG halves the resolution of color, so that the border is smeared.
    apart = np.abs(np.arange(60) - 29.5) > 8
    assert np.abs(back.image[:, apart].astype(int) - frame.image[:, apart]).max() < 12


def test_names_are_sorted_and_stand_for_pairs(frame: LabelledFrame, tmp_path: Path) -> None:
    for name in ("b-1", "a-2", "a-1"):
        write_frame(tmp_path, name, frame)
    mask_path(tmp_path, "a-1").unlink()
    assert frame_names(tmp_path) == ["a-2", "b-1"]


def test_a_large_frame_is_made_smaller(frame: LabelledFrame, tmp_path: Path) -> None:
    write_frame(tmp_path, "x", frame)
    small = read_frame(tmp_path, "x", longest_px=30)
    assert small.image.shape == (20, 30, 3)
    assert set(np.unique(small.persons[:, :14])) == {0}
    assert set(np.unique(small.persons[:, 16:])) == {7, UNSURE}
    assert read_frame(tmp_path, "x", longest_px=1000).image.shape == (40, 60, 3)


def test_png_frames_are_read_too(frame: LabelledFrame, tmp_path: Path) -> None:
    write_frame(tmp_path, "x", frame)
    (tmp_path / "frames" / "x.jpg").unlink()
    cv2.imwrite(str(tmp_path / "frames" / "x.png"), frame.image[..., ::-1])
    assert (read_frame(tmp_path, "x").image == frame.image).all()


def test_refuses_what_is_incomplete(frame: LabelledFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no frames"):
        frame_names(tmp_path)
    write_frame(tmp_path, "x", frame)
    cv2.imwrite(str(mask_path(tmp_path, "x")), frame.persons[1:])
    with pytest.raises(InputError, match="mask of another size"):
        read_frame(tmp_path, "x")
    (tmp_path / "frames" / "x.jpg").write_bytes(b"cut off")
    with pytest.raises(InputError, match="missing or broken"):
        read_frame(tmp_path, "x")
    with pytest.raises(ValueError, match=r"image must be \(39, 60, 3\)"):
        LabelledFrame(frame.image, frame.persons[1:])
