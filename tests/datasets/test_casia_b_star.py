from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.casia_b_star import CasiaBStar
from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.structures import InputError

KEY = SequenceKey(1, "nm", 1, 90)
COLOR = (200, 100, 50)


def folder_of(root: Path, key: SequenceKey = KEY) -> Path:
    folder = root / key.folder / f"{key.view:03d}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def body(num_frames: int = 3) -> np.ndarray:
    """Silhouettes that fill the stretched square but for a margin at all sides."""
    silhouettes = np.zeros((num_frames, 128, 128), np.uint8)
    silhouettes[:, 8:120, 8:120] = 255
    return silhouettes


def colors(num_frames: int = 3) -> np.ndarray:
    return np.broadcast_to(np.array(COLOR, np.uint8)[:, None, None], (num_frames, 3, 128, 128))


def make(root: Path, **arrays: np.ndarray) -> CasiaBStar:
    """A sequence of three frames, with some `arrays` instead of the usual ones."""
    usual = {"sils": body(), "rgbs": colors(), "ratios": np.full(3, 0.5, np.float32)}
    for name, array in {**usual, **arrays}.items():
        np.save(folder_of(root) / f"090-{name}.npy", array)
    return CasiaBStar(root)


def columns(silhouette: np.ndarray) -> tuple[int, int]:
    inside = np.flatnonzero(silhouette.any(0))
    return int(inside[0]), int(inside[-1]) + 1


def test_a_box_half_as_wide_as_high_gets_its_shape_back(tmp_path: Path) -> None:
    star = make(tmp_path)
    silhouettes, crops = star.silhouettes(KEY), star.crops(KEY)
    assert (silhouettes.shape, silhouettes.dtype) == ((3, 128, 128), bool)
    assert (crops.shape, crops.dtype) == ((3, 128, 128, 3), np.uint8)
    assert columns(silhouettes[0]) == (36, 92)  # 8 of 128 pixels are 4 of 64, and 32 beside
    assert columns(silhouettes[0].T) == (8, 120)
    assert (crops[:, :, 32:96] == COLOR).all()
    assert not crops[:, :, :32].any() and not crops[:, :, 96:].any()


def test_a_box_wider_than_high(tmp_path: Path) -> None:
    star = make(tmp_path, ratios=np.full((3, 1), 2.0))
    assert columns(star.silhouettes(KEY)[0]) == (8, 120)
    assert columns(star.silhouettes(KEY)[0].T) == (36, 92)


@pytest.mark.parametrize(
    "store",
    [
        lambda silhouettes: silhouettes > 0,
        lambda silhouettes: silhouettes // 255,
        lambda silhouettes: (silhouettes / 255).astype(np.float32),
    ],
    ids=["bool", "0 and 1", "float"],
)
def test_silhouettes_in_other_units(
    tmp_path: Path, store: Callable[[np.ndarray], np.ndarray]
) -> None:
    usual = make(tmp_path / "usual").silhouettes(KEY)
    assert np.array_equal(make(tmp_path / "other", sils=store(body())).silhouettes(KEY), usual)


def test_frames_without_a_walker_are_left_out_of_both(tmp_path: Path) -> None:
    silhouettes, pictures, ratios = body(), colors().copy(), np.array([0.5, 0.4, 0.25])
    silhouettes[1] = 0
    pictures[2] = 77
    star = make(tmp_path, sils=silhouettes, rgbs=pictures, ratios=ratios)
    assert len(star.silhouettes(KEY)) == len(star.crops(KEY)) == 2
    assert star.crops(KEY)[1, 64, 64].tolist() == [77, 77, 77]
    assert columns(star.silhouettes(KEY)[1])[0] > columns(star.silhouettes(KEY)[0])[0]


def test_folders_of_pictures_in_place_of_arrays(tmp_path: Path) -> None:
    expected = make(tmp_path / "arrays")
    other = folder_of(tmp_path / "pictures")
    for name, pictures in (("sils", body()), ("rgbs", np.moveaxis(colors(), 1, -1)[..., ::-1])):
        (other / f"090-{name}").mkdir()
        for number, picture in enumerate(pictures):
            cv2.imwrite(str(other / f"090-{name}" / f"{number:03d}.png"), picture)
    np.savez(other / "090-ratios.npz", np.full(3, 0.5))
    star = CasiaBStar(tmp_path / "pictures")
    assert np.array_equal(star.silhouettes(KEY), expected.silhouettes(KEY))
    assert np.array_equal(star.crops(KEY), expected.crops(KEY))


