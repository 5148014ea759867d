"""Gallery, probe, identify: how often a recognizer finds out who walks, view by view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from gaitcolor_core.metrics import equal_error_rate
from gaitcolor_core.structures import Bool, Float32, Float64, InputError, Int64


@dataclass(frozen=True)
class Threat:
    """What an attacker has; the probes are anonymized always.

    Attributes:
        training: whether the recognizer was trained on other people's anonymized gaits.
        gallery: whether those enrolled are anonymized, too.
    """

    training: bool
    gallery: bool


THREATS: Mapping[str, Threat] = MappingProxyType(
    {
        "T0": Threat(training=False, gallery=False),
        "T1": Threat(training=False, gallery=True),
        "T2": Threat(training=True, gallery=False),
        "T3": Threat(training=True, gallery=True),
    }
)


@dataclass(frozen=True)
class Walks:
    """Features `(N, ...)` float32 with subjects `(N,)` and views `(N,)` in degrees."""

    features: Float32
    subjects: Int64
    views: Int64

    def chosen(self, where: Bool) -> Walks:
        """Those where `(N,)` is true."""
        return Walks(self.features[where], self.subjects[where], self.views[where])


class Recognizer(Protocol):
    """Compares walks that are seen at two views."""

    def features(self, silhouettes: Bool, *, fps: float) -> Float32:
        """What is compared of a walk `(T, S, S)` bool, successive frames.

        Raises:
            InputError: the walk is of no use, such as one in which nobody is seen.
        """
        ...

    def distances(
        self, probes: Float32, gallery: Float32, *, probe_view: int, gallery_view: int
    ) -> Float64:
        """Distances `(Q, G)` of features `(Q, ...)` and `(G, ...)`."""
        ...


@dataclass(frozen=True)
class Identification:
    """Who was recognized; rows = views of the probes, columns = views of the gallery.

    Attributes:
        probe_views: degrees, sorted; P of them.
        gallery_views: degrees, sorted; V of them.
        subjects: `(Q,)` of the probes.
        views: `(Q,)` of the probes.
        hits: `(Q, V)` float64: 1 = the nearest of the gallery at this view is the probe's subject,
            0 = somebody else; NaN = the subject is not enrolled at this view.
        equal_error: `(P, V)` float64, equal error rates; NaN where there is nothing to compare.
        chance: rank-1 of who guesses, 1 / number of enrolled subjects.
        notes: sentences on what was left out.
    """

    probe_views: tuple[int, ...]
    gallery_views: tuple[int, ...]
    subjects: Int64
    views: Int64
    hits: Float64
    equal_error: Float64
    chance: float
    notes: tuple[str, ...]

    @property
    def rank1(self) -> Float64:
        """Rank-1 accuracy `(P, V)`; NaN where there is nothing to compare."""
        return self._rank1(np.arange(len(self.hits)))

    @property
    def by_probe_view(self) -> Float64:
        """Mean of `rank1` over the other views of the gallery, `(P,)`."""
        return self._without_same(self.rank1)

    @property
    def cross_view(self) -> float:
        """Mean over all views of the probes, pairs of the same view excluded."""
        return _mean(self.by_probe_view)

    @property
    def same_view(self) -> float:
        """Mean of `rank1` over the pairs of the same view."""
        return _mean(self.rank1[self._same()])

    @property
    def by_subject(self) -> dict[int, float]:
        """How often each subject is recognized, in [0, 1], over the same pairs as `cross_view`.

        Where no views differ, over those of the same view.
        """
        same = np.equal.outer(self.views, np.array(self.gallery_views))
        hits = np.where(same, np.nan, self.hits)
        hits = self.hits if np.isnan(hits).all() else hits
        return {int(each): _mean(hits[self.subjects == each]) for each in np.unique(self.subjects)}

    def interval(
        self, *, generator: np.random.Generator, share: float = 0.95, rounds: int = 1000
    ) -> tuple[float, float]:
        """Bootstrap confidence interval of `cross_view`; drawn are subjects, not probes.

        Where no views differ, of `same_view`.
        """
        members = [np.flatnonzero(self.subjects == each) for each in np.unique(self.subjects)]
        values, alone = [], np.isnan(self.cross_view)
        for _ in range(rounds):
            drawn = generator.integers(len(members), size=len(members))
            rows = np.concatenate([members[index] for index in drawn])
            rank1 = self._rank1(rows)
            values.append(_mean(rank1 if alone else self._without_same(rank1)))
        low, high = np.nanquantile(values, [(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)

    def _rank1(self, rows: Int64) -> Float64:
        views, hits = self.views[rows], self.hits[rows]
        return np.array(
            [[_mean(column) for column in hits[views == view].T] for view in self.probe_views]
        )

    def _same(self) -> Bool:
        return np.asarray(
            np.array(self.probe_views)[:, None] == np.array(self.gallery_views), np.bool_
        )

    def _without_same(self, rank1: Float64) -> Float64:
        others = np.where(self._same(), np.nan, rank1)
        return np.array([_mean(row) for row in others])


def identify(recognizer: Recognizer, *, gallery: Walks, probes: Walks) -> Identification:
    """Look for each probe among those enrolled, at each view of the gallery by itself.

    Args:
        recognizer: trained.
        gallery: nm-01 to nm-04.
        probes: of one condition.

    Raises:
        InputError: gallery or probes are empty, or no probe's subject is enrolled.
    """
    enrolled = np.isin(probes.subjects, gallery.subjects)
    if not enrolled.any():
        raise InputError("There is nothing to compare: no subject of a probe is in the gallery.")
    known = probes.chosen(enrolled)
    rows, columns = (tuple(np.unique(walks.views).tolist()) for walks in (known, gallery))
    hits = np.full((len(known.subjects), len(columns)), np.nan)
    errors = np.full((len(rows), len(columns)), np.nan)
    for row, view in enumerate(rows):
        for column, other in enumerate(columns):
            there = gallery.chosen(gallery.views == other)
            tested = (known.views == view) & np.isin(known.subjects, there.subjects)
            if not tested.any():
                continue
            asked = known.chosen(tested)
            distances = recognizer.distances(
                asked.features, there.features, probe_view=view, gallery_view=other
            )
            hits[tested, column] = there.subjects[distances.argmin(axis=1)] == asked.subjects
            errors[row, column] = equal_error_rate(
                distances, asked.subjects[:, None] == there.subjects
            )
    chance = 1 / len(np.unique(gallery.subjects))
    notes = _notes(int((~enrolled).sum()), hits)
    return Identification(rows, columns, known.subjects, known.views, hits, errors, chance, notes)


def _notes(strangers: int, hits: Float64) -> tuple[str, ...]:
    missing = int(np.isnan(hits).sum())
    told = {
        f"Left out: {strangers} probes of subjects who are not in the gallery.": strangers,
        f"Left out: {missing} comparisons at views where the subject is not enrolled.": missing,
    }
    return tuple(sentence for sentence, count in told.items() if count)


def _mean(values: Float64) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
