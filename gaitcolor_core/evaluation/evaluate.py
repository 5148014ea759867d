"""The whole evaluation of privacy: attacks, curve, checks, colors, and the report on all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gaitcolor_core.checkout import commit
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.evaluation.color_comparison import ComparisonPlan, compare_colors
from gaitcolor_core.evaluation.color_report import as_markdown
from gaitcolor_core.evaluation.filmed_attacks import attack_filmed
from gaitcolor_core.evaluation.privacy import Bench, attack_all
from gaitcolor_core.evaluation.privacy_checks import check_machinery
from gaitcolor_core.evaluation.privacy_curve import sample_distances, trace_curve
from gaitcolor_core.evaluation.privacy_figures import gei_pairs
from gaitcolor_core.evaluation.privacy_report import write_report
from gaitcolor_core.evaluation.privacy_results import PrivacyResults
from gaitcolor_core.gait import gait_energy_image
from gaitcolor_core.methods import Methods
from gaitcolor_core.settings import Settings
from gaitcolor_core.structures import Float32

# Walkers whose gait energy images are shown, from the front, at an angle, from the side.
_SHOWN, _SHOWN_VIEWS = 4, (0, 54, 90)


def evaluate(bench: Bench, *, command: str) -> Path:
    """Attack every anonymizer and write the report; what is there already is kept.

    Args:
        bench: the set, the plan, and the folder for everything.
        command: how the user asked for it, for the report.

    Returns:
        The report, `report.md`; `results.json` and the pictures lie beside it.

    Raises:
        InputError: the set is not usable, or the folder holds another evaluation.
        OSError: the folder cannot be written.
    """
    default = bench.plan.shapes[0]
    results = PrivacyResults(
        about={
            "date": datetime.now(UTC).date().isoformat(),
            "commit": commit() or "not in a checkout",
            "command": command,
            "set": bench.root.name,
            "seed": str(bench.plan.seed),
        },
        default=(Settings().shape, Settings().strength),
        trained_on=tuple(sorted({key.subject for key in bench.training})),
        tested_on=tuple(sorted({key.subject for key in bench.probes})),
        outcomes=tuple(attack_all(bench)),
    )
    pairs = [*_pairs(bench, default)]
    if pairs:
        gei_pairs(pairs, bench.target / "gei_pairs.png")
    results = replace(
        results,
        curve=tuple(trace_curve(bench, default)),
        checks=tuple(check_machinery(bench)),
        distances=sample_distances(bench, default),
    )
    colors = _colors(bench, default)
    _write(bench, results, colors)
    # It takes longest, so what is known by then can be read already.
    filmed = tuple(attack_filmed(bench))
    return _write(bench, replace(results, outcomes=(*results.outcomes, *filmed)), colors)


def _write(bench: Bench, results: PrivacyResults, colors: str) -> Path:
    noted = replace(results, notes=tuple(bench.notes))
    noted.write(bench.target)
    return write_report(noted, bench.target, quality=colors)


def _pairs(bench: Bench, shape: str) -> Iterator[tuple[str, Float32, Float32]]:
    """Gait energy images before and after, of a few walkers at a few views."""
    normal = [key for key in bench.probes if key.condition == "nm" and key.view in _SHOWN_VIEWS]
    first = {(key.subject, key.view): key for key in reversed(normal)}
    subjects = sorted({key.subject for key in normal})[:_SHOWN]
    keys = [key for (subject, _), key in sorted(first.items()) if subject in subjects]
    changed = open_gait_set(bench.anonymized(bench.change(shape), keys))
    for key in keys:
        before, after = bench.gait_set.silhouettes(key), changed.silhouettes(key)
        if before.any() and after.any():
            geis = [gait_energy_image(each[:, None]) for each in (before, after)]
            yield str(key), geis[0], geis[1]


def _colors(bench: Bench, shape: str) -> str:
    """The tables of the color transfers; none without color."""
    gait_set = bench.gait_set
    if not isinstance(gait_set, RenderedSet):
        return ""
    subjects = sorted({key.subject for key in bench.probes})
    if not any(key.subject in subjects for key in gait_set.keys("crops")):
        bench.note("Left out: the colors, as no test subject of the set is there in color.")
        return ""
    plan = ComparisonPlan(shape=shape, strength=bench.plan.strength, seed=bench.plan.seed)
    rows = compare_colors(
        gait_set, plan, Methods(bench.plan.checkpoints, "cpu"), bench.target / "colors",
        subjects=subjects, on_progress=bench.step("colors"),
    )  # fmt: skip
    return as_markdown(rows, plan)
