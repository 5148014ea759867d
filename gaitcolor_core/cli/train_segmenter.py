"""`train segmenter`: train what finds persons."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import natural, positive, rate
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
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help="folder for the state of the run and the curve of its losses",
    )  # fmt: skip
    parser.add_argument(
        "--export", metavar="FOLDER", type=Path, default=None,
        help="folder for the weights alone, with what says how to use them",
    )  # fmt: skip
    parser.add_argument("--steps", type=positive, metavar="N", help="batches in all")
    parser.add_argument("--batch-size", type=positive, metavar="N", help="windows a batch")
    parser.add_argument(
        "--side", dest="side_px", type=_side, metavar="PX",
        help="side of the windows, a multiple of 32",
    )  # fmt: skip
    parser.add_argument(
        "--learning-rate", type=rate, metavar="RATE", help="after the warm-up, before the decay"
    )
    parser.add_argument(
        "--bfloat16", action="store_true",
        help="compute less exactly; fast only where the processor knows bfloat16",
    )  # fmt: skip
    parser.add_argument("--seed", type=natural, help="of the first weights and all windows")
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.training.segmenter import SegmenterRecipe, train_segmenter
    from gaitcolor_core.training.segmenter_export import export_segmenter

    given = {name: value for name, value in vars(options).items() if name in _RECIPE}
    with work_on(options.output, stopper, unit="step") as progress:
        state = train_segmenter(
            options.roots,
            options.output,
            SegmenterRecipe(**given),
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
