"""Colors of the anonymized silhouette without training: pixels are copied.

`nearest` leaves every pixel of the old body as it is and repeats the rim where the new body
reaches beyond. `warp` lets the texture follow the new body at its outline and in its limbs, and
leaves it in place deep inside, so that clothes, skin and face stay what they were.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gaitcolor_core.imaging import nearest_inside, pixel_grid, sample, signed_distance, smooth_step
from gaitcolor_core.stages.transfer_color.protocol import ColorJob
from gaitcolor_core.structures import Bool, Float32

# How deep inside the old outline texture is stretched, per pixel that the body grew outward.
STRETCH_DEPTH = 1.0
# From this depth inside the new outline on colors stay in place, in sides of the square.
FIXED_DEPTH = 0.07
# The displacement is smooth: it is found on a reduced square.
FIELD_SIZE = 128


def nearest(jobs: Sequence[ColorJob]) -> list[Float32]:
    """Each pixel takes the color of the nearest original foreground pixel (the paper's [7])."""
    return [nearest_colors(job) for job in jobs]


def warp(jobs: Sequence[ColorJob]) -> list[Float32]:
    """Texture is copied along a smooth displacement field, and so stays as sharp as it was.

    At the outline of the new body, and so in thin limbs, colors follow the guide. Deep inside
    they stay in place, so that faces and prints are left alone; in between they are stretched or
    compressed. Without a guide the displacement is estimated (see `growth_field`).
    """
    return [_warped(job) for job in jobs]


def nearest_colors(job: ColorJob) -> Float32:
    """A job's patch with the walker's colors repeated everywhere around the foreground."""
    if not job.foreground.any():
        return job.patch.astype(np.float32)
    positions, _ = nearest_inside(job.foreground)
    columns, rows = np.moveaxis(positions.astype(np.intp), -1, 0)
    return np.asarray(job.patch[rows, columns], np.float32)


def growth_field(old: Bool, new: Bool) -> Float32:
    """Where the colors of a new body come from, by as little displacement as can be.

    Where the body grew outward by g, the displacement is g at the new outline and falls linearly
    to zero in a depth of `STRETCH_DEPTH` g inside the old one: the cone dilation of g with slope
    1 / (1 + STRETCH_DEPTH), along the inward normal of the old outline.

    Args:
        old: `(S, S)` bool.
        new: `(S, S)` bool.

    Returns:
        `(S, S, 2)` float32 (x, y), from a new point to the old one, in pixels.
    """
    if not old.any() or not (new & ~old).any():
        return np.zeros((*old.shape, 2), np.float32)
    outward = signed_distance(old)
    length = np.where(new, np.maximum(outward, 0), 0).astype(np.float32)
    slope = 1 / (1 + STRETCH_DEPTH)
    square = np.ones((3, 3), np.uint8)
    cross = np.asarray(cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)), np.uint8)
    for turn in range(int(np.ceil(length.max() / slope))):
        # Cross and square in turn make an octagon, close enough to a cone.
        kernel, step = (cross, slope) if turn % 2 else (square, 1.2 * slope)
        length = np.maximum(length, cv2.dilate(length, kernel) - step)
    slope_y, slope_x = np.gradient(cv2.GaussianBlur(outward, (0, 0), 1.5))
    norm = np.maximum(np.hypot(slope_x, slope_y), 1e-3)
    field = -np.stack([slope_x / norm, slope_y / norm], axis=-1) * length[..., None]
    return np.asarray(cv2.GaussianBlur(field.astype(np.float32), (0, 0), 0.8), np.float32)


def _warped(job: ColorJob) -> Float32:
    side = len(job.patch)
    size = (FIELD_SIZE, FIELD_SIZE)
    new = np.asarray(cv2.resize(job.alpha, size, interpolation=cv2.INTER_AREA) > 0.5)
    if job.guide is None:
        body = job.foreground.astype(np.float32)
        old = cv2.resize(body, size, interpolation=cv2.INTER_AREA) > 0.5
        field = growth_field(np.asarray(old), new) * (side / FIELD_SIZE)
        shift = np.asarray(cv2.resize(field, (side, side), interpolation=cv2.INTER_LINEAR))
    else:
        following = 1 - smooth_step(-signed_distance(new), 0, FIXED_DEPTH * FIELD_SIZE)
        shift = job.guide * cv2.resize(following, (side, side))[..., None]
    return sample(nearest_colors(job), pixel_grid(side, side) + shift)
