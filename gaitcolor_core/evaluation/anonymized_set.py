"""A gait set with other walks: what recognizers of an evaluation are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait, in_set_squares
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.datasets.rendered import DESCRIPTION, FORMAT, RenderedSet, strip_path
from gaitcolor_core.datasets.strips import write_silhouettes
from gaitcolor_core.datasets.subject import FPS
from gaitcolor_core.files import write_whole
from gaitcolor_core.methods import Methods
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.stages.anonymize_shape import ShapeAnonymizer
from gaitcolor_core.structures import InputError


@dataclass(frozen=True)
class Change:
    """What is done to every walk.

    Attributes:
        shape: shape anonymizer by name.
        strength: 0 to 1.
        seed: with a sequence's name, the key of its draw: no two walks get the same body.
        checkpoints: holds the networks; None = those that come with GaitColor.
    """

    shape: str
    strength: float
    seed: int = 0
    checkpoints: Path | None = None

    @property
    def name(self) -> str:
        """Such as "deform-0.7"."""
        return f"{self.shape}-{self.strength:g}"


def anonymize_set(
    source: Path,
    keys: Sequence[SequenceKey],
    target: Path,
    change: Change,
    *,
    processes: int = 1,
    on_progress: OnProgress = silent,
) -> RenderedSet:
    """Give the walkers of a gait set other walks; what `target` holds already is kept.

    Args:
        source: folder of any gait set.
        keys: what is anonymized; of sequences without anybody nothing is written.
        target: folder of the new set, in the format of rendered sets, silhouettes alone; it may
            grow by other keys later.
        change: what is done.
        processes: how many walks are anonymized at a time.
        on_progress: called with "anonymize", walks done and walks in all; may raise to stop.

    Raises:
        InputError: a network cannot be had, or `target` holds something else.
        OSError: `target` cannot be written.
    """
    _shape(change)
    _claim(source, target, change)
    walks = groupby(sorted(keys), key=lambda key: (key.subject, key.walk))
    jobs = [_Job(source, tuple(views), target, change) for _, views in walks]
    finish(
        _anonymize,
        jobs,
        processes=processes,
        on_progress=lambda done, total: on_progress("anonymize", done, total),
    )
    return RenderedSet(target)


@dataclass(frozen=True)
class _Job:
    """The views of a walk."""

    source: Path
    keys: tuple[SequenceKey, ...]
    target: Path
    change: Change

    def is_done(self) -> bool:
        return all(self.path(key).is_file() or self.nobody(key).is_file() for key in self.keys)

    def path(self, key: SequenceKey) -> Path:
        return strip_path(self.target, key, "silhouettes")

    def nobody(self, key: SequenceKey) -> Path:
        """Says that the sequence has nobody in it, so that it is not looked at again."""
        return self.path(key).with_suffix(".nobody")


def _anonymize(job: _Job) -> None:
    gait_set, shape, change = open_gait_set(job.source), _shape(job.change), job.change
    for key in job.keys:
        job.path(key).parent.mkdir(parents=True, exist_ok=True)
        silhouettes = gait_set.silhouettes(key)
        if not silhouettes.any():
            write_whole(job.nobody(key), b"")
            continue
        generator = np.random.default_rng([change.seed, *str(key).encode()])
        gait = as_gait(silhouettes, fps=FPS)
        new = shape.anonymize(gait, fps=FPS, strength=change.strength, generator=generator)
        write_silhouettes(job.path(key), in_set_squares(new.sequence))


@cache
def _shape(change: Change) -> ShapeAnonymizer:
    return Methods(change.checkpoints, "cpu").shape(change.shape)


def _claim(source: Path, target: Path, change: Change) -> None:
    """Write what the set is, or check that it is the same."""
    facts = {"shape": change.shape, "strength": float(change.strength), "seed": change.seed}
    description = {
        "format": FORMAT,
        "preset": "anonymized",
        "seed": change.seed,
        "subjects": [],
        "anonymized": facts,
        "source": source.name,
    }
    path, content = target / DESCRIPTION, json.dumps(description, indent=1)
    if path.is_file() and path.read_text("utf-8") != content:
        raise InputError(
            f"'{target}' holds walks that were anonymized otherwise; give a new folder."
        )
    target.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode())
