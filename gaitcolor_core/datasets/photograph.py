"""Puts rendered walkers into a picture: their shadow on the ground, then themselves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gaitcolor_core.datasets.backdrops import Light
from gaitcolor_core.datasets.raster import Drawing, Renderer, Snapshot
from gaitcolor_core.datasets.silhouette import Silhouettes
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

# What lies lower than this shades the ground even without a sun.
CONTACT_M, CONTACT_STRENGTH = 0.12, 0.45
# Blur of the shadows, in metres on the ground: close to the feet; of all the body, from the
# hardest sun to none.
CONTACT_BLUR_M, BODY_BLUR_M = 0.02, (0.03, 0.25)
LOWEST_SUN = 0.35


def photograph(
    background: UInt8,
    walkers: Sequence[Snapshot],
    matrix: Float64,
    light: Light,
    *,
    renderer: Renderer,
    px_per_m: float,
) -> tuple[UInt8, Bool]:
    """Draw walkers into a picture.

    Args:
        background: `(H, W, 3)` uint8 RGB.
        walkers: who is seen, standing on the ground z = 0.
        matrix: `(4, 4)`, the world to clip coordinates of the picture.
        light: of the scene.
        renderer: draws.
        px_per_m: how large the walkers are, for the softness of their shadows.

    Returns:
        The picture `(H, W, 3)` uint8 RGB, and each walker's visible pixels `(P, H, W)` bool.
    """
    height, width = background.shape[:2]
    ground = background.astype(np.float32)
    for walker in walkers:
        shade = _shadow(walker, matrix, (width, height), light, px_per_m)
        ground *= (1 - shade)[..., None]
    drawing = renderer.draw(walkers, matrix, width, height, light)
    return _over(ground, drawing), drawing.masks


def _over(ground: Float32, drawing: Drawing) -> UInt8:
    through = 1 - drawing.alpha[..., None].astype(np.float32) / 255
    mixed = drawing.color + through * ground + np.float32(0.5)
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _shadow(
    walker: Snapshot, matrix: Float64, size: tuple[int, int], light: Light, px_per_m: float
) -> Float32:
    """How much of its light the ground loses, `(H, W)` in [0, 1]."""
    # A sun near the horizon would throw a shadow without end.
    toward = np.array([*light.direction[:2], max(light.direction[2], LOWEST_SUN)])
    heights = walker.vertices[:, 2:]
    cast = walker.vertices - heights * (toward / toward[2]).astype(np.float32)
    low = np.where(heights < CONTACT_M, 1, 0).astype(np.float32)
    feet = walker.faces[low[walker.faces, 0].all(1)]
    flat = walker.vertices * np.array([1, 1, 0], np.float32)
    soft, hard = BODY_BLUR_M[1], BODY_BLUR_M[0]
    blur = soft + (hard - soft) * min(light.shadow_strength / 0.6, 1)
    body = _stain(cast, walker.faces, matrix, size, blur * px_per_m)
    contact = _stain(flat, feet, matrix, size, CONTACT_BLUR_M * px_per_m)
    lit = (1 - light.shadow_strength * body) * (1 - CONTACT_STRENGTH * contact)
    return np.asarray(1 - lit, np.float32)


def _stain(
    points: Float32, faces: np.ndarray, matrix: Float64, size: tuple[int, int], blur_px: float
) -> Float32:
    """A flat mesh on the ground as the picture shows it, blurred; `(H, W)` in [0, 1]."""
    width, height = size
    if not len(faces):
        return np.zeros((height, width), np.float32)
    side = max(size)
    # The picture is the upper left part of a square of its longer side.
    part = np.array([width / side, height / side])
    fit = np.diag([part[0], part[1], 1.0, 1.0])
    fit[0, 3], fit[1, 3] = part[0] - 1, 1 - part[1]
    drawn = Silhouettes(faces).draw(points, (fit @ matrix)[None], side)[0]
    stain = drawn[:height, :width].astype(np.float32)
    return np.asarray(cv2.GaussianBlur(stain, (0, 0), max(blur_px, 0.4)))
