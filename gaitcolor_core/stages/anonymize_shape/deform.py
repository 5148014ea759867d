"""A shape anonymizer without training: body and rhythm are deformed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitcolor_core.deformation import BodyDraw, DeformedGait, step_openings
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.structures import GaitSequence

# L2 distance of gait energy images (128 x 128): two different men walking alike are 11 to 20
# apart.
GEI_CHANGE_AT_FULL_STRENGTH = 22.0
# Beyond, bodies are no longer plausible.
_MAX_FACTOR = 1.3
# A draw that can't move the GEI so far within plausible bodies is drawn again, so many times.
_MAX_DRAWS, _GOOD_ENOUGH = 6, 0.95
# Frames that are looked at to find how far to go.
_PROBES = 40


class Deform:
    """Training-free deformation of body shape and walking rhythm.

    The direction of the change is drawn without looking at the person. How far it goes is set so
    that the gait energy image moves by a fixed distance: the same strength protects everyone
    alike, whatever was drawn.
    """

    def anonymize(
        self, gait: GaitSequence, *, fps: float, strength: float, generator: np.random.Generator
    ) -> DeformedGait:
        """Another walk for `gait`; see `ShapeAnonymizer`."""
        goal = strength * GEI_CHANGE_AT_FULL_STRENGTH
        best, reached = BodyDraw.draw(generator).scaled(0), 0.0
        for _ in range(_MAX_DRAWS):
            if reached >= _GOOD_ENOUGH * goal:
                break
            draw, moved = _scaled_to(gait, BodyDraw.draw(generator), goal, fps)
            if moved > reached:
                best, reached = draw, moved
        return DeformedGait.of(gait, best, fps)


def _scaled_to(
    gait: GaitSequence, draw: BodyDraw, goal: float, fps: float
) -> tuple[BodyDraw, float]:
    """`draw` as far as moves the GEI by `goal`, or plausibly far; and how far it moves it."""
    step = max(len(gait.frame_ids) // _PROBES, 1)
    probes = slice(None, None, step)
    part = replace(
        gait,
        frame_ids=gait.frame_ids[probes],
        xyxy=gait.xyxy[probes],
        silhouettes=gait.silhouettes[probes],
    )
    if not part.silhouettes.any():
        return draw, 0.0
    before = gait_energy_image(part.silhouettes)
    factor, scaled, moved = 0.6, draw, 0.0
    for _ in range(4):
        scaled = draw.scaled(factor)
        openings = step_openings(gait.silhouettes, scaled, fps)[probes]
        after = DeformedGait(part, scaled, openings).sequence.silhouettes
        moved = gei_distance(before, gait_energy_image(after)) if after.any() else 0.0
        # The distance grows about linearly with the factor.
        factor = min(factor * goal / max(moved, 1e-6), _MAX_FACTOR)
    return scaled, moved
