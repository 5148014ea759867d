"""Reads a rendered set: CASIA-B's protocol, walked by nobody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.strips import read_crops, read_silhouettes
from gaitcolor_core.structures import Bool, InputError, UInt8

DESCRIPTION = "set.json"
FORMAT = 1
Part = Literal["silhouettes", "incomplete", "crops"]
SUFFIXES: dict[Part, str] = {
    "silhouettes": ".silhouettes.png",
    "incomplete": ".incomplete.png",
    "crops": ".crops.jpg",
}


def strip_path(root: Path, key: SequenceKey, part: Part) -> Path:
    """Where a part of a sequence lies in a rendered set."""
    return root / key.folder / f"{key}{SUFFIXES[part]}"


@dataclass(frozen=True)
class RenderedSet:
    """A set made by `gaitcolor render`.

    Attributes:
        root: the folder that holds it.

    Raises:
        InputError: `root` is no rendered set, or one of a later version of GaitColor.
    """

    root: Path

    def __post_init__(self) -> None:
        """Refuse a folder that is something else."""
        self.description  # noqa: B018

    @cached_property
    def description(self) -> dict[str, object]:
        """What `set.json` says: preset, seed, size, rate, and a table of the subjects."""
        path = self.root / DESCRIPTION
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(
                f"'{self.root}' is no rendered set: its '{DESCRIPTION}' is missing or damaged; "
                "make one with 'gaitcolor render'."
            ) from error
        if content.get("format") != FORMAT:
            raise InputError(
                f"'{self.root}' has the format {content.get('format')}, but this version of "
                f"GaitColor reads format {FORMAT}; render it again."
            )
        return dict(content)

    @cached_property
    def textural(self) -> frozenset[int]:
        """The subjects whose clothes have patterns; all others wear plain colors."""
        subjects = self.description["subjects"]
        assert isinstance(subjects, list)
        return frozenset(row["number"] for row in subjects if row["fabric"] == "textural")

    def keys(self, part: Part = "silhouettes") -> list[SequenceKey]:
        """The sequences of which the set holds `part`, sorted."""
        suffix = SUFFIXES[part]
        files = self.root.glob(f"[0-9][0-9][0-9]/*/*{suffix}")
        return sorted(SequenceKey.parse(file.name.removesuffix(suffix)) for file in files)

    def silhouettes(self, key: SequenceKey) -> Bool:
        """The perfect silhouettes `(T, S, S)` bool.

        Raises:
            InputError: the set does not hold them.
        """
        return read_silhouettes(strip_path(self.root, key, "silhouettes"))

    def incomplete(self, key: SequenceKey) -> Bool:
        """The same `(T, S, S)` bool with the faults of background subtraction.

        Raises:
            InputError: the set does not hold them.
        """
        return read_silhouettes(strip_path(self.root, key, "incomplete"))

    def crops(self, key: SequenceKey) -> UInt8:
        """The squares of the video `(T, S, S, 3)` uint8 RGB, background included.

        Raises:
            InputError: the set does not hold them.
        """
        return read_crops(strip_path(self.root, key, "crops"))
