"""Training windows: small square pictures with persons, cut, pasted and covered at random.

Person heights are spread evenly over the octaves, so that a network that slides over a whole
frame has met every size. Persons are also cut out and set down elsewhere: a network that has seen
each of few clips thousands of times would otherwise know their scenery by heart.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.imaging import to_uint8
from gaitcolor_core.structures import Float32, Float64, Int64, UInt8
from gaitcolor_core.training.frame_store import (
    MIN_AREA_PX,
    Entry,
    FrameStore,
    Person,
    find_persons,
)
from gaitcolor_core.training.grading import grade, recolor, texture
from gaitcolor_core.training.labelled_frames import UNSURE

Rng = np.random.Generator

# Of a person in a window: the smallest in pixels, the largest in sides of the window.
_SMALLEST_PX, _LARGEST_SIDES = 22, 1.5
_MAX_ENLARGEMENT = 2.0
# What ultralytics fills the rim of a frame with, when it makes it fit.
_RIM_GRAY = 114
_PLACES_TRIED = 4


class Window(NamedTuple):
    """`image` `(S, S, 3)` uint8 RGB; `persons` `(S, S)` uint8, 0 = background, else numbers."""

    image: UInt8
    persons: UInt8


def draw_window(store: FrameStore, rng: Rng, side: int) -> Window:
    """A random window `side` pixels wide; every person left in it can be told as one."""
    window = _background(store, rng, side)
    if rng.random() < 0.5:
        for _ in range(rng.integers(1, 5)):
            window = _with_pasted_person(window, store, rng)
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 4)):
            window = _with_occluder(window, store, rng)
    if rng.random() < 0.2:
        window = _tilted(window, rng)
    if rng.random() < 0.15:
        window = _with_bars(window, rng)
    if rng.random() < 0.5:
        window = Window(window.image[:, ::-1], window.persons[:, ::-1])
    image = grade(np.ascontiguousarray(window.image), rng, strength=0.6)
    return _without_the_unsure(Window(image, np.ascontiguousarray(window.persons)))


def _background(store: FrameStore, rng: Rng, side: int) -> Window:
    """What the window begins with: a cut around a person, anywhere in a frame, or a texture."""
    kind = rng.random()
    if kind < 0.05:
        return Window(texture(side, rng), np.zeros((side, side), np.uint8))
    if kind < 0.3:
        entry = store.draw(rng)
        shape = entry.frame.persons.shape
        scale = np.exp(rng.uniform(np.log(side / max(shape)), np.log(_MAX_ENLARGEMENT)))
        return _cut(entry, rng.uniform(0, 1, 2) * shape[::-1], scale, rng, side)
    entry, person = store.draw_person(rng)
    scale = _height_px(rng, side) / person.height
    center = np.array([person.left + person.right, person.top + person.bottom]) / 2
    center += rng.uniform(-0.5, 0.5, 2) * (side / scale)
    return _cut(entry, center, scale, rng, side)


def _height_px(rng: Rng, side: int) -> float:
    return float(np.exp(rng.uniform(np.log(_SMALLEST_PX), np.log(_LARGEST_SIDES * side))))


def _cut(entry: Entry, center: Float64, scale: float, rng: Rng, side: int) -> Window:
    """A square of the frame around `center`, `scale` times as large; hardly beyond its rim."""
    height, width = entry.frame.persons.shape
    widest = rng.uniform(min(height, width), 1.05 * max(height, width))
    scale = float(np.clip(scale, side / widest, _MAX_ENLARGEMENT))
    stretch = np.exp(rng.normal(0, 0.08))  # slimmer and stouter persons
    size = np.maximum(np.rint([side / scale * stretch, side / scale / stretch]), 2).astype(int)
    corner = np.rint(center - size / 2).astype(int)
    room = (width, height) - size
    # A window that fits into the frame lies in it, mostly.
    if rng.random() < 0.85:
        corner = np.clip(corner, np.minimum(room, 0), np.maximum(room, 0))
    image = _resized(_region(entry.frame.image, corner, size, _RIM_GRAY), side, scale, rng)
    region = _region(entry.frame.persons, corner, size, 0)
    persons = cv2.resize(region, (side, side), interpolation=cv2.INTER_NEAREST)
    return Window(image, np.asarray(persons, np.uint8))


def _region(pixels: UInt8, corner: Int64, size: Int64, fill: int) -> UInt8:
    """`size` (width, height) pixels from `corner` (x, y), with `fill` beyond the rim."""
    (x, y), (right, bottom) = corner, corner + size
    inner = pixels[max(y, 0) : max(bottom, 0), max(x, 0) : max(right, 0)]
    if inner.shape[:2] == (size[1], size[0]):
        return inner
    region = np.full((size[1], size[0], *pixels.shape[2:]), fill, np.uint8)
    if inner.size:
        top, left = max(-y, 0), max(-x, 0)
        region[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return region


def _resized(image: UInt8, side: int, scale: float, rng: Rng) -> UInt8:
    # Ultralytics shrinks frames without smoothing, the product before it with smoothing.
    smooth = scale < 1 and rng.random() < 0.5
    method = cv2.INTER_AREA if smooth else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=method), np.uint8)


class _Cutout(NamedTuple):
    image: UInt8  # (h, w, 3)
    alpha: Float32  # (h, w) in [0, 1]


def _person_cutout(entry: Entry, person: Person, height_px: float, rng: Rng) -> _Cutout:
    box = np.s_[person.top : person.bottom, person.left : person.right]
    scale = min(height_px / person.height, _MAX_ENLARGEMENT)
    stretch = np.exp(rng.normal(0, 0.1))
    size = (max(round(person.width * scale * stretch), 2), max(round(person.height * scale), 2))
    mask = (entry.frame.persons[box] == person.number).astype(np.float32)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    image = np.asarray(cv2.resize(entry.frame.image[box], size, interpolation=method), np.uint8)
    alpha = np.asarray(cv2.resize(mask, size, interpolation=method), np.float32)
    if rng.random() < 0.5:
        image, alpha = image[:, ::-1], alpha[:, ::-1]
    return _Cutout(recolor(np.ascontiguousarray(image), rng), np.ascontiguousarray(alpha))


def _with_pasted_person(window: Window, store: FrameStore, rng: Rng) -> Window:
    side = window.persons.shape[0]
    height_px = min(_height_px(rng, side), 1.1 * side)
    cutout = _person_cutout(*store.draw_person(rng), height_px, rng)
    free = np.setdiff1d(np.arange(1, UNSURE), np.unique(window.persons))
    behind = rng.random() < 0.25
    return _paste(window, cutout, _place(window, cutout, rng), int(free[0]), behind=behind)


def _place(window: Window, cutout: _Cutout, rng: Rng) -> tuple[int, int]:
    """Of a few random places, the one that covers the fewest persons, as crowds do."""
    side = window.persons.shape[0]
    height, width = cutout.alpha.shape
    best, covered = (0, 0), np.inf
    for _ in range(rng.integers(1, _PLACES_TRIED)):
        x = int(rng.integers(-width // 3, max(side - 2 * width // 3, 1 - width // 3)))
        y = int(rng.integers(-height // 4, max(side - 3 * height // 4, 1 - height // 4)))
        beneath = window.persons[max(y, 0) : y + height, max(x, 0) : x + width]
        share = np.count_nonzero(beneath) / max(beneath.size, 1)
        if share < covered:
            best, covered = (x, y), share
    return best


def _paste(
    window: Window, cutout: _Cutout, place: tuple[int, int], number: int, *, behind: bool = False
) -> Window:
    """Lay a cutout over the window (or behind its persons); its pixels get `number`."""
    x, y = place
    side = window.persons.shape[0]
    height, width = cutout.alpha.shape
    into = np.s_[max(y, 0) : min(y + height, side), max(x, 0) : min(x + width, side)]
    of = np.s_[max(-y, 0) : max(side - y, 0), max(-x, 0) : max(side - x, 0)]
    alpha, patch = cutout.alpha[of][:height, :width], cutout.image[of]
    if not alpha.size:
        return window
    image, persons = window.image.copy(), window.persons.copy()
    if behind:
        alpha = alpha * (persons[into] == 0)
    soft = cv2.GaussianBlur(alpha, (3, 3), 0)[..., None]
    image[into] = to_uint8(soft * patch + (1 - soft) * image[into])
    persons[into][alpha > 0.5] = number
    return Window(image, persons)


def _with_occluder(window: Window, store: FrameStore, rng: Rng) -> Window:
    """Something that is no person lies over the window: persons are seen in part."""
    side = window.persons.shape[0]
    width, height = (int(side * share) for share in np.exp(rng.uniform(-3.2, -0.7, 2)))
    shape = np.zeros((height, width), np.uint8)
    if rng.random() < 0.5:
        shape[:] = 1
    else:
        middle = (width // 2, height // 2)
        cv2.ellipse(shape, middle, middle, 0, 0, 360, 1, -1)
    cutout = _Cutout(_stuff(store, rng, (height, width)), shape.astype(np.float32))
    x, y = rng.integers(-width // 2, side - width // 2), rng.integers(-height // 2, side)
    return _paste(window, cutout, (int(x), int(y)), 0)


def _stuff(store: FrameStore, rng: Rng, shape: tuple[int, int]) -> UInt8:
    """`shape` (height, width) pixels of scenery without persons, or of a texture."""
    frame = store.draw(rng).frame
    room = np.subtract(frame.persons.shape, shape)
    if (room > 0).all():
        y, x = rng.integers(0, room)
        region = np.s_[y : y + shape[0], x : x + shape[1]]
        if not frame.persons[region].any():
            return recolor(np.ascontiguousarray(frame.image[region]), rng)
    return texture(max(shape), rng)[: shape[0], : shape[1]]


def _tilted(window: Window, rng: Rng) -> Window:
    side = window.persons.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-15, 15), 1.0)
    gray = (_RIM_GRAY,) * 3
    image = cv2.warpAffine(window.image, turn, (side, side), borderValue=gray)
    persons = cv2.warpAffine(window.persons, turn, (side, side), flags=cv2.INTER_NEAREST)
    return Window(np.asarray(image, np.uint8), np.asarray(persons, np.uint8))


def _with_bars(window: Window, rng: Rng) -> Window:
    """Plain bars on one or two sides, as beside a film that was made for another screen."""
    side = window.persons.shape[0]
    image, persons = window.image.copy(), window.persons.copy()
    level = rng.choice([0, 0, _RIM_GRAY, 255])
    bars = [slice(0, int(rng.uniform(0.04, 0.45) * side))]
    if rng.random() < 0.5:
        bars.append(slice(side - bars[0].stop, None))
    upright = rng.random() < 0.7
    for bar in bars:
        place = np.s_[:, bar] if upright else np.s_[bar, :]
        image[place], persons[place] = level, 0
    return Window(image, persons)


def _without_the_unsure(window: Window) -> Window:
    """Smear over what is neither surely a person nor surely none, and number the rest from 1."""
    told = find_persons(window.persons)
    numbers = np.zeros(256, np.uint8)
    numbers[[person.number for person in told]] = np.arange(1, len(told) + 1)
    persons = numbers[window.persons]
    doubtful = (window.persons > 0) & (persons == 0)
    if np.count_nonzero(doubtful) < MIN_AREA_PX // 4:
        return Window(window.image, persons)
    smeared = cv2.blur(window.image, (31, 31))
    wide = cv2.dilate(doubtful.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return Window(np.where((wide & (persons == 0))[..., None], smeared, window.image), persons)
