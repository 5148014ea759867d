"""The options that several subcommands share, and how their words are read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args, get_type_hints

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
    options: argparse.Namespace, *, walkers: tuple[int, ...] | None = None
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
    numbers = text.split(",")
    if not all(number.strip().isdecimal() for number in numbers):
        raise argparse.ArgumentTypeError(f"'{text}' is neither 'all' nor numbers such as 1,3")
    return tuple(map(int, numbers))
