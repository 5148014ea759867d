"""`pseudo-label`: what it writes, says and returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitcolor_core.cli import main
from gaitcolor_core.training.labelled_frames import frame_names, read_frame


def pseudo_label(*words: object) -> int:
    try:
        return main(["pseudo-label", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def weights(data: Path) -> Path:
    return data / "weights" / "yolov8n-seg.pt"


def test_a_run_goes_on_where_the_last_one_ended(
    walker_clip: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (walker_clip, "-o", tmp_path / "labels", "--detector", weights)
    assert pseudo_label(*words, "--every", 10) == 0
    assert capsys.readouterr().out.startswith("2 frames with masks were added")
    assert frame_names(tmp_path / "labels") == ["walk-00000", "walk-00010"]
    assert read_frame(tmp_path / "labels", "walk-00010").image.shape == (256, 384, 3)
    assert pseudo_label(*words, "--every", 5) == 0
    assert capsys.readouterr().out.startswith("2 frames with masks were added")
    assert len(frame_names(tmp_path / "labels")) == 4


def test_a_detector_that_cannot_be_had_is_bad_usage(
    walker_clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (walker_clip, "-o", tmp_path / "labels", "--detector", tmp_path / "none.pt")
    assert pseudo_label(*words) == 2
    assert "none.pt" in capsys.readouterr().err
    assert not (tmp_path / "labels").exists()


def test_a_clip_that_cannot_be_read_is_told_in_a_sentence(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.mp4").write_text("no clip")
    words = (tmp_path / "bad.mp4", "-o", tmp_path / "labels", "--detector", weights)
    assert pseudo_label(*words) == 1
    assert "bad.mp4 is not a video that can be read" in capsys.readouterr().err.splitlines()[-1]
