"""Whoever is spared stays as is; nobody else does, whatever is mixed up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from app_server import ROOT, shortened
from clips import DRAWN_FPS, MAN, WOMAN, draw, psnr
from drawn_walkers import Walker, render_frames
from test_gait import track_of, walker_track

from gaitcolor_core import AnonymizationReport, GaitAnonymizer, InputError, Settings, Sighting
from gaitcolor_core.actor import Actor
from gaitcolor_core.cli import main
from gaitcolor_core.gait import align
from gaitcolor_core.sparing import Spared, Wish, spare
from gaitcolor_core.structures import Bool, PackedMask, Track, UInt8
from gaitcolor_core.video import VideoReader

FPS = 25.0
EVERY = 5


def box(x: float) -> tuple[float, float, float, float]:
    return (x, 20.0, x + 40, 140.0)


def track(number: int, x_by_frame: dict[int, float], guessed: tuple[int, ...] = ()) -> Track:
    """A walker whose box begins at x in each frame."""
    return Track(
        track_id=number,
        frame_ids=np.array(list(x_by_frame), np.int64),
        xyxy=np.array([box(x) for x in x_by_frame.values()], np.float32),
        masks=(PackedMask.pack(np.ones((120, 40), bool)),) * len(x_by_frame),
        interpolated=np.isin(list(x_by_frame), guessed),
    )


def sighting(number: int, x_by_frame: dict[int, float]) -> Sighting:
    path = tuple((frame_id, box(x)) for frame_id, x in x_by_frame.items())
    frame_id, first = path[0]
    return Sighting(number, frame_id, frame_id / FPS, first, path, np.zeros((160, 50, 3), np.uint8))


def walk(start: float, step: float, frames: range) -> dict[int, float]:
    return {frame_id: start + step * frame_id for frame_id in frames}


ALL, LOOKS = range(100), range(0, 100, EVERY)
# Two who meet in frame 50.
LEFT, RIGHT = walk(0, 2, ALL), walk(200, -2, ALL)
SEEN = [sighting(1, walk(0, 2, LOOKS)), sighting(2, walk(200, -2, LOOKS))]


def granted(tracks: list[Track], *numbers: int, seen: list[Sighting] = SEEN) -> Spared:
    return spare(tracks, Wish(seen, frozenset(numbers)), fps=FPS)


def test_who_was_seen_is_spared() -> None:
    # The run need not number walkers as the glance does.
    tracks = [track(1, RIGHT), track(2, LEFT)]
    assert granted(tracks, 1) == Spared({2: 1}, ())
    assert granted(tracks, 1, 2) == Spared({1: 2, 2: 1}, ())
    assert granted(tracks) == Spared({}, ())


def test_boxes_need_not_be_the_same() -> None:
    assert granted([track(1, walk(8, 2, ALL))], 1) == Spared({1: 1}, ())
    # 22 of 40 pixels aside: an overlap of a third.
    assert granted([track(1, walk(22, 2, ALL))], 1) == Spared({}, (1,))


def test_whom_nobody_saw_is_not_spared() -> None:
    stranger = track(3, walk(500, 0, ALL))
    assert granted([track(1, LEFT), stranger], 1, seen=SEEN[:1]) == Spared({1: 1}, ())
    assert granted([stranger], 1) == Spared({}, (1,))


def test_a_track_that_goes_over_to_somebody_else_is_not_spared() -> None:
    mixed = track(1, {f: LEFT[f] if f < 50 else RIGHT[f] for f in ALL})
    assert granted([mixed], 1) == Spared({}, (1,))
    # Even if the glance mixes them up in another way, or is asked to spare both.
    assert granted([mixed], 1, 2) == Spared({}, (1, 2))


def test_a_glance_that_mixes_people_up_spares_nobody() -> None:
    switched = [
        sighting(1, {f: LEFT[f] if f < 50 else RIGHT[f] for f in LOOKS}),
        sighting(2, {f: RIGHT[f] if f < 50 else LEFT[f] for f in LOOKS}),
    ]
    tracks = [track(1, LEFT), track(2, RIGHT)]
    assert granted(tracks, 1, seen=switched) == Spared({}, (1,))


def test_a_track_that_goes_on_unseen_is_not_spared() -> None:
    briefly = [sighting(1, walk(0, 2, range(0, 50, EVERY)))]
    assert granted([track(1, LEFT)], 1, seen=briefly) == Spared({}, (1,))
    # For a second the walker may have been overlooked.
    assert granted([track(1, walk(0, 2, range(70)))], 1, seen=briefly) == Spared({1: 1}, ())


def test_guessed_boxes_say_nothing() -> None:
    jump = {f: RIGHT[f] if f == 25 else LEFT[f] for f in ALL}
    assert granted([track(1, jump, guessed=(25,))], 1) == Spared({1: 1}, ())
    assert granted([track(1, jump)], 1) == Spared({}, (1,))


def test_both_parts_of_a_broken_track_are_spared() -> None:
    parts = [track(1, walk(0, 2, range(40))), track(2, walk(0, 2, range(60, 100)))]
    assert granted(parts, 1) == Spared({1: 1, 2: 1}, ())


def test_nobody_can_spare_whom_the_glance_did_not_see() -> None:
    with pytest.raises(InputError, match=r"no walker 3, 4 to leave as is; .* found 2"):
        Wish(SEEN, frozenset({1, 3, 4}))


def test_an_outline_that_may_hold_two_is_not_left_as_is() -> None:
    alone = walker_track(num_frames=25)
    masks = []
    for index, mask in enumerate(alone.masks):
        canvas = np.zeros((190, 420), bool)
        mask.paint(canvas)
        if index == 12:
            canvas |= np.roll(canvas, 40, axis=1)
        masks.append(canvas)
    touching = track_of(masks)
    gait = align(touching, frame_shape=(190, 420), fps=FPS)
    actor = Actor(touching, gait, None, None)
    assert [index for index in range(25) if not actor.can_be_left(index)] == [12]


WALKERS = Walker(MAN, 30, 225), Walker(WOMAN, 210, 225, phase=0.4)
SIZE = (400, 240)
NUM_FRAMES = 20


@dataclass(frozen=True)
class Pair:
    """A clip of a man and a woman who stay apart, and a glance at it."""

    clip: Path
    masks: list[tuple[Bool, ...]]
    sightings: list[Sighting]

    def index(self, sighting: Sighting) -> int:
        """Which of the two it is."""
        return int(sighting.xyxy[0] > np.flatnonzero(
            self.masks[sighting.frame_id][1].any(0))[0] - 30)  # fmt: skip


@pytest.fixture(scope="module")
def anonymizer() -> GaitAnonymizer:
    return GaitAnonymizer(Settings(seed=5), detector="static", device="cpu")


@pytest.fixture(scope="module")
def pair(anonymizer: GaitAnonymizer, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    clip = draw(tmp_path_factory.mktemp("pair") / "two.mp4", *WALKERS, size=SIZE)
    frames = render_frames(
        WALKERS, width=SIZE[0], height=SIZE[1], num_frames=NUM_FRAMES, fps=DRAWN_FPS
    )
    return Pair(clip, [frame.masks for frame in frames], anonymizer.glance(clip))


def images(path: Path) -> list[UInt8]:
    return [frame.image for frame in VideoReader(path)]


def likeness_db(pair: Pair, index: int, result: Path) -> float:
    """How much a walker of the result looks like the original."""
    masks = [masks[index] for masks in pair.masks]
    before, after = (
        np.concatenate([image[mask] for image, mask in zip(images(path), masks, strict=True)])
        for path in (pair.clip, result)
    )
    return psnr(before, after)


def run(
    anonymizer: GaitAnonymizer, pair: Pair, output: Path, seen: list[Sighting], *numbers: int
) -> AnonymizationReport:
    return anonymizer.anonymize_video(pair.clip, output, sightings=seen, spared=numbers)


@pytest.mark.parametrize("number", [1, 2])
def test_the_spared_one_stays_and_the_other_does_not(
    anonymizer: GaitAnonymizer, pair: Pair, tmp_path: Path, number: int
) -> None:
    report = run(anonymizer, pair, tmp_path / "safe.mp4", pair.sightings, number)
    own = pair.index(pair.sightings[number - 1])
    assert likeness_db(pair, own, tmp_path / "safe.mp4") > 35  # the codec alone
    assert likeness_db(pair, 1 - own, tmp_path / "safe.mp4") < 25
    (left,) = report.spared
    assert [walker.frames_tracked == 0 for walker in report.walkers] == [
        walker.track_id == left for walker in report.walkers
    ]
    assert any(f"Not anonymized, as you wished: walker {left}" in said for said in report.warnings)
    assert report.to_dict()["spared"] == (left,)


def test_whom_the_glance_did_not_see_is_anonymized(
    anonymizer: GaitAnonymizer, pair: Pair, tmp_path: Path
) -> None:
    report = run(anonymizer, pair, tmp_path / "safe.mp4", pair.sightings[:1], 1)
    assert len(report.spared) == 1
    stranger = pair.index(pair.sightings[1])
    assert likeness_db(pair, stranger, tmp_path / "safe.mp4") < 25


def test_a_sighting_of_nobody_spares_nobody_and_the_report_says_so(
    anonymizer: GaitAnonymizer, pair: Pair, tmp_path: Path
) -> None:
    first = pair.sightings[0]
    aside = [(frame_id, (x0 + 90, y0, x1 + 90, y1)) for frame_id, (x0, y0, x1, y1) in first.path]
    ghost = replace(first, path=tuple(aside))
    report = run(anonymizer, pair, tmp_path / "safe.mp4", [ghost], 1)
    assert report.spared == ()
    assert any(said.startswith("Walker 1 of the quick look was to be left as is, but could not")
               for said in report.warnings)  # fmt: skip
    for index in (0, 1):
        assert likeness_db(pair, index, tmp_path / "safe.mp4") < 25


def test_an_unknown_number_is_refused_before_the_work(
    anonymizer: GaitAnonymizer, pair: Pair, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="There is no walker 3 to leave as is"):
        run(anonymizer, pair, tmp_path / "safe.mp4", pair.sightings, 3)
    assert not list(tmp_path.iterdir())


def test_who_is_spared_may_come_and_go(anonymizer: GaitAnonymizer, tmp_path: Path) -> None:
    hurried = replace(MAN, cadence_hz=1.5, stride_ratio=0.9)
    clip = draw(tmp_path / "enter.mp4", Walker(hurried, -100, 225), size=SIZE)
    seen = anonymizer.glance(clip)
    everybody = [sighting.number for sighting in seen]
    spared = anonymizer.anonymize_video(
        clip, tmp_path / "left.mp4", sightings=seen, spared=everybody
    )
    usual = anonymizer.anonymize_video(clip, tmp_path / "safe.mp4")
    assert spared.spared == (1,)
    assert spared.covered_detections < usual.covered_detections
    before, after = images(clip), images(tmp_path / "left.mp4")
    # Before the walker is followed, arms and legs at the edge may be anybody's.
    (sighting,) = seen
    first = sighting.path[0][0]
    assert first < 12
    assert min(psnr(a, b) for a, b in zip(before[first:], after[first:], strict=True)) > 36


def test_the_command_line_spares(
    pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "safe.mp4"
    options = ["-o", str(output), "--detector", "static", "--seed", "5", "--spare", "2"]
    assert main(["anonymize", str(pair.clip), *options, "--blur-faces"]) == 0
    assert "Not anonymized, as you wished: walker" in capsys.readouterr().err
    own = pair.index(pair.sightings[1])
    assert likeness_db(pair, own, output) > 35 > 25 > likeness_db(pair, 1 - own, output)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--spare", "all"], "'all' is no list of numbers such as 1,3"),
        (["--spare", "1", "--walkers", "1"], "not allowed with argument"),
        (["another.mp4", "--spare", "1"], "with --spare give one clip at a time"),
    ],
)
def test_wishes_that_cannot_be_met(
    pair: Pair, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["anonymize", str(pair.clip), *options])
    assert words in capsys.readouterr().err


def test_two_who_cross_before_a_moving_camera(tmp_path: Path) -> None:
    clip = shortened(ROOT / "demo" / "examples" / "two_walkers.mp4", tmp_path / "clip.mp4")
    segmenter = str(ROOT / "checkpoints" / "walker_segmenter")
    anonymizer = GaitAnonymizer(Settings(seed=1), detector=segmenter, device="cpu")
    seen = anonymizer.glance(clip)
    output = tmp_path / "safe.mp4"
    report = anonymizer.anonymize_video(clip, output, sightings=seen, spared=[1])
    assert len(seen) >= 2 and report.spared
    before, after = images(clip), images(output)

    def likeness(walker: Sighting) -> float:
        """In the part of the clip in which the two are apart."""
        boxes = [(frame_id, np.array(box).round().astype(int)) for frame_id, box in walker.path]
        return float(np.median([
            psnr(before[f][y0:y1, x0:x1], after[f][y0:y1, x0:x1]) for f, (x0, y0, x1, y1) in boxes
        ]))  # fmt: skip

    assert likeness(seen[0]) > likeness(seen[1]) + 8
