"""What shape networks learn from: silhouettes as the pipeline cuts them, whole, broken and changed.

They are prepared once, before the training, one file a subject: a stopped preparation goes on
where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch

from gaitcolor_core.datasets.corruption import corrupt
from gaitcolor_core.datasets.gait_set import GaitSet, SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait, in_squares_of
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.datasets.rendered import RenderedSet, strip_path
from gaitcolor_core.datasets.splits import PAPER
from gaitcolor_core.deformation import DeformedGait
from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.stages.anonymize_shape.body_code import CODE_SIZE, body_code, draw_body
from gaitcolor_core.structures import Bool, Float32, InputError, Int64, UInt8
from gaitcolor_core.training.checkpoints import read_checkpoint, write_checkpoint

# CASIA-B's rate, and that of rendered sets.
FPS = 25.0
# More walks of the same people add little.
WALKS = ("nm-01", "nm-02", "nm-03", "nm-04", "bg-01", "cl-01")
# How far the other body is away from the walker's own, in full draws.
FACTORS = (0.3, 1.5)


class GaitStore(NamedTuple):
    """Frames of all sequences one after the other, one bit a pixel (`np.packbits`).

    Attributes:
        whole: `(F, S*S/8)` uint8, complete silhouettes.
        broken: `(F, S*S/8)` uint8, the same walkers with faults; these set the squares.
        other: `(F, S*S/8)` uint8, complete silhouettes of another body in the same phase.
        codes: `(N, CODE_SIZE)` float32, which body that is; one a sequence.
        starts: `(N + 1,)` int64, where each sequence begins, and the end of the last one.
    """

    whole: UInt8
    broken: UInt8
    other: UInt8
    codes: Float32
    starts: Int64

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Several stores as one."""
        lengths = np.concatenate([np.diff(each.starts) for each in parts])
        return cls(
            np.concatenate([each.whole for each in parts]),
            np.concatenate([each.broken for each in parts]),
            np.concatenate([each.other for each in parts]),
            np.concatenate([each.codes for each in parts]),
            np.concatenate([[0], np.cumsum(lengths)]),
        )

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Int64, Int64]:
        """`count` sequences, and a frame in each of them."""
        sequences = rng.integers(len(self.codes), size=count)
        lengths = self.starts[sequences + 1] - self.starts[sequences]
        return sequences, self.starts[sequences] + (rng.random(count) * lengths).astype(np.int64)

    def around(self, sequences: Int64, frames: Int64, offsets: Int64) -> Int64:
        """Neighbors `(count, K)` of frames of sequences; the ends of a sequence repeat."""
        near = frames[:, None] + offsets
        first, last = self.starts[sequences], self.starts[sequences + 1] - 1
        return np.asarray(np.clip(near, first[:, None], last[:, None]))


def unpack(masks: UInt8) -> Bool:
    """Masks of a store, `(..., S*S/8)` uint8 to `(..., S, S)` bool."""
    bits = np.unpackbits(masks, axis=-1)
    return bits.reshape(*masks.shape[:-1], SILHOUETTE_SIZE, SILHOUETTE_SIZE).astype(bool)


def prepare_gaits(
    root: Path,
    target: Path,
    *,
    seed: int = 0,
    processes: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> GaitStore:
    """The walks of those who train gait models; what is in `target` already is kept.

    Args:
        root: a gait set. Where it has no incomplete silhouettes, faults are drawn.
        target: folder for the prepared walks.
        seed: of faults and bodies.
        processes: how many subjects are prepared at a time.
        on_progress: called with subjects done and subjects in all; may raise to stop.

    Raises:
        InputError: `root` holds no set that is known, or nobody to train on.
        OSError: `target` cannot be written.
    """
    keys = PAPER.select(open_gait_set(root), "gait_model")
    chosen = [key for key in keys if key.walk in WALKS] or keys
    subjects = groupby(chosen, key=lambda key: key.subject)
    jobs = [_Job(root, subject, tuple(walks), target, seed) for subject, walks in subjects]
    finish(_prepare, jobs, processes=processes, on_progress=on_progress)
    parts = [_load(job) for job in jobs]
    if not any(len(part.codes) for part in parts):
        raise InputError(f"Nobody is to be seen in '{root}': all its silhouettes are empty.")
    return GaitStore.joined(parts)


@dataclass(frozen=True)
class _Job:
    """The walks of a subject, to be prepared."""

    root: Path
    subject: int
    keys: tuple[SequenceKey, ...]
    target: Path
    seed: int

    @property
    def path(self) -> Path:
        return self.target / f"{self.subject:03d}-{self.seed}.safetensors"

    def is_done(self) -> bool:
        return self.path.is_file()


def _prepare(job: _Job) -> None:
    empty = np.zeros((0, SILHOUETTE_SIZE**2 // 8), np.uint8)
    nobody = GaitStore(empty, empty, empty, np.zeros((0, CODE_SIZE), np.float32), np.zeros(1, int))
    gaits = GaitStore.joined([nobody, *_walks(job)])
    tensors = {name: torch.from_numpy(each) for name, each in gaits._asdict().items()}
    write_checkpoint(job.path, tensors, {})


def _load(job: _Job) -> GaitStore:
    tensors = read_checkpoint(job.path).tensors
    return GaitStore(**{name: each.numpy() for name, each in tensors.items()})


def _walks(job: _Job) -> Iterator[GaitStore]:
    gait_set: Any = open_gait_set(job.root)
    for key in job.keys:
        rng = np.random.default_rng([job.seed, key.subject, *str(key).encode()])
        whole = gait_set.silhouettes(key)
        if whole.any():
            yield _walk(whole, _broken(gait_set, key, whole, rng), rng)


def _broken(gait_set: GaitSet, key: SequenceKey, whole: Bool, rng: np.random.Generator) -> Bool:
    """The set's incomplete silhouettes where it has some, drawn faults elsewhere."""
    if isinstance(gait_set, RenderedSet) and strip_path(gait_set.root, key, "incomplete").is_file():
        return gait_set.incomplete(key)
    return corrupt(whole, rng)


def _walk(whole: Bool, broken: Bool, rng: np.random.Generator) -> GaitStore:
    """A walk in the squares that its broken silhouettes give, and with another body."""
    gait = as_gait(broken, fps=FPS)
    true = in_squares_of(gait, whole)
    draw = draw_body(rng).scaled(float(rng.uniform(*FACTORS)))
    other = DeformedGait.of(true, draw, FPS).sequence
    return GaitStore(
        _packed(true.silhouettes),
        _packed(gait.silhouettes),
        _packed(other.silhouettes),
        body_code(draw)[None],
        np.array([0, len(gait.frame_ids)]),
    )


def _packed(silhouettes: Bool) -> UInt8:
    return np.packbits(silhouettes.reshape(len(silhouettes), -1), axis=-1)
