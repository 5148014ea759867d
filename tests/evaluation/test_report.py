"""The report as a person reads it."""

from __future__ import annotations

from dataclasses import replace

from gaitcolor_core.evaluation.report import summary, table
from gaitcolor_core.recognizability import Recognizability
from gaitcolor_core.reports import Adaptation, AnonymizationReport, WalkerReport

FOUND = Recognizability(closer_strangers=0.045, farther_selves=0.025, verdict="recognizable")
SEEN = WalkerReport(
    track_id=1, first_frame=3, last_frame=42, frames_tracked=36, frames_interpolated=3,
    frames_covered=1, gait_period_frames=26.5, psnr_crop_db=31.25, ssim_crop=0.9514,
    psnr_overlap_db=28.04, ssim_overlap=0.8765, gei_change=9.06,
    gei_self=4.44, recognizability=FOUND,
)  # fmt: skip
COVERED = WalkerReport(2, 0, 9, 0, 0, 10, *[None] * 8)


def report(*walkers: WalkerReport) -> AnonymizationReport:
    figures = (31.25, 0.9514, 28.04, 0.8765) if walkers else (None,) * 4
    return AnonymizationReport(
        "walk.mp4", "safe.mp4", "cpu", "a segmenter", "deform", "warp", 0.5, 7, 640, 360, 50, 6.25,
        8.0, "copied", 4, 11, *figures, walkers,
    )  # fmt: skip


def test_table_is_flush_right() -> None:
    assert table([("a", "bb"), ("100", "2")]) == "  a  bb\n100   2"


def test_every_figure_in_its_place() -> None:
    lines = summary(report(SEEN, COVERED)).splitlines()
    assert lines[0] == "safe.mp4: 50 frames of 640 x 360"
    assert lines[1].split("  ")[-2:] == ["GEI change", "GEI self"]
    assert lines[2].split() == [
        "1", "3-42", "36", "3", "1", "31.2", "dB", "0.951", "28.0", "dB", "0.876", "9.1", "4.4",
    ]  # fmt: skip
    assert lines[3].split() == ["2", "0-9", "0", "0", "10", *"------"]
    assert [line.strip() for line in lines[4:]] == [
        f"walker 1: recognizable. {FOUND.sentence()}",
        FOUND.caveat,
        "covered persons: 11 in all frames; frames without anybody: 4",
        "mean PSNR: 31.2 dB crop, 28.0 dB overlap; mean SSIM: 0.951 crop, 0.876 overlap",
        "speed: 8.0 frames/s on cpu (6.2 s)",
        "persons found by: a segmenter",
        "sound: copied",
        "strength 0.5, shape deform, color warp, seed 7",
    ]


def test_what_a_network_learned_is_said() -> None:
    learned = replace(report(SEEN), adaptation=Adaptation(300, 240, 240, 0.1234, 0.0951, 58.24))
    assert summary(learned).splitlines()[-1].strip() == (
        "the clip's colors were learned from 300 crops in 240 steps (58.2 s): error 0.123 before, "
        "0.095 after"
    )


def test_without_walkers_there_is_no_table() -> None:
    assert "walkers: none" in summary(report())
    assert "PSNR crop" not in summary(report())


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    assert FOUND.caveat not in summary(report(COVERED))
