"""What a gait set holds, and what of it cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gaitcolor_core.datasets.gait_set import GaitSet, SequenceKey
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.splits import PAPER, Split
from gaitcolor_core.structures import InputError


@dataclass(frozen=True)
class Survey:
    """A gait set in figures.

    Attributes:
        layout: how the set is stored, such as "CasiaB".
        subjects: how many persons.
        sequences: how many walks past a camera.
        conditions: sequences by condition.
        views: sequences by the camera's angle in degrees.
        parts: subjects by the part of the split.
        frames: silhouettes of all sequences; None = they were not read.
        problems: what cannot be used, one sentence a sequence.
    """

    layout: str
    subjects: int
    sequences: int
    conditions: dict[str, int]
    views: dict[int, int]
    parts: dict[str, int]
    frames: int | None
    problems: tuple[str, ...]


def survey(
    root: Path,
    *,
    split: Split = PAPER,
    read: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Survey:
    """Count what is in a gait set.

    Args:
        root: the folder of the set.
        split: whose parts are counted.
        read: read every sequence, silhouettes and crops, to find what cannot be used.
        on_progress: called with (sequences read, sequences in all).

    Raises:
        InputError: there is no gait set in the folder.
    """
    gait_set = open_gait_set(root)
    keys = gait_set.keys()
    subjects = {key.subject for key in keys}
    frames, problems = 0, []
    for done, key in enumerate(keys if read else (), start=1):
        try:
            frames += _read(gait_set, key)
        except InputError as error:
            problems.append(str(error))
        if on_progress:
            on_progress(done, len(keys))
    return Survey(
        layout=type(gait_set).__name__,
        subjects=len(subjects),
        sequences=len(keys),
        conditions=dict(sorted(Counter(key.condition for key in keys).items())),
        views=dict(sorted(Counter(key.view for key in keys).items())),
        parts={part: len(subjects & set(wanted)) for part, wanted in vars(split).items()},
        frames=frames if read else None,
        problems=tuple(problems),
    )


def _read(gait_set: GaitSet, key: SequenceKey) -> int:
    """How many frames a sequence has, in silhouettes and in color."""
    silhouettes, crops = gait_set.silhouettes(key), gait_set.crops(key)
    if len(silhouettes) != len(crops):
        raise InputError(f"{key} has {len(silhouettes)} silhouettes, but {len(crops)} crops.")
    return len(silhouettes)
