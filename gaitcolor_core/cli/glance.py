"""`glance`: list the walkers of a clip, to choose whom to leave as is."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gaitcolor_core.cli.options import add_hardware
from gaitcolor_core.cli.outcome import bad_usage, work_on, write, write_json
from gaitcolor_core.cli.targets import new_folder
from gaitcolor_core.cli.terminal import Stopper


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "glance",
        help="list the walkers of a clip, to choose whom to leave as is",
        description="Look at a few frames a second and show who walks there; the numbers are "
        "those of `anonymize --spare`. Who is in view for a moment only may be missed.",
    )
    parser.add_argument("clip", metavar="CLIP", type=Path, help="a video")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True,
        help="folder for a picture of each walker, 1.png and so on, and walkers.json: for your "
        "own eyes, as they show the original",
    )  # fmt: skip
    add_hardware(parser)
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options), new_folder(options.output):
        from gaitcolor_core.evaluation.strip import png
        from gaitcolor_core.pipeline import GaitAnonymizer

        anonymizer = GaitAnonymizer(detector=options.detector, device=options.device)
        with work_on(options.clip, stopper) as progress:
            sightings = anonymizer.glance(options.clip, on_progress=progress)
        for sighting in sightings:
            write(options.output / f"{sighting.number}.png", png(sighting.thumbnail))
            print(f"walker {sighting.number}: shown at {sighting.time_s:.1f} s", flush=True)
        write_json(options.output / "walkers.json", [each.to_dict() for each in sightings])
    if not sightings:
        print("Nobody was seen.", flush=True)
    return 0
