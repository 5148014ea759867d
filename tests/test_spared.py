"""Whoever is spared stays as is, in the whole run; nobody else does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from app_server import ROOT, shortened
from clips import DRAWN_FPS, MAN, WOMAN, draw, psnr
from drawn_walkers import Walker, render_frames

from gaitcolor_core import AnonymizationReport, GaitAnonymizer, InputError, Settings, Sighting
from gaitcolor_core.cli import main
from gaitcolor_core.structures import Bool, UInt8
from gaitcolor_core.video import VideoReader

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
    # They meet in the middle.
    example = ROOT / "demo" / "examples" / "two_walkers.mp4"
    clip = shortened(example, tmp_path / "clip.mp4", 30, 90)
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
