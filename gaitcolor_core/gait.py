"""Gait as the field measures it: aligned silhouettes and the gait energy image."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.structures import (
    Bool,
    Float32,
    Float64,
    GaitSequence,
    Int64,
    PackedMask,
    Track,
    UInt8,
)

SILHOUETTE_SIZE = 128
# Room around a walker for a longer stride, a broader body or a lifted arm.
SQUARE_PER_HEIGHT = 1.25
HEAD_ROOM = 0.14
# Color networks see less around a body: half of what is more than 1 above it, half below.
BODY_SQUARE_PER_HEIGHT = 1.06
SMOOTHING_S = 0.2


def align(track: Track, *, frame_shape: tuple[int, int], fps: float) -> GaitSequence:
    """Cut a walker's silhouettes to squares that follow the body smoothly.

    Axis, head top and ground line are smoothed over time; sides where the walker leaves the
    picture or is hidden do not count, the body's last full height is kept there.

    Args:
        track: the walker.
        frame_shape: `(height, width)` of the frames in pixels.
        fps: frames per second.

    Returns:
        The sequence, silhouettes `(T, 1, 128, 128)` bool.
    """
    axis, top, ground = body_lines(track, frame_shape=frame_shape, fps=fps)
    side = SQUARE_PER_HEIGHT * (ground - top)
    upper = top - HEAD_ROOM * (ground - top)
    xyxy = np.stack([axis - side / 2, upper, axis + side / 2, upper + side], axis=1)
    silhouettes = [
        silhouette_in_square(mask, square) for mask, square in zip(track.masks, xyxy, strict=True)
    ]
    return GaitSequence(
        track.track_id, track.frame_ids, xyxy.astype(np.float32), np.stack(silhouettes)[:, None]
    )


def row_heights(size: int) -> Float32:
    """Heights of the rows of a gait square above the ground, `(size,)` float32, in statures."""
    centers = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size)
    return np.asarray((1 + HEAD_ROOM) - centers * SQUARE_PER_HEIGHT, np.float32)


def body_square(xyxy: Float32) -> Float32:
    """The square that fits the body closely, from the gait square `(4,)` xyxy around it.

    It is centered on the same axis, its middle is that of the body's height.
    """
    height = (xyxy[3] - xyxy[1]) / SQUARE_PER_HEIGHT
    x, y = (xyxy[0] + xyxy[2]) / 2, xyxy[1] + (HEAD_ROOM + 0.5) * height
    half = BODY_SQUARE_PER_HEIGHT / 2 * height
    return np.array([x - half, y - half, x + half, y + half], np.float32)


def silhouette_in_square(mask: PackedMask, square: Float64 | Float32) -> Bool:
    """Resample `mask` in the square `(4,)` xyxy to `(128, 128)` bool, keeping area where it can."""
    left, top = int(np.floor(square[0])), int(np.floor(square[1]))
    side = max(int(np.ceil(square[2] - square[0])), 1)
    canvas = np.zeros((side, side), bool)
    mask.paint(canvas, (left, top))
    size = (SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    shrunk = cv2.resize(canvas.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk > 0.5)


def body_lines(
    track: Track, *, frame_shape: tuple[int, int], fps: float
) -> tuple[Float64, Float64, Float64]:
    """Smooth body axis (x), head top (y) and ground line (y) of a walker, `(T,)` pixels each."""
    height, width = frame_shape
    bounds = np.array([mask.xyxy for mask in track.masks], np.float64)
    axis = np.array([_torso_center(mask) for mask in track.masks])
    left, top, right, bottom = bounds.T
    trust = 1e-3 + _visibility(track)
    sigma = SMOOTHING_S * fps
    whole = (top > 1) & (bottom < height - 1)
    tall = _full_height(track.frame_ids, bottom - top, whole, trust, sigma)
    # A body that is cut off by the picture keeps its height and hangs on the visible end.
    top = np.where((top <= 1) & (bottom < height - 1), bottom - tall, top)
    bottom = np.where(bottom >= height - 1, np.maximum(top + tall, bottom), bottom)
    inside = trust * np.where((left > 1) & (right < width - 1), 1.0, 0.1)
    return (
        smooth_trajectory(track.frame_ids, axis, inside, sigma),
        smooth_trajectory(track.frame_ids, top, trust, sigma),
        smooth_trajectory(track.frame_ids, bottom, trust, sigma),
    )


def smooth_trajectory(times: Int64, values: Float64, weights: Float64, sigma: float) -> Float64:
    """Weighted local-linear regression with a Gaussian kernel.

    Args:
        times: `(T,)`, rising.
        values: `(T,)`.
        weights: `(T,)`, positive.
        sigma: kernel width in the unit of `times`.

    Returns:
        `(T,)` smoothed values; straight lines are kept exactly.
    """
    smoothed = np.empty(len(values))
    for index, now in enumerate(times):
        near = slice(*np.searchsorted(times, [now - 6 * sigma, now + 6 * sigma + 1]))
        offset = (times[near] - now).astype(np.float64)
        # The wide foot of the kernel bridges stretches in which nothing can be trusted.
        kernel = np.exp(-0.5 * (offset / sigma) ** 2) + 1e-4 * np.exp(-np.abs(offset) / sigma)
        weight = weights[near] * kernel
        total = weight.sum()
        mean_offset, mean = (weight @ offset) / total, (weight @ values[near]) / total
        spread = weight @ (offset - mean_offset) ** 2
        slope = (weight @ ((offset - mean_offset) * (values[near] - mean))) / (spread + 1e-9)
        smoothed[index] = mean - slope * mean_offset
    return smoothed


def align_silhouette(silhouette: Bool) -> Float32:
    """Height-normalized, centered silhouette, `(128, 128)` float32 in [0, 1].

    Rows are cut to the body and scaled to the full height, columns keep the same scale and are
    centered on the center of mass.

    Args:
        silhouette: `(H, W)` bool with at least one pixel.

    Raises:
        ValueError: the silhouette is empty.
    """
    rows = np.flatnonzero(silhouette.any(axis=1))
    if rows.size == 0:
        raise ValueError("an empty silhouette cannot be aligned")
    body = silhouette[rows[0] : rows[-1] + 1].astype(np.float32)
    scale = SILHOUETTE_SIZE / len(body)
    center = (body.sum(axis=0) @ np.arange(body.shape[1])) / body.sum()
    half = SILHOUETTE_SIZE / 2
    matrix = np.array([[scale, 0, half - scale * (center + 0.5)], [0, scale, 0.5 * scale - 0.5]])
    matrix[0, 2] += 0.5 * scale - 0.5
    size = (SILHOUETTE_SIZE, SILHOUETTE_SIZE)
    return np.asarray(cv2.warpAffine(body, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


def gait_energy_image(silhouettes: Bool) -> Float32:
    """Mean aligned silhouette (Han and Bhanu, TPAMI 2006), `(128, 128)` float32 in [0, 1].

    Args:
        silhouettes: `(T, 1, S, S)` bool; empty ones are left out.

    Raises:
        ValueError: every silhouette is empty.
    """
    total, count = np.zeros((SILHOUETTE_SIZE, SILHOUETTE_SIZE)), 0
    for silhouette in silhouettes[:, 0]:
        if silhouette.any():
            total += align_silhouette(silhouette)
            count += 1
    if count == 0:
        raise ValueError("no silhouette to average")
    return (total / count).astype(np.float32)


def gei_distance(first: Float32, second: Float32) -> float:
    """L2 distance of two gait energy images with values in [0, 1]."""
    return float(np.linalg.norm(first - second))


def _torso_center(mask: PackedMask) -> float:
    """Middle (x) of the trunk, which arms and legs do not sway."""
    pixels: UInt8 = mask.unpack().astype(np.uint8)
    height = mask.shape[0]
    trunk = pixels[int(0.15 * height) : max(int(0.5 * height), 1)].sum(axis=0)
    if trunk.sum() == 0:
        return mask.x + mask.shape[1] / 2
    return float(mask.x + 0.5 + (trunk @ np.arange(len(trunk))) / trunk.sum())


def _full_height(times: Int64, tall: Float64, whole: Bool, trust: Float64, sigma: float) -> Float64:
    """Smoothed height, `(T,)`; where a body is not `whole`, its nearest whole height is kept."""
    if not whole.any():
        return smooth_trajectory(times, tall, trust, sigma)
    smooth = smooth_trajectory(times[whole], tall[whole], trust[whole], sigma)
    return np.interp(times, times[whole], smooth)


def _visibility(track: Track) -> Float64:
    """How much of the body shows, `(T,)` in [0, 1], by area against its usual share of height²."""
    area = np.array([mask.unpack().sum() for mask in track.masks], np.float64)
    tall = np.array([mask.shape[0] for mask in track.masks], np.float64)
    usual = np.median(area / np.maximum(tall, 1) ** 2) * np.median(tall) ** 2
    share = np.clip(area / max(usual, 1), 0, 1) ** 2
    return np.where(track.interpolated, 0.05, share)
