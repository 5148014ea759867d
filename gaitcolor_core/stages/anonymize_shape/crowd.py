"""A crowd of people who never lived: what tells their gaits apart, seen from any side.

`crowd.safetensors` is distilled from rendered walkers by `gaitcolor_core.evaluation.crowd_export`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import load_file

from gaitcolor_core.structures import Bool, Float32

CROWD_FILE = Path(__file__).with_name("crowd.safetensors")
# Gait energy images are compared at this size, without what is far aside of the body.
CROWD_SIZE, MARGIN = 64, 10


@dataclass(frozen=True, eq=False)
class CrowdView:
    """The crowd as seen from one side; D pixels, K features.

    Attributes:
        mean: `(D,)` float32, the mean gait energy image.
        directions: `(D, K)` float32; along them walks of one person differ by about 1, those of
            different people by more (linear discriminants, Fisher 1936).
        people: `(P, K)` float32, everybody's features.
        degrees: the side, 0 (from ahead) to 180.
        mirrored: whether a picture is to be mirrored before it is compared.
    """

    mean: Float32
    directions: Float32
    people: Float32
    degrees: float
    mirrored: bool

    def features(self, gei: Float32) -> Float32:
        """Of a gait energy image `(64, 64)` float32 in the pipeline's squares: `(K,)` float32."""
        own: Float32 = _pixels(gei, self.mirrored) - self.mean
        return np.asarray(own @ self.directions, np.float32)

    def rarity(self, gei: Float32) -> float:
        """How far a gait energy image is from the nearest of the crowd, in features."""
        return float(np.linalg.norm(self.people - self.features(gei), axis=1).min())

    def unlikeness(self, gei: Float32) -> float:
        """How far a gait energy image is from the mean walk of this view, L2."""
        return float(np.linalg.norm(_pixels(gei, self.mirrored) - self.mean))


def seen_from(gei: Float32) -> CrowdView:
    """The side from which people look most like a gait energy image `(64, 64)` float32."""
    return min(_views(), key=lambda view: view.unlikeness(gei))


def square_gei(silhouettes: Bool | Float32) -> Float32:
    """The mean of silhouettes `(T, 1, S, S)`, 0 to 1, as they lie in their squares, `(64, 64)`."""
    mean = silhouettes[:, 0].mean(axis=0, dtype=np.float32)
    size = (CROWD_SIZE, CROWD_SIZE)
    return np.asarray(cv2.resize(mean, size, interpolation=cv2.INTER_AREA), np.float32)


def _pixels(gei: Float32, mirrored: bool) -> Float32:
    shown = gei[:, ::-1] if mirrored else gei
    return shown[:, MARGIN:-MARGIN].ravel()


@cache
def _views() -> tuple[CrowdView, ...]:
    tensors = {name: value.astype(np.float32) for name, value in load_file(CROWD_FILE).items()}
    names = ("means", "directions", "people", "degrees")
    return tuple(
        CrowdView(mean, directions, people, float(degrees), mirrored)
        for mean, directions, people, degrees in zip(*map(tensors.get, names), strict=True)
        for mirrored in (False, True)
    )
