"""Attackers on a gait set: who is recognized, under which threat model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.splits import COMMON, PAPER, Split, gallery, probes_by_condition
from gaitcolor_core.evaluation.privacy_results import Outcome, Silhouettes
from gaitcolor_core.evaluation.walk_features import Extracted
from gaitcolor_core.recognition.protocol import Identification, Recognizer, Walks, identify
from gaitcolor_core.recognition.view_transformation import ViewTransformationModel
from gaitcolor_core.structures import Float64, InputError

CLEAN = "clean"
# Chosen on the training subjects: see docs/privacy.md.
COMPONENTS, RANK, ENERGY = 20, 30, 0.95


@dataclass(frozen=True)
class Probed:
    """What is attacked.

    Attributes:
        shape: of the anonymized walks; "none" for the clean comparison.
        strength: likewise; 0 for the clean comparison.
        silhouettes: where they come from.
    """

    shape: str
    strength: float
    silhouettes: Silhouettes


def split_of(keys: Iterable[SequenceKey]) -> tuple[Split, str]:
    """Who trains and who is tested in a set, and what is to be said of it.

    The paper's split where the set has enough of its subjects; else the first half trains, the
    second half is tested.

    Raises:
        InputError: the set has fewer than four subjects.
    """
    subjects = sorted({key.subject for key in keys})
    parts = [sum(each in part for each in subjects) for part in (PAPER.recognizer, PAPER.test)]
    if min(parts) >= 2:
        return PAPER, ""
    if len(subjects) < 4:
        raise InputError(
            f"The set has {len(subjects)} subjects, which is too few: two at least are to train "
            "recognizers, and two others to be recognized."
        )
    half = subjects[len(subjects) // 2]
    train, test = range(subjects[0], half), range(half, subjects[-1] + 1)
    sentence = (
        f"The set lacks the subjects of the paper's split, so {train[0]:03d}-{train[-1]:03d} "
        f"trained and {test[0]:03d}-{test[-1]:03d} were tested."
    )
    return Split(gait_model=COMMON.gait_model, recognizer=train, test=test), sentence


def fit_view_transformation(walks: Sequence[Walks]) -> ViewTransformationModel:
    """The paper's recognizer, from walks of other people; several sets are learned as one.

    Raises:
        InputError: there are too few of them.
    """
    geis, subjects, views = (
        np.concatenate([getattr(each, name) for each in walks])
        for name in ("features", "subjects", "views")
    )
    people = len(np.unique(subjects))
    components = min(COMPONENTS, people - 1)
    return ViewTransformationModel.fit(
        geis, subjects, views, rank=RANK, energy=ENERGY, components=components
    )


def attack(
    name: str,
    recognizer: Recognizer,
    probed: Probed,
    threat: str,
    *,
    enrolled: Extracted,
    seen: Extracted,
    seed: int,
) -> list[Outcome]:
    """Look for the walkers of each condition among those who are enrolled.

    Args:
        name: of the recognizer.
        recognizer: trained as the threat model says.
        probed: what is attacked.
        threat: "T0" to "T3", or `CLEAN`.
        enrolled: features of the test subjects, of which the gallery's are taken.
        seen: likewise, of which the probes are taken.
        seed: of the bootstrap.

    Returns:
        One for each condition of which there are probes.

    Raises:
        InputError: there is no gallery, or no probe that can be compared.
    """
    known = enrolled.walks(gallery(enrolled.features))
    found = []
    for condition, keys in probes_by_condition(seen.features).items():
        answer = identify(recognizer, gallery=known, probes=seen.walks(keys))
        found.append(outcome(name, probed, threat, condition, answer, seed=seed))
    return found


def outcome(
    name: str, probed: Probed, threat: str, condition: str, answer: Identification, *, seed: int
) -> Outcome:
    """An identification in the form in which results are kept."""
    crossed = not np.isnan(answer.cross_view)
    same = np.equal.outer(np.array(answer.probe_views), np.array(answer.gallery_views))
    errors = answer.equal_error[~same if crossed else same]
    return Outcome(
        recognizer=name,
        shape=probed.shape,
        strength=probed.strength,
        threat=threat,
        silhouettes=probed.silhouettes,
        condition=condition,
        probe_views=answer.probe_views,
        gallery_views=answer.gallery_views,
        rank1=tuple(tuple(_known(value) for value in row) for row in answer.rank1),
        cross_view=_known(answer.cross_view),
        same_view=_known(answer.same_view),
        interval=answer.interval(generator=np.random.default_rng(seed)),
        equal_error=_known(_mean(errors)),
        chance=answer.chance,
        subjects=len(np.unique(answer.subjects)),
        probes=len(answer.subjects),
        by_subject=tuple(answer.by_subject.items()),
        notes=answer.notes,
    )


def shuffled(walks: Walks, *, seed: int) -> Walks:
    """The same walks with the subjects' names dealt out anew, among the walks of each view."""
    rng, names = np.random.default_rng(seed), walks.subjects.copy()
    for view in np.unique(walks.views):
        there = walks.views == view
        names[there] = rng.permutation(names[there])
    return Walks(walks.features, names, walks.views)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _mean(values: Float64) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
