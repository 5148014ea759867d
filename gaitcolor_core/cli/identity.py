"""`identity`: recognize the subjects of a gait set by their gait."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import walkers as numbers
from gaitcolor_core.cli.outcome import bad_usage, work_on, write, write_json
from gaitcolor_core.cli.targets import (
    refuse_missing_folder,
    refuse_other_suffix,
    refuse_overwriting,
)
from gaitcolor_core.cli.terminal import Stopper


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "identity",
        help="recognize the subjects of a gait set by their gait",
        description="Compare gait energy images, the classical baseline, in the protocol of "
        "CASIA-B: nm-01 to nm-04 are enrolled, all other walks are to be recognized, for each "
        "pair of views. Takes the subjects 075-124, or all where there are none of these.",
    )
    parser.add_argument(
        "gait_set", metavar="FOLDER", type=Path, help="CASIA-B, CASIA-B*, or what `render` made"
    )
    parser.add_argument("--views", type=numbers, metavar="54,72,90", help="degrees (default: all)")
    parser.add_argument("--report", metavar="FILE", type=Path, help="JSON file for all figures")
    parser.add_argument(
        "--picture", metavar="FILE", type=Path, help="PNG file for a heat map, view by view"
    )
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options):
        _refuse_targets(options.report, options.picture)
    from gaitcolor_core.datasets.opening import open_gait_set
    from gaitcolor_core.evaluation.identity import measure_identity
    from gaitcolor_core.evaluation.identity_report import as_numbers, heat_map, summary

    with work_on(options.gait_set, stopper, unit="sequence") as progress:
        gait_set = open_gait_set(options.gait_set)
        identity = measure_identity(gait_set, views=options.views, on_progress=progress)
    print(summary(identity))
    if options.report:
        write_json(options.report, as_numbers(identity))
    if options.picture:
        write(options.picture, heat_map(identity))
    return 0


def _refuse_targets(report: Path | None, picture: Path | None) -> None:
    for target, suffix in ((report, ".json"), (picture, ".png")):
        if target:
            refuse_other_suffix(target, suffix)
            refuse_missing_folder(target)
    refuse_overwriting([], [target for target in (report, picture) if target])
