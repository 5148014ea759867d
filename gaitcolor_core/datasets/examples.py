"""Renders the example clips of the app.

Example:
    The files that the app shows::

        python -m gaitcolor_core.datasets.examples demo/examples
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from gaitcolor_core.datasets.footage import Shot
from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.pictures.sensor import Sensor
from gaitcolor_core.datasets.studio import backdrop_of
from gaitcolor_core.datasets.subject import draw_subject
from gaitcolor_core.datasets.walkers.figure import Animation, dress
from gaitcolor_core.datasets.walkers.walk import walk
from gaitcolor_core.video import VideoWriter

WIDTH, HEIGHT, FPS = 1280, 720, 25
# A walker 6 m away fills more than half of the picture's height, and needs 5 s to cross it; one
# 8 m away is seen whole all the time.
CAMERA_HEIGHT_M, LOOK_HEIGHT_M, DISTANCE_M, FOV_DEG = 1.5, 1.0, 6.0, 27.5
CLEAR_M = 9.5
# Of the draws, for people's looks.
SUBJECTS_SEED = 11
# A good camera in daylight, and a rate that keeps a clip below 1.5 MB.
SENSOR = Sensor(defocus_px=0.4, shot_noise=1e-4, read_noise=3e-4, chroma_noise=0.3)
CRF = 23


@dataclass(frozen=True)
class Role:
    """Who walks where.

    Attributes:
        subject: number of the person.
        heading_deg: 90 walks to the right, -90 to the left.
        middle_m: where it is in the middle of the clip, `(x, y)`: to the right of the camera's
            first view, and away from the camera.
    """

    subject: int
    heading_deg: float
    middle_m: tuple[float, float]


@dataclass(frozen=True)
class Example:
    """A clip of the app.

    Attributes:
        place: kind of backdrop.
        seed: of the place, the walks and the noise.
        seconds: how long it lasts.
        roles: who walks.
        pan_px: by how much the view moves to the right in all.
    """

    place: str
    seed: int
    seconds: float
    roles: tuple[Role, ...]
    pan_px: int = 0

    def shot(self, fps: int = FPS) -> Shot:
        """The clip, to be filmed with `fps` frames per second."""
        num_frames = round(self.seconds * fps)
        rng = np.random.default_rng(self.seed)
        camera = _camera(WIDTH + self.pan_px)
        corners = np.zeros((num_frames, 2))
        corners[:, 0] = np.linspace(0, self.pan_px, num_frames)
        backdrop = backdrop_of(camera, rng, clear_m=CLEAR_M, kind=self.place)
        walkers = tuple(_walker(role, num_frames, fps, rng) for role in self.roles)
        return Shot(camera, backdrop, SENSOR, (WIDTH, HEIGHT), corners, walkers)


EXAMPLES = {
    "one_walker": Example("park", 14, 5.0, (Role(22, 90, (0.0, 8.2)),)),
    "two_walkers": Example(
        "brick street", 11, 4.8, (Role(3, 90, (-0.2, 5.8)), Role(20, -90, (0.2, 6.9))), pan_px=160
    ),
}


def write_clip(shot: Shot, path: Path, *, fps: int = FPS, seed: int = 0) -> None:
    """Film `shot` into the MP4 file `path`; `seed` is of the sensor's noise."""
    frames = shot.frames(np.random.default_rng(seed))
    with VideoWriter(path, *shot.size, Fraction(fps), crf=CRF) as clip:
        for frame_id, frame in enumerate(frames):
            clip.write(frame.image, Fraction(frame_id, fps))


def _camera(width: int) -> Camera:
    """One at eye level that looks along +Y."""
    return Camera(
        (0.0, 0.0, CAMERA_HEIGHT_M), (0.0, DISTANCE_M, LOOK_HEIGHT_M), FOV_DEG, width, HEIGHT
    )


def _walker(role: Role, num_frames: int, fps: int, rng: np.random.Generator) -> Animation:
    person = draw_subject(SUBJECTS_SEED, role.subject)
    moved = walk(
        person.body, person.style, num_frames=num_frames, fps=fps, start_phase=rng.uniform(),
        rng=rng,
    )  # fmt: skip
    pose = moved.pose.centered(role.heading_deg, np.array([*role.middle_m, 0]))
    return dress(person.body, person.outfit).animate(pose, moved.phase)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the example clips into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Render the example clips of the app.")
    parser.add_argument("folder", type=Path, help="where the clips go")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, example in EXAMPLES.items():
        write_clip(example.shot(), folder / f"{name}.mp4", seed=example.seed)


if __name__ == "__main__":
    main()
