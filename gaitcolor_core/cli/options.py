"""The options that several subcommands share, and how their words are read."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args, get_type_hints

from gaitcolor_core.settings import Settings
from gaitcolor_core.structures import InputError


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Let the user say how walkers are changed."""
    choices, default = get_type_hints(Settings), Settings()
    parser.add_argument(
        "--strength", type=float, default=default.strength, metavar="0...1",
        help="how far the shape may change (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=natural, help="repeats a run exactly (default: a new one each run)"
    )
    parser.add_argument(
        "--shape", choices=get_args(choices["shape"]), default=default.shape,
        help="shape anonymizer (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--color", choices=get_args(choices["color"]), default=default.color,
        help="color transfer (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--adapt", type=natural, default=default.adapt_s, metavar="SECONDS",
        help="how long a color network learns the clip's colors before it is used (default: "
        "%(default)s; 60 makes a visible difference)",
    )  # fmt: skip


def settings_from(
    options: argparse.Namespace,
    *,
    walkers: tuple[int, ...] | None = None,
    blur_faces: bool = False,
) -> Settings:
    """What the user chose by `add_settings`, for `walkers` alone where they are given.

    Raises:
        InputError: it does not fit together.
    """
    return Settings(
        shape=options.shape,
        color=options.color,
        strength=options.strength,
        seed=options.seed,
        walkers=walkers,
        adapt_s=options.adapt,
        blur_faces=blur_faces,
    )


def add_hardware(parser: argparse.ArgumentParser) -> None:
    """Let the user say what finds persons, and where."""
    parser.add_argument(
        "--detector", metavar="PATH|NAME|static",
        help="YOLO segmentation model, or 'static' for a camera that stands still (default: "
        "GAITCOLOR_DETECTOR, else the official model, else the bundled one)",
    )  # fmt: skip
    parser.add_argument("--device", help="torch device (default: cuda where there is one)")


def add_yolo(parser: argparse.ArgumentParser) -> None:
    """Let the user say which detector is asked, where no other segmenter can serve."""
    parser.add_argument(
        "--detector", metavar="PATH", help="YOLO segmentation model that looks for persons"
    )


def yolo_weights(name: str | None) -> Path:
    """The file of the detector that the user named, or of the one that serves by default.

    Raises:
        InputError: it cannot be had.
    """
    from gaitcolor_core.stages.segment import find_weights

    weights = find_weights(name)
    if weights is None:
        raise InputError("No detector can be had; give one with --detector PATH.")
    return weights


def add_training_folders(parser: argparse.ArgumentParser, *, kept: str) -> None:
    """Let the user say where a training run and its weights go; `kept` is what the run shows."""
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help=f"folder for the state of the run and {kept}",
    )  # fmt: skip
    parser.add_argument(
        "--export", metavar="FOLDER", type=Path, default=None,
        help="folder for the weights alone, with what says how to use them",
    )  # fmt: skip


def add_training_pace(
    parser: argparse.ArgumentParser,
    *,
    batch: str | None,
    learning_rate: str = "after the warm-up, before the decay",
    bfloat16: str = "compute less exactly; fast only where the processor knows bfloat16",
    seed: str = "of the first weights and all batches",
) -> None:
    """Let the user change what most training recipes have; the texts say what is special.

    Args:
        parser: leaves out what is not given (`argument_default=argparse.SUPPRESS`).
        batch: what is counted in a batch; None = its size cannot be set.
        learning_rate: when it is that high.
        bfloat16: what it means.
        seed: of what.
    """
    parser.add_argument("--steps", type=positive, metavar="N", help="batches in all")
    if batch:
        parser.add_argument("--batch-size", type=positive, metavar="N", help=f"{batch} a batch")
    parser.add_argument("--learning-rate", type=rate, metavar="RATE", help=learning_rate)
    parser.add_argument("--bfloat16", action="store_true", help=bfloat16)
    parser.add_argument("--seed", type=natural, help=seed)


def given(options: argparse.Namespace, names: Collection[str]) -> dict[str, Any]:
    """Those options of these names that the user gave, where others have no default."""
    return {name: value for name, value in vars(options).items() if name in names}


def natural(text: str) -> int:
    """A whole number from 0 on."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 0 on")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 on")
    return int(text)


def rate(text: str) -> float:
    """A learning rate."""
    if not 0 < float(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' does not lie between 0 and 1")
    return float(text)


def walkers(text: str) -> tuple[int, ...] | None:
    """Numbers such as 1,3; None = all."""
    if text == "all":
        return None
    try:
        return numbers(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' is neither 'all' nor numbers such as 1,3"
        ) from error


def numbers(text: str) -> tuple[int, ...]:
    """Numbers such as 1,3."""
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"'{text}' is no list of numbers such as 1,3")
    return tuple(map(int, parts))
