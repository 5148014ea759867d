"""Identification, where the answer is known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaitcolor_core.metrics import equal_error_rate, success_rate
from gaitcolor_core.recognition.gei import NearestGei
from gaitcolor_core.recognition.protocol import THREATS, Walks, identify
from gaitcolor_core.structures import InputError

SUBJECTS, VIEWS = 20, (0, 90)


def _walks(seed: int = 0, times: int = 1) -> Walks:
    random = np.random.default_rng(seed)
    count = SUBJECTS * len(VIEWS) * times
    subjects = np.repeat(np.arange(SUBJECTS), len(VIEWS) * times)
    views = np.tile(VIEWS, SUBJECTS * times)
    return Walks(random.random((count, 4, 4)).astype(np.float32), subjects, views)


def test_who_is_the_gallery_is_found() -> None:
    found = identify(NearestGei(), gallery=_walks(), probes=_walks())
    assert found.same_view == 1
    assert found.chance == 1 / SUBJECTS
    np.testing.assert_array_equal(np.diag(found.equal_error), [0, 0])
    assert found.notes == ()


def test_who_looks_like_nobody_is_found_by_chance() -> None:
    found = identify(NearestGei(), gallery=_walks(), probes=_walks(1, times=100))
    # 4,000 probes per pair of the mean; three standard deviations are 0.010.
    assert found.cross_view == pytest.approx(1 / SUBJECTS, abs=0.02)
    assert np.nanmean(found.equal_error) == pytest.approx(0.5, abs=0.05)
    low, high = found.interval(generator=np.random.default_rng(0), rounds=100)
    assert low <= found.cross_view <= high


def test_who_is_recognized_is_told_person_by_person() -> None:
    gallery, probes = _walks(), _walks(1)
    # Subject 3 looks at 0 degrees as it is enrolled at 90, and is recognized across views.
    known = gallery.features[(gallery.subjects == 3) & (gallery.views == 90)]
    probes.features[(probes.subjects == 3) & (probes.views == 0)] = known
    found = identify(NearestGei(), gallery=gallery, probes=probes)
    assert found.by_subject.keys() == set(range(SUBJECTS))
    assert found.by_subject[3] >= 0.5
    assert np.mean(list(found.by_subject.values())) == pytest.approx(found.cross_view)
    # Seen from one side alone, it is the same view that counts.
    aside = probes.chosen(probes.views == 90), gallery.chosen(gallery.views == 90)
    alone = identify(NearestGei(), gallery=aside[1], probes=aside[0])
    assert np.mean(list(alone.by_subject.values())) == pytest.approx(alone.same_view)


def test_the_order_of_subjects_does_not_matter() -> None:
    gallery, probes = _walks(), _walks(1)
    order = np.random.default_rng(3).permutation(len(probes.subjects))
    one = identify(NearestGei(), gallery=gallery, probes=probes)
    other = identify(NearestGei(), gallery=gallery.chosen(order), probes=probes.chosen(order))
    np.testing.assert_array_equal(one.rank1, other.rank1)
    np.testing.assert_array_equal(one.by_probe_view, other.by_probe_view)


def test_who_is_not_enrolled_is_left_out_and_told() -> None:
    walks = _walks()
    gallery = walks.chosen((walks.subjects > 0) & ((walks.subjects > 1) | (walks.views == 0)))
    found = identify(NearestGei(), gallery=gallery, probes=walks)
    assert found.same_view == 1
    assert found.notes == (
        "Left out: 2 probes of subjects who are not in the gallery.",
        "Left out: 2 comparisons at views where the subject is not enrolled.",
    )
    with pytest.raises(InputError, match="no subject of a probe is in the gallery"):
        identify(
            NearestGei(),
            gallery=walks.chosen(walks.subjects == 0),
            probes=walks.chosen(walks.subjects == 1),
        )


def test_equal_error_by_hand() -> None:
    # At the threshold 2 one of two subjects is refused and one of two strangers is accepted.
    distances = np.array([1.0, 3.0, 2.0, 4.0])
    same = np.array([True, True, False, False])
    assert equal_error_rate(distances, same) == 0.5
    assert equal_error_rate(np.array([1.0, 2.0, 3.0, 4.0]), same) == 0
    assert math.isnan(equal_error_rate(distances, np.ones(4, bool)))


def test_names_of_rates_and_threats() -> None:
    assert success_rate(0.25) == 0.75
    assert list(THREATS) == ["T0", "T1", "T2", "T3"]
    assert len(set(THREATS.values())) == 4


@given(
    arrays(np.float32, (6, 1, 3), elements=st.integers(-50, 50)),
    arrays(np.float32, (5, 1, 3), elements=st.integers(-50, 50)),
)
def test_rank1_is_the_nearest_neighbor(gallery: np.ndarray, probes: np.ndarray) -> None:
    enrolled, tested = np.array([1, 1, 2, 2, 3, 3]), np.array([1, 2, 3, 1, 2])
    squared = ((gallery[None] - probes[:, None]) ** 2).sum((2, 3))
    # Of several that are equally near any may be taken.
    assume(all(len(set(row)) == len(row) for row in squared.tolist()))
    found = identify(
        NearestGei(),
        gallery=Walks(gallery, enrolled, np.zeros(6, np.int64)),
        probes=Walks(probes, tested, np.zeros(5, np.int64)),
    )
    expected = (enrolled[squared.argmin(axis=1)] == tested).mean()
    assert found.same_view == pytest.approx(expected)
