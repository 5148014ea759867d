"""What color networks learn from: walkers of a gait set, each with several other bodies.

The other bodies are drawn once, before the training, and kept: one file a sequence, so that a
stopped preparation goes on where it was.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.datasets.clips import CLIP_FILE, ClipKey, ClipSet
from gaitcolor_core.datasets.gait_set import GaitSet, SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait, in_set_squares
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.datasets.rendered import DESCRIPTION, RenderedSet, strip_path
from gaitcolor_core.datasets.splits import PAPER
from gaitcolor_core.stages.anonymize_shape import Deform, ShapeAnonymizer
from gaitcolor_core.structures import Bool, InputError, UInt8
from gaitcolor_core.training.checkpoints import read_checkpoint, write_checkpoint

# Bodies drawn for each sequence, by each anonymizer: from its silhouettes, and from its incomplete
# ones where the set has some.
DRAWS, INCOMPLETE_DRAWS = 2, 1
STRENGTHS = (0.3, 1.0)
DEFORM: Mapping[str, ShapeAnonymizer] = {"deform": Deform()}
# Every second frame is enough to see a gait; half of these, as neighbors teach nearly the same.
_SEEN_EVERY, _USED_EVERY = 2, 2
# Whom the network never sees, so that it can be judged: at most so many walkers of a set, and so
# many of their sequences.
HELD_OUT_WALKERS, HELD_OUT_SEQUENCES = 2, 12
_CASIA_FPS = 25.0

Key = SequenceKey | ClipKey


class Sample(NamedTuple):
    """Some frames of a sequence, masks with one bit a pixel (`np.packbits` of each frame).

    Attributes:
        crops: `(F, S, S, 3)` uint8 RGB, background included.
        silhouettes: `(F, S*S/8)` uint8, as good as the set has them.
        bodies: `(K, F, S*S/8)` uint8, anonymized silhouettes.
        incomplete: `(J, F, S*S/8)` uint8: the incomplete silhouettes, then anonymized ones that
            were made from them; J = 0 where the set has none.
    """

    crops: UInt8
    silhouettes: UInt8
    bodies: UInt8
    incomplete: UInt8


@dataclass(frozen=True)
class Samples:
    """All that a color network is trained on and judged by.

    Attributes:
        trained: what it learns from.
        held_out: sequences of walkers whom it never sees; those of `trained` where the sets have
            a single walker each.
        facts: for `config.json`: the sets, and how much of them was used.
    """

    trained: tuple[Sample, ...]
    held_out: tuple[Sample, ...]
    facts: dict[str, Any]


def prepare_samples(
    roots: Sequence[Path],
    target: Path,
    *,
    anonymizers: Mapping[str, ShapeAnonymizer] = DEFORM,
    seed: int = 0,
    processes: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Samples:
    """Draw other bodies for the walkers of gait sets; what is in `target` already is kept.

    Of a set in CASIA-B's protocol the walkers are those that train gait models, of clips everybody.

    Args:
        roots: folders of gait sets, or of what `clips` has collected.
        target: folder for the samples.
        anonymizers: by name; each draws `DRAWS` bodies a sequence, of random strength.
        seed: of the bodies.
        processes: how many sequences are prepared at a time.
        on_progress: called with sequences done and sequences in all; may raise to stop.

    Raises:
        InputError: a folder holds no set that is known, or nobody to train on.
        OSError: `target` cannot be written.
    """
    jobs = [
        _Job(root, key, target, dict(anonymizers), seed, held_out)
        for root in roots
        for key, held_out in _divided(_opened(root))
    ]
    finish(_prepare, jobs, processes=processes, on_progress=on_progress)
    loaded = [(job, sample) for job in jobs if (sample := _load(job))]
    for root in roots:
        if not any(job.root == root for job, _ in loaded):
            problem = next(_problem(job) for job in jobs if job.root == root)
            raise InputError(f"Nobody in '{root}' can be trained on: {problem}")
    trained = tuple(sample for job, sample in loaded if not job.held_out)
    held_out = tuple(sample for job, sample in loaded if job.held_out)
    facts = {
        "sets": [_described(_opened(root)) for root in roots],
        "sequences": len(trained),
        "frames": sum(len(sample.crops) for sample in trained),
        "bodies_per_sequence": DRAWS * len(anonymizers),
        "strengths": STRENGTHS,
        "shape_anonymizers": list(anonymizers),
        "held_out_sequences": len(held_out),
    }
    everything = trained or held_out
    return Samples(everything, held_out or everything[:HELD_OUT_SEQUENCES], facts)


def unpack(masks: UInt8, side: int) -> Bool:
    """The masks of a `Sample`, `(..., S*S/8)` uint8 to `(..., S, S)` bool."""
    return np.unpackbits(masks, axis=-1).reshape(*masks.shape[:-1], side, side).astype(bool)


@dataclass(frozen=True)
class _Job:
    """A sequence that is to be prepared."""

    root: Path
    key: Key
    target: Path
    anonymizers: dict[str, ShapeAnonymizer]
    seed: int
    held_out: bool

    @property
    def path(self) -> Path:
        """A file that other options do not share."""
        names = list(self.anonymizers)
        options = (str(self.root.resolve()), names, self.seed, DRAWS, INCOMPLETE_DRAWS)
        folder = f"{zlib.crc32(repr(options).encode()):08x}"
        return self.target / folder / f"{_name(self.key)}.safetensors"

    def is_done(self) -> bool:
        return self.path.is_file()


def _prepare(job: _Job) -> None:
    """Write the sample of a sequence, or why there is none."""
    try:
        tensors, notes = _sample(job)._asdict(), {"problem": ""}
    except InputError as error:
        tensors, notes = {}, {"problem": str(error)}
    write_checkpoint(
        job.path, {name: torch.from_numpy(each) for name, each in tensors.items()}, notes
    )


def _load(job: _Job) -> Sample | None:
    tensors: dict[str, Tensor] = read_checkpoint(job.path).tensors
    return Sample(**{name: each.numpy() for name, each in tensors.items()}) if tensors else None


def _problem(job: _Job) -> str:
    return read_checkpoint(job.path).notes["problem"]


def _sample(job: _Job) -> Sample:
    gait_set, rng = _opened(job.root), _generator(job)
    silhouettes, crops = gait_set.silhouettes(job.key), gait_set.crops(job.key)
    if len(silhouettes) != len(crops):
        raise InputError(
            f"{_name(job.key)} has {len(silhouettes)} silhouettes, but {len(crops)} crops."
        )
    seen = np.flatnonzero(silhouettes.any(axis=(1, 2)))[::_SEEN_EVERY]
    if not len(seen):
        raise InputError(f"all silhouettes of {_name(job.key)} are empty.")
    silhouettes, crops = silhouettes[seen], crops[seen]
    used = slice(None, None, _USED_EVERY)
    draw = partial(_bodies, job=job, fps=_fps(gait_set, job.key) / _SEEN_EVERY, rng=rng)
    bodies = draw(silhouettes, count=DRAWS)[:, used]
    incomplete = bodies[:0]
    if (faulty := _incomplete(gait_set, job.key)) is not None:
        faulty = faulty[seen]
        nobody = ~faulty.any(axis=(1, 2))
        faulty[nobody] = silhouettes[nobody]
        drawn = draw(faulty, count=INCOMPLETE_DRAWS)
        incomplete = np.concatenate([faulty[None], drawn])[:, used]
    return Sample(crops[used], _packed(silhouettes[used]), _packed(bodies), _packed(incomplete))


def _incomplete(gait_set: Any, key: Key) -> Bool | None:
    """The incomplete silhouettes of a sequence; None where the set has none."""
    if not isinstance(gait_set, RenderedSet) or not isinstance(key, SequenceKey):
        return None
    if not strip_path(gait_set.root, key, "incomplete").is_file():
        return None
    return gait_set.incomplete(key)


def _bodies(
    silhouettes: Bool, *, job: _Job, fps: float, rng: np.random.Generator, count: int
) -> Bool:
    """Other bodies for a sequence without empty frames, `(K, T, S, S)` bool."""
    gait = as_gait(silhouettes, fps=fps)
    bodies = []
    for anonymizer in job.anonymizers.values():
        for _ in range(count):
            strength = float(rng.uniform(*STRENGTHS))
            other = anonymizer.anonymize(gait, fps=fps, strength=strength, generator=rng)
            bodies.append(in_set_squares(other.sequence))
    return np.stack(bodies)


def _packed(masks: Bool) -> UInt8:
    *outer, height, width = masks.shape
    return np.packbits(masks.reshape(*outer, height * width), axis=-1)


def _generator(job: _Job) -> np.random.Generator:
    return np.random.default_rng([job.seed, zlib.crc32(_name(job.key).encode())])


@lru_cache
def _opened(root: Path) -> Any:
    """A `GaitSet` or a `ClipSet`, which have different keys."""
    if (root / DESCRIPTION).is_file() or not any(root.rglob(CLIP_FILE)):
        return open_gait_set(root)
    return ClipSet(root)


def _divided(gait_set: Any) -> list[tuple[Key, bool]]:
    """The sequences to use, and whether they are held out."""
    keys = _usable(gait_set)
    walkers = sorted({_walker(key) for key in keys})
    judges = walkers[len(walkers) - min(HELD_OUT_WALKERS, len(walkers) // 2) :]
    held_out = [key for key in keys if _walker(key) in judges]
    # Spread over walks and views.
    step = max(len(held_out) / HELD_OUT_SEQUENCES, 1.0)
    spread = [held_out[int(i * step)] for i in range(min(len(held_out), HELD_OUT_SEQUENCES))]
    return [(key, False) for key in keys if _walker(key) not in judges] + [
        (key, True) for key in spread
    ]


def _usable(gait_set: Any) -> list[Key]:
    if isinstance(gait_set, ClipSet):
        return list(gait_set.keys())
    keys = PAPER.select(gait_set, "gait_model")
    if isinstance(gait_set, RenderedSet):
        colored = set(gait_set.keys("crops"))
        keys = [key for key in keys if key in colored]
    if not keys:
        raise InputError(
            f"Nobody in '{gait_set.root}' who trains gait models (subjects 001-030) is in color; "
            "render the set without --silhouettes-only."
        )
    return list(keys)


def _walker(key: Key) -> str:
    if isinstance(key, ClipKey):
        return f"{key.clip}/{key.walker:02d}"
    return f"{key.subject:03d}"


def _name(key: Key) -> str:
    return f"{key.clip}/{key.name}" if isinstance(key, ClipKey) else str(key)


def _fps(gait_set: Any, key: Key) -> float:
    if isinstance(gait_set, ClipSet) and isinstance(key, ClipKey):
        return gait_set.fps(key)
    if isinstance(gait_set, RenderedSet):
        return float(str(gait_set.description.get("fps", _CASIA_FPS)))
    return _CASIA_FPS


def _described(gait_set: GaitSet | ClipSet) -> dict[str, Any]:
    """What a set is, without where it lies."""
    about: dict[str, Any] = {"kind": type(gait_set).__name__}
    if isinstance(gait_set, RenderedSet):
        names = ("preset", "seed")
        about |= {name: gait_set.description.get(name) for name in names}
    walkers = sorted({_walker(key) for key, held_out in _divided(gait_set) if not held_out})
    about["walkers"] = len(walkers)
    if not isinstance(gait_set, ClipSet):  # the names of clips are nobody's business
        about["subjects"] = f"{walkers[0]}-{walkers[-1]}"
    return about
