"""The report on a clip as a person reads it."""

from __future__ import annotations

from collections.abc import Sequence

from gaitcolor_core.reports import AnonymizationReport, WalkerReport

_WALKER_COLUMNS = (
    "walker", "frames", "tracked", "interpolated", "covered", "PSNR crop", "SSIM crop",
    "PSNR overlap", "SSIM overlap", "GEI change", "GEI self",
)  # fmt: skip


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out `rows` of equal length in columns, flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def summary(report: AnonymizationReport) -> str:
    """What was done to a clip, in a few lines; the warnings are left out.

    Args:
        report: the report on the clip.

    Returns:
        Lines without a line break at the end.
    """
    covered = report.covered_detections
    lines = [
        f"{report.output}: {report.frames} frames of {report.width} x {report.height}",
        *_walker_lines(report.walkers),
        *_recognizability_lines(report.walkers),
        f"covered persons: {covered} in all frames; "
        f"frames without anybody: {report.frames_without_walker}",
        f"mean PSNR: {_figure(report.psnr_crop_db, 1, ' dB')} crop, "
        f"{_figure(report.psnr_overlap_db, 1, ' dB')} overlap; "
        f"mean SSIM: {_figure(report.ssim_crop, 3)} crop, "
        f"{_figure(report.ssim_overlap, 3)} overlap",
        f"speed: {report.fps:.1f} frames/s on {report.device} ({report.seconds:.1f} s)",
        f"persons found by: {report.segmenter}",
        f"sound: {report.audio}",
        f"strength {report.strength:g}, shape {report.shape}, color {report.color}, "
        f"seed {report.seed}",
        *_adaptation_lines(report),
    ]
    return "\n  ".join(lines)


def _adaptation_lines(report: AnonymizationReport) -> list[str]:
    learned = report.adaptation
    if learned is None:
        return []
    return [
        f"the clip's colors were learned from {learned.samples} crops in {learned.steps} steps "
        f"({learned.seconds:.1f} s): error {learned.loss_before:.3f} before, "
        f"{learned.loss_after:.3f} after"
    ]


def _walker_lines(walkers: Sequence[WalkerReport]) -> list[str]:
    rows = [_WALKER_COLUMNS, *(_walker_row(walker) for walker in walkers)]
    return table(rows).split("\n") if walkers else ["walkers: none"]


def _recognizability_lines(walkers: Sequence[WalkerReport]) -> list[str]:
    known = [(walker.track_id, walker.recognizability) for walker in walkers]
    told = [(number, found) for number, found in known if found]
    lines = [f"walker {number}: {found.verdict}. {found.sentence()}" for number, found in told]
    return [*lines, told[0][1].caveat] if told else []


def _walker_row(walker: WalkerReport) -> tuple[str, ...]:
    return (
        str(walker.track_id),
        f"{walker.first_frame}-{walker.last_frame}",
        str(walker.frames_tracked),
        str(walker.frames_interpolated),
        str(walker.frames_covered),
        _figure(walker.psnr_crop_db, 1, " dB"),
        _figure(walker.ssim_crop, 3),
        _figure(walker.psnr_overlap_db, 1, " dB"),
        _figure(walker.ssim_overlap, 3),
        _figure(walker.gei_change, 1),
        _figure(walker.gei_self, 1),
    )


def _figure(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"
