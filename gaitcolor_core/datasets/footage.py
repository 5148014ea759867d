"""Full frames with walkers and their exact masks: clips, and single frames for a segmenter.

A camera that pans is cut out of a wide, still picture; perspective stays exact that way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import Backdrop
from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.pictures.photograph import Photographer
from gaitcolor_core.datasets.pictures.sensor import Sensor
from gaitcolor_core.datasets.studio import backdrop_of, shared_renderer
from gaitcolor_core.datasets.subject import Take, draw_subject, film
from gaitcolor_core.datasets.walkers.body import Pose
from gaitcolor_core.datasets.walkers.figure import Animation
from gaitcolor_core.structures import Bool, Float64, UInt8

Rng = np.random.Generator


class Frame(NamedTuple):
    """A picture `(H, W, 3)` uint8 RGB and each walker's visible pixels `(P, H, W)` bool."""

    image: UInt8
    masks: Bool


@dataclass(frozen=True)
class Shot:
    """A take of one camera.

    Attributes:
        camera: what could be seen at most, if it pans.
        backdrop: its picture without walkers.
        sensor: the camera's flaws.
        size: `(width, height)` of the frames.
        corners: `(T, 2)` pixels, the upper left corner of each frame in the camera's picture.
        walkers: T frames each.
    """

    camera: Camera
    backdrop: Backdrop
    sensor: Sensor
    size: tuple[int, int]
    corners: Float64
    walkers: tuple[Animation, ...]

    def frames(self, rng: Rng) -> Iterator[Frame]:
        """Film it; `rng` is the sensor's noise."""
        photographer = Photographer(self.walkers, self.backdrop.light, shared_renderer())
        for frame, corner in enumerate(self.corners):
            middle = corner + np.array(self.size) / 2 - 0.5
            view = cv2.getRectSubPix(self.backdrop.image, self.size, tuple(map(float, middle)))
            image, masks = photographer.shoot(
                np.asarray(view, np.uint8),
                frame,
                self.camera.crop(np.concatenate([corner, corner + self.size])),
                px_per_m=self._px_per_m(frame),
            )
            yield Frame(self.sensor.expose(image, rng), masks)

    def _px_per_m(self, frame: int) -> float:
        """One softness for all shadows: walkers of a shot are about equally far."""
        spots = [walker.vertices[frame, 0].astype(np.float64) for walker in self.walkers]
        depths = [self.camera.project(spot)[1] for spot in spots]
        return self.camera.focal_px / float(np.mean(depths)) if depths else 1.0


# Pictures for a segmenter: their sizes, how high a person at the usual distance is, this distance,
# and how much nearer and farther persons go.
FRAME_SIZES = ((1280, 720), (854, 480), (640, 480), (720, 960))
PERSON_SHARE, DISTANCE_M, NEARER, FARTHER = (0.12, 0.85), (3.5, 16.0), 0.6, 1.6
FRAMES_PER_PLACE = 6
CAST = 6


def practice_frames(seed: int, place: int) -> Iterator[Frame]:
    """Frames of one place with nobody to four walkers, near and far, for a segmenter.

    Args:
        seed: of everything.
        place: number of the place.
    """
    rng = np.random.default_rng([seed, place])
    size = FRAME_SIZES[int(rng.integers(len(FRAME_SIZES)))]
    distance = float(np.exp(rng.uniform(*np.log(DISTANCE_M))))
    camera = _camera(rng, size, distance)
    backdrop = backdrop_of(camera, rng, clear_m=FARTHER * distance + 1)
    sensor = Sensor.draw(rng)
    cast = [_actor(rng) for _ in range(CAST)]
    for _ in range(FRAMES_PER_PLACE):
        count = int(rng.choice(5, p=[0.06, 0.3, 0.3, 0.2, 0.14]))
        chosen = rng.choice(CAST, count, replace=False)
        walkers = tuple(_placed(cast[index], camera, distance, rng) for index in chosen)
        shot = Shot(camera, backdrop, sensor, size, np.zeros((1, 2)), walkers)
        yield next(shot.frames(rng))


def _camera(rng: Rng, size: tuple[int, int], distance: float) -> Camera:
    """One that looks at persons at `distance` m, at eye level or from above."""
    width, height = size
    share = float(np.exp(rng.uniform(*np.log(PERSON_SHARE))))
    fov = float(np.clip(2 * np.degrees(np.arctan(1.7 / share / 2 / distance)), 14, 62))
    up = rng.uniform(2.5, 4.5) if rng.random() < 0.25 else rng.uniform(0.8, 2.2)
    span = 2 * distance * np.tan(np.radians(fov / 2))
    aim = 0.85 + rng.uniform(-0.5, 0.5) * max(span - 1.9, 0.2)
    return Camera((0.0, 0.0, up), (0.0, distance, float(aim)), fov, width, height)


def _actor(rng: Rng) -> Take:
    subject = draw_subject(int(rng.integers(1 << 30)), int(rng.integers(1, 1000)))
    condition = rng.choice(["nm", "bg", "cl"], p=[0.6, 0.2, 0.2]).item()
    return film(subject, condition, 1, seed=int(rng.integers(1 << 30)))


def _placed(take: Take, camera: Camera, distance: float, rng: Rng) -> Animation:
    """One moment of a walk, somewhere in the picture."""
    depth = distance * float(np.exp(rng.uniform(*np.log((NEARER, FARTHER)))))
    reach = depth * camera.width / 2 / camera.focal_px
    spot = np.array([rng.uniform(-1.05, 1.05) * reach, depth, 0.0])
    across = rng.random() < 0.6
    heading = rng.normal(0, 20) + rng.choice([-90, 90]) if across else rng.uniform(0, 360)
    first = int(rng.integers(len(take.phase)))
    moment = slice(first, first + 1)
    turns = {bone: turn[moment] for bone, turn in take.pose.turns.items()}
    pose = Pose(turns, take.pose.pelvis[moment] * (0, 0, 1)).placed(float(heading), spot)
    return take.figure.animate(pose, take.phase[moment])
