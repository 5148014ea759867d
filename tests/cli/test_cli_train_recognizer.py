"""`train recognizer`: what it writes, says and returns."""

from __future__ import annotations

from pathlib import Path

import pytest
from gait_sets import draw_walker, walks, write_set

from gaitcolor_core.cli import main

SHORT = ("--width", 4, "--steps", 1)


def train(*words: object) -> int:
    try:
        return main(["train", "recognizer", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two walks of two subjects of each split."""
    held = {key: draw_walker(12, num_frames=4) for key in walks([1, 2, 31, 32], ["nm-01", "nm-02"])}
    write_set(tmp_path / "set", held)
    return tmp_path / "set"


def test_a_complete_run_is_exported(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--network", "gaitbase", "--data", root, "-o", tmp_path / "run", *SHORT)
    assert train(*words, "--export", tmp_path / "net") == 0
    state = tmp_path / "run" / "state.safetensors"
    assert capsys.readouterr().out == f"The run is complete; its state is in {state}.\n"
    assert sorted(path.name for path in (tmp_path / "net").iterdir()) == [
        "config.json", "model.safetensors",
    ]  # fmt: skip


def test_a_run_goes_on_with_more_steps_but_not_with_another_recipe(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", root, "-o", tmp_path / "run", *SHORT)
    assert train(*words) == 0
    first = (tmp_path / "run" / "state.safetensors").read_bytes()
    assert train(*words, "--steps", 2) == 0
    assert (tmp_path / "run" / "state.safetensors").read_bytes() != first
    assert train(*words, "--split", "common") == 1
    assert "was begun with other options" in capsys.readouterr().err.splitlines()[-1]


def test_a_set_without_the_subjects_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_set(tmp_path / "set", {key: draw_walker(12, num_frames=2) for key in walks([90])})
    assert train("--data", tmp_path / "set", "-o", tmp_path / "run") == 1
    assert "has nobody for the part 'recognizer'" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--network", "gei"), "invalid choice: 'gei'"),
        (("--width", 0), "'0' is no whole number from 1 on"),
        (("--learning-rate", 2), "'2' does not lie between 0 and 1"),
    ],
)
def test_bad_usage(
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, object],
    sentence: str,
) -> None:
    assert train("--data", root, "-o", tmp_path / "run", *words) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
