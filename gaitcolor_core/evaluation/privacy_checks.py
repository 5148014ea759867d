"""Whether the machinery of an evaluation works: comparisons whose outcome is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gaitcolor_core.evaluation.attacks import shuffled
from gaitcolor_core.evaluation.privacy import Attacker, Bench
from gaitcolor_core.evaluation.privacy_results import Check
from gaitcolor_core.evaluation.walk_features import Extracted
from gaitcolor_core.recognition.protocol import identify

# Squares of the pipeline are resampled, so silhouettes come back a little different.
RESAMPLED = 0.03
_ROUNDS = 20


def check_machinery(bench: Bench) -> Iterator[Check]:
    """Strength 0, shuffled names, and a gallery that looks for itself."""
    untouched = bench.change("deform", 0.0)
    normal = [key for key in bench.probes if key.condition == "nm"]
    if not normal:
        bench.note("Left out: the checks of the machinery, as there are no normal walks to probe.")
        return
    root = bench.anonymized(untouched, normal)
    for attacker in bench.clean_attackers:
        eye = attacker.eye
        enrolled = bench.features(bench.root, bench.enrolled, eye)
        probes = bench.features(bench.root, normal, eye)
        clean = _rank1(attacker, enrolled, probes)
        yield Check(
            "Walks anonymized at strength 0 are recognized like clean ones.",
            attacker.eye.name,
            clean,
            _rank1(attacker, enrolled, bench.features(root, normal, eye)),
            # Of a few probes, a single one that might be anybody may be taken for another.
            max(RESAMPLED, 1 / len(probes.features)),
        )
        yield _by_chance(bench, attacker, enrolled, probes)
        yield Check(
            "The gallery finds itself at the same view.",
            attacker.eye.name,
            1.0,
            _same_view(attacker, enrolled),
            0.0,
        )


def _rank1(attacker: Attacker, enrolled: Extracted, probes: Extracted) -> float:
    """Mean over all pairs of views."""
    gallery, asked = (each.walks(sorted(each.features)) for each in (enrolled, probes))
    return float(np.nanmean(identify(attacker.recognizer, gallery=gallery, probes=asked).rank1))


def _same_view(attacker: Attacker, enrolled: Extracted) -> float:
    walks = enrolled.walks(sorted(enrolled.features))
    return identify(attacker.recognizer, gallery=walks, probes=walks).same_view


def _by_chance(bench: Bench, attacker: Attacker, enrolled: Extracted, probes: Extracted) -> Check:
    """Names of the gallery dealt out anew: nobody is recognized but by chance."""
    gallery, asked = (each.walks(sorted(each.features)) for each in (enrolled, probes))
    answers = [
        identify(
            attacker.recognizer, gallery=shuffled(gallery, seed=bench.plan.seed + n), probes=asked
        )
        for n in range(_ROUNDS)
    ]
    chance = answers[0].chance
    # As if of one round all that is asked of one subject shared its luck.
    tolerance = 4 * np.sqrt(chance * (1 - chance) / (_ROUNDS * len(np.unique(gallery.subjects))))
    return Check(
        "With the names in the gallery shuffled, recognition is chance.",
        attacker.eye.name,
        chance,
        float(np.mean([np.nanmean(answer.rank1) for answer in answers])),
        float(tolerance),
    )
