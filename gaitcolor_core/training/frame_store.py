"""Labelled frames in memory, ready to be drawn from at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gaitcolor_core.structures import InputError, UInt8
from gaitcolor_core.training.labelled_frames import UNSURE, LabelledFrame, frame_names, read_frame

Rng = np.random.Generator

# Larger frames are made smaller: at inference, too, no side is longer than 1280 pixels.
LONGEST_PX = 1280
# Smaller than this, what is there cannot be told.
MIN_HEIGHT_PX, MIN_AREA_PX = 12, 40


class Person(NamedTuple):
    """A person of a frame: the number in the mask, and the box (right, bottom exclusive)."""

    number: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """Of the box, in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Of the box, in pixels."""
        return self.right - self.left


class Entry(NamedTuple):
    """A frame and those of its persons who are large enough to be told."""

    frame: LabelledFrame
    persons: tuple[Person, ...]


@dataclass(frozen=True)
class FrameStore:
    """Frames by folder and clip: each folder is drawn equally often, and so is each of its clips.

    Frames of a clip are alike, and a long one teaches hardly more than a short one. A clip's name
    is the frame's name up to its last "-".

    Attributes:
        folders: for each folder, for each clip, its frames.
    """

    folders: tuple[tuple[tuple[Entry, ...], ...], ...]

    @classmethod
    def load(
        cls,
        roots: Sequence[Path],
        *,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> FrameStore:
        """Read all frames of folders in the format of `labelled_frames`.

        Raises:
            InputError: a folder holds no frames, a frame is broken, or nobody is in any of them.
        """
        names = [(root, name) for root in roots for name in frame_names(root)]
        clips: dict[tuple[Path, str], list[Entry]] = {}
        for done, (root, name) in enumerate(names, start=1):
            frame = read_frame(root, name, longest_px=LONGEST_PX)
            entry = Entry(frame, find_persons(frame.persons))
            clips.setdefault((root, name.rpartition("-")[0]), []).append(entry)
            if on_progress:
                on_progress(done, len(names))
        if not any(entry.persons for entries in clips.values() for entry in entries):
            raise InputError("There is no person in these frames; give frames that show some.")
        return cls(
            tuple(
                tuple(tuple(entries) for (root, _), entries in clips.items() if root == folder)
                for folder in roots
            )
        )

    def draw(self, rng: Rng) -> Entry:
        """Any frame."""
        folder = self.folders[rng.integers(len(self.folders))]
        clip = folder[rng.integers(len(folder))]
        return clip[rng.integers(len(clip))]

    def draw_person(self, rng: Rng) -> tuple[Entry, Person]:
        """Any person, and the frame with that person."""
        while True:
            entry = self.draw(rng)
            if entry.persons:
                return entry, entry.persons[rng.integers(len(entry.persons))]


def find_persons(persons: UInt8) -> tuple[Person, ...]:
    """The persons in `(H, W)` uint8 numbers who are large enough to be told, by their number."""
    found = []
    for number in np.flatnonzero(np.bincount(persons.ravel(), minlength=256) >= MIN_AREA_PX):
        if number in (0, UNSURE):
            continue
        mask = persons == number
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if rows[-1] - rows[0] + 1 >= MIN_HEIGHT_PX:
            edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
            found.append(Person(int(number), *map(int, edges)))
    return tuple(found)
