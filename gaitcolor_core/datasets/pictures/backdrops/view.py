"""A level pinhole camera before a scene of planes: painting ground, walls and things to scale.

Scene axes in meters: x to the right, y ahead, z up; the camera stands above the origin. As it does
not roll, how far the ground is depends on the row alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.structures import Float32, Float64

# Ground beyond this is one color.
FAR_M = 300.0
# Samples per row on the ground, which is foreshortened.
_TAPS = 3


@dataclass(frozen=True)
class View:
    """Where the camera is and what it spans.

    Attributes:
        width: of the picture in pixels.
        height: of the picture in pixels.
        camera_height_m: above the ground.
        pitch_deg: upwards positive.
        fov_deg: vertical field of view.
    """

    width: int
    height: int
    camera_height_m: float
    pitch_deg: float
    fov_deg: float

    @property
    def focal_px(self) -> float:
        """Pixels per unit of slope."""
        return float(self.height / 2 / np.tan(np.radians(self.fov_deg) / 2))

    @property
    def horizon_px(self) -> float:
        """Height in the picture, from its upper edge, of what lies level and far away."""
        return float(self.height / 2 + self.focal_px * np.tan(np.radians(self.pitch_deg)))

    def rays(self, rows: Float64 | None = None) -> tuple[Float32, Float32, Float32]:
        """Directions x `(1, W)`, y `(R, 1)`, z `(R, 1)` at a depth of one.

        Args:
            rows: `(R,)` picture heights in pixels; None = the middles of all rows.
        """
        middles = np.arange(self.height) + 0.5 if rows is None else rows
        up = (self.height / 2 - middles[:, None]) / self.focal_px
        tilt = np.radians(self.pitch_deg)
        across = (np.arange(self.width) + 0.5 - self.width / 2)[None] / self.focal_px
        ahead, rise = np.cos(tilt) - up * np.sin(tilt), np.sin(tilt) + up * np.cos(tilt)
        return across.astype(np.float32), ahead.astype(np.float32), rise.astype(np.float32)

    def project(self, x: float, y: float, z: float = 0.0) -> tuple[float, float, float]:
        """Column and row in pixels, and depth in meters, of a point in the scene."""
        tilt = np.radians(self.pitch_deg)
        z -= self.camera_height_m
        depth = max(y * np.cos(tilt) + z * np.sin(tilt), 1e-3)
        up = z * np.cos(tilt) - y * np.sin(tilt)
        scale = self.focal_px / depth
        return self.width / 2 + x * scale, self.height / 2 - up * scale, float(depth)


class Tile(NamedTuple):
    """A pattern that repeats in both directions.

    Attributes:
        image: `(N, N, 3)` float32 RGB, N a power of two.
        size_m: length of its side.
        turn_deg: how it is turned on the plane.
    """

    image: Float32
    size_m: float
    turn_deg: float = 0.0


class Panel(NamedTuple):
    """An upright rectangle.

    Attributes:
        image: `(h, w, 3)` or `(h, w, 4)` float32 RGB and alpha in [0, 1], not multiplied.
        px_per_m: its scale.
        distance_m: from the camera's foot to its plane.
        turn_deg: of its normal from the line of sight; positive = its right end is nearer.
        left_m: its left end along the plane, from the point nearest to the camera.
        bottom_m: its lower edge above the ground.
    """

    image: Float32
    px_per_m: float
    distance_m: float
    turn_deg: float
    left_m: float
    bottom_m: float = 0.0


class Ground(NamedTuple):
    """The ground as the camera sees it, all float32, R rows from `first_row` to the lower edge.

    Attributes:
        first_row: first row below the horizon.
        x: `(R, W)` m.
        y: `(R, 1)` m.
        wide_m: `(R, 1)` what a pixel spans across.
        deep_m: `(R, 1)` what a pixel spans ahead.
    """

    first_row: int
    x: Float32
    y: Float32
    wide_m: Float32
    deep_m: Float32

    def strip(self, turn_deg: float, near_m: float, far_m: float) -> Float32:
        """Share of each pixel in a straight strip, `(R, W)` in [0, 1].

        Args:
            turn_deg: of the direction in which the strip's ends are measured, from ahead
                towards the right; 0 = the strip runs across the view.
            near_m: its one edge in that direction.
            far_m: its other edge.
        """
        sine, cosine = np.sin(np.radians(turn_deg)), np.cos(np.radians(turn_deg))
        place = np.float32(sine) * self.x + np.float32(cosine) * self.y
        span = abs(np.float32(sine)) * self.wide_m + abs(np.float32(cosine)) * self.deep_m
        lower = np.clip((place - np.float32(near_m)) / span + 0.5, 0, 1)
        upper = np.clip((np.float32(far_m) - place) / span + 0.5, 0, 1)
        return np.asarray(np.maximum(lower + upper - 1, 0), np.float32)


class Canvas:
    """A picture in the making: `color` `(H, W, 3)` float32 RGB, 255 = white; `depth_m` `(H, W)`."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.color: Float32 = np.zeros((view.height, view.width, 3), np.float32)
        self.depth_m: Float32 = np.full((view.height, view.width), np.inf, np.float32)

    def ground(self) -> Ground:
        """What the camera sees of the ground."""
        first = int(np.clip(np.ceil(self.view.horizon_px), 0, self.view.height))
        rows: Float64 = np.arange(first, self.view.height, dtype=np.float64) + 0.5
        across, ahead, depth = self._level(rows)
        _, near_ahead, near_depth = self._level(rows + 0.5)
        _, far_ahead, far_depth = self._level(rows - 0.5)
        deep = abs(far_ahead * far_depth - near_ahead * near_depth) + np.float32(1e-4)
        wide = depth / np.float32(self.view.focal_px)
        return Ground(first, across * depth, ahead * depth, wide, deep)

    def floor(self, tile: Tile, coverage: Float32 | None = None) -> None:
        """Lay `tile` on the ground, where `coverage` `(R, W)` of `ground()` says so."""
        ground = self.ground()
        first = ground.first_row
        if first == self.view.height or (coverage is not None and not coverage.any()):
            return
        self.depth_m[first:] = ground.wide_m * np.float32(self.view.focal_px)
        laid = self._laid(tile, ground)
        if coverage is None:
            self.color[first:] = laid
        else:
            self.color[first:] += coverage[..., None] * (laid - self.color[first:])

    def ceiling(self, tile: Tile, level_m: float) -> None:
        """Lay `tile` on a level plane above the camera: the ground upside down."""
        view = self.view
        rise = level_m - view.camera_height_m
        upside = Canvas(View(view.width, view.height, rise, -view.pitch_deg, view.fov_deg))
        upside.floor(tile)
        seen = np.isfinite(upside.depth_m[::-1])
        self.color[seen] = upside.color[::-1][seen]
        self.depth_m[seen] = upside.depth_m[::-1][seen]

    def wall(self, panel: Panel) -> None:
        """Put up `panel`, over all that was painted before."""
        turn = np.radians(panel.turn_deg)
        sine, cosine = np.float32(np.sin(turn)), np.float32(np.cos(turn))
        across, ahead, rise = self.view.rays()
        facing = np.maximum(sine * across + cosine * ahead, np.float32(1e-3))
        depth: Float32 = (panel.distance_m / facing).astype(np.float32)
        along = depth * (cosine * across - sine * ahead) - np.float32(panel.left_m)
        up = np.float32(self.view.camera_height_m - panel.bottom_m) + depth * rise
        height, width = (np.float32(side / panel.px_per_m) for side in panel.image.shape[:2])
        focal = np.float32(self.view.focal_px)
        inside = np.minimum(np.minimum(along, width - along), np.minimum(up, height - up))
        # At a grazing angle an edge is softer than this says, which does no harm.
        cover = np.clip(inside * focal / depth + 0.5, 0, 1) * (facing > 2e-3)
        rows, columns = np.flatnonzero(cover.any(1)), np.flatnonzero(cover.any(0))
        if rows.size == 0:
            return
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scale = np.float32(panel.px_per_m)
        columns_px = np.asarray(along[box] * scale, np.float32)
        rows_px = np.asarray((height - up[box]) * scale, np.float32)
        pixels = np.asarray(depth[box] * (scale / focal), np.float32)
        sample = _minified(panel.image, columns_px, rows_px, pixels)
        alpha = cover[box]
        if sample.shape[2] == 4:
            alpha = alpha * sample[..., 3]
        self.color[box] += alpha[..., None] * (sample[..., :3] - self.color[box])
        self.depth_m[box] = np.where(alpha > 0.5, depth[box], self.depth_m[box])

    def thing(self, image: Float32, px_per_m: float, x: float, y: float) -> None:
        """Stand a flat `image` `(h, w, 4)`, RGB multiplied by alpha, upright at ground `(x, y)`."""
        column, row, depth = self.view.project(x, y)
        scale = self.view.focal_px / depth / px_per_m
        width, height = round(image.shape[1] * scale), round(image.shape[0] * scale)
        left, top = round(column - width / 2), round(row) - height
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, self.view.width), min(top + height, self.view.height)
        if x0 >= x1 or y0 >= y1:
            return
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted = np.asarray(cv2.resize(image, (width, height), interpolation=method), np.float32)
        part = fitted[y0 - top : y1 - top, x0 - left : x1 - left]
        box = np.s_[y0:y1, x0:x1]
        self.color[box] = self.color[box] * (1 - part[..., 3:]) + part[..., :3]
        self.depth_m[box] = np.where(part[..., 3] > 0.5, depth, self.depth_m[box])

    def _level(self, rows: Float64) -> tuple[Float32, Float32, Float32]:
        """Directions across and ahead, and the depth at which `rows` meet the ground."""
        across, ahead, rise = self.view.rays(rows)
        drop = np.float32(self.view.camera_height_m)
        return across, ahead, np.minimum(drop / np.maximum(-rise, np.float32(1e-6)), FAR_M)

    def _laid(self, tile: Tile, ground: Ground) -> Float32:
        """`tile` as it looks on the ground, `(R, W, 3)`."""
        sine, cosine = np.sin(np.radians(tile.turn_deg)), np.cos(np.radians(tile.turn_deg))
        scale = tile.image.shape[0] / tile.size_m
        pixels = np.maximum(ground.wide_m, ground.deep_m / _TAPS) * np.float32(scale)
        rows: Float64 = np.arange(ground.first_row, self.view.height, dtype=np.float64) + 0.5
        total = np.zeros((*ground.x.shape, 3), np.float32)
        for tap in (np.arange(_TAPS) + 0.5) / _TAPS - 0.5:
            across, ahead, depth = self._level(rows + tap)
            x, y = across * depth, ahead * depth
            places = np.float32(cosine) * x + np.float32(sine) * y
            others = np.float32(cosine) * y - np.float32(sine) * x
            total += _minified(
                tile.image, places * np.float32(scale), others * np.float32(scale), pixels
            )
        return np.asarray(total / _TAPS, np.float32)


