"""The whole job on a drawn clip: the report adds up, progress is told, a stop leaves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from clips import DRAWN_FPS, MAN, WOMAN, draw, psnr
from drawn_walkers import Walker

from gaitcolor_core import AnonymizationReport, GaitAnonymizer, InputError, Settings, Stopped
from gaitcolor_core.recognizability import Verdict, assess
from gaitcolor_core.structures import UInt8
from gaitcolor_core.video import VideoReader

SEED = 5
FINDING, DRAWING = "Finding the walkers", "Drawing the new walk"


@dataclass(frozen=True)
class Run:
    source: Path
    output: Path
    report: AnonymizationReport
    progress: list[tuple[str, int, int | None]]


def anonymizer(**settings: object) -> GaitAnonymizer:
    return GaitAnonymizer(Settings(**{"seed": SEED, **settings}), detector="static", device="cpu")


def images(path: Path) -> list[UInt8]:
    return [frame.image for frame in VideoReader(path)]


@pytest.fixture(scope="module")
def run(walker_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    output = tmp_path_factory.mktemp("result") / "safe.mp4"
    progress: list[tuple[str, int, int | None]] = []
    report = anonymizer().anonymize_video(
        walker_clip, output, on_progress=lambda *told: progress.append(told)
    )
    return Run(walker_clip, output, report, progress)


@pytest.fixture(scope="module")
def frames(run: Run) -> list[UInt8]:
    """The same job on frames."""
    return list(anonymizer().anonymize_frames(images(run.source), fps=DRAWN_FPS))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of two walkers who stay apart."""
    walkers = Walker(MAN, 30, 225), Walker(WOMAN, 210, 225, phase=0.4)
    return draw(tmp_path_factory.mktemp("pair") / "two.mp4", *walkers, size=(400, 240))


def test_the_result_has_as_many_frames_of_the_same_size(run: Run) -> None:
    before, after = images(run.source), images(run.output)
    assert len(after) == len(before) == run.report.frames == 20
    assert {image.shape for image in after} == {image.shape for image in before}
    assert (run.report.width, run.report.height) == (384, 256)


def test_the_report_says_what_was_asked_for(run: Run) -> None:
    report = run.report
    assert (report.source, report.output) == (str(run.source), str(run.output))
    assert (report.shape, report.color, report.strength) == ("deform", "warp", 1.0)
    assert (report.seed, report.device) == (SEED, "cpu")
    assert report.audio == "copied"
    assert any("static-camera" in warning for warning in report.warnings)


def test_the_frames_of_the_report_add_up(run: Run) -> None:
    report = run.report
    (walker,) = report.walkers
    assert walker.track_id == 1
    seen = walker.frames_tracked + walker.frames_interpolated + walker.frames_covered
    assert seen == walker.last_frame - walker.first_frame + 1
    assert seen + report.frames_without_walker == report.frames
    assert walker.frames_tracked >= 15
    assert report.covered_detections >= walker.frames_covered


def test_the_figures_of_the_report_are_plausible(run: Run) -> None:
    report = run.report
    (walker,) = report.walkers
    assert report.seconds > 0
    assert report.fps == pytest.approx(report.frames / report.seconds)
    # Two threads work at a time.
    assert sum(report.stage_seconds.values()) <= 2 * report.seconds
    assert {
        "read",
        "segment",
        "track",
        "shape",
        "color",
        "composite",
        "background",
        "write",
    } <= set(report.stage_seconds)
    assert min(report.stage_seconds.values()) >= 0
    # With one walker the means are the walker's own.
    for name in ("psnr_crop_db", "ssim_crop", "psnr_overlap_db", "ssim_overlap"):
        assert getattr(report, name) == pytest.approx(getattr(walker, name))
    assert 10 < walker.psnr_crop_db < walker.psnr_overlap_db <= 100
    assert 0 < walker.ssim_crop <= 1 and 0 < walker.ssim_overlap <= 1
    assert walker.gei_change > 8
    # One cycle and a half: too short to say how far the walker differs from himself.
    assert walker.gei_self is None
    assert walker.recognizability == assess(walker.gei_change, gei_self=None)


def test_the_report_can_be_written_as_json(run: Run) -> None:
    again = json.loads(json.dumps(run.report.to_dict()))
    assert again["frames"] == 20
    assert again["walkers"][0]["track_id"] == 1
    assert set(again) == set(vars(run.report))
    assert again["walkers"][0]["recognizability"]["verdict"] in get_args(Verdict)


def test_progress_rises_to_the_end_in_both_stages(run: Run) -> None:
    told = {stage: [done for name, done, _ in run.progress if name == stage] for stage in
            (FINDING, DRAWING)}  # fmt: skip
    assert len(told[FINDING]) + len(told[DRAWING]) == len(run.progress)
    for counts in told.values():
        assert counts == list(range(1, 21))
    assert [stage for stage, *_ in run.progress] == [FINDING] * 20 + [DRAWING] * 20
    assert {total for *_, total in run.progress} <= {20, None}


