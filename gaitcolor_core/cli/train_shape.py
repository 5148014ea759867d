"""`train shape`: train what gives a walker another body."""

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

# Whichever of these is given replaces the default of `ShapeRecipe`.
_RECIPE = ("network", "steps", "batch_size", "learning_rate", "bfloat16", "seed")


def add(networks: Any) -> None:
    """Say what the subcommand takes."""
    parser = networks.add_parser(
        "shape",
        help="give a walker another body",
        description="Train one of the earlier papers' networks, on a processor, with the "
        "silhouettes of those subjects of a gait set who train gait models (001 to 030). A "
        "stopped run goes on when it is called again; it may then be given more steps or another "
        "learning rate. What is not given is as in the recipe.",
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--network", choices=("contour", "dcgan"), required=True,
        help="contour: moves the contour of each silhouette; dcgan: draws whole bodies, from "
        "incomplete silhouettes, too",
    )  # fmt: skip
    parser.add_argument(
        "--data", metavar="SET", type=Path, required=True,
        help="gait set, such as `render` makes or CASIA-B",
    )  # fmt: skip
    add_training_folders(parser, kept="pictures of its losses and samples")
    add_training_pace(parser, batch="frames", learning_rate="of the generator, before the decay")
    parser.add_argument(
        "--processes", type=positive, metavar="N", default=1,
        help="how many subjects are prepared at a time (default: %(default)s)",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.training.shape_export import export_shape
    from gaitcolor_core.training.train_shape import ShapeRecipe, train_shape

    with work_on(options.output, stopper, unit="step") as progress:
        state = train_shape(
            options.data,
            options.output,
            ShapeRecipe(**given(options, _RECIPE)),
            processes=options.processes,
            on_progress=progress,
        )
        if options.export:
            export_shape(state, options.export)
    print(f"The run is complete; its state is in {state}.")
    return 0