def _minified(image: Float32, x: Float32, y: Float32, pixels: Float32) -> Float32:
    """Sample a picture where each sample stands for several of its pixels; it repeats.

    Args:
        image: `(h, w, C)`.
        x: `(R, W)` positions in its pixels.
        y: likewise.
        pixels: `(R, W)` or `(R, 1)`, pixels of `image` that a sample spans.

    Returns:
        `(R, W, C)` float32.
    """
    full = image.shape
    finest = int(np.log2(min(full[:2])))
    level = np.clip(np.log2(np.maximum(pixels, 1e-3)), 0, finest).astype(np.float32)
    result = np.zeros((*x.shape, image.shape[2]), np.float32)
    for step in range(int(level.max()) + 2):
        weight = np.maximum(1 - abs(level - step), 0)
        rows = np.flatnonzero(weight.any(1))
        if rows.size:
            part = np.s_[rows[0] : rows[-1] + 1]
            shrunk = np.float32(image.shape[1] / full[1]), np.float32(image.shape[0] / full[0])
            sample = _wrapped(image, x[part] * shrunk[0], y[part] * shrunk[1])
            result[part] += weight[part][..., None] * sample
        if min(image.shape[:2]) > 1:
            half = max(image.shape[1] // 2, 1), max(image.shape[0] // 2, 1)
            image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.float32)
    return result


def _wrapped(image: Float32, x: Float32, y: Float32) -> Float32:
    """Bilinear samples of a picture that repeats; remapping takes coordinates below 2**15."""
    height, width = image.shape[:2]
    columns = x - np.floor(x / width) * width - np.float32(0.5)
    lines = y - np.floor(y / height) * height - np.float32(0.5)
    sample = cv2.remap(image, columns, lines, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(sample, np.float32).reshape(*x.shape, image.shape[2])
