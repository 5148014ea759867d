"""The open air: sky, clouds and what stands at the horizon."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops.noise import fractal
from gaitcolor_core.datasets.pictures.backdrops.view import FAR_M, Canvas
from gaitcolor_core.structures import Float32, Float64

Rng = np.random.Generator


class Weather(NamedTuple):
    """The air of a scene.

    Attributes:
        sunny: 1 for a clear sun, 0 for an overcast sky.
        toward_sun: unit vector in the scene.
        zenith: RGB of the sky overhead.
        haze: RGB of the sky at the horizon and of far things.
        clouds: share of the sky that is covered.
        visibility_m: where far things have turned to haze by two thirds.
    """

    sunny: float
    toward_sun: Float64
    zenith: Float64
    haze: Float64
    clouds: float
    visibility_m: float

    @classmethod
    def draw(cls, rng: Rng) -> Weather:
        """Clear, mixed or overcast, at noon or late; the sun stands behind the camera or beside."""
        sunny = float(rng.choice([0.0, 0.15, 0.7, 1.0, 1.0]))
        late = rng.uniform() ** 2
        height = np.radians(rng.uniform(18, 62) * (1 - 0.45 * late))
        # Backlight would leave every wall in the dark.
        side = np.radians(180 + rng.uniform(-80, 80))
        sun = np.array([np.sin(side) * np.cos(height), np.cos(side) * np.cos(height),
                        np.sin(height)])  # fmt: skip
        blue, grey = np.array([74, 122, 188]), np.array([186, 192, 200])
        pale, warm = np.array([206, 218, 230]), np.array([232, 212, 186])
        return cls(
            sunny,
            sun,
            zenith=grey + sunny * (blue + rng.normal(0, 10, 3) - grey),
            haze=pale + sunny * late * (warm - pale),
            clouds=float(rng.uniform(0.1, 0.6)) if sunny > 0.5 else float(rng.uniform(0.8, 1)),
            visibility_m=float(rng.uniform(200, 900)),
        )


def paint_sky(canvas: Canvas, rng: Rng, weather: Weather) -> None:
    """Sky above the horizon, with clouds that grow smaller towards it."""
    across, ahead, rise = canvas.view.rays()
    rows = int(np.clip(np.ceil(canvas.view.horizon_px), 0, canvas.view.height))
    if rows == 0:
        return
    up = np.maximum(rise[:rows], 0)
    # The share of light scattered falls off quickly above the horizon.
    share = np.exp(-up / np.hypot(ahead[:rows], up) * 4.5)
    sky = weather.zenith + share[..., None] * (weather.haze - weather.zenith)
    field = fractal(rng, (512, 512), 4, octaves=7, gain=0.58)
    height = 70 / (up + 0.10)
    x = (across * height + 1e4) % 512
    y = np.broadcast_to((ahead[:rows] * height) % 512, x.shape)
    lumps = cv2.remap(
        field, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )  # fmt: skip
    edge = np.quantile(field, 1 - weather.clouds)
    cover = np.clip((lumps - edge) / 0.9, 0, 1) ** 0.8 * (1 - 0.7 * share)
    shade = np.clip(1.02 - 0.10 * (lumps - edge), 0.7, 1.05)[..., None]
    white = (np.array([250, 250, 250]) - (1 - weather.sunny) * 45) * shade
    sky = sky + cover[..., None] * (white - sky)
    canvas.color[:rows] = sky.astype(np.float32)


def skyline(canvas: Canvas, rng: Rng, weather: Weather, color: Float64, tall_deg: float) -> None:
    """Woods or hills at the horizon, up to about `tall_deg` above it, sunk in haze."""
    view = canvas.view
    rise = tall_deg * np.pi / 180 * view.focal_px
    # Crowns or roofs beside each other, on a line that hardly rises and falls.
    slow = fractal(rng, (1, view.width), 1.5 * view.width / view.height, octaves=2)[0]
    quick = fractal(rng, (1, view.width), view.width / rise, octaves=6, gain=0.65)[0]
    top = view.horizon_px - rise * np.clip(0.8 + 0.10 * slow + 0.07 * quick, 0.2, 1.3)
    first = int(np.clip(top.min() - 2, 0, view.height))
    last = int(np.clip(np.ceil(view.horizon_px), 0, view.height))
    if first >= last:
        return
    rows = np.arange(first, last)[:, None] + 0.5
    cover = np.clip(rows - top + 0.5, 0, 1).astype(np.float32)[..., None]
    shape = last - first, view.width
    clumps = fractal(rng, shape, 2.5 * max(shape) / rise, octaves=6, gain=0.8)
    light = (1 + 0.16 * clumps) * (1.15 - 0.45 * (rows - top) / rise)
    body = color * light[..., None]
    # As hazy as the ground where it ends.
    share = 1 - np.exp(-0.8 * FAR_M / weather.visibility_m)
    hazy = body + share * (weather.haze - body)
    part = canvas.color[first:last]
    part += cover * (hazy - part)


def haze(canvas: Canvas, weather: Weather) -> None:
    """Let far things fade into the color of the horizon."""
    depth: Float32 = np.where(np.isfinite(canvas.depth_m), canvas.depth_m, 0)
    share = 1 - np.exp(-depth / np.float32(weather.visibility_m))
    canvas.color += share[..., None] * (weather.haze.astype(np.float32) - canvas.color)
