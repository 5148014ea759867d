from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.survey import survey
from gaitcolor_core.structures import InputError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two subjects in CASIA-B*'s layout; one sequence lacks its crops."""
    for name in ("001-nm-01-000", "001-bg-02-090", "081-nm-05-090"):
        key = SequenceKey.parse(name)
        folder = tmp_path / key.folder / f"{key.view:03d}"
        folder.mkdir(parents=True)
        np.save(folder / f"{key.view:03d}-sils.npy", np.ones((4, 128, 128), bool))
        np.save(folder / f"{key.view:03d}-ratios.npy", np.full(4, 0.5))
        if key.subject == 1:
            np.save(folder / f"{key.view:03d}-rgbs.npy", np.zeros((4, 3, 128, 128), np.uint8))
    return tmp_path


def test_a_set_is_counted_without_reading_it(root: Path) -> None:
    found = survey(root)
    assert (found.layout, found.subjects, found.sequences) == ("CasiaBStar", 2, 3)
    assert found.conditions == {"bg": 1, "nm": 2}
    assert found.views == {0: 1, 90: 2}
    assert found.parts == {"gait_model": 1, "recognizer": 0, "test": 1}
    assert (found.frames, found.problems) == (None, ())


def test_reading_it_finds_what_cannot_be_used(root: Path) -> None:
    told: list[tuple[int, int]] = []
    found = survey(root, read=True, on_progress=lambda *state: told.append(state))
    assert found.frames == 8
    (problem,) = found.problems
    assert problem.startswith("There are no crops of 081-nm-05-090; looked for 090-rgbs.npy")
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_folder_that_is_no_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No silhouettes were found"):
        survey(tmp_path)
