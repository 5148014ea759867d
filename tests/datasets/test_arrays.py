import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitcolor_core.datasets.arrays import find_array, load_array, refuse_pickles
from gaitcolor_core.structures import InputError

NUMBERS = np.arange(24).reshape(2, 3, 4)


class Intruder:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return Path.touch, (self.trace,)


def test_numpys_own_files_are_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", NUMBERS)
    np.savez_compressed(tmp_path / "b.npz", whatever=NUMBERS)
    for name in ("a", "b"):
        path = find_array(tmp_path, name)
        assert path is not None
        assert np.array_equal(load_array(path), NUMBERS)
    assert find_array(tmp_path, "c") is None


def test_pictures_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, red in (("003.png", 30), ("001.PNG", 10), ("002.png", 20)):
        cv2.imwrite(str(tmp_path / name), np.full((4, 5, 3), (0, 0, red), np.uint8))  # BGR
    (tmp_path / "Thumbs.db").touch()
    pictures = load_array(tmp_path)
    assert (pictures.shape, pictures.dtype) == ((3, 4, 5, 3), np.uint8)
    assert pictures[:, 0, 0].tolist() == [[10, 0, 0], [20, 0, 0], [30, 0, 0]]


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_nothing_is_unpickled_whatever_it_is_called(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(pickle.dumps(Intruder(tmp_path / "trace")))
    with pytest.raises(InputError, match="no array that NumPy reads without pickle"):
        load_array(path)
    intruders = np.empty(1, object)
    intruders[0] = Intruder(tmp_path / "trace")
    np.save(tmp_path / "b.npy", intruders)
    np.savez(tmp_path / "b.npz", intruders)
    with pytest.raises(InputError, match="no array that NumPy reads without pickle"):
        load_array(tmp_path / f"b.{suffix}")
    assert not (tmp_path / "trace").exists()


def test_a_pickle_is_refused_with_the_way_out(tmp_path: Path) -> None:
    refuse_pickles(tmp_path)
    (tmp_path / "090-sils.pkl").touch()
    with pytest.raises(InputError, match=r"is a pickle.*numpy\.save as 090-sils\.npy\.$"):
        refuse_pickles(tmp_path)


def test_damaged_and_unsuitable_files(tmp_path: Path) -> None:
    np.save(tmp_path / "cut.npy", NUMBERS)
    whole = (tmp_path / "cut.npy").read_bytes()
    for content in (b"", whole[:-8], whole[:20]):
        (tmp_path / "cut.npy").write_bytes(content)
        with pytest.raises(InputError, match=r"cut\.npy' is no array"):
            load_array(tmp_path / "cut.npy")
    np.savez(tmp_path / "two.npz", a=NUMBERS, b=NUMBERS)
    with pytest.raises(InputError, match=r"two\.npz' holds 2 arrays"):
        load_array(tmp_path / "two.npz")


def test_folders_of_pictures_that_make_no_array(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are no pictures in"):
        load_array(tmp_path)
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((4, 4), np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.zeros((4, 5), np.uint8))
    with pytest.raises(InputError, match="are not all of one size"):
        load_array(tmp_path)
    (tmp_path / "2.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"The picture '.*2\.png' is damaged"):
        load_array(tmp_path)
