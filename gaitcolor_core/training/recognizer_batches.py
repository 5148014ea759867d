"""Batches for gait recognizers: some walks of some subjects, a few frames of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.datasets.gait_set import GaitSet
from gaitcolor_core.datasets.splits import Split
from gaitcolor_core.recognition.silhouettes64 import HEIGHT, WIDTH, prepare_silhouettes
from gaitcolor_core.structures import InputError, UInt8

# Mirrored, a walk seen at V degrees is one seen at 180 - V.
FLIP_SHARE = 0.5
# A detector's box is not always on the body, and not all of the body is always found.
SHIFT_PX, ERASED_SHARE, ERASED_SIDE = 2, 0.3, (0.1, 0.35)

Rng = np.random.Generator


class RecognizerBatch(NamedTuple):
    """`silhouettes` `(N, F, 1, 64, 44)` float32, 0 or 1; `labels` `(N,)` int64, whose they are."""

    silhouettes: Tensor
    labels: Tensor


@dataclass(frozen=True)
class WalkStore:
    """Walks in memory, one bit a pixel.

    Attributes:
        walks: of each subject the sequences, `(T, 64 * 44 / 8)` uint8 each (`np.packbits`).
        subjects: their numbers; the position of one is its label.
        sets: names of the gait sets.
    """

    walks: tuple[tuple[UInt8, ...], ...]
    subjects: tuple[int, ...]
    sets: tuple[str, ...]

    @classmethod
    def load(
        cls,
        gait_sets: Sequence[GaitSet],
        split: Split,
        *,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Self:
        """Read whoever of gait sets is to train recognizers.

        Args:
            gait_sets: with several, the same number is the same subject: say, walking as ever in
                one set and anonymized in another.
            split: its part "recognizer" is taken.
            on_progress: called with sequences read and sequences in all; may raise to stop.

        Raises:
            InputError: fewer than two subjects are there, or a sequence has nobody in it.
        """
        wanted = [(each, key) for each in gait_sets for key in split.select(each, "recognizer")]
        walks: dict[int, list[UInt8]] = {}
        for done, (gait_set, key) in enumerate(wanted, start=1):
            try:
                frames = prepare_silhouettes(gait_set.silhouettes(key))
            except InputError as error:
                raise InputError(f"{key} of '{gait_set.root}' is of no use. {error}") from error
            packed = np.packbits(frames.reshape(len(frames), -1), axis=1)
            walks.setdefault(key.subject, []).append(packed)
            on_progress(done, len(wanted))
        if len(walks) < 2:
            raise InputError(
                f"There is one subject only, {min(walks):03d}; to tell subjects apart takes two."
            )
        subjects = tuple(sorted(walks))
        names = tuple(each.root.name for each in gait_sets)
        return cls(tuple(tuple(walks[subject]) for subject in subjects), subjects, names)

    @property
    def facts(self) -> dict[str, Any]:
        """For `config.json`."""
        return {
            "sets": list(self.sets),
            "subjects": list(self.subjects),
            "sequences": sum(map(len, self.walks)),
        }


@dataclass(frozen=True)
class RecognizerBatches:
    """Batches that depend on the seed and the step alone.

    Attributes:
        store: what is drawn from.
        num_subjects: a batch; all if there are fewer.
        num_walks: a subject.
        num_frames: a walk, in no order; some twice if the walk is shorter.
        seed: of what is drawn.
    """

    store: WalkStore
    num_subjects: int
    num_walks: int
    num_frames: int
    seed: int

    def draw(self, step: int) -> RecognizerBatch:
        """The batch of one step."""
        rng = np.random.default_rng([self.seed, step])
        count = min(self.num_subjects, len(self.store.walks))
        labels = rng.permutation(len(self.store.walks))[:count]
        frames = [
            _changed(_some_frames(walk, self.num_frames, rng), rng)
            for label in labels
            for walk in _some(self.store.walks[label], self.num_walks, rng)
        ]
        return RecognizerBatch(
            torch.from_numpy(np.stack(frames))[:, :, None].float(),
            torch.from_numpy(labels.repeat(self.num_walks)),
        )


def _some(walks: Sequence[UInt8], count: int, rng: Rng) -> list[UInt8]:
    """Any `count` walks; some twice only if there are fewer."""
    return [walks[index] for index in _indices(len(walks), count, rng)]


def _some_frames(walk: UInt8, count: int, rng: Rng) -> UInt8:
    """Any frames of a walk, `(count, 64, 44)` uint8, 0 or 1."""
    chosen = walk[_indices(len(walk), count, rng)]
    return np.unpackbits(chosen, axis=1).reshape(count, HEIGHT, WIDTH)


def _indices(length: int, count: int, rng: Rng) -> np.typing.NDArray[np.intp]:
    return rng.choice(length, count, replace=count > length)


def _changed(frames: UInt8, rng: Rng) -> UInt8:
    """All frames mirrored, moved aside, and with the same hole; or not."""
    flipped, erased = rng.random(2) < (FLIP_SHARE, ERASED_SHARE)
    shift = int(rng.integers(2 * SHIFT_PX + 1))
    place, size = rng.random(2), rng.uniform(*ERASED_SIDE, 2)
    room = np.pad(frames[:, :, ::-1] if flipped else frames, ((0, 0), (0, 0), (SHIFT_PX, SHIFT_PX)))
    changed = np.ascontiguousarray(room[:, :, shift : shift + WIDTH])
    if erased:
        height, width = (size * (HEIGHT, WIDTH)).astype(int)
        top, left = (place * (HEIGHT - height, WIDTH - width)).astype(int)
        changed[:, top : top + height, left : left + width] = 0
    return changed
