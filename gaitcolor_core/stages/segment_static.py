"""Finds the persons of a frame by what differs from the background behind a static camera.

The fallback where no detector can be had. It knows nothing of persons: whatever moves and is
large enough to be one is reported, persons who touch are one, and who stays in one place for
more than about half of the clip belongs to the background.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gaitcolor_core.structures import (
    Bool,
    Detections,
    Float32,
    InputError,
    PackedMask,
    UInt8,
    VideoFrame,
)

# Legs of a distant walker stay visible at this size, and the samples take 62 MB at most.
WORK_SIDE_PX = 960
MAX_SAMPLES = 40
# Grey levels: samples closer than this show the same thing; less noise than this is rounding.
SAME_COLOR = 16
MIN_NOISE = 2.0
# The camera stands still if this share of the background's corners stays within `STILL_PX`
# working pixels: walkers hide some, and compression blurs weak ones.
MIN_STILL_SHARE = 0.25
STILL_PX = 0.7
MIN_CORNERS = 24
MIN_CORNER_STRENGTH = 2e-4
# In deviations of the noise: what may belong to a person, and what some of a person must reach.
WEAK, STRONG = 4.5, 11.0
# A shadow keeps this share of the light, has hardly a tint (in deviations), and is even.
DEEPEST_SHADOW = 0.4
MAX_TINT = 0.8
MAX_UNEVENNESS = 0.07
FEET_SHARE = 0.4
# Of the frame: the smallest person. Of the person: the largest hole that is no gap of the limbs.
MIN_AREA_SHARE = 0.0004
MAX_HOLE_SHARE = 0.02


@dataclass(frozen=True)
class _Background:
    """The view without walkers: `color` `(h, w, 3)` RGB, `noise` `(h, w)` in grey levels."""

    color: UInt8
    noise: Float32


class StaticSegmenter:
    """Whatever stands out from the background of a static camera, in the size of a person."""

    description = "static-camera background model"

    def __init__(self) -> None:
        self._background: _Background | None = None

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        """Learn the background; called once before the first `segment`.

        Args:
            clip: the frames of the whole clip, read once; a few are kept at a reduced size.

        Raises:
            InputError: there are no frames, or the camera moves.
        """
        images = _sample(clip)
        samples = np.stack([_exposed_like(image, images[0]) for image in images])
        self._background = _background(samples)
        _refuse_motion(samples, self._background.color)

    def segment(self, image: UInt8) -> Detections:
        """Persons in `image` `(H, W, 3)` uint8 RGB; every `track_id` is -1."""
        if self._background is None:
            raise RuntimeError("segment() was called before prepare() has seen the clip")
        persons = _persons(*_foreground(_reduced(image), self._background))
        masks = [_in_frame(person, image.shape[:2]) for person in persons]
        xyxy = np.array([mask.xyxy for mask in masks], np.float32).reshape(-1, 4)
        upright = xyxy[:, 3] - xyxy[:, 1] > xyxy[:, 2] - xyxy[:, 0]
        return Detections(
            xyxy=xyxy,
            score=np.where(upright, 0.9, 0.5).astype(np.float32),
            masks=tuple(masks),
            track_id=np.full(len(masks), -1, np.int64),
        )


def _sample(clip: Iterable[VideoFrame]) -> list[UInt8]:
    """At most `MAX_SAMPLES` reduced frames, evenly spread over a clip of unknown length."""
    samples: list[UInt8] = []
    stride = 1
    for index, frame in enumerate(clip):
        if index % stride:
            continue
        samples.append(_reduced(frame.image))
        if len(samples) > MAX_SAMPLES:
            samples, stride = samples[::2], 2 * stride
    if not samples:
        raise InputError("The clip holds no frames; choose another one.")
    return samples


def _reduced(image: UInt8) -> UInt8:
    """`image` `(H, W, 3)` at the working size, without the finest grain."""
    scale = min(1.0, WORK_SIDE_PX / max(image.shape[:2]))
    width, height = (max(round(scale * side), 1) for side in image.shape[1::-1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.6), np.uint8)


def _exposed_like(image: UInt8, reference: UInt8) -> UInt8:
    """`image` `(h, w, 3)` as bright as `reference`, by channel: undoes auto exposure."""
    spots = np.s_[::8, ::8]
    gain = np.median((reference[spots] + 1.0) / (image[spots] + 1.0), axis=(0, 1))
    tables = np.clip(np.arange(256)[:, None] * gain + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, tables[None]), np.uint8)


def _background(samples: UInt8) -> _Background:
    """The mean and the spread of those `samples` `(T, h, w, 3)` that show the background."""
    shown = _elected(samples, _votes(samples))
    count = np.zeros((*shown.shape[:2], 1), np.float32)
    total, squares = np.zeros(shown.shape, np.float32), np.zeros(shown.shape, np.float32)
    for sample in samples:
        near = _near(sample, shown)[..., None]
        count += near
        total += near * sample
        squares += near * np.square(sample, dtype=np.float32)
    color = total / count
    deviation = np.sqrt(np.maximum(squares / count - color**2, 0).max(-1))
    noise = cv2.GaussianBlur(cv2.dilate(deviation, np.ones((3, 3))), (0, 0), 2)
    return _Background(np.round(color).astype(np.uint8), np.maximum(noise, np.float32(MIN_NOISE)))


def _votes(samples: UInt8) -> UInt8:
    """The weight `(T,)` of each of the `samples` `(T, h, w, 3)`: the emptier, the greater.

    So a place is learned even where several walkers together hide it most of the time.
    """
    most = 255 // len(samples)
    coarse, votes = samples[:, ::4, ::4].copy(), np.full(len(samples), most, np.uint8)
    for _ in range(3):
        shown = _elected(coarse, votes)
        empty_share = np.array([_near(sample, shown).mean() for sample in coarse])
        votes = np.ceil(most * (empty_share / empty_share.max()) ** 16).astype(np.uint8)
    return votes


def _elected(samples: UInt8, votes: UInt8) -> UInt8:
    """Pixel by pixel the one of the `samples` `(T, h, w, 3)` which most votes agree with."""
    reach = max(samples.shape[1:3]) // 30 | 1
    support = np.zeros(samples.shape[:3], np.uint8)
    for candidate, total in zip(samples, support, strict=True):
        for sample, vote in zip(samples, votes, strict=True):
            total += vote * _near(candidate, sample)
        # A place is open together with its surroundings; trousers of a frequent color are not.
        cv2.blur(total, (reach, reach), dst=total)
    return np.asarray(np.take_along_axis(samples, support.argmax(0)[None, ..., None], 0)[0])


def _near(image: UInt8, other: UInt8) -> UInt8:
    """1 where two images `(h, w, 3)` show about the same color, else 0."""
    agreed = cv2.inRange(cv2.absdiff(image, other), (0, 0, 0), (SAME_COLOR,) * 3)
    return np.asarray(agreed, np.uint8) & np.uint8(1)


def _refuse_motion(samples: UInt8, shown: UInt8) -> None:
    """Raise unless the corners of the background stay in place in nearly all samples."""
    plate = np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), np.uint8)
    corners = _corners(plate)
    if len(corners) < MIN_CORNERS:
        return
    still_shares = []
    for sample in samples:
        gray = cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY)
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            plate, gray, corners, corners.copy(), winSize=(15, 15)
        )
        still = (np.linalg.norm(found - corners, axis=-1) < STILL_PX) & (status > 0)
        still_shares.append(float(still.mean()))
    if np.quantile(still_shares, 0.1) < MIN_STILL_SHARE:
        raise InputError(
            "The camera moves, but without a detector only a static camera can be handled; "
            "give a detector with --detector PATH or GAITCOLOR_DETECTOR."
        )


def _corners(gray: UInt8) -> Float32:
    """The best corner `(N, 1, 2)`, `(x, y)` pixels, of each textured cell of a grid.

    A grid, since a walker whom the camera follows stays in place and is full of corners.
    """
    strength = cv2.cornerMinEigenVal(gray, 7)
    side = max(max(gray.shape) // 16, 1)
    corners = []
    for top in range(0, gray.shape[0], side):
        for left in range(0, gray.shape[1], side):
            cell = strength[top : top + side, left : left + side]
            y, x = np.unravel_index(cell.argmax(), cell.shape)
            if cell[y, x] > MIN_CORNER_STRENGTH:
                corners.append((left + x, top + y))
    return np.array(corners, np.float32).reshape(-1, 1, 2)


def _foreground(image: UInt8, background: _Background) -> tuple[Bool, Bool]:
    """The pixels `(h, w)` of `image` that may belong to persons, and those beyond doubt."""
    color = _exposed_like(image, background.color)
    red, green, blue = cv2.split(cv2.absdiff(color, background.color))
    distance = cv2.max(cv2.max(red, green), blue) / background.noise
    # A blurred outline lies nearly where half of its contrast is reached, not at its foot.
    contrast = cv2.dilate(np.minimum(distance, 60), np.ones((3, 3), np.uint8))
    weak = distance > np.maximum(0.4 * contrast, WEAK)
    _clear_shadows(weak, color, background)
    brush = np.ones((3, 3), np.uint8)
    weak = np.asarray(cv2.morphologyEx(weak.view(np.uint8), cv2.MORPH_OPEN, brush) > 0, np.bool_)
    return weak, weak & (distance > STRONG)


def _clear_shadows(weak: Bool, color: UInt8, background: _Background) -> None:
    """Clear cast shadows in place, but only at the feet: a grey coat looks like one, too."""
    for left, top, wide, tall, _ in _components(weak)[1]:
        feet = top if wide > tall else top + int((1 - FEET_SHARE) * tall)
        window = np.s_[feet : top + tall, left : left + wide]
        weak[window] &= ~_shadow(
            color[window].astype(np.float32),
            background.color[window].astype(np.float32),
            background.noise[window],
        )


def _shadow(seen: Float32, lit: Float32, noise: Float32) -> Bool:
    """Where `seen` is the background `lit` `(h, w, 3)` with less light and nothing else."""
    light = np.einsum("hwc,hwc->hw", seen, lit) / (np.einsum("hwc,hwc->hw", lit, lit) + 1)
    tint = cv2.blur(cv2.absdiff(seen, lit * light[..., None]).max(-1) / noise, (3, 3))
    unevenness = cv2.blur(cv2.absdiff(light, cv2.blur(light, (5, 5))), (5, 5))
    even = (tint < MAX_TINT) & (unevenness < MAX_UNEVENNESS)
    return np.asarray(even & (light > DEEPEST_SHADOW) & (light < 1), np.bool_)


def _components(mask: Bool) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Labels `(h, w)`, 0 = nothing, and a row (left, top, width, height, area) for each other.

    What lies closely above each other belongs together: a neck or a belt in the color of the
    background cuts a person in two.
    """
    grown = cv2.dilate(mask.view(np.uint8), np.ones((max(mask.shape[0] // 18, 3), 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(grown)
    return np.asarray(labels, np.int32), np.asarray(stats[1:], np.int32)


def _persons(weak: Bool, strong: Bool) -> list[UInt8]:
    """The parts of a foreground `(h, w)` that are as large as a person, 0 or 255."""
    labels, stats = _components(weak)
    area = np.bincount(labels[weak], minlength=len(stats) + 1)
    certain = np.bincount(labels[strong], minlength=len(stats) + 1)
    least = MIN_AREA_SHARE * weak.size
    large = np.flatnonzero((area > least) & (certain > least / 4))
    return [_completed(weak & (labels == label)) for label in large]


def _completed(person: Bool) -> UInt8:
    """`person` `(h, w)` with cracks and small holes closed, 0 or 255."""
    mask = np.where(person, 255, 0).astype(np.uint8)
    size = cv2.boundingRect(mask)[3] // 35 | 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, brush), np.uint8)
    largest_hole = MAX_HOLE_SHARE * np.count_nonzero(mask)
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for contour, (_, _, _, parent) in zip(contours, hierarchy[0], strict=True):
        if parent >= 0 and cv2.contourArea(contour) < largest_hole:
            cv2.drawContours(mask, [contour], -1, 255, cv2.FILLED)
    return mask


def _in_frame(person: UInt8, frame_shape: tuple[int, ...]) -> PackedMask:
    """Scale `person` `(h, w)`, 0 or 255, to the frame `(H, W)`, with a smooth outline."""
    frame_size = np.array(frame_shape[::-1])
    scale = np.array(person.shape[::-1]) / frame_size
    x, y, wide, tall = cv2.boundingRect(person)
    low = np.floor(np.maximum((np.array([x, y]) - 2) / scale, 0))
    high = np.ceil(np.minimum((np.array([x + wide, y + tall]) + 2) / scale, frame_size))
    shift = (low + 0.5) * scale - 0.5
    enlarged = cv2.warpAffine(
        cv2.GaussianBlur(person, (0, 0), 1),
        np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]]),
        (high - low).astype(int).tolist(),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return PackedMask.pack(np.asarray(enlarged) > 127, int(low[0]), int(low[1]))
