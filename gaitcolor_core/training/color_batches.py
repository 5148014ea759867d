"""Batches for color networks: random frames and bodies, moved and recolored."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, Self

import cv2
import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.imaging import nearest_inside, to_float01
from gaitcolor_core.structures import Bool, Float32, UInt8
from gaitcolor_core.training.color_samples import Sample, unpack

# What a network is to color: mostly another body; sometimes one drawn from an incomplete
# silhouette, or that silhouette itself; sometimes the body that is there.
INCOMPLETE_SHARE, SAME_SHARE = 0.25, 0.1
# Squares of a set are as high as the body; those that a video is cut into a little higher.
ZOOM, SHIFT, FLIP_SHARE = (0.85, 1.05), 0.05, 0.5
# Most clothes that a network will meet it has never seen.
RECOLORED_SHARE, PERMUTED_SHARE = 0.8, 0.6
BRIGHTNESS, CONTRAST, SATURATION = 0.15, (0.7, 1.3), (0.5, 1.5)
_GRAY = np.full((3, 3), 1 / 3)
_AHEAD = 4


class ColorBatch(NamedTuple):
    """What a color network is given, and what it is compared with.

    Attributes:
        x_rgb: `(N, 3, S, S)` float32 RGB in [0, 1].
        x_bi: `(N, 1, S, S)` float32, 0 or 1: the bodies to color.
        x_sil: `(N, 1, S, S)` float32, 0 or 1: the bodies in the picture.
        spread: `(N, 3, S, S)` float32 RGB in [0, 1]: each pixel has the color of the nearest one
            of `x_sil`; the artificial ground truth of the supervised network.
    """

    x_rgb: Tensor
    x_bi: Tensor
    x_sil: Tensor
    spread: Tensor

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        return type(self)(*(each.to(device, non_blocking=True) for each in self))


@dataclass(frozen=True)
class BatchSource:
    """Batches that depend on the seed and the step alone.

    Attributes:
        samples: what is drawn from, each sequence equally often.
        batch_size: of all processes together.
        seed: of what is drawn.
        incomplete: whether incomplete silhouettes may be among the bodies.
        spread: whether `ColorBatch.spread` is needed; elsewhere it is `x_rgb`.
        rank: which share of each batch is this process's.
        size: number of the processes.
        threads: how many batches are drawn at a time.
    """

    samples: Sequence[Sample]
    batch_size: int
    seed: int
    incomplete: bool
    spread: bool
    rank: int = 0
    size: int = 1
    threads: int = 1

    def batches(self, first: int, last: int) -> Generator[ColorBatch]:
        """Those of the steps `first` ... `last - 1`, drawn ahead of time in threads."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="batches") as pool:
            waiting: deque[Future[ColorBatch]] = deque()
            try:
                for step in range(first, last):
                    while len(waiting) < _AHEAD * self.threads and step + len(waiting) < last:
                        waiting.append(pool.submit(self.draw, step + len(waiting)))
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def draw(self, step: int) -> ColorBatch:
        """This process's share of the batch of one step."""
        rng = np.random.default_rng([self.seed, step])
        draws = [_Draw.of(self.samples, rng, self.incomplete) for _ in range(self.batch_size)]
        mine = draws[self.rank :: self.size]
        return _collated([each.frame() for each in mine], self.spread)


