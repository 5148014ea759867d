"""What a color transfer takes and gives."""

from __future__ import annotations

from typing import Protocol

from gaitcolor_core.structures import Bool, Float32, UInt8


class ColorTransfer(Protocol):
    """Task 2: brings a walker's colors to a new silhouette."""

    def __call__(
        self, patch: UInt8, foreground: Bool, alpha: Float32, guide: Float32 | None
    ) -> Float32:
        """Color the walker's new body.

        Args:
            patch: `(side, side, 3)` uint8 RGB, the original frame in a square.
            foreground: `(side, side)` bool, pixels that surely show the original walker.
            alpha: `(side, side)` float32 in [0, 1], the new silhouette.
            guide: `(side, side, 2)` float32, the displacement (x, y) in pixels from each point of
                the new body to the old one; None if unknown.

        Returns:
            `(side, side, 3)` float32 RGB in 0...255, meant where `alpha` is positive.
        """
        ...
