"""`anonymize`: give the walkers of clips another gait."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitcolor_core.cli.options import add_hardware, add_settings, numbers, settings_from, walkers
from gaitcolor_core.cli.outcome import FAILED, Failure, about, bad_usage, say, work_on, write_json
from gaitcolor_core.cli.targets import PAIR, RESULT, Job, names_folder, new_folder, plan
from gaitcolor_core.cli.terminal import Stopper
from gaitcolor_core.reports import AnonymizationReport
from gaitcolor_core.structures import InputError

if TYPE_CHECKING:
    from gaitcolor_core.pipeline import GaitAnonymizer


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "anonymize",
        help="give the walkers of clips another gait",
        description="Give the walkers of clips another gait; the sound is carried over.",
        epilog="Exit codes: 0 all fine, 1 at least one clip failed, 2 bad usage, 130 and 143 "
        "stopped by Ctrl-C and SIGTERM.",
    )
    parser.add_argument(
        "clips", metavar="CLIP", type=Path, nargs="+", help="a video, or a folder of videos"
    )
    parser.add_argument(
        "-o", "--output", metavar="PATH",
        help="MP4 file to write, or a folder: one that exists or, to be created, ends in a slash "
        f"(default: beside the clip, as NAME{RESULT})",
    )  # fmt: skip
    add_settings(parser)
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument(
        "--walkers", type=walkers, metavar="all|1,3",
        help="whom to anonymize, by order of appearance (default: all); the others stay as is",
    )  # fmt: skip
    whom.add_argument(
        "--spare", type=numbers, metavar="1,3", default=(),
        help="whom to leave as is, by the numbers that `glance` shows; whoever is not surely one "
        "of them is anonymized",
    )  # fmt: skip
    parser.add_argument(
        "--blur-faces", action="store_true",
        help="blur the heads of all who are given another walk; who is left as is keeps the face, "
        "and who is covered is covered anyway",
    )  # fmt: skip
    add_hardware(parser)
    parser.add_argument(
        "--report", type=Path, metavar="FILE",
        help="JSON file for the report: an object for one clip, a list for several",
    )  # fmt: skip
    parser.add_argument(
        "--side-by-side", action="store_true",
        help=f"write original and result next to each other, too, as OUTPUT{PAIR}: for your own "
        "eyes, as it shows the original gait",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it, clip by clip; the exit code says whether all went well."""
    with bad_usage(options):
        settings = settings_from(options, walkers=options.walkers, blur_faces=options.blur_faces)
        jobs = plan(
            options.clips, options.output,
            side_by_side=options.side_by_side, report=options.report,
        )  # fmt: skip
        if options.spare and len(jobs) > 1:
            raise InputError(
                "Each clip numbers its walkers anew; with --spare give one clip at a time."
            )
        fresh = options.output and names_folder(options.output)
        with new_folder(Path(options.output) if fresh else None):
            from gaitcolor_core.pipeline import GaitAnonymizer

            anonymizer = GaitAnonymizer(settings, detector=options.detector, device=options.device)
            done = [_anonymize_clip(anonymizer, job, options.spare, stopper) for job in jobs]
    reports = [report.to_dict() for report in done if report]
    if options.report and reports:
        write_json(options.report, reports if len(jobs) > 1 else reports[0])
    return 0 if len(reports) == len(jobs) else FAILED


def _anonymize_clip(
    anonymizer: GaitAnonymizer, job: Job, spared: tuple[int, ...], stopper: Stopper
) -> AnonymizationReport | None:
    """Anonymize a clip and say what came of it; None if it failed."""
    from gaitcolor_core.evaluation.report import summary

    stopper.check()
    try:
        with work_on(job.clip, stopper) as progress:
            sightings = anonymizer.glance(job.clip, on_progress=progress) if spared else ()
            report = anonymizer.anonymize_video(
                job.clip, job.output, sightings=sightings, spared=spared,
                side_by_side=job.pair, on_progress=progress,
            )  # fmt: skip
    except Failure as failure:
        say(str(failure))
        return None
    print(summary(report), flush=True)
    for warning in report.warnings:
        say(about(job.clip, warning))
    return report
