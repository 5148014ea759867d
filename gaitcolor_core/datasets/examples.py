"""Renders the example clips of the app.

Example:
    The files that the app shows::

        python -m gaitcolor_core.datasets.examples demo/examples
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2

from gaitcolor_core.datasets.synthetic import Scene, example_clips
from gaitcolor_core.video import VideoWriter

# Three quarters of the scene, and half its noise: a clip stays below 1 MB and a run short.
SCALE = 0.75
NOISE = 0.8


def write_clip(scene: Scene, path: Path, *, scale: float = 1.0) -> None:
    """Render `scene` into the MP4 file `path`, at `scale` times its size."""
    width, height = round(scene.width * scale), round(scene.height * scale)
    fps = Fraction(scene.fps).limit_denominator(1001)
    with VideoWriter(path, width, height, fps) as clip:
        for frame_id, frame in enumerate(scene.render()):
            image = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA)
            clip.write(image.astype("uint8", copy=False), frame_id / fps)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the example clips into the folder named on the command line."""
    parser = argparse.ArgumentParser(description="Render the example clips of the app.")
    parser.add_argument("folder", type=Path, help="where the clips go")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, scene in example_clips().items():
        quiet = dataclasses.replace(scene, noise=NOISE)
        write_clip(quiet, folder / f"{name}.mp4", scale=SCALE)


if __name__ == "__main__":
    main()
