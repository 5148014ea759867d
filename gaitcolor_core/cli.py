"""The command line: `gaitcolor` or `python -m gaitcolor_core`.

What takes seconds to import is imported by the subcommand that needs it, so that help and usage
errors come at once.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitcolor_core.options import add_hardware, add_settings, positive, walkers
from gaitcolor_core.structures import AnonymizationReport, InputError, Settings, Stopped
from gaitcolor_core.targets import (
    PAIR,
    RESULT,
    Job,
    names_folder,
    new_folder,
    plan,
    refuse_missing_folder,
    refuse_other_suffix,
    refuse_overwriting,
)
from gaitcolor_core.terminal import Progress, Stopper

if TYPE_CHECKING:
    from gaitcolor_core.pipeline import GaitAnonymizer

FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Args:
        arguments: the words behind the program's name; by default those it was called with.

    Returns:
        The exit code: 0 = all fine, 1 = at least one clip failed, 130 or 143 = stopped.

    Raises:
        SystemExit: 0 after help was printed, 2 after bad usage.
    """
    options = _parser().parse_args(arguments)
    with Stopper() as stopper:
        try:
            return int(options.run(options, stopper))
        except (KeyboardInterrupt, Stopped):
            _say("Stopped; nothing unfinished was left behind.")
            return 128 + stopper.signal_number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gaitcolor", description="Makes video of walking people safe to share."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    # Two functions a subcommand: `_add_NAME` says what it takes, `_NAME` does it.
    _add_anonymize(commands)
    _add_strip(commands)
    _add_bench(commands)
    _add_judge(commands)
    return parser


def _add_anonymize(commands: Any) -> None:
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
    parser.add_argument(
        "--walkers", type=walkers, metavar="all|1,3",
        help="whom to anonymize, by order of appearance (default: all); the others stay as is",
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
    parser.set_defaults(run=_anonymize, fail=parser.error)


def _anonymize(options: argparse.Namespace, stopper: Stopper) -> int:
    try:
        settings = Settings(
            options.shape, options.color, options.strength, options.seed, options.walkers
        )
        jobs = plan(
            options.clips, options.output,
            side_by_side=options.side_by_side, report=options.report,
        )  # fmt: skip
        fresh = options.output and names_folder(options.output)
        with new_folder(Path(options.output) if fresh else None):
            from gaitcolor_core.pipeline import GaitAnonymizer

            anonymizer = GaitAnonymizer(settings, detector=options.detector, device=options.device)
            done = [_anonymize_clip(anonymizer, job, stopper) for job in jobs]
    except InputError as error:
        options.fail(str(error))
    reports = [report.to_dict() for report in done if report]
    complete = len(reports) == len(jobs)
    if options.report and reports:
        complete &= _write_json(options.report, reports if len(jobs) > 1 else reports[0])
    return 0 if complete else FAILED


def _anonymize_clip(
    anonymizer: GaitAnonymizer, job: Job, stopper: Stopper
) -> AnonymizationReport | None:
    """Anonymize a clip and say what came of it; None if it failed."""
    from gaitcolor_core.evaluation.report import summary

    stopper.check()
    try:
        with Progress(job.clip.name, stopper) as progress:
            report = anonymizer.anonymize_video(
                job.clip, job.output, side_by_side=job.pair, on_progress=progress
            )
    except (InputError, OSError) as error:
        _say(_about(job.clip, str(error)))
        return None
    print(summary(report), flush=True)
    for warning in report.warnings:
        _say(_about(job.clip, warning))
    return report


def _add_strip(commands: Any) -> None:
    parser = commands.add_parser(
        "strip",
        help="draw a walker before and after",
        description="Draw a walker in six phases of a gait cycle: original, its silhouette, new "
        "silhouette, result. For your own eyes, as it shows the original gait.",
    )
    parser.add_argument("clip", metavar="CLIP", type=Path, help="a video")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help="PNG file to write"
    )
    parser.add_argument(
        "--walker", type=positive, metavar="N",
        help="whom to show, by order of appearance (default: who is drawn in most frames)",
    )  # fmt: skip
    add_settings(parser)
    add_hardware(parser)
    parser.add_argument(
        "--blur-faces",
        action="store_true",
        help="cover the heads of people who are found and stand upright; look before you publish",
    )
    parser.set_defaults(run=_strip, fail=parser.error)


