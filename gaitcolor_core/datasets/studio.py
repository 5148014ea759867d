"""The color pictures of a rendered set: a walk in front of a place of its own, cut to squares."""

from __future__ import annotations

from functools import cache

import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import Backdrop
from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.pictures.photograph import Photographer
from gaitcolor_core.datasets.pictures.raster import Renderer
from gaitcolor_core.datasets.pictures.sensor import Sensor
from gaitcolor_core.datasets.subject import Take
from gaitcolor_core.imaging import resample_square, to_uint8
from gaitcolor_core.structures import Float64, UInt8

# Behind the farthest point of a walk.
CLEAR_M = 8.0


def backdrop_of(
    camera: Camera, rng: np.random.Generator, *, clear_m: float, kind: str | None = None
) -> Backdrop:
    """A random place as a camera sees it; nothing stands nearer than `clear_m`."""
    forward = camera.axes()[2]
    return Backdrop.draw(
        rng,
        camera.width,
        camera.height,
        camera_height_m=camera.position[2],
        pitch_deg=float(np.degrees(np.arcsin(forward[2]))),
        fov_deg=camera.fov_deg,
        yaw_deg=float(np.degrees(np.arctan2(-forward[0], forward[1]))),
        clear_m=clear_m,
        kind=kind,
    )


def color_crops(
    take: Take, camera: Camera, boxes: Float64, size: int, rng: np.random.Generator
) -> UInt8:
    """A walk as a camera films it, cut to the squares `boxes`.

    Args:
        take: the walk, T frames.
        camera: who looks.
        boxes: `(T, 4)` xyxy in the camera's pixels.
        size: S, side of the result in pixels.
        rng: the place, the camera's flaws, the noise.

    Returns:
        `(T, S, S, 3)` uint8 RGB.
    """
    backdrop, sensor = backdrop_of(camera, rng, clear_m=CLEAR_M), Sensor.draw(rng)
    photographer = Photographer([take.animation], backdrop.light, shared_renderer())
    px_per_m = size / take.figure.body.stature_m
    crops = []
    for frame, (box, matrix) in enumerate(zip(boxes, camera.crop(boxes), strict=True)):
        scenery = to_uint8(resample_square(backdrop.image, box, size))
        crop, _ = photographer.shoot(scenery, frame, matrix, px_per_m=px_per_m)
        crops.append(sensor.expose(crop, rng))
    return np.stack(crops)


@cache
def shared_renderer() -> Renderer:
    """This process's renderer; making one takes half a second."""
    return Renderer()
