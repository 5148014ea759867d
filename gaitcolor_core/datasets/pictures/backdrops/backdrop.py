"""A photograph-like place for rendered persons, drawn from a seed to fit a given camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import greens, indoor, streets
from gaitcolor_core.datasets.pictures.backdrops.materials import rgb
from gaitcolor_core.datasets.pictures.backdrops.sky import Weather, haze
from gaitcolor_core.datasets.pictures.backdrops.stage import Light, Stage
from gaitcolor_core.datasets.pictures.backdrops.view import Canvas, View
from gaitcolor_core.structures import Float32, Float64, UInt8

Rng = np.random.Generator

_OUTDOOR: dict[str, Callable[[Stage, Weather], None]] = {
    "brick street": streets.brick_street,
    "old town": streets.old_town,
    "across the road": streets.across_the_road,
    "park": greens.park,
    "garden": greens.garden,
    "court": greens.court,
    "plaza": streets.plaza,
    "parking lot": streets.parking_lot,
    "yard": streets.yard,
}
_INDOOR: dict[str, Callable[[Stage], None]] = {
    "hall": indoor.hall,
    "office": indoor.office,
    "gym": indoor.gym,
    "studio": indoor.studio,
}
KINDS = (*_OUTDOOR, *_INDOOR)


@dataclass(frozen=True)
class Backdrop:
    """A picture without persons, and what is needed to put some into it.

    Attributes:
        kind: one of `KINDS`.
        image: `(H, W, 3)` uint8 RGB.
        horizon_px: height in the picture, from its upper edge, of what is level with the camera.
        light: in world axes.
    """

    kind: str
    image: UInt8
    horizon_px: float
    light: Light

    @classmethod
    def draw(
        cls,
        rng: Rng,
        width: int,
        height: int,
        *,
        camera_height_m: float,
        pitch_deg: float,
        fov_deg: float,
        yaw_deg: float = 0.0,
        clear_m: float = 6.0,
        kind: str | None = None,
    ) -> Backdrop:
        """A new place in front of a camera; no other like it.

        Args:
            rng: the place, its weather and light.
            width: of the picture in pixels; wider than the camera's for one that pans, which
                then cuts its view out of it.
            height: of the picture in pixels.
            camera_height_m: of the camera above the ground z = 0.
            pitch_deg: of the camera, upwards positive, in (-60, 60).
            fov_deg: what `height` spans, in (0, 120).
            yaw_deg: where the camera looks, counterclockwise from +Y as seen from above; it
                turns the light only.
            clear_m: nothing stands nearer to the camera than this.
            kind: one of `KINDS`; None = any.

        Raises:
            ValueError: an argument is out of range.
        """
        view = View(width, height, camera_height_m, pitch_deg, fov_deg)
        _check(view, clear_m, kind)
        kind = kind or KINDS[int(rng.integers(len(KINDS)))]
        stage = _set_up(rng, view, clear_m, kind)
        exposure = _exposure(stage.canvas, rng)
        image = _photograph(stage.canvas, rng, exposure)
        return cls(kind, image, view.horizon_px, stage.light.seen(yaw_deg, exposure))


def _check(view: View, clear_m: float, kind: str | None) -> None:
    """Refuse what cannot be drawn."""
    if min(view.width, view.height) < 1:
        raise ValueError(f"width and height must be positive, got {view.width} and {view.height}")
    if min(view.camera_height_m, clear_m) <= 0:
        raise ValueError(
            "camera_height_m and clear_m must be positive, "
            f"got {view.camera_height_m} and {clear_m}"
        )
    if not (abs(view.pitch_deg) < 60 and 0 < view.fov_deg < 120):
        raise ValueError(
            "pitch_deg must lie in (-60, 60) and fov_deg in (0, 120), "
            f"got {view.pitch_deg} and {view.fov_deg}"
        )
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")


def _set_up(rng: Rng, view: View, clear_m: float, kind: str) -> Stage:
    """The scene of a kind, painted."""
    if kind in _INDOOR:
        stage = Stage(view, rng, _lamps(rng), clear_m)
        _INDOOR[kind](stage)
        return stage
    weather = Weather.draw(rng)
    stage = Stage(view, rng, _daylight(rng, weather), clear_m)
    _OUTDOOR[kind](stage, weather)
    haze(stage.canvas, weather)
    return stage


def _daylight(rng: Rng, weather: Weather) -> Light:
    """Sun and sky; together they light the level ground by one, or less when the sun is low."""
    share = 0.10 + 0.62 * weather.sunny
    warm = np.array([1.06, 1.0, 0.90]) if weather.sunny > 0.5 else np.ones(3)
    # A low sun is weaker, but not so weak that the ground stays as bright.
    low = max(float(weather.toward_sun[2]), 0.55)
    cool = np.array([0.96, 1.0, 1.06]) if weather.sunny > 0.5 else np.ones(3)
    strength = 0.12 + 0.48 * weather.sunny + rng.uniform(0, 0.1)
    return Light(weather.toward_sun, share / low * warm, (1 - share) * cool, float(strength))


def _lamps(rng: Rng) -> Light:
    """Lamps overhead: soft, from above, now and then from a side."""
    lean, side = rng.uniform(0, 35), rng.uniform(0, 2 * np.pi)
    flat, up = np.sin(np.radians(lean)), np.cos(np.radians(lean))
    tone: Float64 = np.array([1.0, 1.0, 1.0]) + rng.uniform(-1, 1) * np.array([0.05, 0, -0.08])
    share = rng.uniform(0.25, 0.5)
    direction = np.array([flat * np.sin(side), flat * np.cos(side), up])
    return Light(direction, share / up * tone, (1 - share) * tone, float(rng.uniform(0.1, 0.35)))


def _exposure(canvas: Canvas, rng: Rng) -> float:
    """Factor on coded colors that gives the picture a usual brightness."""
    return float(np.clip(rng.uniform(98, 138) / max(canvas.color.mean(), 1), 0.8, 1.45))


def _photograph(canvas: Canvas, rng: Rng, exposure: float) -> UInt8:
    """What a lens and a film make of the scene."""
    color = canvas.color * np.float32(exposure)
    color = _out_of_focus(color, canvas, float(rng.choice([0.0, rng.uniform(0.4, 2.0)])))
    height, width = color.shape[:2]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    slope = rng.normal(0, 0.035, 2)
    corner = rng.uniform(0.02, 0.12) * (0.6 * across**2 + 0.4 * down**2)
    color *= (1 + slope[0] * across + slope[1] * down - corner)[..., None].astype(np.float32)
    temperature = rng.normal(0, 0.025)
    color *= rgb([1 + temperature, 1.0, 1 - temperature])
    # A gentle shoulder keeps bright walls and clouds from clipping.
    scaled = np.clip(color / 255, 0, None)
    bright = np.maximum(scaled - np.float32(0.75), 0)
    scaled = np.minimum(scaled, np.float32(0.75)) + bright / (1 + 1.6 * bright)
    return np.clip(scaled * 255 + 0.5, 0, 255).astype(np.uint8)


def _out_of_focus(color: Float32, canvas: Canvas, strength: float) -> Float32:
    """Blur far things, by `strength` pixels at a height of 720 and infinitely far away."""
    sigma = strength * canvas.view.height / 720
    if sigma < 0.2:
        return color
    far = cv2.GaussianBlur(color, (0, 0), sigma)
    share = np.clip(1 - 6 / np.maximum(canvas.depth_m, 6), 0, 1)
    # At once between sharp and soft: a share of the blur is a blur of that share, near enough.
    mixed = color + share[..., None] * (far - color)
    return np.asarray(mixed, np.float32)
