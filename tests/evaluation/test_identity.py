"""Recognizing walkers by their gait energy images."""

from __future__ import annotations

import math

import numpy as np
import pytest
from gait_sets import MemorySet, everybody_walks, walks

from gaitcolor_core.evaluation.identity import Identity, measure_identity
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


def test_a_sequence_without_a_walker_or_a_cycle_is_left_out() -> None:
    held = everybody_walks(walks((75, 76)))
    empty, short = walks((76,), ("nm-05", "bg-01"))
    held[empty] = np.zeros_like(held[empty])
    held[short] = held[short][:5]
    found = measure_identity(MemorySet(held))
    assert found.left_out == 2
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
