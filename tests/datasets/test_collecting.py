from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from clips import DRAWN_FPS, MAN, WOMAN, draw
from drawn_walkers import Walker, render_frames

from gaitcolor_core.datasets.clips import ClipKey, ClipSet
from gaitcolor_core.datasets.collecting import ClipOutcome, WalkerFinder, collect_clips
from gaitcolor_core.stages.segment_static import StaticSegmenter
from gaitcolor_core.stages.track import assign_track_ids, link_tracks
from gaitcolor_core.structures import InputError, Stopped

ONE = Walker(MAN, -60, 225)
SEEN = {"size": (400, 240), "num_frames": 36}
FINDER = WalkerFinder(StaticSegmenter(), assign_track_ids, link_tracks)


def collect(source: Path, target: Path, **options: Callable) -> list[ClipOutcome]:
    return list(collect_clips(source, target, finder=FINDER, **options))


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A walker, an empty scene in a folder below, and what is no video although it says so."""
    folder = tmp_path_factory.mktemp("videos")
    draw(folder / "walk.mp4", ONE, **SEEN)
    (folder / "park").mkdir()
    draw(folder / "park" / "empty.mp4", num_frames=12)
    (folder / "broken.mov").write_bytes(b"this is no video")
    (folder / "._walk.mp4").write_bytes(b"hidden companion")
    (folder / "notes.txt").touch()
    return folder


@pytest.fixture(scope="module")
def outcomes(videos: Path, clip_set: Path) -> list[ClipOutcome]:
    return collect(videos, clip_set)


@pytest.fixture(scope="module")
def clip_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("set")


def test_each_video_has_an_outcome(outcomes: list[ClipOutcome]) -> None:
    assert [outcome.clip for outcome in outcomes] == ["broken.mov", "park/empty.mp4", "walk.mp4"]
    _, empty, walk = outcomes
    assert empty == ClipOutcome("park/empty.mp4", sequences=0, frames=0, new=True, problem=None)
    assert (walk.sequences, walk.problem) == (1, None)
    assert walk.frames >= 12


def test_a_bad_video_is_told_in_one_sentence_and_does_not_end_the_work(
    outcomes: list[ClipOutcome],
) -> None:
    problem = outcomes[0].problem
    assert problem and "broken.mov" in problem and problem.endswith(".") and "\n" not in problem


def test_the_walker_is_read_back_as_drawn(outcomes: list[ClipOutcome], clip_set: Path) -> None:
    walkers = ClipSet(clip_set)
    assert walkers.keys() == [ClipKey("walk.mp4", walker=1, part=1)]
    key = walkers.keys()[0]
    silhouettes, crops, frames = (
        walkers.silhouettes(key),
        walkers.crops(key),
        walkers.frame_ids(key),
    )
    assert silhouettes.shape == (outcomes[2].frames, 128, 128)
    assert crops.shape == (outcomes[2].frames, 128, 128, 3)
    assert walkers.fps(key) == DRAWN_FPS
    width, height = SEEN["size"]
    drawn = list(render_frames([ONE], width=width, height=height, num_frames=36, fps=DRAWN_FPS))
    for silhouette, crop, frame in zip(silhouettes, crops, frames, strict=True):
        mask = drawn[frame].masks[0]
        left, top, right, bottom = _bounds(mask)
        # The picture's edge does not cut the walker.
        assert left > 0 and right < width
        assert silhouette.any(1).mean() > 0.98
        # The body has the colors of this frame; a frame earlier or later it is elsewhere.
        seen = drawn[frame].image[mask].mean(0)
        assert np.abs(crop[silhouette].mean(0) - seen).max() < 12
        assert abs(silhouette.sum() / 128**2 - mask.sum() / (bottom - top) ** 2) < 0.06


def test_of_a_clip_without_walkers_it_is_remembered_that_it_was_read(
    outcomes: list[ClipOutcome], clip_set: Path
) -> None:
    assert [path.name for path in (clip_set / "park" / "empty.mp4").iterdir()] == ["clip.json"]


def test_what_is_done_is_not_done_again(
    outcomes: list[ClipOutcome], videos: Path, clip_set: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in clip_set.rglob("*")}
    again = collect(videos, clip_set)
    assert [outcome.new for outcome in again[1:]] == [False, False]
    assert again[2].frames == outcomes[2].frames
    assert {path: path.stat().st_mtime_ns for path in clip_set.rglob("*")} == before


def test_a_video_that_has_changed_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    clip = draw(tmp_path / "videos" / "a.mp4", ONE, **SEEN)
    assert collect(clip.parent, tmp_path / "set")[0].sequences == 1
    draw(clip, num_frames=12)
    outcome = collect(clip.parent, tmp_path / "set")[0]
    assert (outcome.new, outcome.sequences) == (True, 0)
    assert [path.name for path in (tmp_path / "set" / "a.mp4").iterdir()] == ["clip.json"]


def test_two_walkers_are_kept_apart(tmp_path: Path) -> None:
    both = Walker(MAN, 40, 225), Walker(WOMAN, 290, 225)
    (tmp_path / "videos").mkdir()
    draw(tmp_path / "videos" / "a.mp4", *both, size=(560, 240), num_frames=20)
    (outcome,) = collect(tmp_path / "videos", tmp_path / "set")
    assert outcome.sequences == 2
    walkers = ClipSet(tmp_path / "set")
    assert [key.walker for key in walkers.keys()] == [1, 2]
    shirts = [walkers.crops(key)[:, 40:50, 60:68].mean((0, 1, 2)) for key in walkers.keys()]
    # The man's shirt is blue, the woman's yellow.
    assert sorted(bool(shirt[0] > shirt[2]) for shirt in shirts) == [False, True]


def test_progress_tells_of_both_passes(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    draw(tmp_path / "videos" / "a.mp4", ONE, **SEEN)
    told: list[tuple[str, int, int | None]] = []
    collect(tmp_path / "videos", tmp_path / "set", on_progress=lambda *state: told.append(state))
    finding = [done for stage, done, _ in told if stage == "a.mp4: finding walkers"]
    cutting = [done for stage, done, _ in told if stage == "a.mp4: cutting out walkers"]
    assert finding == list(range(1, 37))
    assert cutting and cutting == sorted(cutting) and cutting[-1] <= 36
    assert {total for _, _, total in told} == {36}


def test_who_stops_leaves_nothing_of_the_clip_and_can_go_on(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    draw(tmp_path / "videos" / "a.mp4", ONE, **SEEN)

    def stop(stage: str, done: int, total: int | None) -> None:
        if "cutting" in stage and done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        collect(tmp_path / "videos", tmp_path / "set", on_progress=stop)
    assert list((tmp_path / "set").iterdir()) == []
    # What a killed run leaves is cleared away.
    (tmp_path / "set" / ".a.mp4.partial").mkdir()
    (tmp_path / "set" / ".a.mp4.partial" / "01-01.crops.jpg").touch()
    assert collect(tmp_path / "videos", tmp_path / "set")[0].sequences == 1
    assert [path.name for path in (tmp_path / "set").iterdir()] == ["a.mp4"]


def test_nothing_of_the_users_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    clip = draw(tmp_path / "videos" / "a.mp4", num_frames=12)
    before = clip.read_bytes()
    (outcome,) = collect(clip.parent, clip.parent)
    assert outcome.problem and outcome.problem.endswith("collect into another folder.")
    assert clip.read_bytes() == before
    (tmp_path / "set" / "a.mp4").mkdir(parents=True)
    (tmp_path / "set" / "a.mp4" / "letter.txt").touch()
    assert collect(clip.parent, tmp_path / "set")[0].problem
    assert (tmp_path / "set" / "a.mp4" / "letter.txt").exists()


def test_a_folder_without_videos(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^There are no videos in '.*' or in the folders below"):
        collect_clips(tmp_path, tmp_path / "set", finder=FINDER)
    with pytest.raises(InputError, match=r"^There is no folder '.*nowhere'; give the folder with"):
        collect_clips(tmp_path / "nowhere", tmp_path / "set", finder=FINDER)


def _bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
