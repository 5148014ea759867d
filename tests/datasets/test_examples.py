"""The clips that the app shows are the example scenes."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

from gaitcolor_core.datasets.examples import SCALE, write_clip
from gaitcolor_core.datasets.synthetic import example_clips
from gaitcolor_core.video import VideoReader

SHIPPED = Path(__file__).parents[2] / "demo" / "examples"


def test_a_scene_becomes_a_clip(tmp_path: Path) -> None:
    scene = dataclasses.replace(example_clips()["one_walker"], num_frames=3, fps=12.5)
    write_clip(scene, tmp_path / "clip.mp4", scale=0.25)
    with VideoReader(tmp_path / "clip.mp4") as clip:
        assert (clip.metadata.width, clip.metadata.height) == (320, 180)
        assert [frame.time_s for frame in clip] == [Fraction(index * 2, 25) for index in range(3)]


def test_the_app_ships_every_scene() -> None:
    assert {path.stem for path in SHIPPED.glob("*.mp4")} == set(example_clips())
    for name, scene in example_clips().items():
        with VideoReader(SHIPPED / f"{name}.mp4") as clip:
            assert clip.metadata.width == SCALE * scene.width
            assert clip.metadata.num_frames == scene.num_frames
