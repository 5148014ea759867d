"""`clips`: what it writes, says and returns."""

from __future__ import annotations

from pathlib import Path

import pytest
from clips import ffmpeg

from gaitcolor_core.cli import main
from gaitcolor_core.datasets.clips import ClipSet


def collect(*words: object) -> int:
    try:
        return main(["clips", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def weights(data: Path) -> Path:
    return data / "weights" / "yolov8n-seg.pt"


def test_walkers_of_a_folder_are_collected_once(
    data: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "videos", tmp_path / "set"
    source.mkdir()
    ffmpeg("-i", data / "clips" / "humanwalking_1.mp4", "-frames:v", 16, source / "walk.mp4")
    words = (source, "-o", target, "--detector", weights)
    assert collect(*words) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = ClipSet(target)
    frames = sum(len(found.silhouettes(key)) for key in found.keys())
    assert found.keys()
    assert line == f"walk.mp4: {len(found.keys())} sequences, {frames} frames"
    assert collect(*words) == 0
    assert capsys.readouterr().out == f"{line} (from an earlier run)\n"


def test_a_bad_video_does_not_end_the_work(
    walker_clip: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "videos"
    source.mkdir()
    (source / "a.mp4").write_text("no clip")
    (source / "b.mp4").write_bytes(walker_clip.read_bytes())
    assert collect(source, "-o", tmp_path / "set", "--detector", weights) == 1
    out, err = capsys.readouterr()
    assert out.startswith("b.mp4: ")
    assert "a.mp4 is not a video that can be read" in err


def test_a_folder_without_videos_is_told_in_a_sentence(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collect(tmp_path, "-o", tmp_path / "set", "--detector", weights) == 1
    assert "There are no videos in" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "set").exists()


def test_a_detector_that_cannot_be_had_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert collect(tmp_path, "-o", tmp_path / "set", "--detector", tmp_path / "none.pt") == 2
    assert "none.pt" in capsys.readouterr().err
