"""How far apart walks of one person are, and those of different people, by their mean silhouettes.

Example:
    What comes with the package was made from a set with the subjects 031-080, and with it
    docs/gei-distances.png::

        gaitcolor render --preset bench --silhouettes-only -o BENCH
        python -m gaitcolor_core.evaluation.gei_calibration BENCH --figure docs/gei-distances.png
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

from gaitcolor_core.cycles import gait_period, whole_cycles
from gaitcolor_core.datasets.gait_set import GaitSet, SequenceKey
from gaitcolor_core.datasets.gait_squares import as_gait
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.splits import PAPER
from gaitcolor_core.datasets.subject import FPS
from gaitcolor_core.evaluation.report import table
from gaitcolor_core.files import write_whole
from gaitcolor_core.gait import gait_energy_image
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.recognizability import CALIBRATION
from gaitcolor_core.structures import Bool, Float32, Float64, InputError, Int64

MAX_PAIRS = 100_000
NUM_QUANTILES = 101


@dataclass(frozen=True)
class Distances:
    """L2 distances of gait energy images (128 x 128, values in [0, 1]), of pairs at one view.

    Attributes:
        selves: `(N,)`, two walks of one person.
        strangers: `(M,)`, walks of two people.
    """

    selves: Float64
    strangers: Float64


def calibration_keys(gait_set: GaitSet) -> list[SequenceKey]:
    """The normal walks of those who train recognizers; test subjects are kept out.

    Raises:
        InputError: there is none.
    """
    keys = PAPER.select(gait_set, "recognizer")
    normal = [key for key in keys if key.condition == "nm"]
    if not normal:
        raise InputError(f"'{gait_set.root}' holds no normal walks (nm) of the subjects 031-080.")
    return normal


def walk_gei(silhouettes: Bool) -> Float32:
    """The GEI `(128, 128)` of a set's walk `(T, S, S)`, measured as a report measures a change."""
    frames = as_gait(silhouettes, fps=FPS).silhouettes
    return gait_energy_image(whole_cycles(frames, gait_period(frames, fps=FPS)))


