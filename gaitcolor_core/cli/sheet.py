"""`sheet`: draw what a gait set holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitcolor_core.cli.options import positive
from gaitcolor_core.cli.options import walkers as numbers
from gaitcolor_core.cli.outcome import bad_usage, work_on, write
from gaitcolor_core.cli.targets import refuse_missing_folder, refuse_other_suffix
from gaitcolor_core.cli.terminal import Progress, Stopper

if TYPE_CHECKING:
    from gaitcolor_core.structures import UInt8

_SUBJECTS_SHOWN = 2
_FRAMES_SHOWN = 24


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "sheet",
        help="draw what a gait set holds",
        description="Draw the walks of a gait set below each other and their views side by side, "
        "a frame of each; or the frames of one sequence.",
    )
    parser.add_argument(
        "gait_set", metavar="FOLDER", type=Path, help="CASIA-B, CASIA-B*, or what `render` made"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help="PNG file to write"
    )
    parser.add_argument(
        "--color", action="store_true", help="pictures of the video rather than silhouettes"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--subjects", type=numbers, metavar="1,3", default=(),
        help="whom to show, or all (default: the first two)",
    )  # fmt: skip
    what.add_argument(
        "--sequence", metavar="001-nm-01-090", help="show this sequence over time instead"
    )
    parser.add_argument(
        "--frames", type=positive, metavar="N", default=_FRAMES_SHOWN,
        help="of a sequence, how many are shown at most (default: %(default)s)",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options):
        refuse_other_suffix(options.output, ".png")
        refuse_missing_folder(options.output)
    from gaitcolor_core.evaluation.strip import png

    with work_on(options.gait_set, stopper, unit="sequence") as progress:
        picture = _draw(options, progress)
    write(options.output, png(picture))
    return 0


def _draw(options: argparse.Namespace, progress: Progress) -> UInt8:
    from gaitcolor_core.datasets.gait_set import SequenceKey
    from gaitcolor_core.datasets.opening import open_gait_set
    from gaitcolor_core.evaluation.contact_sheet import draw_sequence, draw_walks

    gait_set = open_gait_set(options.gait_set)
    if options.sequence:
        key = SequenceKey.parse(options.sequence)
        return draw_sequence(gait_set, key, frames=options.frames, color=options.color)
    held = sorted({key.subject for key in gait_set.keys()})
    subjects = held if options.subjects is None else options.subjects or held[:_SUBJECTS_SHOWN]
    return draw_walks(gait_set, subjects, color=options.color, on_progress=progress)