def test_the_walker_changes_and_the_background_does_not(run: Run, frames: list[UInt8]) -> None:
    before = images(run.source)
    changed = np.stack([(a != b).any(axis=-1) for a, b in zip(before, frames, strict=True)])
    assert changed[5:15].any(axis=(1, 2)).all()
    # The walker fills about a third of the picture's height and goes through half of it.
    assert not changed[:, :60].any()
    assert changed.mean() < 0.2


def test_frames_are_anonymized_like_a_video(run: Run, frames: list[UInt8]) -> None:
    encoded, source = images(run.output), images(run.source)
    assert len(frames) == len(encoded)
    for frame, written in zip(frames, encoded, strict=True):
        assert frame.dtype == np.uint8 and frame.shape == written.shape
        assert psnr(frame, written) > 34  # the codec alone
    assert psnr(frames[10], encoded[10]) > psnr(source[10], encoded[10]) + 3


def test_another_seed_is_another_walk(run: Run, frames: list[UInt8]) -> None:
    other = anonymizer(seed=SEED + 1).anonymize_frames(images(run.source), fps=DRAWN_FPS)
    assert not all(np.array_equal(a, b) for a, b in zip(other, frames, strict=True))


def test_only_the_chosen_walker_changes(pair: Path) -> None:
    source = images(pair)
    result = anonymizer(walkers=(1,)).anonymize_frames(source, fps=DRAWN_FPS)
    changed = (next(iter(result)) != source[0]).any(axis=(0, 2))
    # Which of the two is number 1 does not matter here.
    assert changed[:150].any() != changed[200:].any()


def test_a_walker_who_is_not_there_is_refused(pair: Path, place: Path) -> None:
    with pytest.raises(InputError, match=r"There is no walker 7 in this clip; .* from 1 to 2"):
        anonymizer(walkers=(1, 7)).anonymize_video(pair, place / "safe.mp4")
    assert not list(place.iterdir())


def test_an_empty_scene_is_refused(place: Path) -> None:
    clip = draw(place / "empty.mp4")
    with pytest.raises(InputError, match="Nobody was found in this clip"):
        anonymizer().anonymize_video(clip, place / "safe.mp4")
    assert [path.name for path in place.iterdir()] == ["empty.mp4"]
    with pytest.raises(InputError, match="Nobody was found in this clip"):
        list(anonymizer().anonymize_frames(images(clip), fps=DRAWN_FPS))


def test_no_frames_are_no_frames(place: Path) -> None:
    assert list(anonymizer().anonymize_frames([])) == []


def stop_in(stage: str) -> Callable[[str, int, int | None], None]:
    def stop(name: str, done: int, total: int | None) -> None:
        if (name, done) == (stage, 7):
            raise Stopped

    return stop


@pytest.mark.parametrize("stage", [FINDING, DRAWING])
def test_a_stop_leaves_nothing_behind(run: Run, place: Path, stage: str) -> None:
    with pytest.raises(Stopped):
        anonymizer().anonymize_video(
            run.source,
            place / "safe.mp4",
            side_by_side=place / "both.mp4",
            on_progress=stop_in(stage),
        )
    assert not list(place.iterdir())


def test_a_stop_of_frames_leaves_nothing_behind(run: Run, place: Path) -> None:
    result = anonymizer().anonymize_frames(images(run.source), on_progress=stop_in(FINDING))
    with pytest.raises(Stopped):
        next(result)


def test_frames_that_nobody_wants_any_more_leave_nothing_behind(run: Run, place: Path) -> None:
    result: Iterator[UInt8] = anonymizer().anonymize_frames(images(run.source), fps=DRAWN_FPS)
    next(result)
    result.close()  # type: ignore[attr-defined]


def test_a_seed_repeats_a_run_and_both_are_shown_side_by_side(run: Run, place: Path) -> None:
    report = anonymizer().anonymize_video(
        run.source, place / "safe.mp4", side_by_side=place / "both.mp4"
    )
    both, after = images(place / "both.mp4"), images(place / "safe.mp4")
    assert len(both) == len(after) == report.frames
    assert all(np.array_equal(a, b) for a, b in zip(after, images(run.output), strict=True))
    assert psnr(both[10][-256:, :384], images(run.source)[10]) > 30
    assert psnr(both[10][-256:, 384:], after[10]) > 30
    ours, theirs = (
        replace(found, seconds=0, fps=0, stage_seconds={}, output="")
        for found in (report, run.report)
    )
    assert ours == theirs


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="The device 'abacus' cannot be used here"):
        GaitAnonymizer(detector="static", device="abacus")
