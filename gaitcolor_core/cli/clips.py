"""`clips`: collect walkers from a user's own videos, to train on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaitcolor_core.cli.options import add_yolo, yolo_weights
from gaitcolor_core.cli.outcome import FAILED, about, bad_usage, say, work_on
from gaitcolor_core.cli.terminal import Stopper

if TYPE_CHECKING:
    from gaitcolor_core.datasets.collecting import ClipOutcome, WalkerFinder


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "clips",
        help="collect walkers from your own videos, to train on",
        description="Cut out the stretches of videos in which a walker is seen whole. Videos that "
        "were done already and are still the same are left alone, so that a stopped run can go on.",
        epilog="Exit code 1 if a video could not be used.",
    )
    parser.add_argument(
        "source", metavar="FOLDER", type=Path, help="videos, also in the folders below it"
    )
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help="folder for silhouettes and crops: they show the original gait",
    )  # fmt: skip
    add_yolo(parser)
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it, video by video; the exit code says whether all could be used."""
    from gaitcolor_core.datasets.collecting import collect_clips

    with bad_usage(options):
        finder = _finder(options.detector)
    code = 0
    with work_on(options.source, stopper) as progress:
        for outcome in collect_clips(
            options.source, options.output, finder=finder, on_progress=progress
        ):
            if outcome.problem:
                code = FAILED
                say(about(Path(outcome.clip), outcome.problem))
            else:
                print(_sentence(outcome), flush=True)
    return code


def _finder(detector: str | None) -> WalkerFinder:
    from gaitcolor_core.datasets.collecting import WalkerFinder
    from gaitcolor_core.stages.segment import YoloSegmenter
    from gaitcolor_core.stages.track import assign_track_ids, link_tracks

    segmenter = YoloSegmenter(yolo_weights(detector), device="cpu")
    return WalkerFinder(segmenter, assign_track_ids, link_tracks)


def _sentence(outcome: ClipOutcome) -> str:
    earlier = "" if outcome.new else " (from an earlier run)"
    return f"{outcome.clip}: {outcome.sequences} sequences, {outcome.frames} frames{earlier}"
