"""Who is who by the gait alone: nearest neighbor of gait energy images, on a whole gait set.

The classical baseline (Han and Bhanu, TPAMI 2006), in the protocol of CASIA-B (Yu, Tan and Tan,
ICPR 2006). It says how much identity a set holds, and how fast it is lost as the view changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.gait_set import CONDITIONS, GaitSet, SequenceKey
from gaitcolor_core.datasets.splits import COMMON, gallery, probes
from gaitcolor_core.datasets.subject import FPS
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.recognition.gei import NearestGei, walk_gei
from gaitcolor_core.recognition.protocol import Walks, identify
from gaitcolor_core.structures import Float32, Float64, InputError


@dataclass(frozen=True)
class Identity:
    """How many probes are recognized.

    Attributes:
        subjects: who is enrolled or to be recognized, sorted.
        test_subjects_only: whether these are those of the usual split (075-124); otherwise they
            are all of the set, because it has none of these.
        views: degrees, sorted; V of them.
        enrolled: number of sequences in the gallery.
        tested: per condition the number of probes.
        left_out: number of sequences in which no walker is seen, or no whole gait cycle.
        rank1_accuracy: per condition `(V, V)` float64, row = view of the probe, column = view of
            the gallery: the share, in [0, 1], of the probes of this view whose nearest GEI (L2)
            among all of the gallery's view is one of the same subject. NaN where either is empty.
    """

    subjects: tuple[int, ...]
    test_subjects_only: bool
    views: tuple[int, ...]
    enrolled: int
    tested: dict[str, int]
    left_out: int
    rank1_accuracy: dict[str, Float64]

    @property
    def chance(self) -> float:
        """Rank-1 of who guesses: 1 / number of subjects."""
        return 1 / len(self.subjects)

    def same_view(self, condition: str) -> float:
        """Mean over all views v of rank-1 with probe and gallery at v."""
        return self.at_gap(condition, 0)

    def at_gap(self, condition: str, gap_deg: int) -> float:
        """Mean of rank-1 over all pairs of views that are `gap_deg` apart; NaN if none is."""
        views = np.array(self.views)
        pairs = np.abs(views[:, None] - views) == gap_deg
        return _mean(self.rank1_accuracy[condition][pairs])

    def at_view(self, condition: str, view: int) -> float:
        """Rank-1 with probe and gallery at `view`; NaN if it was not tested."""
        if view not in self.views:
            return float("nan")
        index = self.views.index(view)
        return float(self.rank1_accuracy[condition][index, index])


def measure_identity(
    gait_set: GaitSet, *, views: Sequence[int] | None = None, on_progress: OnProgress = silent
) -> Identity:
    """Recognize the test subjects of a gait set, for each pair of views and each condition.

    Args:
        gait_set: any; of a set without the subjects 075-124, all subjects are taken.
        views: degrees; None = all of the set.
        on_progress: called with "GEI", sequences done, sequences in all.

    Raises:
        InputError: a view, the gallery or all probes are missing, or a sequence cannot be read.
    """
    keys, test_only = _chosen(gait_set, views)
    enrolled = gallery(keys)
    rest = sorted(set(keys) - set(enrolled))
    conditions = [name for name in CONDITIONS if any(key.condition == name for key in rest)]
    tested = {name: probes(rest, name) for name in conditions or ["nm"]}
    geis: dict[SequenceKey, Float32] = {}
    for done, key in enumerate(keys, start=1):
        silhouettes = gait_set.silhouettes(key)
        with suppress(InputError):
            geis[key] = walk_gei(silhouettes, fps=FPS)
        on_progress("GEI", done, len(keys))
    angles = tuple(sorted({key.view for key in keys}))
    known = _walks(enrolled, geis)
    return Identity(
        subjects=tuple(sorted({key.subject for key in keys})),
        test_subjects_only=test_only,
        views=angles,
        enrolled=len(enrolled),
        tested={name: len(found) for name, found in tested.items()},
        left_out=len(keys) - len(geis),
        rank1_accuracy={
            name: _view_by_view(known, _walks(found, geis), angles)
            for name, found in tested.items()
        },
    )


def _chosen(gait_set: GaitSet, views: Sequence[int] | None) -> tuple[list[SequenceKey], bool]:
    """The sequences to compare, sorted, and whether they are of test subjects only."""
    keys = gait_set.keys()
    held = {key.view for key in keys}
    wanted = held if views is None else set(views)
    if not wanted <= held:
        missing = ", ".join(map(str, sorted(wanted - held)))
        raise InputError(f"'{gait_set.root}' holds nothing seen at {missing} degrees.")
    chosen = [key for key in keys if key.view in wanted]
    test = [key for key in chosen if key.subject in COMMON.test]
    return sorted(test or chosen), bool(test)


def _walks(keys: list[SequenceKey], geis: Mapping[SequenceKey, Float32]) -> Walks:
    seen = [key for key in keys if key in geis]
    return Walks(
        np.array([geis[key] for key in seen], np.float32),
        np.array([key.subject for key in seen], np.int64),
        np.array([key.view for key in seen], np.int64),
    )


def _view_by_view(enrolled: Walks, tested: Walks, views: tuple[int, ...]) -> Float64:
    answer = identify(NearestGei(), gallery=enrolled, probes=tested)
    shares = np.full((len(views), len(views)), np.nan)
    rows, columns = (
        [views.index(view) for view in found]
        for found in (answer.probe_views, answer.gallery_views)
    )
    shares[np.ix_(rows, columns)] = answer.rank1
    return shares


def _mean(values: Float64) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