def still_batch(samples: Sequence[Sample], count: int) -> ColorBatch:
    """`count` frames, unchanged, from all sequences in turn, each with an anonymized body."""
    frames = []
    for index in range(count):
        sample = samples[index * len(samples) // count]
        frames.append(_Frame.of(sample, (7 * index) % len(sample.crops), sample.bodies[0]))
    return _collated(frames, spread=False)


class _Frame(NamedTuple):
    """One frame: `crop` `(S, S, 3)` uint8, `silhouette` and `body` `(S, S)` bool."""

    crop: UInt8
    silhouette: Bool
    body: Bool

    @classmethod
    def of(cls, sample: Sample, frame: int, bodies: UInt8) -> Self:
        """A frame of a sample, with one of its bodies `(F, S*S/8)`."""
        crop = sample.crops[frame]
        silhouette, body = (unpack(m[frame], len(crop)) for m in (sample.silhouettes, bodies))
        return cls(crop, silhouette, body)


@dataclass(frozen=True)
class _Draw:
    """Everything that is random about one member of a batch; no picture is read yet.

    Attributes:
        sample: the sequence.
        index: of its frame.
        bodies: `(F, S*S/8)` uint8, those among which the frame's is the one to color.
        recoloring: `(3, 4)` float32, linear map of colors in 0...255; None = as they are.
        move: `(2, 3)` float32, from a new point to the old one, in sides from the middle.
    """

    sample: Sample
    index: int
    bodies: UInt8
    recoloring: Float32 | None
    move: Float32

    @classmethod
    def of(cls, samples: Sequence[Sample], rng: np.random.Generator, incomplete: bool) -> Self:
        sample = samples[int(rng.integers(len(samples)))]
        index = int(rng.integers(len(sample.crops)))
        kind, which = rng.random(2)
        bodies = sample.bodies[int(which * len(sample.bodies))]
        if kind < SAME_SHARE:
            bodies = sample.silhouettes
        elif kind < SAME_SHARE + INCOMPLETE_SHARE and incomplete and len(sample.incomplete):
            bodies = sample.incomplete[int(which * len(sample.incomplete))]
        return cls(sample, index, bodies, _recoloring(rng), _move(rng))

    def frame(self) -> _Frame:
        """Colors first: what lies outside of the moved picture is black, as the paper pads."""
        crop, silhouette, body = _Frame.of(self.sample, self.index, self.bodies)
        if self.recoloring is not None:
            crop = np.asarray(cv2.transform(crop, self.recoloring), np.uint8)
        masks = np.stack([silhouette, body], axis=-1).view(np.uint8) * np.uint8(255)
        moved = _moved(masks, self.move) > 127
        return _Frame(_moved(crop, self.move), moved[..., 0], moved[..., 1])


def _recoloring(rng: np.random.Generator) -> Float32 | None:
    """Channels swapped, then another saturation, contrast and brightness."""
    order, swapped = rng.permutation(3), rng.random() < PERMUTED_SHARE
    saturation, contrast = rng.uniform(*SATURATION), rng.uniform(*CONTRAST)
    light = 255 * rng.uniform(-BRIGHTNESS, BRIGHTNESS)
    if rng.random() >= RECOLORED_SHARE:
        return None
    permutation = np.eye(3)[order] if swapped else np.eye(3)
    matrix = contrast * (saturation * np.eye(3) + (1 - saturation) * _GRAY) @ permutation
    offset = np.full((3, 1), 127.5 * (1 - contrast) + light)
    return np.hstack([matrix, offset]).astype(np.float32)


def _move(rng: np.random.Generator) -> Float32:
    """Mirrored, smaller or larger, shifted."""
    zoom, (x, y) = rng.uniform(*ZOOM), rng.uniform(-SHIFT, SHIFT, 2)
    mirror = -1 if rng.random() < FLIP_SHARE else 1
    return np.array([[mirror / zoom, 0, x], [0, 1 / zoom, y]], np.float32)


def _moved(image: UInt8, move: Float32) -> UInt8:
    """Resample `(S, S, C)`; 0 where the old picture ends."""
    side = len(image)
    middle = np.full(2, (side - 1) / 2)
    shift = side * move[:, 2] + middle - move[:, :2] @ middle
    matrix = np.hstack([move[:, :2], shift[:, None]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (side, side), flags=flags), np.uint8)


def _collated(frames: Sequence[_Frame], spread: bool) -> ColorBatch:
    x_rgb = to_float01(np.stack([each.crop for each in frames]))
    x_bi, x_sil = (
        torch.from_numpy(np.stack(masks))[:, None].float()
        for masks in ([each.body for each in frames], [each.silhouette for each in frames])
    )
    colors = to_float01(np.stack([_spread(each) for each in frames])) if spread else x_rgb
    return ColorBatch(x_rgb, x_bi, x_sil, colors)


def _spread(frame: _Frame) -> UInt8:
    """Each pixel with the color of the nearest one of the body, as the paper's [7] has it."""
    positions: Float32 = nearest_inside(frame.silhouette)[0]
    columns, rows = np.moveaxis(positions.astype(np.intp), -1, 0)
    return np.asarray(frame.crop[rows, columns], np.uint8)
