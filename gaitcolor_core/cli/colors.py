"""`colors`: compare color transfers on the walkers of a rendered set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from gaitcolor_core.cli.options import natural, positive
from gaitcolor_core.cli.options import walkers as numbers
from gaitcolor_core.cli.outcome import bad_usage, say, work_on, write, write_json
from gaitcolor_core.cli.terminal import Progress, Stopper
from gaitcolor_core.settings import Color, Settings
from gaitcolor_core.structures import InputError

if TYPE_CHECKING:
    from gaitcolor_core.datasets.rendered import RenderedSet
    from gaitcolor_core.evaluation.color_comparison import ComparisonPlan
    from gaitcolor_core.methods import Methods


def add(commands: Any) -> None:
    """Say what the subcommand takes."""
    choices, default = get_type_hints(Settings), Settings()
    parser = commands.add_parser(
        "colors",
        help="compare color transfers on the walkers of a rendered set",
        description="Give the test subjects of a rendered set another walk and color it by each "
        "color transfer: tables of PSNR and SSIM in four readings for plain and textural clothes, "
        "complete and incomplete silhouettes (colors.md, colors.json), and pictures (plain.png, "
        "textural.png, incomplete.png). A stopped comparison goes on when it is called again.",
    )
    parser.add_argument(
        "rendered", metavar="FOLDER", type=Path, help="what `render --preset bench` made, in color"
    )
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", type=Path, required=True, help="folder for the results"
    )
    parser.add_argument(
        "--shape", choices=get_args(choices["shape"]), default=default.shape,
        help="shape anonymizer (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--strength", type=float, default=default.strength, metavar="0...1",
        help="how far the shape may change (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--colors", nargs="+", choices=get_args(Color), metavar="COLOR",
        help=f"of {', '.join(get_args(Color))} (default: all)",
    )  # fmt: skip
    parser.add_argument(
        "--adapt", type=natural, default=0, metavar="SECONDS",
        help="compare networks that have learned each sequence so long, too (default: do not)",
    )  # fmt: skip
    parser.add_argument(
        "--views", type=positive, default=1, metavar="N",
        help="views of each walk, drawn (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--frames", type=positive, default=2, metavar="N",
        help="frames of each sequence, evenly spread (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--subjects", type=numbers, metavar="81,82", default=(),
        help="whom to take, or 'all' (default: the test subjects, 081-124)",
    )  # fmt: skip
    parser.add_argument("--seed", type=natural, default=0, help="of bodies and views (default: 0)")
    parser.add_argument(
        "--checkpoints", metavar="FOLDER", type=Path,
        help="folder with the networks (default: those that come with GaitColor)",
    )  # fmt: skip
    parser.add_argument("--device", help="torch device (default: cuda where there is one)")
    parser.set_defaults(run=run, fail=parser.error)


def run(options: argparse.Namespace, stopper: Stopper) -> int:
    """Do it; the exit code is 0."""
    with bad_usage(options):
        Settings(strength=options.strength)
    from gaitcolor_core.datasets.rendered import RenderedSet
    from gaitcolor_core.device import torch_device
    from gaitcolor_core.evaluation.color_comparison import COLORS, ComparisonPlan
    from gaitcolor_core.methods import Methods

    plan = ComparisonPlan(
        shape=options.shape,
        strength=options.strength,
        colors=tuple(options.colors or COLORS),
        adapt_s=options.adapt,
        views_per_walk=options.views,
        frames=options.frames,
        seed=options.seed,
    )
    with work_on(options.output, stopper, unit="walker") as progress:
        methods = Methods(options.checkpoints, torch_device(options.device))
        _compare(RenderedSet(options.rendered), plan, methods, options, progress)
    return 0


def _compare(
    test_set: RenderedSet,
    plan: ComparisonPlan,
    methods: Methods,
    options: argparse.Namespace,
    progress: Progress,
) -> None:
    from gaitcolor_core.datasets.splits import PAPER
    from gaitcolor_core.evaluation.color_comparison import compare_colors
    from gaitcolor_core.evaluation.color_figures import FIGURES, draw_figure
    from gaitcolor_core.evaluation.color_report import as_markdown, as_numbers
    from gaitcolor_core.evaluation.strip import png

    everyone = sorted({key.subject for key in test_set.keys("crops")})
    subjects = everyone if options.subjects is None else options.subjects or PAPER.test
    rows = compare_colors(
        test_set, plan, methods, options.output / "walkers", subjects=subjects,
        on_progress=progress,
    )  # fmt: skip
    report = as_markdown(rows, plan)
    print(report)
    write(options.output / "colors.md", report.encode())
    write_json(options.output / "colors.json", as_numbers(rows))
    for done, name in enumerate(FIGURES):
        progress("draw", done, len(FIGURES))
        try:
            picture = draw_figure(test_set, name, plan, methods, subjects=subjects)
        except InputError as error:
            say(f"There is no {name}.png: {error}")
            continue
        write(options.output / f"{name}.png", png(picture))
