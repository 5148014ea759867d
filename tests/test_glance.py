"""A quick look at a clip: who walks there, with a picture of each."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import DRAWN_FPS, MAN, WOMAN, draw
from drawn_walkers import Walker, render_frames

from gaitcolor_core import GaitAnonymizer, InputError, Sighting, Stopped
from gaitcolor_core.cli import main
from gaitcolor_core.structures import Bool, UInt8

WALKERS = Walker(MAN, 30, 225), Walker(WOMAN, 210, 225, phase=0.4)
SIZE = (400, 240)


@pytest.fixture(scope="module")
def anonymizer() -> GaitAnonymizer:
    return GaitAnonymizer(detector="static", device="cpu")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of a man and a woman who stay apart."""
    return draw(tmp_path_factory.mktemp("pair") / "two.mp4", *WALKERS, size=SIZE)


@pytest.fixture(scope="module")
def seen(anonymizer: GaitAnonymizer, pair: Path) -> list[Sighting]:
    return anonymizer.glance(pair)


@pytest.fixture(scope="module")
def truth() -> list[tuple[Bool, ...]]:
    """By frame, the masks of the man and the woman."""
    frames = render_frames(WALKERS, width=SIZE[0], height=SIZE[1], num_frames=20, fps=DRAWN_FPS)
    return [frame.masks for frame in frames]


def box_of(mask: Bool) -> list[int]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]


def who(sighting: Sighting, truth: list[tuple[Bool, ...]]) -> int:
    """Index of the walker whose box is about that of the sighting, in all of its frames."""
    (found,) = {
        index
        for frame_id, box in sighting.path
        for index, mask in enumerate(truth[frame_id])
        if np.abs(np.subtract(box, box_of(mask))).max() < 8
    }
    return found


def share_of_color(image: UInt8, color: tuple[int, int, int]) -> float:
    """The share of pixels of about a color, or a shade of it."""
    unit = np.array(color) / np.linalg.norm(color)
    length = np.linalg.norm(image, axis=-1) + 1
    return float((((image @ unit) / length > 0.992) & (length > 60)).mean())


def test_each_walker_is_seen_once(seen: list[Sighting], truth: list[tuple[Bool, ...]]) -> None:
    assert [sighting.number for sighting in seen] == [1, 2]
    assert {who(sighting, truth) for sighting in seen} == {0, 1}


def test_a_sighting_says_when_and_where(seen: list[Sighting]) -> None:
    for sighting in seen:
        assert (sighting.frame_id, sighting.xyxy) in sighting.path
        assert sighting.time_s == pytest.approx(sighting.frame_id / DRAWN_FPS)
        # Six looks a second, or as near as whole frames allow.
        assert {frame_id % 2 for frame_id, _ in sighting.path} == {0}


def test_a_thumbnail_shows_its_walker(seen: list[Sighting], truth: list[tuple[Bool, ...]]) -> None:
    shirts = [walker.style.shirt for walker in WALKERS]
    for sighting in seen:
        assert sighting.thumbnail.dtype == np.uint8
        height, width, channels = sighting.thumbnail.shape
        assert (height, channels) == (160, 3)
        assert 40 < width < 160
        own = who(sighting, truth)
        shares = [share_of_color(sighting.thumbnail, shirt) for shirt in shirts]
        assert shares[own] > 0.02 > 2 * shares[1 - own]


def test_another_look_sees_the_same(
    anonymizer: GaitAnonymizer, pair: Path, seen: list[Sighting]
) -> None:
    for first, second in zip(seen, anonymizer.glance(pair), strict=True):
        assert first.to_dict() == second.to_dict()
        assert np.array_equal(first.thumbnail, second.thumbnail)


def test_a_sighting_can_be_written_as_json(seen: list[Sighting]) -> None:
    again = json.loads(json.dumps(seen[0].to_dict()))
    assert set(again) == {"number", "frame_id", "time_s", "xyxy", "path"}
    assert again["number"] == 1


def test_those_who_meet_are_shown_while_they_are_apart(
    anonymizer: GaitAnonymizer, tmp_path: Path
) -> None:
    walkers = Walker(MAN, 60, 225), Walker(WOMAN, 340, 225, direction=-1)
    clip = draw(tmp_path / "meet.mp4", *walkers, size=SIZE)
    frames = list(render_frames(walkers, width=SIZE[0], height=SIZE[1], num_frames=20, fps=12))
    sightings = anonymizer.glance(clip)
    assert len(sightings) >= 2
    for sighting in sightings[:2]:
        man, woman = (box_of(mask) for mask in frames[sighting.frame_id].masks)
        assert man[2] <= woman[0] or woman[2] <= man[0]


def test_nobody_is_nobody(anonymizer: GaitAnonymizer, tmp_path: Path) -> None:
    assert anonymizer.glance(draw(tmp_path / "empty.mp4")) == []


def test_a_bad_clip_is_refused_as_in_a_run(anonymizer: GaitAnonymizer, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_text("no clip")
    with pytest.raises(InputError) as glanced:
        anonymizer.glance(clip)
    with pytest.raises(InputError) as run:
        anonymizer.anonymize_video(clip, tmp_path / "safe.mp4")
    assert str(glanced.value) == str(run.value)


def test_progress_is_told_and_may_stop_it(anonymizer: GaitAnonymizer, pair: Path) -> None:
    told: list[tuple[str, int, int | None]] = []

    def stop_half_way(*progress: object) -> None:
        told.append(progress)
        if progress[1] > 10:
            raise Stopped

    with pytest.raises(Stopped):
        anonymizer.glance(pair, on_progress=stop_half_way)
    assert told == [("Looking for walkers", done, 20) for done in (1, 3, 5, 7, 9, 11)]


def test_the_command_line_shows_whom_it_can_leave_as_is(
    pair: Path, seen: list[Sighting], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "walkers"
    assert main(["glance", str(pair), "-o", str(folder), "--detector", "static"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"walker {sighting.number}: shown at {sighting.time_s:.1f} s" for sighting in seen
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["1.png", "2.png", "walkers.json"]
    listed = json.loads((folder / "walkers.json").read_text())
    assert listed == json.loads(json.dumps([sighting.to_dict() for sighting in seen]))
    for sighting in seen:
        picture = cv2.imread(str(folder / f"{sighting.number}.png"))
        assert np.array_equal(picture[..., ::-1], sighting.thumbnail)


def test_the_command_line_says_if_nobody_was_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = draw(tmp_path / "empty.mp4")
    assert main(["glance", str(clip), "-o", str(tmp_path), "--detector", "static"]) == 0
    assert capsys.readouterr().out == "Nobody was seen.\n"
    assert json.loads((tmp_path / "walkers.json").read_text()) == []
