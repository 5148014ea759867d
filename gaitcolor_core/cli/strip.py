"""`strip`: draw a walker before and after."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from gaitcolor_core.cli.options import add_hardware, add_settings, positive, settings_from
from gaitcolor_core.cli.outcome import bad_usage, work_on, write
from gaitcolor_core.cli.targets import (
    refuse_missing_folder,
    refuse_other_suffix,
    refuse_overwriting,
)
from gaitcolor_core.cli.terminal import Stopper
from gaitcolor_core.settings import NETWORK_COLORS, Color, Settings


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "strip",
        help="draw a walker before and after",
        description="Draw a walker in six phases of a gait cycle: original, its silhouette, new "
        "silhouette, result. For your own eyes, as it shows the original gait.",
    )
    parser.add_argument("clip", metavar="CLIP", type=Path, help="a video")
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help="PNG file to write"
    )
    parser.add_argument(
        "--walker", type=positive, metavar="N",
        help="whom to show, by order of appearance (default: who is drawn in most frames)",
    )  # fmt: skip
    add_settings(parser)
    parser.add_argument(
        "--compare", nargs="+", choices=get_args(Color), default=[],
        metavar="COLOR", help="further color transfers, each in a row of its own",
    )  # fmt: skip
    add_hardware(parser)
    parser.add_argument(
        "--blur-faces",
        action="store_true",
        help="cover the heads of people who are found and stand upright; look before you publish",
    )
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options):
        settings = settings_from(options)
        refuse_other_suffix(options.output, ".png")
        refuse_missing_folder(options.output)
        refuse_overwriting([options.clip], [options.output])
        from gaitcolor_core.pipeline import GaitAnonymizer

        anonymizers = {
            label: GaitAnonymizer(each, detector=options.detector, device=options.device)
            for label, each in _rows(settings, options.compare).items()
        }
    from gaitcolor_core.evaluation.strip import draw_strip, png

    with work_on(options.clip, stopper) as progress:
        picture = draw_strip(
            anonymizers, options.clip,
            walker=options.walker, blur_faces=options.blur_faces, on_progress=progress,
        )  # fmt: skip
    write(options.output, png(picture))
    return 0


def _rows(settings: Settings, compared: list[Color]) -> dict[str, Settings]:
    """The settings of each row with a result, by its label; the draw is the same in all."""
    if not compared:
        return {"result": settings}
    seed = secrets.randbits(32) if settings.seed is None else settings.seed
    rows: dict[str, Settings] = {}
    for color in dict.fromkeys([settings.color, *compared]):
        adapt_s = settings.adapt_s if color in NETWORK_COLORS else 0
        rows[color] = replace(settings, color=color, adapt_s=adapt_s, seed=seed)
    return rows
