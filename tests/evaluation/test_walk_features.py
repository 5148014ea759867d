"""Features of walks: extracted once, kept, and those of no use told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gait_sets import draw_walker, walks, write_set

from gaitcolor_core.evaluation.walk_features import Eye, extract
from gaitcolor_core.recognition.deep_recognizer import DeepRecognizer
from gaitcolor_core.recognition.gaitset import GaitSetNet
from gaitcolor_core.recognition.gei import walk_gei
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import write_weights

KEYS = walks((1, 2), ("nm-01", "nm-05"), (0, 90))
SHORT = KEYS[3]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two subjects; one walk is too short for a cycle."""
    held = {key: draw_walker(10 + 4 * key.subject) for key in KEYS}
    held[SHORT] = held[SHORT][:5]
    write_set(tmp_path / "walks", held)
    return tmp_path / "walks"


def test_gait_energy_images_of_all_that_walk(source: Path, tmp_path: Path) -> None:
    found = extract(source, KEYS, Eye("gei"), tmp_path / "kept")
    assert sorted(found.features) == [key for key in KEYS if key != SHORT]
    np.testing.assert_array_equal(found.features[KEYS[0]], walk_gei(draw_walker(14), fps=25))
    (sentence,) = found.left_out
    assert sentence.startswith(f"{SHORT} of 'walks'") and "no whole gait cycle" in sentence
    chosen = found.walks([SHORT, KEYS[4], KEYS[1]])
    assert chosen.subjects.tolist() == [2, 1] and chosen.views.tolist() == [0, 90]
    with pytest.raises(InputError, match="No walk is of use"):
        found.walks([SHORT])


def test_what_is_kept_is_not_looked_at_again(source: Path, tmp_path: Path) -> None:
    first = extract(source, KEYS, Eye("gei"), tmp_path / "kept")
    for path in source.rglob("*.png"):
        path.unlink()
    again = extract(source, KEYS, Eye("gei"), tmp_path / "kept")
    assert first.left_out == again.left_out
    for key, value in first.features.items():
        np.testing.assert_array_equal(value, again.features[key])


def test_other_weights_have_other_features(source: Path, tmp_path: Path) -> None:
    found = []
    for width in (2, 3):
        folder, size = tmp_path / str(width), {"width": width, "dim": 8}
        config = {"architecture": "GaitSetNet", "hyperparameters": size}
        write_weights(folder, GaitSetNet(**size).state_dict(), config)
        eye = Eye("gaitset", folder)
        found.append(extract(source, KEYS[:1], eye, tmp_path / "kept").features[KEYS[0]])
        expected = DeepRecognizer.load(folder).features(draw_walker(14), fps=25)
        np.testing.assert_array_equal(found[-1], expected)
    assert (found[0] != found[1]).any()
