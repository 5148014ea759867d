"""An `AnonymizationReport` in words, for the page."""

from __future__ import annotations

from pathlib import Path

from gaitcolor_core import AnonymizationReport, WalkerReport

WALKER_COLUMNS = [
    "#",
    "Frames anonymized",
    "of these interpolated",
    "Frames covered",
    "Gait period (frames)",
    "GEI change",
    "GEI self",
    "How recognizable?",
    "PSNR crop (dB)",
    "SSIM crop",
    "PSNR overlap (dB)",
    "SSIM overlap",
]


def readout(report: AnonymizationReport) -> str:
    """What was done and how well, as Markdown; warnings first."""
    return "\n".join(
        [
            *_warnings(report),
            "",
            *_recognizability(report),
            *_figures(report),
            "",
            _circumstances(report),
        ]
    )


def walker_rows(report: AnonymizationReport) -> list[list[str]]:
    """A row a walker, in the order of `WALKER_COLUMNS`."""
    return [_row(walker) for walker in report.walkers]


def _warnings(report: AnonymizationReport) -> list[str]:
    return [line for warning in report.warnings for line in (f"> **Please note:** {warning}", ">")]


def _recognizability(report: AnonymizationReport) -> list[str]:
    known = [(walker.track_id, walker.recognizability) for walker in report.walkers]
    told = [(number, found) for number, found in known if found]
    if not told:
        return []
    lines = [
        f"- Walker {number}: **{found.verdict}**. {found.sentence()}" for number, found in told
    ]
    return ["**How recognizable?**", "", *lines, "", f"*{told[0][1].caveat}*", ""]


def _figures(report: AnonymizationReport) -> list[str]:
    crop = f"{_number(report.psnr_crop_db, 1, ' dB')} | {_number(report.ssim_crop, 3)}"
    overlap = f"{_number(report.psnr_overlap_db, 1, ' dB')} | {_number(report.ssim_overlap, 3)}"
    return [
        "| Result against original | PSNR | SSIM | Read as |",
        "|---|---|---|---|",
        f"| **Crop** | {crop} | the square around each walker, scenery included: "
        "how little of the picture changed |",
        f"| **Overlap** | {overlap} | only where the old and the new body overlap: "
        "how well the colors were carried over |",
    ]


def _circumstances(report: AnonymizationReport) -> str:
    return (
        f"**{Path(report.source).name}**: {len(report.walkers)} walker"
        f"{'s' if len(report.walkers) != 1 else ''} in {report.frames} frames of {report.width} x "
        f"{report.height} pixels, done in {report.seconds:.1f} s ({report.fps:.1f} frames per "
        f"second) on **{report.device}**. Walkers found by: **{report.segmenter}**. "
        f"Sound: {report.audio}. Key of this run: `{report.seed}`."
    )


def _row(walker: WalkerReport) -> list[str]:
    return [
        str(walker.track_id),
        str(walker.frames_tracked + walker.frames_interpolated),
        str(walker.frames_interpolated),
        str(walker.frames_covered),
        _number(walker.gait_period_frames, 1),
        _number(walker.gei_change, 2),
        _number(walker.gei_self, 2),
        walker.recognizability.verdict if walker.recognizability else "-",
        _number(walker.psnr_crop_db, 1),
        _number(walker.ssim_crop, 3),
        _number(walker.psnr_overlap_db, 1),
        _number(walker.ssim_overlap, 3),
    ]


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"
