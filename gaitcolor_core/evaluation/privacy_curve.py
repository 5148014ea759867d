"""Privacy against quality, as the strength goes from 0 to 1; and how far gaits move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.evaluation.color_comparison import ComparisonPlan, read_colors, recolor
from gaitcolor_core.evaluation.color_readings import mean_figures
from gaitcolor_core.evaluation.privacy import GEI, Bench
from gaitcolor_core.evaluation.privacy_results import CurvePoint
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.methods import Methods
from gaitcolor_core.recognition.protocol import identify
from gaitcolor_core.structures import Float32

# Walks of which the quality is read, and pairs of walks of a sample of distances.
_COLORED, _FRAMES, _PAIRS = 44, 2, 5000
Item = TypeVar("Item")


def trace_curve(bench: Bench, shape: str) -> Iterator[CurvePoint]:
    """T0 and the colors' quality for the first normal walk that is not enrolled of each subject."""
    normal = [key for key in bench.probes if key.condition == "nm"]
    keys = [key for key in normal if key.number == min(each.number for each in normal)]
    if not keys:
        bench.note("Left out: the curve over the strength, as there are no normal walks to probe.")
        return
    attackers = bench.clean_attackers
    for strength in bench.plan.strengths:
        root = bench.anonymized(bench.change(shape, strength), keys)
        found = {}
        for attacker in attackers:
            enrolled = bench.features(bench.root, bench.enrolled, attacker.eye)
            seen = bench.features(root, keys, attacker.eye)
            gallery, probes = (each.walks(sorted(each.features)) for each in (enrolled, seen))
            answer = identify(attacker.recognizer, gallery=gallery, probes=probes)
            found[attacker.eye.name] = float(np.nanmean(answer.rank1))
        yield CurvePoint(
            shape, strength, found, gei_change(bench, root, keys), _quality(bench, shape, strength)
        )


def gei_change(bench: Bench, root: Path, keys: Sequence[SequenceKey]) -> float:
    """Mean L2 distance of the gait energy images (128 x 128) of a set and of its original."""
    changed, moved = open_gait_set(root), []
    for key in _sample(bench, keys, _COLORED):
        before, after = (each.silhouettes(key)[:, None] for each in (bench.gait_set, changed))
        if before.any() and after.any():
            moved.append(gei_distance(gait_energy_image(before), gait_energy_image(after)))
    return float(np.mean(moved)) if moved else float("nan")


def sample_distances(bench: Bench, shape: str) -> dict[str, tuple[float, ...]]:
    """Distances of gait energy images (64 x 64, L2) of normal walks at the same view."""
    normal = [key for key in bench.probes if key.condition == "nm"]
    root = bench.anonymized(bench.change(shape), normal)
    enrolled = bench.features(bench.root, bench.enrolled, GEI).features
    probes = bench.features(bench.root, normal, GEI).features
    changed = bench.features(root, normal, GEI).features
    pairs = [(one, two) for one in probes for two in enrolled if one.view == two.view]
    same = [pair for pair in pairs if pair[0].subject == pair[1].subject]
    others = [pair for pair in pairs if pair[0].subject != pair[1].subject]
    rng = np.random.default_rng(bench.plan.seed)
    return {
        "same person": _distances(rng, probes, enrolled, same),
        "different people": _distances(rng, probes, enrolled, others),
        "anonymized and original": _distances(
            rng, changed, probes, [(key, key) for key in changed if key in probes]
        ),
    }


def _distances(
    rng: np.random.Generator,
    some: Mapping[SequenceKey, Float32],
    others: Mapping[SequenceKey, Float32],
    pairs: Sequence[tuple[SequenceKey, SequenceKey]],
) -> tuple[float, ...]:
    """Of a sample of pairs."""
    picked = _drawn(rng, pairs, _PAIRS)
    return tuple(gei_distance(some[one], others[two]) for one, two in picked)


def _quality(bench: Bench, shape: str, strength: float) -> dict[str, float]:
    """Figures of `warp` on a sample of the test subjects; none without color."""
    if not isinstance(bench.gait_set, RenderedSet):
        return {}
    colored = set(bench.gait_set.keys("crops"))
    keys = _sample(bench, [key for key in bench.probes if key in colored], _COLORED)
    plan = ComparisonPlan(shape=shape, strength=strength, seed=bench.plan.seed)
    methods = Methods(bench.plan.checkpoints, "cpu")
    rows = []
    for done, key in enumerate(keys, start=1):
        walk = recolor(bench.gait_set, key, "complete", plan, methods)
        chosen = walk.some(_FRAMES)
        if chosen:
            rows.append(read_colors(walk, chosen, walk.limits(chosen), methods.color("warp")))
        bench.on_progress(f"quality: {shape}-{strength:g}", done, len(keys))
    return mean_figures(rows) if rows else {}


def _sample(bench: Bench, keys: Sequence[SequenceKey], count: int) -> list[SequenceKey]:
    """At most `count` of `keys`, drawn by the plan's seed."""
    return _drawn(np.random.default_rng(bench.plan.seed), keys, count)


def _drawn(rng: np.random.Generator, items: Sequence[Item], count: int) -> list[Item]:
    if len(items) <= count:
        return list(items)
    return [items[index] for index in sorted(rng.choice(len(items), count, replace=False))]
