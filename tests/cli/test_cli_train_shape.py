"""`train shape`: what it writes, says and returns."""

from __future__ import annotations

from pathlib import Path

import pytest
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.cli import main

SHORT = ("--batch-size", 8, "--steps", 1)


def train(*words: object) -> int:
    try:
        return main(["train", "shape", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_set(tmp_path / "set", everybody_walks(walks((3,), ("nm-01",))))
    return tmp_path / "set"


@pytest.mark.parametrize("network", ["contour", "dcgan"])
def test_a_complete_run_is_exported(
    root: Path, tmp_path: Path, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--network", network, "--data", root, "-o", tmp_path / "run", *SHORT)
    assert train(*words, "--export", tmp_path / "net") == 0
    state = tmp_path / "run" / "state.safetensors"
    assert capsys.readouterr().out == f"The run is complete; its state is in {state}.\n"
    assert sorted(path.name for path in (tmp_path / "net").iterdir()) == [
        "config.json", "model.safetensors",
    ]  # fmt: skip


def test_a_run_is_not_continued_with_another_network(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--data", root, "-o", tmp_path / "run", *SHORT)
    assert train("--network", "contour", *words) == 0
    assert train("--network", "dcgan", *words) == 1
    assert "was begun with other options" in capsys.readouterr().err.splitlines()[-1]


def test_a_folder_without_a_set_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--network", "dcgan", "--data", tmp_path / "none", "-o", tmp_path / "run")
    assert train(*words) == 1
    assert "none" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--network", "vae"), "invalid choice: 'vae'"),
        (("--network", "dcgan", "--learning-rate", 2), "'2' does not lie between 0 and 1"),
        (("--network", "dcgan", "--steps", 0), "'0' is no whole number from 1 on"),
        ((), "the following arguments are required: --network"),
    ],
)
def test_bad_usage(
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    sentence: str,
) -> None:
    assert train("--data", root, "-o", tmp_path / "run", *words) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
