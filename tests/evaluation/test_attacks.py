"""Attackers on walks whose identity is planted."""

from __future__ import annotations

import numpy as np
import pytest
from gait_sets import walks

from gaitcolor_core.datasets.splits import PAPER
from gaitcolor_core.evaluation.attacks import (
    Probed,
    attack,
    fit_view_transformation,
    shuffled,
    split_of,
)
from gaitcolor_core.evaluation.walk_features import Extracted
from gaitcolor_core.recognition.gei import NearestGei
from gaitcolor_core.structures import InputError

VIEWS = (0, 54, 90)
PROBED = Probed("deform", 0.7, "handed over")
KEYS = walks(range(1, 7), ("nm-01", "nm-02", "nm-05", "bg-01"), VIEWS)


def seen_as(*, noise: float, seed: int = 0) -> Extracted:
    """Each subject with a picture of its own, the same at all views but for noise."""
    rng = np.random.default_rng(seed)
    faces = {subject: np.random.default_rng(subject).random((8, 8)) for subject in range(1, 7)}
    features = {
        key: (faces[key.subject] + noise * rng.normal(size=(8, 8))).astype(np.float32)
        for key in KEYS
    }
    return Extracted(features, ())


def test_one_outcome_for_each_condition_that_is_there() -> None:
    found = attack(
        "gei", NearestGei(), PROBED, "T0",
        enrolled=seen_as(noise=0.01), seen=seen_as(noise=0.01, seed=1), seed=0,
    )  # fmt: skip
    assert [row.condition for row in found] == ["nm", "bg"]
    for row in found:
        assert (row.recognizer, row.shape, row.strength, row.threat) == ("gei", "deform", 0.7, "T0")
        assert row.probe_views == row.gallery_views == VIEWS
        assert row.rank1 == ((1.0,) * 3,) * 3
        assert row.cross_view == row.same_view == 1 and row.interval == (1, 1)
        assert row.equal_error == 0 and row.chance == pytest.approx(1 / 6)
        assert (row.subjects, row.probes) == (6, 18)


def test_who_is_hidden_is_found_by_chance() -> None:
    (normal, _) = attack(
        "gei", NearestGei(), PROBED, "T0",
        enrolled=seen_as(noise=0.01), seen=seen_as(noise=100), seed=0,
    )  # fmt: skip
    assert normal.cross_view is not None and normal.cross_view < 0.5
    assert normal.equal_error is not None and normal.equal_error > 0.3
    low, high = normal.interval or (1, 0)
    assert low <= normal.cross_view <= high and low < high


def test_at_one_view_there_is_no_other() -> None:
    one = Extracted({k: v for k, v in seen_as(noise=0.01).features.items() if k.view == 90}, ())
    row = attack("gei", NearestGei(), PROBED, "T0", enrolled=one, seen=one, seed=0)[0]
    assert row.cross_view is None and row.interval == (1, 1)
    assert row.same_view == 1 and row.equal_error == 0


def test_without_a_gallery_nobody_is_found() -> None:
    probes = Extracted({k: v for k, v in seen_as(noise=0).features.items() if k.number > 4}, ())
    with pytest.raises(InputError, match="the gallery needs nm-01 to nm-04"):
        attack("gei", NearestGei(), PROBED, "T0", enrolled=probes, seen=probes, seed=0)


def test_several_sets_are_learned_as_one() -> None:
    parts = [
        seen_as(noise=0.05, seed=seed).walks([key for key in KEYS if key.condition == "nm"])
        for seed in (0, 1)
    ]
    model = fit_view_transformation(parts)
    assert model.views == VIEWS
    distances = model.distances(
        parts[0].features[:3], parts[1].features[:3], probe_view=0, gallery_view=0
    )
    assert distances.shape == (3, 3)


def test_shuffled_names_are_the_same_names() -> None:
    some = seen_as(noise=0).walks(KEYS)
    other = shuffled(some, seed=1)
    assert sorted(other.subjects) == sorted(some.subjects)
    assert (other.subjects != some.subjects).any()
    np.testing.assert_array_equal(other.features, some.features)


def test_the_papers_split_where_its_subjects_are_there() -> None:
    split, sentence = split_of(walks(range(1, 125)))
    assert split == PAPER and not sentence
    split, sentence = split_of(walks((3, 5, 7, 9, 11)))
    assert [3, 5] == [each for each in (3, 5, 7, 9, 11) if each in split.recognizer]
    assert [7, 9, 11] == [each for each in (3, 5, 7, 9, 11) if each in split.test]
    assert "003-006 trained and 007-011 were tested" in sentence
    with pytest.raises(InputError, match="3 subjects, which is too few"):
        split_of(walks((1, 2, 3)))
