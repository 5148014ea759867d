"""`train recognizer`: train what recognizes walkers, to attack what hides them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import natural, positive, rate
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
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help="folder for the state of the run and the curve of its losses",
    )  # fmt: skip
    parser.add_argument(
        "--export", metavar="FOLDER", type=Path, default=None,
        help="folder for the weights alone, with what says how to use them",
    )  # fmt: skip
    parser.add_argument(
        "--split", choices=("paper", "common"),
        help="train on the subjects 031-080 as the paper (default), or 001-074 as is usual",
    )  # fmt: skip
    parser.add_argument("--steps", type=positive, metavar="N", help="batches in all")
    parser.add_argument("--width", type=positive, metavar="N", help="channels of the first layer")
    parser.add_argument(
        "--learning-rate", type=rate, metavar="RATE", help="after the warm-up, before the decay"
    )
    parser.add_argument(
        "--bfloat16", action="store_true",
        help="compute less exactly; fast only where the processor knows bfloat16",
    )  # fmt: skip
    parser.add_argument("--seed", type=natural, help="of the first weights and all batches")
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.training.recognizer_export import export_recognizer
    from gaitcolor_core.training.train_recognizer import RecognizerRecipe, train_recognizer

    given = {name: value for name, value in vars(options).items() if name in _RECIPE}
    with work_on(options.output, stopper, unit="step") as progress:
        state = train_recognizer(
            options.data, options.output, RecognizerRecipe(**given), on_progress=progress
        )
        if options.export:
            export_recognizer(state, options.export)
    print(f"The run is complete; its state is in {state}.")
    return 0
