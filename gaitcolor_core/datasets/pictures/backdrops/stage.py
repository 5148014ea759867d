"""What all scenes are set up with: walls that fill the view, light and shade, things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.materials import Shape
from gaitcolor_core.datasets.pictures.backdrops.noise import fractal
from gaitcolor_core.datasets.pictures.backdrops.sheet import Sheet, Span
from gaitcolor_core.datasets.pictures.backdrops.view import Canvas, Panel, Tile, View
from gaitcolor_core.structures import Float32, Float64

Rng = np.random.Generator

# How far a wall goes on to either side.
_LONGEST_M = 36.0
_WIDEST_PX = 2600
# Between linear light and coded colors.
_GAMMA = 2.2


@dataclass(frozen=True)
class Light:
    """What lights the persons in a scene, as factors on linear light.

    A surface of normal n shows its own color times `ambient + color * max(n . direction, 0)`;
    on the level ground this is about 1 (less under a low sun), times the picture's exposure.

    Attributes:
        direction: `(3,)` unit vector towards the light, in world axes, z up.
        color: `(3,)` RGB of the direct light.
        ambient: `(3,)` RGB of the light from everywhere.
        shadow_strength: how dark a cast shadow is, from 0 (none) to 1 (black).
    """

    direction: Float64
    color: Float64
    ambient: Float64
    shadow_strength: float

    def on_wall(self, turn_deg: float) -> Float64:
        """`(3,)` factors on the coded color of a wall turned like `Panel.turn_deg`."""
        turn = np.radians(turn_deg)
        normal = np.array([-np.sin(turn), -np.cos(turn), 0])
        linear = 0.85 * self.ambient + self.color * max(float(normal @ self.direction), 0)
        return np.asarray(np.clip(linear, 0.12, 1.5) ** (1 / _GAMMA), np.float64)

    def seen(self, yaw_deg: float, exposure: float) -> Light:
        """This light of a scene in world axes, for a camera that looks `yaw_deg` left of +Y.

        Args:
            yaw_deg: counterclockwise, seen from above.
            exposure: factor on coded colors.
        """
        turn, (x, y, z) = np.radians(yaw_deg), self.direction
        sine, cosine = np.sin(turn), np.cos(turn)
        direction = np.array([x * cosine - y * sine, x * sine + y * cosine, z])
        gain = exposure**_GAMMA
        return Light(direction, self.color * gain, self.ambient * gain, self.shadow_strength)


class Stage:
    """A canvas with its light, and the ground in front that must stay free.

    Attributes:
        canvas: what is painted.
        rng: where everything random comes from.
        light: in the axes of the scene.
        clear_m: nothing stands nearer to the camera than this.
    """

    def __init__(self, view: View, rng: Rng, light: Light, clear_m: float) -> None:
        self.canvas = Canvas(view)
        self.rng = rng
        self.light = light
        self.clear_m = clear_m

    @property
    def view(self) -> View:
        """The camera."""
        return self.canvas.view

    def tile_shape(self, size_m: float) -> tuple[Shape, float]:
        """Shape of a ground tile of `size_m`, fine enough for what lies near, and its scale."""
        # The nearest ground is about one and a half camera heights away.
        wanted = self.view.focal_px / (1.6 * self.view.camera_height_m) * size_m
        side = int(np.clip(2 ** round(np.log2(wanted)), 128, 1024))
        return (side, side), side / size_m

    def span(self, distance_m: float, turn_deg: float) -> Span:
        """What the view shows of an endless wall at `distance_m`, turned by `turn_deg`."""
        turn = np.radians(turn_deg)
        slope = self.view.width / 2 / self.view.focal_px * 1.1
        across = np.linspace(-slope, slope, 65)
        facing = np.sin(turn) * across + np.cos(turn)
        depth = distance_m / np.maximum(facing, 1e-3)
        along = depth * (np.cos(turn) * across - np.sin(turn))
        seen = (facing > 0.02) & (abs(along) < _LONGEST_M)
        if not seen.any():
            return Span(0.0, 0.0, 0.0, 0.0)
        # Where the view goes on, so does the wall.
        left, right = along[seen].min(), along[seen].max()
        left = left if seen[0] else -_LONGEST_M
        right = right if seen[-1] else _LONGEST_M
        scale = min(self.view.focal_px / depth[seen].min(), _WIDEST_PX / max(right - left, 1))
        # Coarser than this, nothing on a wall has a pixel left.
        scale = max(scale, 8.0)
        rise = self.view.rays(np.zeros(1))[2][0, 0]
        top = self.view.camera_height_m + max(float(rise * depth[seen].max()), 0.0) + 0.3
        return Span(float(left), float(right), float(scale), top)

    def place(
        self, sheet: Sheet, distance_m: float, turn_deg: float, left_m: float, bottom_m: float = 0.0
    ) -> Panel:
        """`sheet` as a panel in the light of the scene."""
        sheet.image[..., :3] *= self.light.on_wall(turn_deg).astype(np.float32)
        return Panel(sheet.image, sheet.px_per_m, distance_m, turn_deg, left_m, bottom_m)

    def put_up(self, sheet: Sheet, distance_m: float, turn_deg: float, left_m: float) -> None:
        """Set up a wall; the ground at its foot is darker."""
        self.contact(distance_m, turn_deg, left_m, left_m + sheet.wide_m)
        self.canvas.wall(self.place(sheet, distance_m, turn_deg, left_m))

    def contact(self, distance_m: float, turn_deg: float, left_m: float, right_m: float) -> None:
        """Less light reaches the ground before a wall."""
        ground = self.canvas.ground()
        turn = np.radians(turn_deg)
        gap = distance_m - (
            np.float32(np.sin(turn)) * ground.x + np.float32(np.cos(turn)) * ground.y
        )
        along = np.float32(np.cos(turn)) * ground.x - np.float32(np.sin(turn)) * ground.y
        beside = np.maximum(np.maximum(left_m - along, along - right_m), 0)
        gap = np.hypot(gap, beside)
        shade = 0.30 * np.exp(-gap / 0.9) + 0.30 * np.exp(-gap / 0.12)
        self.canvas.color[ground.first_row :] *= (1 - shade)[..., None]

    def mottle(self, strength: float, size_m: float = 23.0) -> None:
        """Large patches of wear on the ground, so that no tile is seen to repeat."""
        noise = fractal(self.rng, (256, 256), 5, gain=0.7)
        over = Canvas(self.view)
        grey = np.repeat((128 * (1 + strength * noise))[..., None], 3, axis=2)
        over.floor(Tile(grey.astype(np.float32), size_m, float(self.rng.uniform(0, 90))))
        first = self.canvas.ground().first_row
        self.canvas.color[first:] *= over.color[first:] / 128

    def blot(self, x: float, y: float, wide_m: float, deep_m: float, strength: float) -> None:
        """A soft dark ellipse on the ground at `(x, y)`."""
        ground = self.canvas.ground()
        first = ground.first_row
        near = np.flatnonzero(abs(ground.y[:, 0] - y) < 1.6 * deep_m + ground.deep_m[:, 0])
        if near.size == 0:
            return
        rows = np.s_[near[0] : near[-1] + 1]
        radius = ((ground.x[rows] - x) / wide_m) ** 2 + ((ground.y[rows] - y) / deep_m) ** 2
        shade = strength * np.clip(1.35 - radius, 0, 1)
        self.canvas.color[first + near[0] : first + near[-1] + 1] *= (1 - shade)[..., None]

    def cast(self, x: float, y: float, wide_m: float, tall_m: float, *, crown: bool) -> None:
        """Shade below a thing at `(x, y)`, and its shadow in the sun."""
        self.blot(x, y, 0.55 * wide_m * (0.3 if crown else 1), 0.25 + 0.08 * wide_m, 0.45)
        direction = self.light.direction
        if self.light.shadow_strength < 0.4:
            return
        away = -direction[:2] / max(direction[2], 0.35) * tall_m * (0.65 if crown else 0.4)
        strength = 0.8 * self.light.shadow_strength
        self.blot(x + away[0], y + away[1], 0.5 * wide_m + abs(away[0]) * 0.35,
                  0.3 * wide_m + abs(away[1]) * 0.35, strength)  # fmt: skip

    def stand(self, image: Float32, px_per_m: float, x: float, y: float) -> None:
        """Stand a thing, `(h, w, 4)` multiplied by alpha, on the ground; far ones first."""
        self.canvas.thing(image, px_per_m, x, y)

    def scatter(self, count: int, near_m: float, far_m: float) -> list[tuple[float, float]]:
        """Places `(x, y)` in view that are at least `near_m` and `clear_m` away, far ones first."""
        slope = self.view.width / 2 / self.view.focal_px * 1.15
        near_m = max(near_m, self.clear_m + 0.5)
        depths = np.sort(self.rng.uniform(near_m, max(far_m, near_m + 0.1), count))[::-1]
        # Evenly over the width, in another order than the depths.
        lanes = (self.rng.permutation(count) + self.rng.uniform(0.1, 0.9, count)) / count
        return [(float((2 * lane - 1) * slope * y), float(y))
                for lane, y in zip(lanes, depths, strict=True)]  # fmt: skip
