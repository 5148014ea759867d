"""Who is who by the gait alone: nearest neighbor of gait energy images, on a whole gait set.

The classical baseline (Han and Bhanu, TPAMI 2006), in the protocol of CASIA-B (Yu, Tan and Tan,
ICPR 2006). It says how much identity a set holds, and how fast it is lost as the view changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from gaitcolor_core.datasets.gait_set import CONDITIONS, GaitSet, SequenceKey
from gaitcolor_core.datasets.splits import COMMON, gallery, probes
from gaitcolor_core.gait import gait_energy_image, gait_period
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.structures import Bool, Float32, Float64, InputError, Int64

# CASIA-B's rate, and that of rendered sets.
FPS = 25.0
GEI_SIZE = 64


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
        left_out: number of sequences in which no walker is seen.
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


@dataclass(frozen=True)
class _Enrolled:
    """GEIs `(N, GEI_SIZE²)` float64 of the sequences of one part, with subject and view `(N,)`."""

    geis: Float64
    subjects: Int64
    views: Int64

    def at(self, view: int) -> tuple[Float64, Int64]:
        """GEIs and subjects of one view."""
        chosen = self.views == view
        return self.geis[chosen], self.subjects[chosen]


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
        gei = cycle_gei(gait_set.silhouettes(key))
        if gei is not None:
            geis[key] = gei
        on_progress("GEI", done, len(keys))
    angles = tuple(sorted({key.view for key in keys}))
    known = _collect(enrolled, geis)
    return Identity(
        subjects=tuple(sorted({key.subject for key in keys})),
        test_subjects_only=test_only,
        views=angles,
        enrolled=len(enrolled),
        tested={name: len(found) for name, found in tested.items()},
        left_out=len(keys) - len(geis),
        rank1_accuracy={
            name: _view_by_view(known, _collect(found, geis), angles)
            for name, found in tested.items()
        },
    )


def cycle_gei(silhouettes: Bool) -> Float32 | None:
    """The GEI over as many whole gait cycles as there are, or over all frames if there is none.

    Args:
        silhouettes: `(T, S, S)` bool, successive frames at `FPS`.

    Returns:
        `(GEI_SIZE, GEI_SIZE)` float32 in [0, 1]; None if no walker is seen.
    """
    frames = silhouettes[:, None]
    if not frames.any():
        return None
    period = gait_period(frames, fps=FPS)
    if period is not None and period <= len(frames):
        whole = frames[: round(len(frames) // period * period)]
        frames = whole if whole.any() else frames
    size = (GEI_SIZE, GEI_SIZE)
    gei = cv2.resize(gait_energy_image(frames), size, interpolation=cv2.INTER_AREA)
    return np.asarray(gei, np.float32)


def rank1_accuracy(
    gallery_geis: Float64, gallery_subjects: Int64, probe_geis: Float64, probe_subjects: Int64
) -> float:
    """The share of probes whose nearest neighbor (L2) in the gallery is of the same subject.

    Args:
        gallery_geis: `(G, D)`.
        gallery_subjects: `(G,)`.
        probe_geis: `(P, D)`.
        probe_subjects: `(P,)`.

    Returns:
        In [0, 1]; NaN if gallery or probes are empty.
    """
    if not len(gallery_geis) or not len(probe_geis):
        return float("nan")
    # |p - g|² without |p|², which is the same for all of the gallery.
    distances = (gallery_geis**2).sum(axis=1) - 2 * probe_geis @ gallery_geis.T
    return float((gallery_subjects[distances.argmin(axis=1)] == probe_subjects).mean())


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


def _collect(keys: list[SequenceKey], geis: dict[SequenceKey, Float32]) -> _Enrolled:
    seen = [key for key in keys if key in geis]
    rows = np.array([geis[key].ravel() for key in seen], np.float64)
    return _Enrolled(
        rows.reshape(len(seen), GEI_SIZE**2),
        np.array([key.subject for key in seen], np.int64),
        np.array([key.view for key in seen], np.int64),
    )


def _view_by_view(known: _Enrolled, tested: _Enrolled, views: tuple[int, ...]) -> Float64:
    shares = [
        rank1_accuracy(*known.at(enrolled), *tested.at(probe))
        for probe, enrolled in product(views, views)
    ]
    return np.array(shares).reshape(len(views), len(views))


def _mean(values: Float64) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
