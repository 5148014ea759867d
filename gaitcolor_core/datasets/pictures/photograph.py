"""Puts rendered walkers into a picture: their shadow on the ground, then themselves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import Light
from gaitcolor_core.datasets.pictures.raster import Drawing, Renderer, Snapshot
from gaitcolor_core.datasets.pictures.silhouette import Silhouettes
from gaitcolor_core.datasets.walkers.figure import Animation
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

# What lies lower than this shades the ground even without a sun.
CONTACT_M, CONTACT_STRENGTH = 0.12, 0.45
# Blur of the shadows, in metres on the ground: close to the feet; of all the body, from the
# hardest sun to none.
CONTACT_BLUR_M, BODY_BLUR_M = 0.02, (0.03, 0.25)
HARDEST_SHADOW = 0.6
# A sun near the horizon would throw a shadow without end.
LOWEST_SUN = 0.35


class Photographer:
    """Photographs the same walkers again and again.

    Args:
        walkers: who is seen, moving on the ground z = 0.
        light: of the scene.
        renderer: draws.
    """

    def __init__(self, walkers: Sequence[Animation], light: Light, renderer: Renderer) -> None:
        self._walkers = walkers
        self._shadows = [Silhouettes(walker.faces) for walker in walkers]
        self._light = light
        self._renderer = renderer

    def shoot(
        self, background: UInt8, frame: int, matrix: Float64, *, px_per_m: float
    ) -> tuple[UInt8, Bool]:
        """Take a picture.

        Args:
            background: `(H, W, 3)` uint8 RGB.
            frame: of the walkers' animations.
            matrix: `(4, 4)`, the world to clip coordinates of the picture.
            px_per_m: how large the walkers are, for the softness of their shadows.

        Returns:
            The picture `(H, W, 3)` uint8 RGB, and each walker's visible pixels `(P, H, W)` bool.
        """
        height, width = background.shape[:2]
        ground = background.astype(np.float32)
        for walker, artist in zip(self._walkers, self._shadows, strict=True):
            points = walker.vertices[frame]
            ground *= self._cast(points, artist, matrix, (width, height), px_per_m)[..., None]
            ground *= _touch(points, matrix, (width, height), px_per_m)[..., None]
        seen = [Snapshot.of(walker, frame) for walker in self._walkers]
        drawing = self._renderer.draw(seen, matrix, width, height, self._light)
        return _over(ground, drawing), drawing.masks

    def _cast(
        self, points: Float32, artist: Silhouettes, matrix: Float64, size: tuple[int, int],
        px_per_m: float,
    ) -> Float32:  # fmt: skip
        """How much light the ground keeps in the shadow of the body, `(H, W)` in [0, 1]."""
        width, height = size
        x, y, z = self._light.direction
        toward = np.array([x, y, max(z, LOWEST_SUN)]) / max(z, LOWEST_SUN)
        flat = points - points[:, 2:] * toward.astype(np.float32)
        side = max(size)
        # The picture is the upper left part of a square of its longer side.
        fit = np.diag([width / side, height / side, 1.0, 1.0])
        fit[0, 3], fit[1, 3] = width / side - 1, 1 - height / side
        dark = artist.draw(flat, (fit @ matrix)[None], side)[0, :height, :width]
        strength = self._light.shadow_strength
        hard, soft = BODY_BLUR_M
        blur_m = soft + (hard - soft) * min(strength / HARDEST_SHADOW, 1)
        return 1 - np.float32(strength) * _blurred(dark, blur_m * px_per_m)


def _touch(points: Float32, matrix: Float64, size: tuple[int, int], px_per_m: float) -> Float32:
    """How much light the ground keeps right below the feet, `(H, W)` in [0, 1]."""
    width, height = size
    low = points[points[:, 2] < CONTACT_M] * np.array([1, 1, 0], np.float32)
    clip = low @ matrix[[0, 1, 3], :3].T + matrix[[0, 1, 3], 3]
    columns = np.floor((clip[:, 0] / clip[:, 2] + 1) / 2 * width).astype(int)
    rows = np.floor((1 - clip[:, 1] / clip[:, 2]) / 2 * height).astype(int)
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    dots = np.zeros((height, width), np.uint8)
    dots[rows[inside], columns[inside]] = 1
    blur_px = CONTACT_BLUR_M * px_per_m
    # The vertices of a sole lie so dense that grown dots close up.
    reach = 2 * round(blur_px / 2) + 1
    sole = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    return 1 - np.float32(CONTACT_STRENGTH) * _blurred(sole > 0, blur_px)


def _blurred(mask: Bool, blur_px: float) -> Float32:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(blur_px, 0.4)))


def _over(ground: Float32, drawing: Drawing) -> UInt8:
    through = 1 - drawing.alpha[..., None].astype(np.float32) / 255
    mixed = drawing.color + through * ground + np.float32(0.5)
    return np.clip(mixed, 0, 255).astype(np.uint8)
