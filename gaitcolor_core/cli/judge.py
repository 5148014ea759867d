"""`judge`: compare a clip and its result."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import add_yolo, yolo_weights
from gaitcolor_core.cli.outcome import FAILED, failures_of, work_on
from gaitcolor_core.cli.terminal import Stopper


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "judge",
        help="compare a clip and its result",
        description="Look for the same outlines in a clip and its result, from the two videos "
        "alone, and print what was found as JSON. Exit code 1 if somebody passed through.",
    )
    parser.add_argument("original", type=Path, help="a video")
    parser.add_argument("result", type=Path, help="the same video, anonymized")
    add_yolo(parser)
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code says whether somebody passed through."""
    from gaitcolor_core.evaluation.judge import judge

    with failures_of(options.original):
        weights = yolo_weights(options.detector)
    with work_on(options.original, stopper) as progress:
        judgement = judge(options.original, options.result, weights=weights, on_progress=progress)
    print(json.dumps(dataclasses.asdict(judgement), indent=2))
    return FAILED if judgement.leaks else 0
