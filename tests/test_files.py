from pathlib import Path

import pytest

from gaitcolor_core.files import is_video, write_whole


@pytest.mark.parametrize("name", ["walk.mp4", "WALK.MOV", "a.b.webm"])
def test_videos_are_known_by_their_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert is_video(tmp_path / name)


@pytest.mark.parametrize("name", ["walk.txt", "._walk.mp4", "mp4"])
def test_other_files_and_hidden_companions_are_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert not is_video(tmp_path / name)


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "walk.mp4").mkdir()
    assert not is_video(tmp_path / "walk.mp4")


def test_an_earlier_file_is_replaced_and_nothing_is_left_beside(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"first")
    write_whole(tmp_path / "a", b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"second"


def test_what_cannot_be_written_leaves_the_earlier_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"first")
    with pytest.raises(TypeError):
        write_whole(tmp_path / "a", "no bytes")  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"first"
