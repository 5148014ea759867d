"""`train color`: train what colors anonymized silhouettes."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import Any, get_args

from gaitcolor_core.cli.options import (
    add_training_folders,
    add_training_pace,
    given,
    positive,
)
from gaitcolor_core.cli.outcome import work_on
from gaitcolor_core.cli.terminal import Progress, Stopper
from gaitcolor_core.settings import Shape

# Whichever of these is given replaces the default of `ColorRecipe`.
_RECIPE = (
    "network", "steps", "batch_size", "learning_rate", "style_weight", "center", "bfloat16", "seed",
)  # fmt: skip
_SIZES = ("width", "hidden")
_MINI = "mini"


def add(networks: Any) -> None:
    """Say what the subcommand takes."""
    parser = networks.add_parser(
        "color",
        help="color anonymized silhouettes",
        description="Train a network that colors anonymized silhouettes. Other bodies are drawn "
        "for the walkers first, and kept in the output folder. A stopped run goes on when it is "
        "called again; it may then be given more steps or another learning rate. Several "
        "processes train together if torchrun starts them. What is not given is as in the recipe.",
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--network", choices=("gram", "supervised"),
        help="'gram' compares with the original alone; 'supervised' imitates what copies the "
        "nearest pixels, and is its baseline",
    )  # fmt: skip
    parser.add_argument(
        "--data", metavar="SET", nargs="+", required=True,
        help="gait sets in color, folders of `clips`, or the word 'mini' for a small set that is "
        "rendered into the output folder",
    )  # fmt: skip
    add_training_folders(parser, kept="pictures of how it goes: they show the walkers")
    parser.add_argument(
        "--shapes", choices=get_args(Shape), nargs="+", default=["deform"], metavar="SHAPE",
        help="shape anonymizers that draw the bodies (default: deform)",
    )  # fmt: skip
    _add_recipe(parser)
    parser.add_argument(
        "--device", default=None, help="torch device (default: cuda where there is one)"
    )
    parser.add_argument(
        "--processes", type=positive, default=os.cpu_count() or 1, metavar="N",
        help="how many walkers are prepared at a time (default: as many as there are processors, "
        "%(default)s)",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    add_training_pace(
        parser,
        batch="frames",
        bfloat16="compute less exactly, as is always done on CUDA; fast only where the processor "
        "knows bfloat16",
        seed="of the first weights, bodies and batches",
    )
    parser.add_argument("--width", type=positive, metavar="N", help="channels of the outer layers")
    parser.add_argument("--hidden", type=positive, metavar="N", help="size of the hidden layer")
    parser.add_argument(
        "--style-weight", type=_weight, metavar="W",
        help="gram: how much the look of the rim counts, against the colors inside",
    )  # fmt: skip
    parser.add_argument(
        "--center", choices=("overlap", "erosion"),
        help="gram: compare where old and new body overlap, or in all the eroded new body",
    )  # fmt: skip


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    from gaitcolor_core.methods import Methods
    from gaitcolor_core.training.color_export import export_color
    from gaitcolor_core.training.color_recipe import ColorRecipe
    from gaitcolor_core.training.train_color_transfer import train_color

    with work_on(options.output, stopper, unit="step") as progress:
        methods = Methods(None, "cpu")
        state = train_color(
            [_set(word, options, progress) for word in options.data],
            options.output,
            ColorRecipe(**given(options, _RECIPE), hyperparameters=given(options, _SIZES)),
            anonymizers={name: methods.shape(name) for name in options.shapes},
            device=options.device,
            processes=options.processes,
            on_progress=progress,
        )
        if options.export and int(os.environ.get("RANK", "0")) == 0:
            export_color(state, options.export)
    print(f"The run is complete; its state is in {state}.")
    return 0


def _set(word: str, options: argparse.Namespace, progress: Progress) -> Path:
    """The folder of a set; the small one is rendered first."""
    if word != _MINI:
        return Path(word)
    from gaitcolor_core.datasets.rendering import render_set

    root: Path = options.output / _MINI
    render_set(root, _MINI, processes=options.processes, on_progress=partial(progress, "render"))
    return root


def _weight(text: str) -> float:
    """How much a loss counts."""
    if not 0 <= float(text) <= 1000:
        raise argparse.ArgumentTypeError(f"'{text}' does not lie between 0 and 1000")
    return float(text)
