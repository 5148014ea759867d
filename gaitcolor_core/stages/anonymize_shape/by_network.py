"""Shape anonymizers of the earlier papers: a network draws the other walk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.models.contour_net import ContourNet
from gaitcolor_core.models.shape_networks import load_shape_network
from gaitcolor_core.stages.anonymize_shape.body_code import GEI_CHANGE_AT_FULL_STRENGTH
from gaitcolor_core.stages.anonymize_shape.completing import Completing
from gaitcolor_core.stages.anonymize_shape.redrawing import Redrawing
from gaitcolor_core.structures import Bool, Float32, GaitSequence

# Beyond, codes are farther out than any that the networks were trained on.
_MAX_FACTOR = 1.6
# A draw that can't move the GEI so far is drawn again, so many times.
_MAX_DRAWS, _GOOD_ENOUGH = 4, 0.95
# Frames that are looked at to find how far to go, and how often.
_PROBES, _LOOKS = 24, 4


@dataclass(frozen=True)
class DrawnGait:
    """A walk that a network drew; where its points come from is not known."""

    sequence: GaitSequence

    def inverse_map(self, index: int) -> None:
        """None: only silhouettes are known; see `AnonymizedGait`."""


class NetworkShape:
    """A walker's other walk from a trained network: `contour` or `dcgan`.

    `contour` moves what is there: strength 0 changes nothing. `dcgan` draws every frame: strength
    0 completes the walker's own body. As with `Deform`, the code that says how the body changes
    is drawn without looking at the person, and how far it goes is set so that the gait energy
    image moves by a fixed distance, as far as the network can.

    Args:
        folder: what `train shape --export` wrote.
        device: torch device.

    Raises:
        InputError: the folder holds no such network.
    """

    def __init__(self, folder: Path, *, device: str = "cpu") -> None:
        self._network = load_shape_network(folder).to(device)

    def anonymize(
        self, gait: GaitSequence, *, fps: float, strength: float, generator: np.random.Generator
    ) -> DrawnGait:
        """Another walk for `gait`; see `ShapeAnonymizer`. Empty silhouettes stay empty."""
        drawer: Completing | Redrawing
        if isinstance(self._network, ContourNet):
            drawer = Redrawing(self._network, gait)
        else:
            drawer = Completing(self._network, gait, fps)
        code = _code(drawer, gait, strength * GEI_CHANGE_AT_FULL_STRENGTH, generator)
        frames = np.arange(len(gait.frame_ids))
        return DrawnGait(replace(gait, silhouettes=drawer.silhouettes(frames, code)))


def _code(
    drawer: Completing | Redrawing, gait: GaitSequence, goal: float, generator: np.random.Generator
) -> Float32:
    """A code that moves the GEI by `goal`, or the one of a few draws that moves it farthest."""
    seen = np.flatnonzero(gait.silhouettes.any((1, 2, 3)))
    frames = seen[:: max(len(seen) // _PROBES, 1)]
    code = drawer.draw_code(generator)
    best, farthest = 0 * code, 0.0
    own = _gei(drawer.silhouettes(frames, best))
    if goal == 0 or own is None:
        return best
    for _ in range(_MAX_DRAWS):
        factor = 0.6
        for _ in range(_LOOKS):
            scaled = np.float32(factor) * code
            new = _gei(drawer.silhouettes(frames, scaled))
            moved = 0.0 if new is None else gei_distance(own, new)
            # The distance grows about linearly with the factor.
            factor = min(factor * goal / max(moved, 1e-6), _MAX_FACTOR)
        if moved > farthest:
            best, farthest = scaled, moved
        if farthest >= _GOOD_ENOUGH * goal:
            break
        code = drawer.draw_code(generator)
    return best


def _gei(silhouettes: Bool) -> Float32 | None:
    return gait_energy_image(silhouettes) if silhouettes.any() else None
