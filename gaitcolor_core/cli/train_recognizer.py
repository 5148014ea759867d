"""`train recognizer`: train what recognizes walkers, to attack what hides them."""

from __future__ import annotations

import argparse
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

# Whichever of these is given replaces the default of `RecognizerRecipe`.
_RECIPE = ("network", "split", "steps", "width", "learning_rate", "bfloat16", "seed")


def add(networks: Any) -> None:
    """Say what the subcommand takes."""
    parser = networks.add_parser(
        "recognizer",
        help="recognize walkers by their gait",
        description="Train a deep gait recognizer on silhouettes, on a processor: the attacker "
        "against whom an anonymized gait must hold. A stopped run goes on when it is called "
        "again; it may then be given more steps or another learning rate. What is not given is "
        "as in the recipe.",
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--network", choices=("gaitset", "gaitbase"), help="which of the two (default: gaitset)"
    )
    parser.add_argument(
        "--data", metavar="SET", type=Path, nargs="+", required=True,
        help="gait sets; in several, the same number is the same subject: one set may hold the "
        "walkers as they are, another the same ones anonymized",
    )  # fmt: skip
    add_training_folders(parser, kept="the curve of its losses")
    parser.add_argument(
        "--split", choices=("paper", "common"),
        help="train on the subjects 031-080 as the paper (default), or 001-074 as is usual",
    )  # fmt: skip
    parser.add_argument("--width", type=positive, metavar="N", help="channels of the first layer")
    add_training_pace(parser, batch=None)
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.training.recognizer_export import export_recognizer
    from gaitcolor_core.training.train_recognizer import RecognizerRecipe, train_recognizer

    with work_on(options.output, stopper, unit="step") as progress:
        state = train_recognizer(
            options.data,
            options.output,
            RecognizerRecipe(**given(options, _RECIPE)),
            on_progress=progress,
        )
        if options.export:
            export_recognizer(state, options.export)
    print(f"The run is complete; its state is in {state}.")
    return 0