def measure(
    gait_set: GaitSet,
    keys: Sequence[SequenceKey],
    *,
    seed: int = 0,
    max_pairs: int = MAX_PAIRS,
    on_progress: OnProgress = silent,
) -> dict[int, Distances]:
    """Compare walks of `keys` with one another, view by view.

    Args:
        gait_set: holds them.
        keys: of two people at least.
        seed: of the draw of pairs, where there are too many.
        max_pairs: of one person, and of different people, in all views together.
        on_progress: called with "measure", walks done and walks in all; may raise to stop.

    Returns:
        View to distances.

    Raises:
        InputError: the set does not hold a walk, or no view has both kinds of pairs.
    """
    geis: dict[SequenceKey, Float32] = {}
    for key in keys:
        geis[key] = walk_gei(gait_set.silhouettes(key))
        on_progress("measure", len(geis), len(keys))
    rng = np.random.default_rng(seed)
    views = sorted({key.view for key in keys})
    found = {}
    for view in views:
        seen = [key for key in keys if key.view == view]
        distances = _compare(seen, geis, max_pairs // len(views), rng)
        if len(distances.selves) and len(distances.strangers):
            found[view] = distances
    if not found:
        raise InputError(
            "There is nothing to compare: that takes two people, and two walks of one of them, "
            "seen from the same side."
        )
    return found


def pooled(by_view: Mapping[int, Distances]) -> Distances:
    """All views together."""
    return Distances(
        np.concatenate([distances.selves for distances in by_view.values()]),
        np.concatenate([distances.strangers for distances in by_view.values()]),
    )


def as_numbers(
    by_view: Mapping[int, Distances], measured_on: Mapping[str, object]
) -> dict[str, Any]:
    """What `recognizability` reads, as built-in types."""
    both = pooled(by_view)
    return {
        "measured_on": dict(measured_on),
        "one_person": _quantiles(both.selves),
        "different_people": _quantiles(both.strangers),
    }


def summary(by_view: Mapping[int, Distances]) -> str:
    """Medians and tails of both kinds of pairs, by view; without a line break at the end."""
    figures = ("pairs", "5 %", "median", "95 %")
    rows: list[tuple[str, ...]] = [("view", *figures, *figures)]
    named = {**{str(view): each for view, each in by_view.items()}, "all": pooled(by_view)}
    for name, distances in named.items():
        rows.append((name, *_row(distances.selves), *_row(distances.strangers)))
    return f"walks of one person, then of different people\n{table(rows)}"


def drawing(distances: Distances) -> bytes:
    """The content of a PNG file: the two densities."""
    bins = np.linspace(0, float(distances.strangers.max()), 80)
    with matplotlib.rc_context({"font.size": 8}):
        figure = Figure(figsize=(6, 2.6), layout="constrained")
        axes = figure.subplots()
        for values, ink, name in (
            (distances.selves, "tab:blue", "two walks of one person"),
            (distances.strangers, "tab:orange", "walks of two people"),
        ):
            axes.hist(values, bins=bins.tolist(), density=True, color=ink, alpha=0.6, label=name)
        axes.set(xlabel="distance of the gait energy images", ylabel="density")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=110, metadata={"Software": None})
    return content.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure a gait set, and write what the package brings along."""
    parser = argparse.ArgumentParser(
        description="How far apart walks of one person are, and those of different people."
    )
    parser.add_argument("gait_set", type=Path, help="a folder with the subjects 031-080")
    parser.add_argument("--output", type=Path, default=CALIBRATION, help="the JSON file to write")
    parser.add_argument("--figure", type=Path, help="the PNG file to draw the densities to")
    parser.add_argument("--seed", type=int, default=0, help="of the draw of pairs (default: 0)")
    options = parser.parse_args(arguments)
    try:
        gait_set = open_gait_set(options.gait_set)
        keys = calibration_keys(gait_set)
        with tqdm(total=len(keys), unit="walk", file=sys.stderr, disable=None) as bar:

            def on_progress(_stage: str, done: int, _total: int | None) -> None:
                bar.update(done - bar.n)

            by_view = measure(gait_set, keys, seed=options.seed, on_progress=on_progress)
    except InputError as error:
        parser.error(str(error))
    content = as_numbers(by_view, _facts(gait_set, keys, options.seed))
    write_whole(options.output, (json.dumps(content, indent=1) + "\n").encode())
    if options.figure:
        write_whole(options.figure, drawing(pooled(by_view)))
    sys.stdout.write(summary(by_view) + "\n")


def _compare(
    keys: Sequence[SequenceKey],
    geis: Mapping[SequenceKey, Float32],
    max_pairs: int,
    rng: np.random.Generator,
) -> Distances:
    first, second = np.triu_indices(len(keys), 1)
    subjects = np.array([key.subject for key in keys])
    same = subjects[first] == subjects[second]
    rows = np.array([geis[key].ravel() for key in keys])
    selves, strangers = (
        _distances(rows, _draw(np.stack([first[kind], second[kind]], axis=1), max_pairs, rng))
        for kind in (same, ~same)
    )
    return Distances(selves, strangers)


def _draw(pairs: Int64, count: int, rng: np.random.Generator) -> Int64:
    """At most `count` of the `pairs` `(N, 2)`."""
    return pairs if len(pairs) <= count else pairs[rng.choice(len(pairs), count, replace=False)]


def _distances(rows: Float32, pairs: Int64) -> Float64:
    # One by one: all differences at a time would not fit into memory.
    return np.array([np.linalg.norm(rows[a] - rows[b]) for a, b in pairs], np.float64)


def _quantiles(distances: Float64) -> dict[str, object]:
    values = np.quantile(distances, np.linspace(0, 1, NUM_QUANTILES))
    return {"pairs": len(distances), "quantiles": [round(float(value), 3) for value in values]}


def _row(distances: Float64) -> tuple[str, ...]:
    figures = np.quantile(distances, (0.05, 0.5, 0.95))
    return str(len(distances)), *(f"{figure:.2f}" for figure in figures)


def _facts(gait_set: GaitSet, keys: Sequence[SequenceKey], seed: int) -> dict[str, object]:
    subjects = sorted({key.subject for key in keys})
    return {
        "what": "L2 distance of gait energy images (128 x 128, values in [0, 1]) over whole cycles",
        "set": gait_set.root.name,
        "subjects": f"{subjects[0]:03d}-{subjects[-1]:03d}",
        "people": len(subjects),
        "walks": sorted({key.walk for key in keys}),
        "views": sorted({key.view for key in keys}),
        "sequences": len(keys),
        "seed": seed,
        "date": datetime.now(UTC).date().isoformat(),
    }


if __name__ == "__main__":
    main()
