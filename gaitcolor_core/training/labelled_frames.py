"""Frames with the pixels of every person: the folder that a segmenter is trained on.

    ROOT/frames/NAME.jpg     RGB picture (NAME.png is read, too)
    ROOT/masks/NAME.png      8-bit gray of the same size: 0 = background, 1 ... 254 = persons,
                             255 = unsure; nothing is learned from these pixels

Where persons overlap, the nearer one has the pixel. A mask may be black: nobody is in the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gaitcolor_core.files import write_whole
from gaitcolor_core.structures import InputError, UInt8

UNSURE = 255
_JPEG_QUALITY = 92


@dataclass(frozen=True)
class LabelledFrame:
    """A picture and who is in it.

    Attributes:
        image: `(H, W, 3)` uint8 RGB.
        persons: `(H, W)` uint8; 0 = background, 1 ... 254 = persons, 255 = unsure.
    """

    image: UInt8
    persons: UInt8

    def __post_init__(self) -> None:
        """Refuse a mask that does not fit."""
        if self.image.shape != (*self.persons.shape, 3):
            raise ValueError(
                f"image must be {(*self.persons.shape, 3)} like its mask, got {self.image.shape}"
            )


def mask_path(root: Path, name: str) -> Path:
    """Where the mask of frame `name` lies; it is written last, so it stands for the pair."""
    return root / "masks" / f"{name}.png"


def write_frame(root: Path, name: str, frame: LabelledFrame) -> None:
    """Write picture and mask; a mask that is there has its picture, whenever one is stopped."""
    jpeg = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    _write(root / "frames" / f"{name}.jpg", frame.image[..., ::-1], jpeg)
    _write(mask_path(root, name), frame.persons, [])


def frame_names(root: Path) -> list[str]:
    """Names of all complete frames under `root`, sorted.

    Raises:
        InputError: there are none.
    """
    names = sorted(path.stem for path in root.glob("masks/*.png"))
    if not names:
        raise InputError(f"'{root}' holds no frames with masks; give a folder with both.")
    return names


def read_frame(root: Path, name: str, *, longest_px: int | None = None) -> LabelledFrame:
    """Read a frame, made smaller if one of its sides is longer than `longest_px`.

    Raises:
        InputError: picture or mask is missing or broken.
    """
    picture = root / "frames" / f"{name}.jpg"
    image = _read(picture if picture.is_file() else picture.with_suffix(".png"), cv2.IMREAD_COLOR)
    persons = _read(mask_path(root, name), cv2.IMREAD_GRAYSCALE)
    if image.shape[:2] != persons.shape:
        raise InputError(f"Frame '{name}' of '{root}' has a mask of another size; make it anew.")
    scale = min(1.0, (longest_px or max(persons.shape)) / max(persons.shape))
    if scale < 1:
        image = np.asarray(
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        size = image.shape[1::-1]
        persons = np.asarray(cv2.resize(persons, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    return LabelledFrame(np.ascontiguousarray(image[..., ::-1]), persons)


def _write(path: Path, pixels: UInt8, options: Sequence[int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, cv2.imencode(path.suffix, pixels, options)[1].tobytes())


def _read(path: Path, flags: int) -> UInt8:
    pixels = cv2.imread(str(path), flags)
    if pixels is None:
        raise InputError(f"The picture '{path}' is missing or broken.")
    return np.asarray(pixels, np.uint8)
