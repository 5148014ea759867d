import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.datasets.clips import CROPS, SILHOUETTES, ClipKey, ClipSet, Stretches
from gaitcolor_core.datasets.strips import write_crops, write_silhouettes
from gaitcolor_core.structures import InputError

KEY = ClipKey("park/walk.mp4", 2, 1)


def add(root: Path, clip: str, **frame_ids: list[int]) -> None:
    """Write a clip whose sequences have names such as `w02_01` and plain frames."""
    folder = root / clip
    folder.mkdir(parents=True)
    named = {name[1:].replace("_", "-"): frames for name, frames in frame_ids.items()}
    Stretches(29.97, 1000, 5, named).write(folder / "clip.json")
    for name, frames in named.items():
        write_silhouettes(folder / f"{name}{SILHOUETTES}", np.ones((len(frames), 128, 128), bool))
        crops = np.full((len(frames), 128, 128, 3), 200, np.uint8)
        write_crops(folder / f"{name}{CROPS}", crops)


def test_a_sequence_is_read_back(tmp_path: Path) -> None:
    add(tmp_path, KEY.clip, w02_01=[3, 4, 6])
    walkers = ClipSet(tmp_path)
    assert walkers.silhouettes(KEY).shape == (3, 128, 128)
    assert walkers.crops(KEY).shape == (3, 128, 128, 3)
    assert walkers.frame_ids(KEY).tolist() == [3, 4, 6]
    assert walkers.fps(KEY) == 29.97


def test_sequences_are_listed_by_clip_walker_and_part(tmp_path: Path) -> None:
    add(tmp_path, "b.mp4", w10_01=[1], w02_02=[9], w02_01=[1])
    add(tmp_path, "a.mp4", w01_01=[1])
    add(tmp_path, ".c.mp4.partial", w01_01=[1])  # left by a run that was killed
    assert ClipSet(tmp_path).keys() == [
        ClipKey("a.mp4", 1, 1),
        ClipKey("b.mp4", 2, 1),
        ClipKey("b.mp4", 2, 2),
        ClipKey("b.mp4", 10, 1),
    ]


def test_clips_without_walkers_are_no_fault(tmp_path: Path) -> None:
    add(tmp_path, "empty.mp4")
    assert ClipSet(tmp_path).keys() == []


def test_folders_that_are_no_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no folder '.*nowhere'; collect walkers"):
        ClipSet(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"no walkers from clips in .*looked for files called"):
        ClipSet(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["", "[1]", "null", "{}", '{"fps": 1, "num_bytes": 1, "modified_ns": 1, "frame_ids": [1]}',
     '{"fps": 1, "num_bytes": 1, "modified_ns": 1, "frame_ids": {"x": [1]}}',
     '{"fps": 1, "num_bytes": 1, "modified_ns": 1, "frame_ids": {"01-01": ["x"]}}'],
)  # fmt: skip
def test_a_damaged_clip_is_told_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.mp4").mkdir()
    (tmp_path / "a.mp4" / "clip.json").write_text(content)
    with pytest.raises(InputError, match=r"clip\.json' is damaged; delete its folder and collect"):
        ClipSet(tmp_path)


def test_sequences_that_are_not_there(tmp_path: Path) -> None:
    add(tmp_path, KEY.clip, w02_01=[3])
    walkers = ClipSet(tmp_path)
    for ask in (walkers.silhouettes, walkers.crops, walkers.frame_ids, walkers.fps):
        with pytest.raises(InputError, match=r"no sequence 09-01 of park/walk\.mp4 in"):
            ask(ClipKey(KEY.clip, 9, 1))
    (tmp_path / KEY.clip / "02-01.crops.jpg").unlink()
    with pytest.raises(InputError, match=r"02-01\.crops\.jpg' cannot be read"):
        walkers.crops(KEY)


@settings(max_examples=50)
@given(
    st.builds(
        Stretches,
        st.floats(1, 240),
        st.integers(0, 2**50),
        st.integers(0, 2**62),
        st.dictionaries(
            st.builds("{:02d}-{:02d}".format, st.integers(1, 150), st.integers(1, 150)),
            st.lists(st.integers(0, 10**7)),
        ),
    )
)
def test_what_is_known_of_a_clip_is_read_back(known: Stretches) -> None:
    with tempfile.TemporaryDirectory() as folder:
        known.write(Path(folder) / "clip.json")
        assert Stretches.read(Path(folder) / "clip.json") == known
