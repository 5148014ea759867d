"""Small drawn sets in color: some clothes have patterns, some silhouettes have faults."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from gait_sets import draw_walker, walks, write_set

from gaitcolor_core.datasets.rendered import DESCRIPTION, FORMAT, RenderedSet, strip_path
from gaitcolor_core.datasets.strips import write_crops, write_silhouettes
from gaitcolor_core.structures import Bool, UInt8

NUM_FRAMES = 6
SCENERY = (0, 150, 0)


def write_colored_set(
    root: Path, subjects: Iterable[int] = (81, 82), names: Iterable[str] = ("nm-05",),
    views: Iterable[int] = (90,),
) -> RenderedSet:  # fmt: skip
    """A set of which even subjects wear patterns; incomplete bodies miss a band at the waist."""
    numbers = list(subjects)
    held = {
        key: draw_walker(10 + key.subject % 5, num_frames=NUM_FRAMES, first=key.view // 18)
        for key in walks(numbers, names, views)
    }
    write_set(root, held)
    table = [{"number": n, "fabric": ("plain", "textural")[n % 2 == 0]} for n in numbers]
    description = {"format": FORMAT, "preset": "drawn", "seed": 0, "subjects": table}
    (root / DESCRIPTION).write_text(json.dumps(description))
    for key, bodies in held.items():
        faulty = bodies.copy()
        faulty[:, 52:60] = False
        write_silhouettes(strip_path(root, key, "incomplete"), faulty)
        write_crops(strip_path(root, key, "crops"), clothed(bodies, stripes=key.subject % 2 == 0))
    return RenderedSet(root)


def clothed(bodies: Bool, *, stripes: bool = False) -> UInt8:
    """Bodies `(..., S, S)` in a red shirt and blue trousers, before a green wall."""
    side = bodies.shape[-1]
    clothes = np.zeros((side, side, 3), np.uint8)
    clothes[: side // 2] = (200, 40, 40)
    clothes[side // 2 :] = (40, 40, 160)
    if stripes:
        clothes[(np.arange(side) // 3) % 2 == 0] //= 2
    return np.where(bodies[..., None], clothes, np.uint8(SCENERY))
