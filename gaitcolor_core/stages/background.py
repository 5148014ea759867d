"""The scenery without the persons: one plate a keyframe, from robust temporal statistics."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from gaitcolor_core.imaging import SquareCrop
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

_MAX_SAMPLES = 16
_MIN_SAMPLES = 5
# Samples of one plate may take this much memory; 4K frames get fewer of them.
_SAMPLE_BYTES = 200_000_000
_FIRST_STRIDE = 2
_STRIP_ROWS = 64
# How many keyframes away a hole is filled from.
_REACH = 12


class BackgroundPlates:
    """Collects frames in a first pass, shows the scenery behind the persons in a second one.

    Plates wait in a temporary folder, not in memory; leave the context to delete it.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gaitcolor-", ignore_cleanup_errors=True)
        self._links: list[Float64 | None] = []
        self._samples: list[tuple[UInt8, Bool]] = []
        self._stride = _FIRST_STRIDE
        self._seen = 0
        self._load = lru_cache(maxsize=3)(self._read)

    def __enter__(self) -> Self:
        """The plates themselves."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Delete the plates."""
        self._samples.clear()
        self._load.cache_clear()
        self._folder.cleanup()

    def add(
        self, image: UInt8, persons: Bool, to_keyframe: Float64, link: Float64 | None, keyframe: int
    ) -> None:
        """Take notice of a frame of the first pass.

        Args:
            image: `(H, W, 3)` uint8 RGB.
            persons: `(H, W)` bool, True on persons and what their motion blurs.
            to_keyframe: `(3, 3)` from pixels of this frame to those of its keyframe.
            link: `(3, 3)` from the keyframe to the one before; None if there is no relation.
            keyframe: number of the keyframe, from 0, never falling.
        """
        if keyframe == len(self._links):
            self._finish_plate()
            self._links.append(link)
        if self._seen % self._stride == 0:
            self._keep(image, persons, to_keyframe)
        self._seen += 1

    def finish(self) -> None:
        """End the first pass."""
        self._finish_plate()

    def behind(self, crop: SquareCrop, keyframe: int, to_keyframe: Float64) -> tuple[UInt8, Bool]:
        """The scenery in a square of a frame.

        Args:
            crop: the square, in pixels of the frame.
            keyframe: the frame's keyframe.
            to_keyframe: `(3, 3)` from pixels of the frame to those of the keyframe.

        Returns:
            `(side, side, 3)` uint8 RGB, and `(side, side)` bool: where it is known.
        """
        picture = np.zeros((crop.side, crop.side, 3), np.uint8)
        known = np.zeros((crop.side, crop.side), bool)
        for plate, homography in self._neighbors(keyframe, to_keyframe):
            colors, seen = self._load(plate)
            part, visible = cut_warped(colors, seen, crop, homography)
            fresh = visible & ~known
            picture[fresh] = part[fresh]
            known |= fresh
            if known.all():
                break
        return picture, known

    def _neighbors(self, keyframe: int, to_keyframe: Float64) -> list[tuple[int, Float64]]:
        """Plates by distance, with the homography from the frame to each of them."""
        found = [(keyframe, to_keyframe)]
        backward = forward = to_keyframe
        alive_back = alive_forth = True
        for step in range(1, _REACH + 1):
            here = keyframe - step + 1
            link = self._links[here] if here >= 1 else None
            alive_back = alive_back and link is not None
            if alive_back and link is not None:
                backward = link @ backward
                found.append((keyframe - step, backward))
            after = keyframe + step
            link = self._links[after] if after < len(self._links) else None
            alive_forth = alive_forth and link is not None
            if alive_forth and link is not None:
                forward = np.linalg.inv(link) @ forward
                found.append((after, forward))
        return found

    def _keep(self, image: UInt8, persons: Bool, to_keyframe: Float64) -> None:
        self._samples.append(seen_at_keyframe(image, persons, to_keyframe))
        limit = int(np.clip(_SAMPLE_BYTES // max(image.nbytes, 1), _MIN_SAMPLES, _MAX_SAMPLES))
        if len(self._samples) > limit:
            self._samples = self._samples[::2]
            self._stride *= 2

    def _finish_plate(self) -> None:
        if self._samples:
            plate, known = _masked_median(self._samples)
            number = len(self._links) - 1
            try:
                np.save(self._path(number, "colors"), plate)
                np.save(self._path(number, "known"), known)
            except OSError as error:
                raise OSError(
                    f"There is no room left in the temporary folder {tempfile.gettempdir()}; free "
                    "some space or set TMPDIR to another folder."
                ) from error
        self._samples = []
        self._stride = _FIRST_STRIDE
        self._seen = 0

    def _read(self, number: int) -> tuple[UInt8, Bool]:
        # Mapped, not read: a frame needs a few squares of a plate only.
        colors = np.load(self._path(number, "colors"), mmap_mode="r")
        return colors, np.load(self._path(number, "known"), mmap_mode="r")

    def _path(self, number: int, kind: str) -> Path:
        return Path(self._folder.name) / f"{number}.{kind}.npy"


def seen_at_keyframe(image: UInt8, persons: Bool, to_keyframe: Float64) -> tuple[UInt8, Bool]:
    """A frame at the pixels of its keyframe, and where it shows scenery; see `add`."""
    if np.array_equal(to_keyframe, np.eye(3)):
        return image, ~persons
    size = (image.shape[1], image.shape[0])
    inside = cv2.warpPerspective(np.ones(persons.shape, np.uint8), to_keyframe, size)
    masked = cv2.warpPerspective(persons.astype(np.uint8), to_keyframe, size)
    warped = np.asarray(cv2.warpPerspective(image, to_keyframe, size), np.uint8)
    return warped, (inside > 0) & (masked == 0)


def _masked_median(samples: list[tuple[UInt8, Bool]]) -> tuple[UInt8, Bool]:
    """Per pixel and channel the lower median of the samples that see the scenery."""
    shape = samples[0][0].shape
    plate = np.zeros(shape, np.uint8)
    known = np.zeros(shape[:2], bool)
    for top in range(0, shape[0], _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        free = np.stack([mask[rows] for _, mask in samples])
        values = np.stack([image[rows] for image, _ in samples])
        # What is hidden sorts behind everything that is seen.
        values[~free] = 255
        values.sort(axis=0)
        count = free.sum(axis=0)
        middle = np.maximum(count - 1, 0) // 2
        plate[rows] = np.take_along_axis(values, middle[None, ..., None], axis=0)[0]
        known[rows] = count > 0
    return plate, known


def cut_warped(
    colors: UInt8, seen: Bool, crop: SquareCrop, homography: Float64
) -> tuple[UInt8, Bool]:
    """The square of a frame out of a plate, `homography` leading from frame to plate."""
    if np.array_equal(homography, np.eye(3)):
        return crop.cut(np.asarray(colors)), crop.cut(np.asarray(seen))
    corner = np.array([[1, 0, crop.left], [0, 1, crop.top], [0, 0, 1]], np.float64)
    matrix = homography @ corner
    size = (crop.side, crop.side)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpPerspective(np.asarray(colors), matrix, size, flags=flags)
    visible = cv2.warpPerspective(np.asarray(seen).astype(np.float32), matrix, size, flags=flags)
    return np.asarray(part, np.uint8), np.asarray(visible > 0.999)


def match_light(
    scenery: UInt8, known: Bool, frame: UInt8, free: Bool, *, cells: int = 48
) -> Float32:
    """Adapt the scenery to the light of a frame (exposure, clouds, soft shadows).

    The difference between frame and scenery where both are seen is smoothed strongly, carried
    into the region of the persons, and added.

    Args:
        scenery: `(h, w, 3)` uint8 RGB.
        known: `(h, w)` bool, where the scenery is known.
        frame: `(h, w, 3)` uint8 RGB, the same square of the frame.
        free: `(h, w)` bool, True where the frame shows no person.
        cells: resolution of the difference.

    Returns:
        `(h, w, 3)` float32, about 0...255.
    """
    usable = (known & free).astype(np.float32)
    difference = (frame.astype(np.float32) - scenery) * usable[..., None]
    small = cv2.resize(difference, (cells, cells), interpolation=cv2.INTER_AREA)
    weight = cv2.resize(usable, (cells, cells), interpolation=cv2.INTER_AREA)
    total, norm = np.zeros_like(small), np.full(weight.shape, 1e-4, np.float32)
    # Near differences count most, far ones only where nothing near is seen.
    for sigma, trust in ((1.5, 1.0), (4.0, 0.03), (12.0, 0.001)):
        total = total + trust * cv2.GaussianBlur(small, (0, 0), sigma)
        norm = norm + trust * cv2.GaussianBlur(weight, (0, 0), sigma)
    offset = cv2.resize(total / norm[..., None], scenery.shape[1::-1])
    return np.asarray(scenery + offset, np.float32)
