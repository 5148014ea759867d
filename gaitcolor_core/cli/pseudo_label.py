"""`pseudo-label`: let a detector mark the persons of clips, for a segmenter to learn from."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import add_yolo, positive, yolo_weights
from gaitcolor_core.cli.outcome import bad_usage, work_on
from gaitcolor_core.cli.terminal import Stopper


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "pseudo-label",
        help="mark the persons of clips, to train a segmenter on",
        description="Write frames of clips with the persons that a detector sees in them, for "
        "`train segmenter`. Frames that are there already stay, so that a stopped run can go on.",
    )
    parser.add_argument("clips", metavar="CLIP", type=Path, nargs="+", help="a video")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help="folder for the frames and their masks",
    )  # fmt: skip
    parser.add_argument(
        "--every", type=positive, default=2, metavar="N",
        help="take every N-th frame (default: %(default)s)",
    )  # fmt: skip
    add_yolo(parser)
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.stages.segment import YoloSegmenter
    from gaitcolor_core.training.pseudo_labels import pseudo_label

    with bad_usage(options):
        teacher = YoloSegmenter(yolo_weights(options.detector), device="cpu")
    with work_on(options.output, stopper) as progress:
        written = pseudo_label(
            options.clips,
            teacher,
            options.output,
            every=options.every,
            on_progress=partial(progress, "label"),
        )
    print(f"{written} frames with masks were added to {options.output}.")
    return 0
