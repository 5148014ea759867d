"""`identity`: what it writes, says and returns."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.cli import main


def identity(*words: object) -> int:
    try:
        return main(["identity", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def gait_set(tmp_path: Path) -> Path:
    """Three subjects, of whom the last two belong to the test part; two views."""
    root = tmp_path / "walks"
    write_set(root, everybody_walks(walks((1, 75, 76), views=(72, 90))))
    return root


def test_figures_are_printed_and_written(
    gait_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, picture = tmp_path / "identity.json", tmp_path / "identity.png"
    assert identity(gait_set, "--report", report, "--picture", picture) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "subjects: 2 (075-124 of the set); chance is 50.0 %"
    assert lines[4].split()[-3:] == ["100.0"] * 3
    assert json.loads(report.read_text())["same_view"] == {"nm": 1, "bg": 1, "cl": 1}
    assert cv2.imread(str(picture)) is not None


def test_views_can_be_chosen(gait_set: Path, tmp_path: Path) -> None:
    report = tmp_path / "identity.json"
    assert identity(gait_set, "--views", "90", "--report", report) == 0
    assert json.loads(report.read_text())["views_deg"] == [90]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--views", "90,36"), 1, "holds nothing seen at 36 degrees."),
        (("--views", "side"), 2, "'side' is neither 'all' nor numbers such as 1,3"),
        (("--report", "identity.txt"), 2, "The result is a JSON file; call it *.json"),
        (("--picture", "identity.jpg"), 2, "The result is a PNG file; call it *.png"),
        (("--report", "none/identity.json"), 2, "There is no folder"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    gait_set: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[object, ...],
    code: int,
    words: str,
) -> None:
    assert identity(gait_set, *options) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err.splitlines()[-1]


def test_a_set_without_probes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_set(tmp_path, everybody_walks(walks((1, 2), ("nm-01",))))
    assert identity(tmp_path) == 1
    assert "There is nothing to compare" in capsys.readouterr().err.splitlines()[-1]
