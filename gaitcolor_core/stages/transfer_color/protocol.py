"""What a color transfer takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gaitcolor_core.structures import Bool, Float32, UInt8


@dataclass(frozen=True, eq=False)
class ColorJob:
    """One walker in one frame, on a square of its pixels, whose new body has no colors yet.

    Attributes:
        patch: `(side, side, 3)` uint8 RGB, the original frame, its edge repeated beyond it.
        in_frame: `(side, side)` bool, False beyond the frame.
        foreground: `(side, side)` bool, pixels that surely show the original walker.
        alpha: `(side, side)` float32 in [0, 1], the new silhouette.
        guide: `(side, side, 2)` float32, the displacement (x, y) in pixels from each point of the
            new body to the old one; None if unknown.
        body: `(4,)` float32 xyxy in pixels of the patch, the square that fits the body closely.
    """

    patch: UInt8
    in_frame: Bool
    foreground: Bool
    alpha: Float32
    guide: Float32 | None
    body: Float32


class ColorTransfer(Protocol):
    """Task 2: brings walkers' colors to new silhouettes."""

    def __call__(self, jobs: Sequence[ColorJob]) -> list[Float32]:
        """Color the walkers' new bodies; each job is done for itself, however many there are.

        Returns:
            For each job `(side, side, 3)` float32 RGB in 0...255, meant where its `alpha` is
            positive.
        """
        ...
