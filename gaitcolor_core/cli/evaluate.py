"""`evaluate`: does it hide the walker?"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import Any, get_args

from gaitcolor_core.cli.options import natural, positive
from gaitcolor_core.cli.outcome import bad_usage, work_on
from gaitcolor_core.cli.terminal import Stopper
from gaitcolor_core.datasets.gait_set import CONDITIONS
from gaitcolor_core.settings import Settings, Shape


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    parser = commands.add_parser(
        "evaluate",
        help="attack anonymized walks by gait recognition, and report who is found",
        description="Anonymize the test subjects of a gait set and let gait recognizers look for "
        "them, under four threat models, on the silhouettes themselves and on those that can be "
        "seen in final videos. Writes report.md, its pictures, and results.json. What is there "
        "already is kept, so that a stopped evaluation goes on when it is called again.",
    )
    parser.add_argument(
        "--data", metavar="FOLDER", type=Path, required=True,
        help="CASIA-B, CASIA-B*, or what `render` made",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--out", metavar="FOLDER", type=Path, required=True, help="folder for the report"
    )
    parser.add_argument(
        "--shapes", nargs="+", choices=get_args(Shape), default=list(get_args(Shape)),
        metavar="SHAPE", help=f"of {', '.join(get_args(Shape))} (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--threats", nargs="+", choices=("T0", "T1", "T2", "T3"), metavar="T",
        default=["T0", "T1", "T2", "T3"],
        help="what the attacker has: T0 original gaits, T1 a gallery of anonymized ones, T2 "
        "training on anonymized ones, T3 both (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--strength", type=float, default=Settings().strength, metavar="0...1",
        help="how far shapes may change (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--conditions", nargs="+", choices=CONDITIONS, default=list(CONDITIONS), metavar="C",
        help="of those who are looked for: nm walks as ever, bg with a bag, cl in a coat "
        "(default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--thorough", action="store_true",
        help="T1 to T3, all conditions and final videos for all shapes, not for the first one "
        "alone: hours more",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true",
        help="normal walks, T0 and the first shape alone: minutes rather than hours",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=natural, default=0, help="of bodies and samples (default: 0)"
    )
    parser.add_argument(
        "--processes", type=positive, default=os.cpu_count() or 1, metavar="N",
        help="walks at a time (default: as many as there are processors, %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--checkpoints", metavar="FOLDER", type=Path,
        help="folder with the networks, recognizers too (default: those that come with GaitColor)",
    )  # fmt: skip
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options):
        Settings(strength=options.strength)
    from gaitcolor_core.evaluation.evaluate import evaluate
    from gaitcolor_core.evaluation.privacy import Bench, EvaluationPlan
    from gaitcolor_core.weights import CHECKPOINTS

    plan = EvaluationPlan(
        shapes=tuple(options.shapes),
        strength=options.strength,
        threats=tuple(options.threats),
        conditions=tuple(options.conditions),
        thorough=options.thorough,
        seed=options.seed,
        checkpoints=options.checkpoints or CHECKPOINTS,
    )
    if options.quick:
        plan = plan.quick()
    command = shlex.join(["gaitcolor", *sys.argv[1:]])
    with work_on(options.out, stopper, unit="walk") as progress:
        bench = Bench(options.data, plan, options.out, options.processes, progress)
        report = evaluate(bench, command=command)
    print(report)
    return 0