def test_only_what_is_there_is_listed_in_order(tmp_path: Path) -> None:
    keys = [SequenceKey(3, "nm", 1, 0), SequenceKey(1, "bg", 2, 180)]
    for key in keys:
        np.save(folder_of(tmp_path, key) / f"{key.view:03d}-sils.npy", body())
    (folder_of(tmp_path, SequenceKey(2, "nm", 1, 0)) / "000-aligned-sils.npy").touch()
    assert CasiaBStar(tmp_path).keys() == sorted(keys)


def test_pickles_are_refused(tmp_path: Path) -> None:
    (folder_of(tmp_path) / "090-sils.pkl").touch()
    with pytest.raises(InputError, match=r"090-sils.pkl' is a pickle.*numpy.save as"):
        CasiaBStar(tmp_path)
    np.save(folder_of(tmp_path) / "090-sils.npy", body())
    (folder_of(tmp_path) / "090-ratios.pkl").touch()
    with pytest.raises(InputError, match=r"is a pickle.*numpy.save as"):
        CasiaBStar(tmp_path).silhouettes(KEY)


def test_a_folder_with_nothing_of_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"looked for files such as 001/nm-01/090/090-sils.npy"):
        CasiaBStar(tmp_path)


def test_what_is_missing_is_said_in_one_sentence(tmp_path: Path) -> None:
    star = make(tmp_path)
    with pytest.raises(InputError, match=r"no silhouettes of 002-nm-01-090 in '"):
        star.silhouettes(SequenceKey(2, "nm", 1, 90))
    (folder_of(tmp_path) / "090-rgbs.npy").unlink()
    with pytest.raises(InputError, match=r"no crops of 001-nm-01-090; looked for 090-rgbs.npy"):
        star.crops(KEY)
    (folder_of(tmp_path) / "090-ratios.npy").unlink()
    with pytest.raises(InputError, match=r"no ratios of the boxes of .*looked for 090-ratios.npy"):
        star.silhouettes(KEY)


@pytest.mark.parametrize(
    ("name", "array", "reason"),
    [
        ("sils", np.zeros((3, 64, 44), np.uint8), r"silhouettes \(n, 128, 128\), not \(3, 64, 44"),
        ("sils", np.zeros((), np.uint8), r"silhouettes \(n, 128, 128\), not \(\) uint8"),
        ("sils", np.zeros((3, 128, 128), complex), "not .* complex128"),
        ("sils", np.zeros((3, 128, 128), np.uint8), "All silhouettes in '.*090' are empty"),
        ("rgbs", np.zeros((3, 128, 128), np.uint8), r"crops \(n, 3, 128, 128\) uint8, not"),
        ("rgbs", np.zeros((3, 3, 128, 128), np.float32), "uint8, not .* float32"),
        ("rgbs", colors(4), "holds 3 silhouettes, but 4 crops"),
        ("ratios", np.ones(2), "holds 3 silhouettes, but 2 ratios"),
        ("ratios", np.ones((3, 2)), "one number a frame, not"),
        ("ratios", np.array(0.5), "one number a frame, not"),
        ("ratios", np.array([0.5, np.nan, 0.5]), "must hold width / height of boxes"),
        ("ratios", np.array([0.5, 0.0, 0.5]), "must hold width / height of boxes"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path: Path, name: str, array: np.ndarray, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        make(tmp_path, **{name: array}).crops(KEY)


@given(ratio=st.floats(0.02, 50))
def test_the_shape_of_any_box_comes_back(
    ratio: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    full = np.ones((1, 128, 128), bool)
    star = make(tmp_path_factory.mktemp("star"), sils=full, ratios=np.array([ratio]))
    silhouette = star.silhouettes(KEY)[0]
    (left, right), (top, bottom) = columns(silhouette), columns(silhouette.T)
    assert max(right - left, bottom - top) == 128
    assert abs((right - left) - 128 * min(ratio, 1)) <= 1
    assert abs((bottom - top) - 128 / max(ratio, 1)) <= 1
    assert abs(left - (128 - right)) <= 1 and abs(top - (128 - bottom)) <= 1
