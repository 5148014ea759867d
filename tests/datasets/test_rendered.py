from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.cycles import gait_period
from gaitcolor_core.datasets.gait_set import CONDITIONS, SequenceKey
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.structures import InputError


def test_the_mini_set_holds_gallery_and_probes_of_all_conditions(mini: Path) -> None:
    held = RenderedSet(mini)
    assert len(held.keys()) == 4 * 4 * 3
    assert {key.condition for key in held.keys()} == set(CONDITIONS)
    assert held.keys() == sorted(held.keys())
    assert held.keys("crops") == held.keys("incomplete")
    assert {str(key) for key in held.keys("crops")} == {
        f"{subject:03d}-nm-01-{view:03d}" for subject in (1, 2) for view in (0, 54, 90)
    }


def test_every_sequence_shows_a_walker_of_full_height_for_a_cycle(mini: Path) -> None:
    held = RenderedSet(mini)
    for key in held.keys():
        silhouettes = held.silhouettes(key)
        assert silhouettes.shape[1:] == (128, 128)
        # CASIA-B walks take 0.9 to 1.3 s a cycle.
        assert len(silhouettes) >= 25
        heights = silhouettes.any(axis=2).sum(axis=1)
        assert heights.min() > 110, key
        assert 0.05 < silhouettes.mean() < 0.4


def test_a_side_view_shows_the_cadence_of_the_table(mini: Path) -> None:
    held = RenderedSet(mini)
    rows = held.description["subjects"]
    assert isinstance(rows, list)
    for row in rows:
        silhouettes = held.silhouettes(SequenceKey(row["number"], "nm", 1, 90))
        period = gait_period(silhouettes[:, None], fps=25)
        assert period == pytest.approx(25 / row["cadence_hz"], rel=0.15)


def test_the_table_tells_who_wears_patterns(mini: Path) -> None:
    assert RenderedSet(mini).textural == {2, 4}


def test_crops_and_silhouettes_go_together(mini: Path) -> None:
    held = RenderedSet(mini)
    for key in held.keys("crops"):
        crops, silhouettes = held.crops(key), held.silhouettes(key)
        assert crops.shape == (*silhouettes.shape, 3)
        assert crops.dtype == np.uint8
        assert held.incomplete(key).shape == silhouettes.shape


def test_what_the_set_does_not_hold(mini: Path) -> None:
    held, key = RenderedSet(mini), SequenceKey(3, "nm", 1, 90)
    for read in (held.crops, held.incomplete):
        with pytest.raises(InputError, match="003-nm-01-090"):
            read(key)
    with pytest.raises(InputError, match="009-nm-01-090"):
        held.silhouettes(SequenceKey(9, "nm", 1, 90))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is no rendered set"),
        ("{", "is no rendered set"),
        (json.dumps({"format": 99}), "has the format 99"),
    ],
)
def test_something_else_is_refused(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / "set.json").write_text(content)
    with pytest.raises(InputError, match=words):
        RenderedSet(tmp_path)
