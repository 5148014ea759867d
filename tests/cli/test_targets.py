"""Which clips are meant, and what their results are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitcolor_core.cli.targets import new_folder, plan
from gaitcolor_core.structures import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two clips, results of an earlier run, and what is no clip."""
    for name in ("b.MOV", "a.mp4", "a_anonymized.mp4", "a_anonymized_side_by_side.mp4",
                 ".a.partial.mp4", "notes.txt"):  # fmt: skip
        (tmp_path / name).touch()
    (tmp_path / "inner.mp4").mkdir()
    return tmp_path


def outputs(*given: Path, output: str | None = None) -> list[Path]:
    return [job.output for job in plan(given, output, side_by_side=False, report=None)]


def test_a_result_lies_beside_its_clip(folder: Path) -> None:
    assert outputs(folder / "b.MOV") == [folder / "b_anonymized.mp4"]


def test_a_folder_means_the_clips_directly_in_it(folder: Path) -> None:
    jobs = plan([folder], None, side_by_side=False, report=None)
    assert [job.clip.name for job in jobs] == ["a.mp4", "b.MOV"]


def test_a_result_named_outright_is_a_clip_like_any_other(folder: Path) -> None:
    assert outputs(folder / "a_anonymized.mp4") == [folder / "a_anonymized_anonymized.mp4"]


def test_output_may_be_a_file_for_one_clip(folder: Path) -> None:
    assert outputs(folder / "a.mp4", output="safe.mp4") == [Path("safe.mp4")]


@pytest.mark.parametrize("name", ["inner.mp4", "new/"])
def test_output_may_be_a_folder(folder: Path, name: str) -> None:
    found = outputs(folder / "a.mp4", folder / "b.MOV", output=f"{folder}/{name}")
    assert found == [
        folder / name / "a_anonymized.mp4",
        folder / name / "b_anonymized.mp4",
    ]


def test_a_pair_lies_beside_the_result(folder: Path) -> None:
    (job,) = plan([folder / "a.mp4"], "out/safe.mp4", side_by_side=True, report=None)
    assert job.pair == Path("out/safe_side_by_side.mp4")


@pytest.mark.parametrize(
    ("names", "output", "report", "words"),
    [
        (["a.mp4", "b.MOV"], "c.mp4", None, "Several clips need a folder"),
        (["a.mp4"], "c.avi", None, "is an MP4 file"),
        (["a.mp4"], "a.mp4", None, "is a clip itself"),
        (["a.mp4"], "inner.mp4/../a.mp4", None, "is a clip itself"),
        (["a.mp4"], None, "a.mp4", "is a clip itself"),
        (["a.mp4"], None, "a_anonymized.mp4", "would be written twice"),
        (["a.mp4", "a.mp4"], None, None, "would be written twice"),
        (["a.mp4", "a_anonymized.mp4"], None, None, "is a clip itself"),
        (["a.mp4"], None, "none/r.json", "no folder"),
        (["inner.mp4"], None, None, "no video to anonymize in the folder"),
    ],
)
def test_refuses_what_does_not_go_together(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    output: str | None,
    report: str | None,
    words: str,
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(InputError, match=words):
        plan(
            [Path(name) for name in names],
            output,
            side_by_side=False,
            report=Path(report) if report else None,
        )


def test_new_folder_stays_if_something_is_in_it(tmp_path: Path) -> None:
    with new_folder(tmp_path / "full"):
        (tmp_path / "full" / "a.mp4").touch()
    with new_folder(tmp_path / "empty"):
        assert (tmp_path / "empty").is_dir()
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "broken"):
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_a_folder_that_was_there_stays(tmp_path: Path) -> None:
    with new_folder(tmp_path):
        pass
    assert tmp_path.is_dir()


@pytest.mark.parametrize("name", ["none/new", "file"])
def test_refuses_a_folder_that_cannot_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(InputError, match=r"cannot be created \(.+\); choose another"),
        new_folder(tmp_path / name),
    ):
        pass
