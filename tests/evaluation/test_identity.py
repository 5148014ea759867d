"""Recognizing walkers by their gait energy images."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gait_sets import PERIOD, MemorySet, draw_walker, everybody_walks, walks
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gaitcolor_core.evaluation.identity import (
    GEI_SIZE,
    Identity,
    cycle_gei,
    measure_identity,
    rank1_accuracy,
)
from gaitcolor_core.gait import gait_energy_image
from gaitcolor_core.structures import InputError


def test_who_walks_like_the_gallery_is_recognized() -> None:
    keys = walks(range(75, 81), views=(72, 90))
    found = measure_identity(MemorySet(everybody_walks(keys)))
    assert found.subjects == tuple(range(75, 81))
    assert found.views == (72, 90)
    assert found.enrolled == 12
    assert found.tested == {"nm": 12, "bg": 12, "cl": 12}
    for shares in found.rank1_accuracy.values():
        # All views look alike in this set.
        np.testing.assert_array_equal(shares, np.ones((2, 2)))
    assert found.same_view("nm") == found.at_gap("cl", 18) == found.at_view("bg", 90) == 1


def test_rows_are_views_of_the_probe() -> None:
    # At 90 degrees the gallery's two subjects have changed places.
    held = everybody_walks(walks((75, 76), ("nm-01", "nm-05"), views=(0, 90)))
    here, there = walks((75, 76), ("nm-01",), views=(90,))
    held[here], held[there] = held[there], held[here]
    shares = measure_identity(MemorySet(held)).rank1_accuracy["nm"]
    np.testing.assert_array_equal(shares, [[1, 0], [1, 0]])


def test_test_subjects_come_first() -> None:
    found = measure_identity(MemorySet(everybody_walks(walks((1, 2, 74, 75, 76)))))
    assert found.subjects == (75, 76) and found.test_subjects_only
    found = measure_identity(MemorySet(everybody_walks(walks((1, 2, 74)))))
    assert found.subjects == (1, 2, 74) and not found.test_subjects_only
    assert found.chance == pytest.approx(1 / 3)


def test_views_can_be_chosen() -> None:
    held = MemorySet(everybody_walks(walks((75, 76), views=(0, 54, 90))))
    assert measure_identity(held, views=(90, 54)).views == (54, 90)
    with pytest.raises(InputError, match="holds nothing seen at 36, 72 degrees"):
        measure_identity(held, views=(72, 54, 36))


def test_conditions_that_are_not_there_are_left_out() -> None:
    found = measure_identity(MemorySet(everybody_walks(walks((75, 76), ("nm-02", "cl-02")))))
    assert found.tested == {"cl": 2}
    assert set(found.rank1_accuracy) == {"cl"}


@pytest.mark.parametrize(
    ("names", "words"), [(("nm-05", "bg-01"), "gallery needs"), (("nm-01",), "probes of")]
)
def test_without_gallery_or_probes_there_is_nothing_to_compare(
    names: tuple[str, ...], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        measure_identity(MemorySet(everybody_walks(walks((75, 76), names))))


def test_a_sequence_without_a_walker_is_left_out() -> None:
    held = everybody_walks(walks((75, 76)))
    (empty,) = walks((76,), ("nm-05",))
    held[empty] = np.zeros_like(held[empty])
    found = measure_identity(MemorySet(held))
    assert found.left_out == 1
    assert found.at_view("nm", 90) == 1


def test_a_view_without_gallery_is_unknown() -> None:
    keys = walks((75, 76), ("nm-01", "nm-05")) + walks((75, 76), ("nm-05",), views=(0,))
    shares = measure_identity(MemorySet(everybody_walks(keys))).rank1_accuracy["nm"]
    np.testing.assert_array_equal(shares, [[math.nan, 1], [math.nan, 1]])


def test_progress_is_told() -> None:
    seen: list[tuple[str, int, int | None]] = []
    held = MemorySet(everybody_walks(walks((75, 76), ("nm-01", "nm-05"))))
    measure_identity(held, on_progress=lambda *step: seen.append(step))
    assert seen == [("GEI", done, 4) for done in range(1, 5)]


def test_means_over_views() -> None:
    shares = np.array([[0.9, 0.5, 0.1], [0.7, 0.8, 0.3], [math.nan, 0.6, 0.4]])
    found = Identity((1, 2), False, (0, 18, 54), 4, {"nm": 4}, 0, {"nm": shares})
    assert found.same_view("nm") == pytest.approx((0.9 + 0.8 + 0.4) / 3)
    assert found.at_gap("nm", 18) == pytest.approx((0.5 + 0.7) / 2)
    assert found.at_gap("nm", 54) == pytest.approx(0.1)  # the other way is not known
    assert math.isnan(found.at_gap("nm", 90))
    assert found.at_view("nm", 54) == 0.4
    assert math.isnan(found.at_view("nm", 90))


def test_rank1_by_hand() -> None:
    gallery = np.array([[0.0], [10.0], [20.0]])
    probes = np.array([[1.0], [9.0], [16.0], [40.0]])
    # nearest: 0, 10, 20, 20
    share = rank1_accuracy(gallery, np.array([1, 2, 3]), probes, np.array([1, 2, 2, 3]))
    assert share == 0.75


def test_without_identity_rank1_is_chance() -> None:
    rng = np.random.default_rng(0)
    subjects = np.repeat(np.arange(50), 40)
    share = rank1_accuracy(
        rng.normal(size=(2000, 16)),
        rng.permutation(subjects),
        rng.normal(size=(2000, 16)),
        subjects,
    )
    # binomial: 3 deviations of a mean over 2000
    assert share == pytest.approx(1 / 50, abs=3 * math.sqrt(0.02 * 0.98 / 2000))


def test_rank1_of_nobody_is_unknown() -> None:
    some, ids, none = np.ones((1, 4)), np.ones(1, np.int64), np.ones((0, 4))
    assert math.isnan(rank1_accuracy(some, ids, none, ids[:0]))
    assert math.isnan(rank1_accuracy(none, ids[:0], some, ids))


@given(
    arrays(np.float64, (6, 3), elements=st.integers(-50, 50)),
    arrays(np.float64, (5, 3), elements=st.integers(-50, 50)),
)
def test_rank1_is_the_nearest_neighbor(gallery: np.ndarray, probes: np.ndarray) -> None:
    enrolled, tested = np.array([1, 1, 2, 2, 3, 3]), np.array([1, 2, 3, 1, 2])
    nearest = [enrolled[((gallery - probe) ** 2).sum(1).argmin()] for probe in probes]
    expected = np.mean(np.array(nearest) == tested)
    assert rank1_accuracy(gallery, enrolled, probes, tested) == expected


def test_a_gei_is_taken_over_whole_cycles() -> None:
    two = draw_walker(12, num_frames=2 * PERIOD, first=3)
    one_and_a_quarter = draw_walker(12, num_frames=PERIOD * 5 // 4, first=3)
    np.testing.assert_array_equal(cycle_gei(two), cycle_gei(one_and_a_quarter))
    # The odd frames would show.
    geis = [gait_energy_image(frames[:, None]) for frames in (two, one_and_a_quarter)]
    assert np.abs(geis[0] - geis[1]).max() > 0.05


def test_without_a_cycle_all_frames_count() -> None:
    still = np.repeat(draw_walker(12, num_frames=1, first=3), 10, axis=0)
    gei = cycle_gei(still)
    assert gei is not None
    assert gei.shape == (GEI_SIZE, GEI_SIZE) and gei.dtype == np.float32
    assert 0 <= gei.min() and gei.max() == pytest.approx(1, abs=1e-6)
    assert cycle_gei(np.zeros_like(still)) is None
