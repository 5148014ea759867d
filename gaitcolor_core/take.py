"""A frame of the second pass over a clip, and what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaitcolor_core.actor import Actor
from gaitcolor_core.stages.composite import Layer
from gaitcolor_core.structures import Bool, PackedMask, UInt8


@dataclass(frozen=True)
class DrawnWalker:
    """One walker with another walk in one frame.

    Attributes:
        track_id: the walker's number.
        index: position in the walker's sequence.
        layer: what was drawn.
        overlap: `(side, side)` bool, where both the original and the new walker are.
    """

    track_id: int
    index: int
    layer: Layer
    overlap: Bool


@dataclass(frozen=True)
class RedrawnFrame:
    """A frame of the result.

    Attributes:
        image: `(H, W, 3)` uint8 RGB.
        drawn: the walkers with another walk.
        covered: numbers of the walkers that were covered.
        covered_strangers: how many persons without a track were covered.
        seen: whether anybody was seen in the original.
    """

    image: UInt8
    drawn: tuple[DrawnWalker, ...]
    covered: tuple[int, ...]
    covered_strangers: int
    seen: bool


@dataclass(frozen=True)
class Take:
    """A frame of the second pass with all that is known of it, for those who look on.

    Attributes:
        frame_id: index of the frame.
        image: `(H, W, 3)` uint8 RGB, the original.
        redrawn: the result.
        actors: every walker of the clip.
        masks: everybody in this frame, the interpolated and the untracked included.
    """

    frame_id: int
    image: UInt8
    redrawn: RedrawnFrame
    actors: Sequence[Actor]
    masks: tuple[PackedMask, ...]