def _strip(options: argparse.Namespace, stopper: Stopper) -> int:
    try:
        settings = Settings(options.shape, options.color, options.strength, options.seed)
        refuse_other_suffix(options.output, ".png")
        refuse_missing_folder(options.output)
        refuse_overwriting([options.clip], [options.output])
        from gaitcolor_core.pipeline import GaitAnonymizer

        anonymizer = GaitAnonymizer(settings, detector=options.detector, device=options.device)
    except InputError as error:
        options.fail(str(error))
    from gaitcolor_core.evaluation.strip import draw_strip, png

    try:
        with Progress(options.clip.name, stopper) as progress:
            picture = draw_strip(
                anonymizer, options.clip,
                walker=options.walker, blur_faces=options.blur_faces, on_progress=progress,
            )  # fmt: skip
    except (InputError, OSError) as error:
        _say(_about(options.clip, str(error)))
        return FAILED
    return 0 if _write(options.output, png(picture)) else FAILED


def _add_bench(commands: Any) -> None:
    parser = commands.add_parser(
        "bench",
        help="measure the speed",
        description="Measure end-to-end speed, stage by stage, and memory; the result is dropped.",
    )
    parser.add_argument("clip", metavar="CLIP", type=Path, help="a video")
    add_hardware(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="JSON file for the figures")
    parser.add_argument(
        "--repeat", type=positive, default=1, metavar="N",
        help="runs, of which the median counts (default: %(default)s)",
    )  # fmt: skip
    parser.set_defaults(run=_bench, fail=parser.error)


def _bench(options: argparse.Namespace, stopper: Stopper) -> int:
    if options.json:
        try:
            refuse_missing_folder(options.json)
            refuse_overwriting([options.clip], [options.json])
        except InputError as error:
            options.fail(str(error))
    from gaitcolor_core.evaluation.speed import measure_speed

    try:
        with Progress(options.clip.name, stopper) as progress:
            report = measure_speed(
                options.clip,
                detector=options.detector,
                device=options.device,
                repeat=options.repeat,
                on_progress=progress,
            )
    except (InputError, OSError) as error:
        _say(_about(options.clip, str(error)))
        return FAILED
    print(report.to_text())
    return 0 if not options.json or _write_json(options.json, report.to_dict()) else FAILED


def _add_judge(commands: Any) -> None:
    parser = commands.add_parser(
        "judge",
        help="compare a clip and its result",
        description="Look for the same outlines in a clip and its result, from the two videos "
        "alone, and print what was found as JSON. Exit code 1 if somebody passed through.",
    )
    parser.add_argument("original", type=Path, help="a video")
    parser.add_argument("result", type=Path, help="the same video, anonymized")
    parser.add_argument(
        "--detector", metavar="PATH", help="YOLO segmentation model that looks for persons"
    )
    parser.set_defaults(run=_judge, fail=parser.error)


def _judge(options: argparse.Namespace, stopper: Stopper) -> int:
    from gaitcolor_core.evaluation.judge import judge
    from gaitcolor_core.stages.segment import find_weights

    try:
        weights = find_weights(options.detector)
        if weights is None:
            raise InputError("No detector can be had; give one with --detector PATH.")
        with Progress(options.original.name, stopper) as progress:
            judgement = judge(
                options.original, options.result, weights=weights, on_progress=progress
            )
    except (InputError, OSError) as error:
        _say(_about(options.original, str(error)))
        return FAILED
    print(json.dumps(dataclasses.asdict(judgement), indent=2))
    return FAILED if judgement.leaks else 0


def _write_json(path: Path, content: Any) -> bool:
    return _write(path, (json.dumps(content, indent=2) + "\n").encode())


def _write(path: Path, content: bytes) -> bool:
    try:
        path.write_bytes(content)
    except OSError as error:
        _say(f"{path} cannot be written ({error.strerror}); choose another name or folder.")
        return False
    return True


def _about(clip: Path, sentence: str) -> str:
    """The sentence, with the name of the clip in front unless it is in there."""
    return sentence if clip.name in sentence else f"{clip.name}: {sentence}"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
