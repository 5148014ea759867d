"""Which of the outcomes of an evaluation stand in a row, a column, or a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from gaitcolor_core.datasets.gait_set import CONDITIONS
from gaitcolor_core.evaluation.attacks import CLEAN
from gaitcolor_core.evaluation.privacy_results import Outcome, PrivacyResults, Silhouettes
from gaitcolor_core.recognition.protocol import THREATS
from gaitcolor_core.structures import Float64

RECOGNIZERS = {"gei": "GEI + view transformation", "gaitset": "GaitSet", "gaitbase": "GaitBase"}
# In the order in which they are told.
ATTACKS = (CLEAN, *THREATS)
# Success rates of the seed paper, by view, of the recognizer that "gei" follows.
PAPER_SUCCESS = (0.7904, 0.9361)


@dataclass(frozen=True)
class Case:
    """What was attacked: a shape anonymizer at a strength, on one kind of silhouettes."""

    shape: str
    strength: float
    silhouettes: Silhouettes

    @property
    def anonymizer(self) -> str:
        """Such as "deform 0.7"."""
        return f"{self.shape} {self.strength:g}"


def cases(results: PrivacyResults) -> list[Case]:
    """All that were attacked, the default first."""
    kinds = get_args(Silhouettes)
    changed = [row for row in results.outcomes if row.threat != CLEAN]
    found = dict.fromkeys(Case(row.shape, row.strength, row.silhouettes) for row in changed)
    order = list(dict.fromkeys((case.shape, case.strength) for case in found))
    order.sort(key=lambda each: each != results.default)
    return sorted(
        found, key=lambda c: (order.index((c.shape, c.strength)), kinds.index(c.silhouettes))
    )


def foremost(results: PrivacyResults) -> list[Case]:
    """The default on each kind of silhouettes; of another anonymizer if it was not attacked."""
    found = cases(results)
    return [case for case in found if case.anonymizer == found[0].anonymizer]


def recognizers(results: PrivacyResults) -> list[str]:
    """All that attacked, known ones first."""
    found = dict.fromkeys(row.recognizer for row in results.outcomes)
    return sorted(found, key=lambda name: name not in RECOGNIZERS)


def conditions(results: PrivacyResults) -> list[str]:
    """Those of the probes; normal walks first."""
    found = {row.condition for row in results.outcomes}
    return [name for name in CONDITIONS if name in found]


def kinds(results: PrivacyResults) -> list[Silhouettes]:
    """The kinds of silhouettes that were compared, those handed over first."""
    found = {row.silhouettes for row in results.outcomes}
    return [name for name in get_args(Silhouettes) if name in found]


def clean(
    results: PrivacyResults, recognizer: str, silhouettes: Silhouettes, condition: str
) -> Outcome | None:
    """How well a recognizer does before anything is anonymized."""
    wanted = (recognizer, silhouettes, condition, CLEAN)
    for row in results.outcomes:
        if (row.recognizer, row.silhouettes, row.condition, row.threat) == wanted:
            return row
    return None


def find(
    results: PrivacyResults, recognizer: str, case: Case, attack: str, condition: str
) -> Outcome | None:
    """One of `ATTACKS`; for "clean", the comparison that stands beside the case's."""
    if attack == CLEAN:
        return clean(results, recognizer, case.silhouettes, condition)
    for row in results.outcomes:
        same = Case(row.shape, row.strength, row.silhouettes) == case
        if same and (row.recognizer, row.threat, row.condition) == (recognizer, attack, condition):
            return row
    return None


def rank1(outcome: Outcome) -> float | None:
    """Across views where there are several, else at the same view."""
    return outcome.same_view if outcome.cross_view is None else outcome.cross_view


def strongest(results: PrivacyResults, case: Case, condition: str) -> Outcome | None:
    """The outcome in which most are recognized."""
    found = [
        row
        for row in results.outcomes
        if Case(row.shape, row.strength, row.silhouettes) == case and row.condition == condition
    ]
    known = [(value, row) for row in found if (value := rank1(row)) is not None]
    return max(known, key=lambda each: each[0])[1] if known else None


def at_gap(outcome: Outcome, gap_deg: int) -> float:
    """Mean rank-1 over the pairs of views so many degrees apart; NaN if there is none."""
    return mean(outcome.table[np.abs(_gaps(outcome)) == gap_deg])


def at_views(outcome: Outcome, probe_deg: int, gallery_deg: int) -> float | None:
    """Rank-1 of one pair of views; None if it was not compared."""
    if probe_deg not in outcome.probe_views or gallery_deg not in outcome.gallery_views:
        return None
    row = outcome.probe_views.index(probe_deg)
    return outcome.rank1[row][outcome.gallery_views.index(gallery_deg)]


def mean(values: Float64 | Sequence[float]) -> float:
    """Of those that are known; NaN if none is."""
    given = np.asarray(values, np.float64)
    known = given[~np.isnan(given)]
    return float(known.mean()) if known.size else float("nan")


def _gaps(outcome: Outcome) -> Float64:
    return np.subtract.outer(
        np.array(outcome.probe_views, np.float64), np.array(outcome.gallery_views, np.float64)
    )
