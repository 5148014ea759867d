"""`sheet`: what it writes, says and returns."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.cli import main
from gaitcolor_core.evaluation.contact_sheet import CELL_PX, GAP_PX, HEADING_PX, LABEL_PX


def sheet(*words: object) -> int:
    try:
        return main(["sheet", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


def cells(picture: Path) -> tuple[int, int]:
    """How many rows and columns a picture has."""
    height, width = cv2.imread(str(picture)).shape[:2]
    step = CELL_PX + GAP_PX
    return (height - HEADING_PX) // step, (width - LABEL_PX) // step


@pytest.fixture
def gait_set(tmp_path: Path) -> Path:
    """Three subjects, four walks each, two views; one walk is in color."""
    root = tmp_path / "walks"
    held = everybody_walks(walks((1, 2, 5), views=(0, 90)))
    write_set(root, held, walks((1,), ("nm-01",), views=(90,)))
    return root


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ((), (8, 2)),  # the first two subjects
        (("--subjects", "5"), (4, 2)),
        (("--subjects", "all"), (12, 2)),
        (("--color",), (8, 2)),
        (("--sequence", "002-cl-01-000"), (2, 12)),
        (("--sequence", "002-cl-01-000", "--frames", 4), (1, 4)),
        (("--sequence", "001-nm-01-090", "--color", "--frames", 99), (3, 12)),
    ],
)
def test_what_is_wanted_is_drawn(
    gait_set: Path, tmp_path: Path, options: tuple[object, ...], shape: tuple[int, int]
) -> None:
    assert sheet(gait_set, "-o", tmp_path / "sheet.png", *options) == 0
    assert cells(tmp_path / "sheet.png") == shape


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("-o", "sheet.jpg"), 2, "The result is a PNG file; call it *.png, not sheet.jpg."),
        (("-o", "none/sheet.png"), 2, "There is no folder"),
        (("--subjects", "x"), 2, "'x' is neither 'all' nor numbers such as 1,3"),
        (("--subjects", "1", "--sequence", "001-nm-01-090"), 2, "not allowed with"),
        (("--subjects", "3"), 1, "holds nothing of subject 003; choose another."),
        (("--sequence", "one"), 1, "'one' is no name of a sequence"),
        (("--sequence", "009-nm-01-090"), 1, "009-nm-01-090.silhouettes.png' cannot be read"),
        (("--subjects", "5", "--color"), 1, "None of these walks can be shown"),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_sentence(
    gait_set: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[object, ...],
    code: int,
    words: str,
) -> None:
    assert sheet(gait_set, "-o", tmp_path / "sheet.png", *options) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == [gait_set]


def test_a_folder_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sheet(tmp_path, "-o", tmp_path / "sheet.png") == 1
    assert "No silhouettes were found" in capsys.readouterr().err.splitlines()[-1]
