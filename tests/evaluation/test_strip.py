"""The picture of a walker before and after."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import MAN, draw
from drawn_walkers import Walker

from gaitcolor_core.cli import main
from gaitcolor_core.evaluation.strip import (
    CELL_PX,
    GAP_PX,
    LABEL_PX,
    NUM_PHASES,
    ROWS,
    StripCamera,
)
from gaitcolor_core.structures import InputError, UInt8
from gaitcolor_core.take import RedrawnFrame, Take


def strip(clip: Path, picture: Path, *options: object) -> int:
    words = ("strip", clip, "-o", picture, "--detector", "static", "--seed", 3, *options)
    try:
        return main(list(map(str, words)))
    except SystemExit as end:
        return int(str(end.code))


def cells(path: Path, results: int = 1) -> list[list[UInt8]]:
    """The cells of a picture, `(CELL_PX, CELL_PX, 3)` each, by row and column."""
    picture, step = cv2.imread(str(path)), CELL_PX + GAP_PX
    height = (len(ROWS) + results) * step - GAP_PX
    assert picture.shape == (height, LABEL_PX + NUM_PHASES * step - GAP_PX, 3)
    return [
        [picture[y : y + CELL_PX, x : x + CELL_PX] for x in range(LABEL_PX, picture.shape[1], step)]
        for y in range(0, height, step)
    ]


@pytest.fixture(scope="module")
def folder(walker_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same strip with faces and without."""
    folder = tmp_path_factory.mktemp("strip")
    assert strip(walker_clip, folder / "plain.png") == 0
    assert strip(walker_clip, folder / "blurred.png", "--walker", 1, "--blur-faces") == 0
    return folder


def test_four_rows_of_six_phases(folder: Path) -> None:
    rows = cells(folder / "plain.png")
    assert [len(row) for row in rows] == [NUM_PHASES] * 4
    for row in rows:
        assert len({cell.tobytes() for cell in row}) == NUM_PHASES


def test_a_column_is_one_frame(folder: Path) -> None:
    original, old, new, result = cells(folder / "plain.png")
    for before, old_cell, new_cell, after in zip(original, old, new, result, strict=True):
        far = cv2.dilate(old_cell | new_cell, np.ones((25, 25))) == 0
        # Away from the walker nothing happens; the reduction and the strip are exact.
        np.testing.assert_array_equal(before[far], after[far])
        assert np.abs(before.astype(int) - after).max() > 50


def test_silhouettes_are_black_and_white(folder: Path) -> None:
    _, old, new, _ = cells(folder / "plain.png")
    for cell in (*old, *new):
        assert np.unique(cell).tolist() == [0, 255]
        # a body fills about an eighth of its square
        assert 0.05 < (cell > 0).mean() < 0.3
    assert all((a != b).any() for a, b in zip(old, new, strict=True))


def test_blurred_faces_change_heads_only(folder: Path) -> None:
    plain, blurred = cells(folder / "plain.png"), cells(folder / "blurred.png")
    for number, (sharp, soft) in enumerate(zip(plain, blurred, strict=True)):
        for before, after in zip(sharp, soft, strict=True):
            changed = (before != after).any(axis=2)
            if number in (1, 2):
                assert not changed.any()
                continue
            # The head ends at (0.14 + 0.17) / 1.25 of the square; the mosaic has a margin.
            assert changed[: CELL_PX // 4].sum() > 100
            assert not changed[CELL_PX // 3 :].any()


def test_color_transfers_are_compared_on_one_draw(walker_clip: Path, tmp_path: Path) -> None:
    assert strip(walker_clip, tmp_path / "strip.png", "--compare", "nearest", "warp") == 0
    _, _, new, warped, copied = cells(tmp_path / "strip.png", results=2)
    for silhouette, first, second in zip(new, warped, copied, strict=True):
        away = cv2.dilate(silhouette, np.ones((25, 25))) == 0
        np.testing.assert_array_equal(first[away], second[away])
        assert (first != second).any()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--walker", 7], 1, "walk.mp4: There is no walker 7 in this clip; its walkers are"),
        (["--walker", 0], 2, "'0' is no whole number from 1 on"),
        (["--strength", 2], 2, "strength must lie between 0 and 1"),
        (["-o", "strip.jpg"], 2, "The result is a PNG file; call it *.png, not strip.jpg."),
        (["-o", "none/strip.png"], 2, "There is no folder"),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_sentence(
    walker_clip: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[object],
    code: int,
    words: str,
) -> None:
    assert strip(walker_clip, tmp_path / "strip.png", *options) == code
    assert words in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_nobody_could_be_followed() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    redrawn = RedrawnFrame(image, (), (), covered_strangers=1, seen=True)
    for walker in (None, 1):
        with pytest.raises(InputError, match="Nobody in this clip could be followed"):
            StripCamera(walker, blur_faces=True)(Take(0, image, redrawn, [], ()))


def test_too_short_for_six_phases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = draw(tmp_path / "five.mp4", Walker(MAN, 60, 235), size=(384, 256), num_frames=5)
    assert strip(clip, tmp_path / "strip.png") == 1
    sentence = capsys.readouterr().err.splitlines()[-1]
    assert sentence.startswith("five.mp4: ") and sentence.endswith(".")
    assert not (tmp_path / "strip.png").exists()
