from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.footage import FRAMES_PER_PLACE
from gaitcolor_core.datasets.studio import shared_renderer
from gaitcolor_core.structures import InputError
from gaitcolor_core.training.labelled_frames import frame_names, read_frame
from gaitcolor_core.training.practice import render_practice_frames

SEED = 4  # of a place whose frames are small


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The frames of one place."""
    try:
        shared_renderer()
    except InputError as error:
        pytest.skip(str(error))
    root = tmp_path_factory.mktemp("practice")
    render_practice_frames(root, places=1, seed=SEED)
    return root


def test_a_place_gives_frames_with_masks(place: Path) -> None:
    names = frame_names(place)
    assert len(names) == FRAMES_PER_PLACE
    frames = [read_frame(place, name) for name in names]
    assert len({frame.image.shape for frame in frames}) == 1
    for frame in frames:
        people = np.unique(frame.persons)
        np.testing.assert_array_equal(people, np.arange(len(people)))
        assert len(people) <= 5  # nobody to four
    assert any(frame.persons.any() for frame in frames)


def test_what_is_there_is_kept(place: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    seen: list[tuple[int, int]] = []
    render_practice_frames(
        place, places=1, seed=SEED, on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 1)]
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before


def test_a_lost_frame_comes_back_as_it_was(place: Path) -> None:
    name = frame_names(place)[2]
    before = read_frame(place, name)
    (place / "masks" / f"{name}.png").unlink()
    assert len(frame_names(place)) == FRAMES_PER_PLACE - 1
    render_practice_frames(place, places=1, seed=SEED)
    again = read_frame(place, name)
    np.testing.assert_array_equal(again.persons, before.persons)
    np.testing.assert_array_equal(again.image, before.image)
