"""`bench`: measure the speed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import add_hardware, positive
from gaitcolor_core.cli.outcome import bad_usage, work_on, write_json
from gaitcolor_core.cli.targets import refuse_missing_folder, refuse_overwriting
from gaitcolor_core.cli.terminal import Stopper


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
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
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    if options.json:
        with bad_usage(options):
            refuse_missing_folder(options.json)
            refuse_overwriting([options.clip], [options.json])
    from gaitcolor_core.evaluation.speed import measure_speed

    with work_on(options.clip, stopper) as progress:
        report = measure_speed(
            options.clip,
            detector=options.detector,
            device=options.device,
            repeat=options.repeat,
            on_progress=progress,
        )
    print(report.to_text())
    if options.json:
        write_json(options.json, report.to_dict())
    return 0
