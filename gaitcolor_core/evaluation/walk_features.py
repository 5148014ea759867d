"""What recognizers see in the walks of a gait set: extracted once, kept in files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import torch

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.datasets.subject import FPS
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.recognition.deep_recognizer import DeepRecognizer
from gaitcolor_core.recognition.gei import NearestGei
from gaitcolor_core.recognition.protocol import Walks
from gaitcolor_core.structures import Bool, Float32, InputError
from gaitcolor_core.training.checkpoints import read_checkpoint, write_checkpoint
from gaitcolor_core.weights import read_config


class Extractor(Protocol):
    """The part of a recognizer that looks at one walk."""

    def features(self, silhouettes: Bool, *, fps: float) -> Float32:
        """See `recognition.protocol.Recognizer`."""
        ...


@dataclass(frozen=True)
class Eye:
    """Where features come from.

    Attributes:
        name: of the recognizer.
        weights: folder of a deep one; None = gait energy images.
    """

    name: str
    weights: Path | None = None

    @property
    def version(self) -> str:
        """Of the folder that keeps its features: other weights, other features."""
        if self.weights is None:
            return self.name
        return f"{self.name}-{read_config(self.weights).get('sha256', '')[:12]}"


class Extracted(NamedTuple):
    """The features of some walks, and sentences on those that have none."""

    features: Mapping[SequenceKey, Float32]
    left_out: tuple[str, ...]

    def walks(self, keys: Iterable[SequenceKey]) -> Walks:
        """Those of `keys` that have features, in their order.

        Raises:
            InputError: none has.
        """
        seen = [key for key in keys if key in self.features]
        if not seen:
            raise InputError("No walk is of use: nobody is seen in any, or no whole gait cycle.")
        return Walks(
            np.stack([self.features[key] for key in seen]),
            np.array([key.subject for key in seen], np.int64),
            np.array([key.view for key in seen], np.int64),
        )

    @classmethod
    def joined(cls, parts: Sequence[Extracted]) -> Extracted:
        """Features of different walks as one."""
        features = {key: value for part in parts for key, value in part.features.items()}
        return cls(features, tuple(sentence for part in parts for sentence in part.left_out))


def extract(
    source: Path,
    keys: Sequence[SequenceKey],
    eye: Eye,
    target: Path,
    *,
    processes: int = 1,
    on_progress: OnProgress = silent,
) -> Extracted:
    """Look at walks of a gait set; what `target` holds already is kept.

    Args:
        source: folder of the set.
        keys: the walks.
        eye: who looks.
        target: folder for the features of this set, a file a walk with all its views.
        processes: how many walks are looked at at a time.
        on_progress: called with "features", walks done and walks in all; may raise to stop.

    Raises:
        InputError: the set lacks a walk, or the weights cannot be had.
        OSError: `target` cannot be written.
    """
    folder = target / eye.version
    walks = groupby(sorted(keys), key=lambda key: (key.subject, key.walk))
    jobs = [_Job(source, tuple(views), eye, folder) for _, views in walks]
    finish(
        _extract,
        jobs,
        processes=processes,
        on_progress=lambda done, total: on_progress("features", done, total),
    )
    return Extracted.joined([job.load() for job in jobs])


@dataclass(frozen=True)
class _Job:
    """The views of a walk."""

    source: Path
    keys: tuple[SequenceKey, ...]
    eye: Eye
    folder: Path

    @property
    def path(self) -> Path:
        views = "-".join(str(key.view) for key in self.keys)
        return self.folder / f"{self.keys[0].subject:03d}-{self.keys[0].walk}-{views}.safetensors"

    def is_done(self) -> bool:
        return self.path.is_file()

    def load(self) -> Extracted:
        tensors, notes = read_checkpoint(self.path)
        found = {SequenceKey.parse(name): value.numpy() for name, value in tensors.items()}
        return Extracted(found, tuple(json.loads(notes["left_out"])))


def _extract(job: _Job) -> None:
    gait_set, eye = open_gait_set(job.source), _opened(job.eye)
    found, left_out = {}, []
    for key in job.keys:
        try:
            features = eye.features(gait_set.silhouettes(key), fps=FPS)
            found[str(key)] = torch.from_numpy(np.ascontiguousarray(features))
        except InputError as reason:
            left_out.append(f"{key} of '{job.source.name}': {reason}")
    write_checkpoint(job.path, found, {"left_out": json.dumps(left_out)})


@cache
def _opened(eye: Eye) -> Extractor:
    return NearestGei() if eye.weights is None else DeepRecognizer.load(eye.weights)
