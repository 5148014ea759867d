"""Real clips, judged from the two videos alone: nobody passes through, all else stays."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from gaitcolor_core import GaitAnonymizer, Settings
from gaitcolor_core.cli import main
from gaitcolor_core.evaluation.judge import judge
from gaitcolor_core.structures import InputError
from gaitcolor_core.video import VideoReader, VideoWriter


def cut(source: Path, target: Path, start: int, num_frames: int) -> Path:
    """Some frames of a clip, re-encoded."""
    with VideoReader(source) as clip:
        metadata = clip.metadata
        with VideoWriter(
            target, metadata.width, metadata.height, metadata.fps, tags=clip.tags
        ) as writer:
            for index, frame in enumerate(islice(clip, start, start + num_frames)):
                writer.write(frame.image, index / metadata.fps)
    return target


@pytest.fixture(scope="module")
def weights(data: Path) -> Path:
    return data / "weights" / "yolov8n-seg.pt"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "start", "num_frames"),
    [
        ("humanwalking_1", 90, 24),  # two men cross in front of each other, the camera pans
        ("pose2sim_single_cam01", 0, 8),  # portrait, people who stand still in the background
        ("intel_one_by_one", 770, 16),  # static camera, one person after the other
    ],
)
def test_nobody_passes_through(
    data: Path, weights: Path, tmp_path: Path, name: str, start: int, num_frames: int
) -> None:
    clip = cut(data / "clips" / f"{name}.mp4", tmp_path / "clip.mp4", start, num_frames)
    anonymizer = GaitAnonymizer(Settings(seed=1), detector=str(weights))
    report = anonymizer.anonymize_video(clip, tmp_path / "result.mp4")
    verdict = judge(clip, tmp_path / "result.mp4", weights=weights)
    assert report.frames == num_frames
    assert verdict.persons > 0
    assert verdict.leaks == 0
    assert verdict.outside_db is not None
    assert verdict.outside_db > 38
    assert verdict.gradient_ratio is not None
    assert verdict.gradient_ratio > 0.8
    assert verdict.warping_ratio is not None
    # People who stand still before a still camera have next to no error of their own.
    assert verdict.warping_ratio < (1.3 if name == "humanwalking_1" else 2.5)


@pytest.mark.slow
def test_the_judge_sees_a_clip_that_was_only_encoded_again(
    data: Path, weights: Path, tmp_path: Path
) -> None:
    clip = cut(data / "clips" / "humanwalking_1.mp4", tmp_path / "clip.mp4", 84, 8)
    verdict = judge(clip, cut(clip, tmp_path / "again.mp4", 0, 8), weights=weights)
    assert verdict.leaks == verdict.persons > 0
    assert verdict.gradient_ratio == pytest.approx(1, abs=0.1)
    assert verdict.warping_ratio == pytest.approx(1, abs=0.2)


def test_clips_of_different_length_are_refused(data: Path, weights: Path, tmp_path: Path) -> None:
    source = data / "clips" / "intel_one_by_one.mp4"
    clips = [cut(source, tmp_path / f"{count}.mp4", 0, count) for count in (2, 3)]
    with pytest.raises(InputError, match="differ in length"):
        judge(*clips, weights=weights)


def test_the_command_says_who_passed_through(
    data: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = cut(data / "clips" / "humanwalking_1.mp4", tmp_path / "clip.mp4", 84, 3)
    code = main(["judge", str(clip), str(clip), "--detector", str(weights)])
    printed = json.loads(capsys.readouterr().out)
    assert code == 1
    assert printed["leaks"] == printed["persons"] == 6


def test_the_command_needs_a_detector(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.pt"
    assert main(["judge", "a.mp4", "b.mp4", "--detector", str(missing)]) == 1
    assert "none.pt" in capsys.readouterr().err
