import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitcolor_core.datasets.casia_b import CasiaB
from gaitcolor_core.datasets.casia_b_star import CasiaBStar
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.structures import InputError


@pytest.fixture
def view(tmp_path: Path) -> Path:
    """The folder of one sequence, whose subject and view have the same number."""
    folder = tmp_path / "018" / "nm-01" / "018"
    folder.mkdir(parents=True)
    return folder


def test_full_pictures_are_the_original(tmp_path: Path, view: Path) -> None:
    cv2.imwrite(str(view / "018-nm-01-018-001.png"), np.zeros((240, 320), np.uint8))
    assert isinstance(open_gait_set(tmp_path), CasiaB)


def test_arrays_of_crops_are_the_new_segmentation(tmp_path: Path, view: Path) -> None:
    np.save(view / "018-sils.npy", np.zeros((1, 128, 128), np.uint8))
    assert isinstance(open_gait_set(str(tmp_path)), CasiaBStar)


def test_a_rendered_set_says_so_itself(tmp_path: Path) -> None:
    (tmp_path / "set.json").write_text(json.dumps({"format": 1, "subjects": []}))
    assert isinstance(open_gait_set(tmp_path), RenderedSet)


@pytest.mark.parametrize("name", ["018.pkl", "018-sils.pkl"])
def test_preprocessed_pickles_are_refused(tmp_path: Path, view: Path, name: str) -> None:
    (view / name).touch()
    with pytest.raises(InputError, match="is a pickle"):
        open_gait_set(tmp_path)


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(InputError, match=r"^No silhouettes were found in .*; looked for folders"):
        open_gait_set(tmp_path)
    with pytest.raises(InputError, match="There is no folder"):
        open_gait_set(tmp_path / "holiday.jpg")
