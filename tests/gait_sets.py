"""Small gait sets that are drawn rather than read or rendered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.rendered import DESCRIPTION, FORMAT, strip_path
from gaitcolor_core.datasets.strips import write_crops, write_silhouettes
from gaitcolor_core.structures import Bool, InputError, UInt8

PERIOD = 20


def draw_walker(breadth_px: int, *, num_frames: int = 30, first: int = 0) -> Bool:
    """A trunk of some breadth on two legs that open and close, `(T, 128, 128)` bool."""
    frames = np.zeros((num_frames, 128, 128), np.uint8)
    for index, frame in enumerate(frames):
        reach = round(18 * np.sin(2 * np.pi * (first + index) / PERIOD))
        cv2.circle(frame, (64, 12), 8, 1, -1)
        cv2.ellipse(frame, (64, 46), (breadth_px, 30), 0, 0, 360, 1, -1)
        for side in (-1, 1):
            cv2.line(frame, (64, 66), (64 + side * reach, 122), 1, 7)
    return frames > 0


def walks(
    subjects: Iterable[int], names: Iterable[str] = ("nm-01", "nm-05", "bg-01", "cl-01"),
    views: Iterable[int] = (90,),
) -> list[SequenceKey]:  # fmt: skip
    """Keys of all these walks."""
    return [
        SequenceKey.parse(f"{subject:03d}-{name}-{view:03d}")
        for subject in subjects
        for name in names
        for view in views
    ]


def everybody_walks(keys: Iterable[SequenceKey]) -> dict[SequenceKey, Bool]:
    """Each subject with a breadth of its own, at each view and in each walk the same."""
    return {key: draw_walker(8 + 3 * (key.subject % 10)) for key in keys}


@dataclass
class MemorySet:
    """A gait set that is kept in memory; it has silhouettes only."""

    held: Mapping[SequenceKey, Bool]
    root: Path = Path("walks")

    def keys(self) -> list[SequenceKey]:
        return sorted(self.held)

    def silhouettes(self, key: SequenceKey) -> Bool:
        return self.held[key]

    def crops(self, key: SequenceKey) -> UInt8:
        raise InputError(f"There are no crops of {key}.")


def write_set(
    root: Path, held: Mapping[SequenceKey, Bool], colored: Iterable[SequenceKey] = ()
) -> None:
    """Write a set that opens like a rendered one; its crops are red on green."""
    root.mkdir(exist_ok=True)
    (root / DESCRIPTION).write_text(json.dumps({"format": FORMAT, "subjects": []}))
    for key, silhouettes in held.items():
        (root / key.folder).mkdir(parents=True, exist_ok=True)
        write_silhouettes(strip_path(root, key, "silhouettes"), silhouettes)
    for key in colored:
        red, green = np.uint8([200, 0, 0]), np.uint8([0, 150, 0])
        write_crops(strip_path(root, key, "crops"), np.where(held[key][..., None], red, green))
