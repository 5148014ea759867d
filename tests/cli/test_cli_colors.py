"""`colors`: what it writes, says and returns."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from color_networks import write_network
from colored_sets import write_colored_set
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.cli import main

SHORT = ("--frames", 1, "--views", 1, "--device", "cpu")


def colors(*words: object) -> int:
    try:
        return main(["colors", *map(str, words)])
    except SystemExit as end:
        return int(str(end.code))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two test subjects, one in patterns, and one other."""
    return write_colored_set(tmp_path / "set", (1, 81, 82)).root


def test_tables_and_pictures_are_written(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_network(tmp_path / "checkpoints")
    target = tmp_path / "results"
    words = ("--colors", "nearest", "gram", "--checkpoints", tmp_path / "checkpoints", *SHORT)
    assert colors(root, "-o", target, *words) == 0
    report = capsys.readouterr().out
    assert report.startswith("2 sequences of 2 walkers; frames of each: 1;")
    assert (target / "colors.md").read_text().strip() == report.strip()
    numbers = json.loads((target / "colors.json").read_text())
    assert list(numbers) == ["nearest", "gram"]
    assert list(numbers["gram"]) == ["plain", "textural", "incomplete", "complete"]
    pictures = [cv2.imread(str(path)) for path in sorted(target.glob("*.png"))]
    assert len(pictures) == 3
    assert len({picture.shape for picture in pictures}) == 1
    assert sorted(path.name for path in target.iterdir()) == [
        "colors.json", "colors.md", "incomplete.png", "plain.png", "textural.png", "walkers",
    ]  # fmt: skip
    # Again: nothing is left to be colored, and the same comes out.
    before = {path: path.stat().st_mtime_ns for path in (target / "walkers").glob("08*.json")}
    assert len(before) == 2
    assert colors(root, "-o", target, *words) == 0
    assert capsys.readouterr().out == report
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_picture_that_nobody_fits_is_left_out(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--colors", "warp", "--subjects", 81, *SHORT)
    assert colors(root, "-o", tmp_path / "results", *words) == 0
    out, err = capsys.readouterr()
    assert out.startswith("1 sequences of 1 walkers; frames of each: 1;")
    assert "There is no textural.png: '" in err and "There is no incomplete.png: '" in err
    assert [path.name for path in (tmp_path / "results").glob("*.png")] == ["plain.png"]


def test_all_are_all(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--colors", "nearest", "--subjects", "all", *SHORT)
    assert colors(root, "-o", tmp_path / "results", *words) == 0
    assert capsys.readouterr().out.startswith("3 sequences of 3 walkers; frames of each: 1;")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--strength", 2), 2, "The strength must lie between 0 and 1, not 2.0."),
        (("--frames", 0), 2, "'0' is no whole number from 1 on"),
        (("--colors", "gan"), 2, "invalid choice: 'gan'"),
        (("--subjects", "x"), 2, "'x' is neither 'all' nor numbers such as 1,3"),
        (("--device", "abacus"), 1, "The device 'abacus' cannot be used here; try 'cpu'."),
        (("--subjects", "90"), 1, "has none of the subjects 090-090 in color"),
        (("--colors", "supervised"), 1, "weights of the color network 'supervised' are not in"),
        (("--shape", "dcgan"), 1, "weights of the shape network 'dcgan' are not in"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    code: int,
    sentence: str,
) -> None:
    target, nothing = tmp_path / "results", tmp_path / "none"
    options = ("--colors", "nearest", "--checkpoints", nothing, *SHORT, *words)
    assert colors(root, "-o", target, *options) == code
    out, err = capsys.readouterr()
    assert out == "" and sentence in err.splitlines()[-1]
    assert not target.exists()


def test_a_comparison_of_something_else_is_not_overwritten(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (root, "-o", tmp_path / "results", "--colors", "nearest", "--subjects", 81, *SHORT)
    assert colors(*words) == 0
    report = (tmp_path / "results" / "colors.md").read_text()
    assert colors(*words, "--seed", 1) == 1
    assert "holds a comparison with other options" in capsys.readouterr().err.splitlines()[-1]
    assert (tmp_path / "results" / "colors.md").read_text() == report


def test_folders_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert colors(tmp_path, "-o", tmp_path / "results", "--colors", "nearest") == 1
    assert "is no rendered set" in capsys.readouterr().err.splitlines()[-1]
    write_set(tmp_path / "gray", everybody_walks(walks((81,))))
    assert colors(tmp_path / "gray", "-o", tmp_path / "results", "--colors", "nearest") == 1
    assert "none of the subjects 081-124 in color" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "results").exists()
