"""`train segmenter`: train what finds persons."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import (
    add_training_folders,
    add_training_pace,
    given,
    positive,
)
from gaitcolor_core.cli.outcome import work_on
from gaitcolor_core.cli.terminal import Stopper

# Whichever of these is given replaces the default of `SegmenterRecipe`.
_RECIPE = ("steps", "batch_size", "side_px", "learning_rate", "bfloat16", "seed")


def add(networks: Any) -> None:
    """Say what the subcommand takes."""
    parser = networks.add_parser(
        "segmenter",
        help="find persons",
        description="Train the network that finds persons, on a processor. A stopped run goes on "
        "when it is called again; it may then be given more steps, larger windows or another "
        "learning rate. What is not given is as in the recipe.",
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "roots", metavar="FOLDER", type=Path, nargs="+",
        help="frames with masks, such as `pseudo-label` writes; drawn from equally often",
    )  # fmt: skip
    add_training_folders(parser, kept="the curve of its losses")
    add_training_pace(parser, batch="windows", seed="of the first weights and all windows")
    parser.add_argument(
        "--side", dest="side_px", type=_side, metavar="PX",
        help="side of the windows, a multiple of 32",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.training.segmenter import SegmenterRecipe, train_segmenter
    from gaitcolor_core.training.segmenter_export import export_segmenter

    with work_on(options.output, stopper, unit="step") as progress:
        state = train_segmenter(
            options.roots,
            options.output,
            SegmenterRecipe(**given(options, _RECIPE)),
            on_progress=partial(progress, "train"),
        )
        if options.export:
            export_segmenter(state, options.export)
    print(f"The run is complete; its state is in {state}.")
    return 0


def _side(text: str) -> int:
    """A side that the network can halve five times."""
    if positive(text) % 32:
        raise argparse.ArgumentTypeError(f"'{text}' is no multiple of 32")
    return int(text)
