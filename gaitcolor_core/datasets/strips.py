"""A sequence in one picture file: square frames below each other.

Silhouettes are PNG with one bit a pixel, crops JPEG. A file appears whole or not at all.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from gaitcolor_core.files import write_whole
from gaitcolor_core.structures import Bool, InputError, UInt8

# JPEG allows pictures up to this height: 511 frames of 128 pixels.
MAX_HEIGHT_PX = 65500
# Colors at full size: at half of it they would bleed from one frame into the next.
_FULL_COLOR = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]


def max_frames(side: int) -> int:
    """How many frames of `side` pixels one strip takes."""
    return MAX_HEIGHT_PX // side


def write_silhouettes(path: Path, silhouettes: Bool) -> None:
    """Write `(T, S, S)` bool to the PNG file `path`, whose folder exists.

    Raises:
        ValueError: the array has another shape or type, no frame, or more than `max_frames(S)`.
        OSError: the file cannot be written.
    """
    _check(silhouettes, "silhouettes", np.bool_, ())
    strip = silhouettes.reshape(-1, silhouettes.shape[2]).astype(np.uint8) * np.uint8(255)
    write_whole(path, cv2.imencode(".png", strip, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes())


def read_silhouettes(path: Path) -> Bool:
    """Read what `write_silhouettes` wrote, `(T, S, S)` bool.

    Raises:
        InputError: the file is missing or is no strip.
    """
    strip = _read(path, cv2.IMREAD_GRAYSCALE)
    return _frames(path, strip) > 127


def write_crops(path: Path, crops: UInt8, *, quality: int = 90) -> None:
    """Write `(T, S, S, 3)` uint8 RGB to the JPEG file `path`, whose folder exists.

    Args:
        path: the file.
        crops: the frames.
        quality: of JPEG, 0 to 100.

    Raises:
        ValueError: the array has another shape or type, no frame, or more than `max_frames(S)`.
        OSError: the file cannot be written.
    """
    _check(crops, "crops", np.uint8, (3,))
    strip = crops.reshape(-1, crops.shape[2], 3)[..., ::-1]
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, *_FULL_COLOR]
    write_whole(path, cv2.imencode(".jpg", strip, options)[1].tobytes())


def read_crops(path: Path) -> UInt8:
    """Read what `write_crops` wrote, `(T, S, S, 3)` uint8 RGB.

    Raises:
        InputError: the file is missing or is no strip.
    """
    return _frames(path, _read(path, cv2.IMREAD_COLOR))[..., ::-1].copy()


def _check(frames: Bool | UInt8, name: str, dtype: type, channels: tuple[int, ...]) -> None:
    square = frames.ndim == 3 + len(channels) and frames.shape[1] == frames.shape[2] > 0
    if frames.dtype != dtype or not square or frames.shape[3:] != channels:
        wanted = ", ".join(["T", "S", "S", *map(str, channels)])
        raise ValueError(
            f"{name} must be ({wanted}) {dtype.__name__}, got {frames.shape} {frames.dtype}"
        )
    if not 1 <= len(frames) <= max_frames(frames.shape[1]):
        raise ValueError(
            f"a strip takes 1 to {max_frames(frames.shape[1])} frames, got {len(frames)} {name}"
        )


def _read(path: Path, flags: int) -> UInt8:
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise InputError(f"'{path}' cannot be read ({error.strerror}).") from error
    try:
        picture = cv2.imdecode(content, flags) if content.size else None
    except cv2.error:
        picture = None  # larger than OpenCV reads
    if picture is None:
        raise InputError(f"'{path}' is damaged: it is no picture.")
    return np.asarray(picture, np.uint8)


def _frames(path: Path, strip: UInt8) -> UInt8:
    height, side = strip.shape[:2]
    if height % side:
        raise InputError(
            f"'{path}' is no strip of square frames: it is {side} pixels wide and {height} high."
        )
    return strip.reshape(height // side, side, side, *strip.shape[2:])
