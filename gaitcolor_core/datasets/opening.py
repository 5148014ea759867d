"""Opens a folder as the gait set that it holds."""

from __future__ import annotations

from pathlib import Path

from gaitcolor_core.datasets.arrays import refuse_pickles
from gaitcolor_core.datasets.casia_b import CasiaB
from gaitcolor_core.datasets.casia_b_star import CasiaBStar
from gaitcolor_core.datasets.gait_set import GaitSet
from gaitcolor_core.datasets.layout import folder_of, sequence_folders
from gaitcolor_core.datasets.rendered import DESCRIPTION, RenderedSet


def open_gait_set(root: str | Path) -> GaitSet:
    """The gait set in a folder: a rendered one, CASIA-B*, or CASIA-B.

    Raises:
        InputError: there is no such folder, or nothing in it that is known.
    """
    folder = folder_of(root)
    if (folder / DESCRIPTION).is_file():
        return RenderedSet(folder)
    first = next(iter(sequence_folders(folder).items()), None)
    if first is not None:
        key, place = first
        if any(place.glob(f"{key.view:03d}-sils*")):
            return CasiaBStar(folder)
        refuse_pickles(place)
    return CasiaB(folder)
