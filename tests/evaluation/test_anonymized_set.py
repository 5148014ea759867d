"""A set whose walkers were given other walks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gait_sets import draw_walker, walks, write_set

from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.evaluation.anonymized_set import Change, anonymize_set
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.structures import InputError, Stopped

KEYS = walks((1, 2), ("nm-01", "nm-05"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two subjects; of one walk nobody is to be seen."""
    held = {key: draw_walker(10 + 4 * key.subject, num_frames=24) for key in KEYS}
    held[KEYS[-1]] = np.zeros_like(held[KEYS[-1]])
    write_set(tmp_path / "walks", held)
    return tmp_path / "walks"


def test_another_walk_for_everybody_who_is_seen(source: Path, tmp_path: Path) -> None:
    made = anonymize_set(source, KEYS, tmp_path / "new", Change("deform", 0.7))
    assert made.keys() == KEYS[:-1]
    before = open_gait_set(source)
    for key in made.keys():
        geis = [gait_energy_image(each.silhouettes(key)[:, None]) for each in (before, made)]
        assert gei_distance(*geis) > 5


def test_strength_0_changes_next_to_nothing(source: Path, tmp_path: Path) -> None:
    made = anonymize_set(source, KEYS[:1], tmp_path / "new", Change("deform", 0))
    pairs = zip(made.silhouettes(KEYS[0]), open_gait_set(source).silhouettes(KEYS[0]), strict=True)
    assert min(silhouette_iou(new, old) for new, old in pairs) > 0.93


def test_the_seed_decides_and_no_two_walks_are_drawn_alike(source: Path, tmp_path: Path) -> None:
    sets = [
        anonymize_set(source, KEYS[:2], tmp_path / str(n), Change("deform", 0.7, seed))
        for n, seed in enumerate((1, 1, 2))
    ]
    first, again, other = (each.silhouettes(KEYS[0]) for each in sets)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first != sets[0].silhouettes(KEYS[1])).any()


def test_a_stopped_run_goes_on_and_a_set_can_grow(source: Path, tmp_path: Path) -> None:
    target, change = tmp_path / "new", Change("deform", 0.5)

    def stop_at(stage: str, done: int, total: int | None) -> None:
        assert (stage, total) == ("anonymize", 4)
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        anonymize_set(source, KEYS, target, change, on_progress=stop_at)
    kept = sorted(target.rglob("*.png"))
    times = [path.stat().st_mtime_ns for path in kept]
    assert len(kept) == 2
    assert anonymize_set(source, KEYS, target, change).keys() == KEYS[:-1]
    assert [path.stat().st_mtime_ns for path in kept] == times


def test_a_folder_of_another_change_is_refused(source: Path, tmp_path: Path) -> None:
    anonymize_set(source, KEYS[:1], tmp_path / "new", Change("deform", 0.5))
    with pytest.raises(InputError, match="anonymized otherwise; give a new folder"):
        anonymize_set(source, KEYS[:1], tmp_path / "new", Change("deform", 0.6))
    with pytest.raises(InputError, match="weights of the shape network 'dcgan'"):
        change = Change("dcgan", 0.5, checkpoints=tmp_path)
        anonymize_set(source, KEYS[:1], tmp_path / "other", change)
    assert not (tmp_path / "other").exists()
