"""Rendered frames with walkers, for a segmenter to practise on: a folder of labelled frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitcolor_core.datasets.footage import FRAMES_PER_PLACE, practice_frames
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.structures import Bool, UInt8
from gaitcolor_core.training.labelled_frames import LabelledFrame, mask_path, write_frame

PLACES = 120


@dataclass(frozen=True)
class _Place:
    """A place whose frames are to be rendered."""

    root: Path
    seed: int
    number: int

    @property
    def names(self) -> list[str]:
        stem = f"rendered-{self.seed}-{self.number:04d}"
        return [f"{stem}-{index}" for index in range(FRAMES_PER_PLACE)]

    def is_done(self) -> bool:
        return all(mask_path(self.root, name).is_file() for name in self.names)


def render_practice_frames(
    root: Path,
    *,
    places: int = PLACES,
    seed: int = 0,
    processes: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Render labelled frames into the folder `root`; places that are there already are kept.

    Frames of other seeds, or of other origin, may lie in the same folder.

    Args:
        root: created if need be.
        places: how many; each gives `FRAMES_PER_PLACE` frames.
        seed: of everything.
        processes: how many places are rendered at a time.
        on_progress: called with places done and places in all; may raise to stop.

    Raises:
        InputError: OpenGL is missing, or a process was killed.
        OSError: the folder cannot be written.
    """
    pieces = [_Place(root, seed, number) for number in range(places)]
    finish(_render_place, pieces, processes=processes, on_progress=on_progress)


def _render_place(place: _Place) -> None:
    for name, frame in zip(place.names, practice_frames(place.seed, place.number), strict=True):
        write_frame(place.root, name, LabelledFrame(frame.image, _owners(frame.masks)))


def _owners(masks: Bool) -> UInt8:
    """Whose each pixel is, `(H, W)` uint8: 0 = nobody's, 1 = the first one's ..."""
    owners = np.zeros(masks.shape[1:], np.uint8)
    for number, mask in enumerate(masks, start=1):
        owners[mask] = number
    return owners
