"""`render`: draw walkers to train on and to test with."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import natural, positive
from gaitcolor_core.cli.outcome import bad_usage, work_on
from gaitcolor_core.cli.terminal import Stopper
from gaitcolor_core.structures import InputError

_FRAMES = "frames"


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "render",
        help="draw walkers to train on and to test with",
        description="Draw walkers who never lived. 'bench' is a gait set in the protocol of "
        "CASIA-B: 124 subjects, 10 walks, 11 views; 'mini' is a small one to try things out; "
        "'frames' are pictures with everybody's pixels, for `train segmenter`. What is there "
        "already is kept, so that a stopped run can go on.",
    )
    parser.add_argument("--preset", choices=("mini", "bench", _FRAMES), required=True)
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help="folder for the pictures",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=natural, default=0, help="other walkers, other places (default: 0)"
    )
    parser.add_argument(
        "--processes", type=positive, default=os.cpu_count() or 1, metavar="N",
        help="what is drawn at a time (default: as many as there are processors, %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--silhouettes-only", action="store_true",
        help="mini, bench: leave out what is in color, which takes OpenGL and most of the time; "
        "it can be added later",
    )  # fmt: skip
    parser.add_argument(
        "--places", type=positive, metavar="N",
        help="frames: number of places, each of which gives 6 frames (default: 120)",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options):
        _refuse_what_does_not_fit(options)
    if options.preset == _FRAMES:
        _frames(options, stopper)
    else:
        _gait_set(options, stopper)
    return 0


def _refuse_what_does_not_fit(options: argparse.Namespace) -> None:
    if options.preset == _FRAMES and options.silhouettes_only:
        raise InputError("--silhouettes-only goes with mini and bench; frames are in color.")
    if options.preset != _FRAMES and options.places:
        raise InputError("--places goes with the preset frames; the other ones have their size.")


def _gait_set(options: argparse.Namespace, stopper: Stopper) -> None:
    from gaitcolor_core.datasets.rendered import RenderedSet
    from gaitcolor_core.datasets.rendering import render_set

    with work_on(options.output, stopper, unit="walk") as progress:
        render_set(
            options.output,
            options.preset,
            seed=options.seed,
            processes=options.processes,
            color=not options.silhouettes_only,
            on_progress=partial(progress, "render"),
        )
    held = RenderedSet(options.output)
    print(
        f"{options.output} holds {len(held.keys())} sequences, {len(held.keys('crops'))} of them "
        "in color."
    )


def _frames(options: argparse.Namespace, stopper: Stopper) -> None:
    from gaitcolor_core.training.labelled_frames import frame_names
    from gaitcolor_core.training.practice import PLACES, render_practice_frames

    with work_on(options.output, stopper, unit="place") as progress:
        render_practice_frames(
            options.output,
            places=options.places or PLACES,
            seed=options.seed,
            processes=options.processes,
            on_progress=partial(progress, "render"),
        )
    print(f"{options.output} holds {len(frame_names(options.output))} frames with masks.")
