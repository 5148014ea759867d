"""Walkers out of a user's own videos, as `collecting` has written them.

A folder a video, named like it::

    park/walk.mp4/01-01.silhouettes.png    the first stretch in which walker 1 is seen whole
    park/walk.mp4/01-01.crops.jpg          the same squares of the video
    park/walk.mp4/clip.json                written last: what is there
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np

from gaitcolor_core.datasets.strips import read_crops, read_silhouettes
from gaitcolor_core.structures import Bool, InputError, Int64, UInt8

CLIP_FILE = "clip.json"
SILHOUETTES, CROPS = ".silhouettes.png", ".crops.jpg"


@dataclass(frozen=True, order=True)
class ClipKey:
    """One stretch of one walker.

    Attributes:
        clip: the video, as a path below the set's root, such as "park/walk.mp4".
        walker: the number of the walker in the clip, from 1.
        part: the number of the stretch among those of the walker, from 1.
    """

    clip: str
    walker: int
    part: int

    @property
    def name(self) -> str:
        """What its files are called, such as "01-01"."""
        return sequence_name(self.walker, self.part)


@dataclass(frozen=True)
class Stretches:
    """What is known of the sequences of a clip.

    Attributes:
        fps: frames per second of the video.
        num_bytes: size of the video when it was read.
        modified_ns: when the video was last changed, in nanoseconds since 1970.
        frame_ids: the frames of each sequence, by name such as "01-01".
    """

    fps: float
    num_bytes: int
    modified_ns: int
    frame_ids: dict[str, list[int]]

    def write(self, path: Path) -> None:
        """Write this to the JSON file `path`."""
        path.write_text(json.dumps(asdict(self)) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote.

        Raises:
            InputError: the file is damaged.
        """
        try:
            content: dict[str, Any] = json.loads(path.read_text())
            known = cls(**content)
            for name, frames in known.frame_ids.items():
                _numbers(name)
                np.array(frames, np.int64, ndmin=1)
        except (OSError, TypeError, AttributeError, ValueError) as error:
            raise InputError(
                f"'{path}' is damaged; delete its folder and collect again."
            ) from error
        return known


class ClipSet:
    """Walkers from a user's videos; like a `GaitSet`, but nobody knows who they are.

    Attributes:
        root: the folder.

    Raises:
        InputError: there is no such folder, or nothing in it, or it is damaged.
    """

    def __init__(self, root: str | Path) -> None:
        """Look which clips are there; no picture is read."""
        self.root = Path(root)
        if not self.root.is_dir():
            raise InputError(f"There is no folder '{self.root}'; collect walkers from clips first.")
        self._clips = {
            path.parent.relative_to(self.root).as_posix(): Stretches.read(path)
            for path in sorted(self.root.rglob(CLIP_FILE))
            if not path.parent.name.startswith(".")
        }
        if not self._clips:
            raise InputError(
                f"There are no walkers from clips in '{self.root}'; looked for files called "
                f"{CLIP_FILE} in it and in the folders below."
            )

    def keys(self) -> list[ClipKey]:
        """The sequences, sorted."""
        return list(self._frame_ids)

    def silhouettes(self, key: ClipKey) -> Bool:
        """The walker's pixels `(T, 128, 128)` bool, as the segmenter saw them.

        Raises:
            InputError: they are not there, or damaged.
        """
        return read_silhouettes(self._path(key, SILHOUETTES))

    def crops(self, key: ClipKey) -> UInt8:
        """The same squares of the video, `(T, 128, 128, 3)` uint8 RGB.

        Raises:
            InputError: they are not there, or damaged.
        """
        return read_crops(self._path(key, CROPS))

    def frame_ids(self, key: ClipKey) -> Int64:
        """The frames of the video `(T,)`, from 0; rising, a few may be left out.

        Raises:
            InputError: there is no such sequence.
        """
        self._refuse_unknown(key)
        return self._frame_ids[key]

    def fps(self, key: ClipKey) -> float:
        """Frames per second of the video.

        Raises:
            InputError: there is no such sequence.
        """
        self._refuse_unknown(key)
        return self._clips[key.clip].fps

    @cached_property
    def _frame_ids(self) -> dict[ClipKey, Int64]:
        found = {
            ClipKey(clip, *_numbers(name)): np.array(frames, np.int64)
            for clip, known in self._clips.items()
            for name, frames in known.frame_ids.items()
        }
        return dict(sorted(found.items()))

    def _path(self, key: ClipKey, ending: str) -> Path:
        self._refuse_unknown(key)
        return self.root / key.clip / f"{key.name}{ending}"

    def _refuse_unknown(self, key: ClipKey) -> None:
        if key not in self._frame_ids:
            raise InputError(f"There is no sequence {key.name} of {key.clip} in '{self.root}'.")


def sequence_name(walker: int, part: int) -> str:
    """What the files of a sequence are called, such as "01-01"."""
    return f"{walker:02d}-{part:02d}"


def _numbers(name: str) -> tuple[int, int]:
    walker, part = name.split("-")
    return int(walker), int(part)
