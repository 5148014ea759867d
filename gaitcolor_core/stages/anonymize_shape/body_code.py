"""Another body as numbers that a network can take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitcolor_core.body import BodyDraw
from gaitcolor_core.structures import Float32

# What is about 1 in a code: the largest change that `BodyDraw.draw` draws.
_WIDTHS = 0.35
_SIZES = {"belly": 0.2, "legs": 0.035, "shoulders": 0.025, "lean": 0.03, "stride": 0.2, "arms": 0.4}
_TIMING = 0.05
# What changes its sign when the walker is mirrored: what lies in front, what behind.
_MIRRORED = np.array([1, 1, 1, 1, -1, 1, 1, -1, 1, 1, 1, 1], np.float32)
CODE_SIZE = len(_MIRRORED)
# L2 distance of gait energy images (128 x 128) by which a network moves a gait at full strength:
# two different men walking alike are 11 to 20 apart.
GEI_CHANGE_AT_FULL_STRENGTH = 22.0


def draw_body(generator: np.random.Generator) -> BodyDraw:
    """A random body of full size.

    Left and right step look alike in a few frames: no network could make one of them limp.
    """
    return replace(BodyDraw.draw(generator), limp=0.0)


def body_code(draw: BodyDraw) -> Float32:
    """`(CODE_SIZE,)` float32, about -1 to 1 for a draw of full size; proportional to its size."""
    turn = 2 * np.pi * draw.timing_phase
    timing = draw.timing / _TIMING * np.array([np.cos(turn), np.sin(turn)])
    sizes = [getattr(draw, name) / size for name, size in _SIZES.items()]
    return np.concatenate([draw.widths / _WIDTHS, sizes, timing]).astype(np.float32)


def mirrored_code(code: Float32) -> Float32:
    """The same change of a walker who is seen in a mirror."""
    return code * _MIRRORED
