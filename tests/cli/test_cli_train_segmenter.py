"""`train segmenter`: what it writes, says and returns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.cli import main
from gaitcolor_core.training.labelled_frames import LabelledFrame, write_frame

SHORT = ("--batch-size", 2, "--side", 64)


def train(*words: object) -> int:
    try:
        return main(["train", "segmenter", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """Two frames with a dark person each."""
    for number in range(2):
        persons = np.zeros((96, 96), np.uint8)
        persons[20:80, 30 + 10 * number : 50 + 10 * number] = 1
        image = np.where(persons[..., None] > 0, 40, 200).astype(np.uint8).repeat(3, axis=2)
        write_frame(tmp_path / "frames", f"a-{number}", LabelledFrame(image, persons))
    return tmp_path / "frames"


def test_a_run_goes_on_with_more_steps(
    frames: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(frames, "-o", tmp_path / "run", "--steps", 1, *SHORT) == 0
    state = tmp_path / "run" / "state.safetensors"
    assert capsys.readouterr().out == f"The run is complete; its state is in {state}.\n"
    first = state.read_bytes()
    assert train(frames, "-o", tmp_path / "run", "--steps", 2, *SHORT) == 0
    assert state.read_bytes() != first


def test_a_complete_run_is_exported(frames: Path, tmp_path: Path) -> None:
    words = (frames, "-o", tmp_path / "run", "--steps", 1, *SHORT)
    assert train(*words, "--export", tmp_path / "net") == 0
    assert sorted(path.name for path in (tmp_path / "net").iterdir()) == [
        "config.json", "model.safetensors",
    ]  # fmt: skip


def test_a_run_is_not_continued_with_another_recipe(
    frames: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(frames, "-o", tmp_path / "run", "--steps", 1, *SHORT) == 0
    assert train(frames, "-o", tmp_path / "run", "--steps", 1, *SHORT, "--seed", 7) == 1
    assert "was begun with other options" in capsys.readouterr().err.splitlines()[-1]


def test_a_folder_without_frames_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path, "-o", tmp_path / "run") == 1
    assert "holds no frames with masks" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--side", 50), "'50' is no multiple of 32"),
        (("--learning-rate", 2), "'2' does not lie between 0 and 1"),
        (("--steps", 0), "'0' is no whole number from 1 on"),
    ],
)
def test_bad_usage(
    frames: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, int],
    sentence: str,
) -> None:
    assert train(frames, "-o", tmp_path / "run", *words) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
