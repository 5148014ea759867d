"""The pictures of the README: all are there, and the one that moves shows both clips."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from app_server import ROOT
from PIL import Image
from readme_pictures import WIDTH_PX, animate

from gaitcolor_core.video import VideoReader


def test_the_readme_shows_small_pictures_that_exist() -> None:
    shown = re.findall(r"docs/[\w-]+\.(?:png|jpg|webp)", (ROOT / "README.md").read_text())
    assert {"docs/app.png", "docs/app-phone.png", "docs/app.webp"} <= set(shown)
    assert all((ROOT / picture).stat().st_size < 2e6 for picture in shown)


def test_an_animation_shows_both_clips_side_by_side_without_an_end(
    walker_clip: Path, tmp_path: Path
) -> None:
    target = tmp_path / "walk.webp"
    animate(walker_clip, walker_clip, target, start=4, num_frames=9)
    with Image.open(target) as shown, VideoReader(walker_clip) as clip:
        assert shown.n_frames == 5
        assert shown.info["loop"] == 0
        assert shown.width == 2 * WIDTH_PX
        picture = np.asarray(shown.convert("RGB"), float)
        assert shown.info["duration"] == round(2000 / clip.metadata.fps)
    before, after = np.split(picture[-100:], 2, axis=1)
    assert np.abs(before - after).mean() < 3
    assert before.std() > 10
