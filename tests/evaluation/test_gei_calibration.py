"""Distances of walks within and between people, on sets whose people differ in breadth alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from gait_sets import MemorySet, draw_walker, everybody_walks, walks, write_set

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.evaluation.gei_calibration import (
    NUM_QUANTILES,
    Distances,
    as_numbers,
    calibration_keys,
    main,
    measure,
    pooled,
    walk_gei,
)
from gaitcolor_core.recognizability import CALIBRATION
from gaitcolor_core.structures import Bool, InputError

NORMAL = ("nm-01", "nm-02")


def drawn(subjects: tuple[int, ...] = (31, 32, 33), views: tuple[int, ...] = (0, 90)) -> MemorySet:
    """Two walks of each; the second one begins elsewhere in the cycle."""
    held: dict[SequenceKey, Bool] = {
        key: draw_walker(8 + 3 * (key.subject % 10), num_frames=45, first=5 * key.number)
        for key in walks(subjects, NORMAL, views)
    }
    return MemorySet(held)


def test_walks_of_one_person_are_closer_than_those_of_two() -> None:
    gait_set = drawn()
    found = measure(gait_set, gait_set.keys())
    assert list(found) == [0, 90]
    for distances in found.values():
        assert (len(distances.selves), len(distances.strangers)) == (3, 12)
        assert distances.selves.max() < distances.strangers.min()


def test_distances_are_those_of_whole_cycles() -> None:
    gait_set = drawn((31, 32), (90,))
    one, *_, other = gait_set.keys()
    distance = np.linalg.norm(
        walk_gei(gait_set.silhouettes(one)) - walk_gei(gait_set.silhouettes(other))
    )
    strangers = measure(gait_set, gait_set.keys())[90].strangers
    assert strangers == pytest.approx(distance, abs=0.8)  # the squares' staircase
    assert distance > 3


def test_too_many_pairs_are_drawn_from_by_seed() -> None:
    gait_set = drawn()
    one, again, other = (
        measure(gait_set, gait_set.keys(), seed=seed, max_pairs=10) for seed in (1, 1, 2)
    )
    assert [len(each.strangers) for each in one.values()] == [5, 5]
    np.testing.assert_array_equal(one[90].strangers, again[90].strangers)
    assert not np.array_equal(one[90].strangers, other[90].strangers)


def test_progress_is_told_walk_by_walk() -> None:
    gait_set, told = drawn((31, 32), (90,)), []
    measure(gait_set, gait_set.keys(), on_progress=lambda *step: told.append(step))
    assert told == [("measure", done, 4) for done in (1, 2, 3, 4)]


def test_one_person_is_no_comparison() -> None:
    gait_set = drawn((31,))
    with pytest.raises(InputError, match="takes two people"):
        measure(gait_set, gait_set.keys())


def test_test_subjects_and_other_clothes_are_kept_out() -> None:
    names = (*NORMAL, "bg-01", "cl-01")
    keys = calibration_keys(MemorySet(everybody_walks(walks((30, 31, 80, 81), names))))
    assert {key.subject for key in keys} == {31, 80}
    assert {key.condition for key in keys} == {"nm"}
    with pytest.raises(InputError, match="no normal walks"):
        calibration_keys(MemorySet(everybody_walks(walks((31,), ("bg-01",)))))


def test_quantiles_run_from_the_smallest_to_the_largest() -> None:
    by_view = {0: Distances(np.array([1.0]), np.array([3.0, 9.0])),
               90: Distances(np.array([2.0, 5.0]), np.array([7.0]))}  # fmt: skip
    content = as_numbers(by_view, {"people": 2})
    assert content["measured_on"] == {"people": 2}
    for kind, distances in (("one_person", [1, 2, 5]), ("different_people", [3, 7, 9])):
        quantiles = content[kind]["quantiles"]
        assert content[kind]["pairs"] == 3
        assert len(quantiles) == NUM_QUANTILES
        assert [quantiles[index] for index in (0, 50, 100)] == distances
    assert pooled(by_view).selves.tolist() == [1, 2, 5]


def test_the_command_writes_what_the_package_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, output, figure = (tmp_path / name for name in ("set", "distances.json", "figure.png"))
    write_set(root, drawn().held)
    main([str(root), "--output", str(output), "--figure", str(figure)])
    written, bundled = (json.loads(path.read_text()) for path in (output, CALIBRATION))
    assert written.keys() == bundled.keys()
    assert written["measured_on"].keys() == bundled["measured_on"].keys()
    assert written["measured_on"]["people"] == 3
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:]] == [
        "0", "90", "all",
    ]  # fmt: skip


def test_what_is_bundled_was_measured_on_the_people_who_train_recognizers() -> None:
    bundled = json.loads(CALIBRATION.read_text())
    assert bundled["measured_on"]["subjects"] == "031-080"
    assert bundled["measured_on"]["people"] == 50
    for kind in ("one_person", "different_people"):
        assert bundled[kind]["quantiles"] == sorted(bundled[kind]["quantiles"])


def test_a_folder_without_a_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert "No silhouettes were found" in capsys.readouterr().err
