"""Figures of shape anonymizers, on walkers whose faults are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from gait_sets import everybody_walks, walks, write_set

from gaitcolor_core.datasets.rendered import RenderedSet, strip_path
from gaitcolor_core.datasets.strips import write_silhouettes
from gaitcolor_core.evaluation.shapes import evaluate_shape
from gaitcolor_core.stages.anonymize_shape import Deform
from gaitcolor_core.structures import GaitSequence

KEYS = walks((81, 82), ("nm-05",))


@dataclass
class Unchanged:
    """An anonymizer that does nothing."""

    def anonymize(
        self, gait: GaitSequence, *, fps: float, strength: float, generator: np.random.Generator
    ) -> Unchanged:
        self.sequence = gait
        return self

    def inverse_map(self, index: int) -> None:
        return None


@pytest.fixture(scope="module")
def gait_set(tmp_path_factory: pytest.TempPathFactory) -> RenderedSet:
    """Two walkers with a hole in the trunk, in each of their incomplete silhouettes."""
    root: Path = tmp_path_factory.mktemp("set")
    held = everybody_walks(KEYS)
    write_set(root, held)
    for key, silhouettes in held.items():
        broken = silhouettes.copy()
        broken[:, 44:50, 62:67] = False
        write_silhouettes(strip_path(root, key, "incomplete"), broken)
    return RenderedSet(root)


def test_what_is_not_changed_is_equal(gait_set: RenderedSet) -> None:
    report = evaluate_shape(Unchanged(), gait_set, KEYS, strength=0, complete=True)
    assert (report.sequences, report.frames) == (2, 60)
    assert (report.iou, report.gei_change) == (1, 0)
    assert report.timing == pytest.approx(1)
    assert report.whole == report.given_whole == 1


def test_a_hole_is_seen(gait_set: RenderedSet) -> None:
    report = evaluate_shape(Unchanged(), gait_set, KEYS, strength=0)
    assert 0.95 < report.iou == report.given_iou < 1
    assert report.whole == report.given_whole == 0
    assert 1 < report.gei_change < 7  # at most the root of the hole's area in the GEI


def test_another_body_is_told(gait_set: RenderedSet) -> None:
    half, full = (
        evaluate_shape(Deform(), gait_set, KEYS[:1], strength=strength, complete=True)
        for strength in (0.5, 1.0)
    )
    # More than a hole, and the more so the stronger.
    assert 7 < half.gei_change < full.gei_change < 30
    assert 0.95 > half.iou > full.iou > 0.5
    assert min(half.timing, full.timing) > 0.8
