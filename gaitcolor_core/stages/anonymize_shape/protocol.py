"""What a shape anonymizer takes and gives."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from gaitcolor_core.structures import Float32, GaitSequence


class AnonymizedGait(Protocol):
    """A walker's other walk.

    Attributes:
        sequence: the anonymized silhouettes; same frames and squares as the original's.
    """

    @property
    def sequence(self) -> GaitSequence: ...  # noqa: D102

    def inverse_map(self, index: int) -> Float32 | None:
        """Where each point of the new body comes from.

        Returns:
            Displacements `(S, S, 2)` (x, y) float32 on the square of frame `index`, in sides of
            the square, from the new point to the old one; None if only silhouettes are known.
        """
        ...


class ShapeAnonymizer(Protocol):
    """Task 1: gives a walker another walk of the same phase."""

    def anonymize(
        self, gait: GaitSequence, *, fps: float, strength: float, generator: np.random.Generator
    ) -> AnonymizedGait:
        """Another walk for `gait`.

        Args:
            gait: silhouettes of one walker.
            fps: frames per second.
            strength: 0 (unchanged) to 1 (as far as a body stays plausible).
            generator: source of the draw; one draw a walker.
        """
        ...
