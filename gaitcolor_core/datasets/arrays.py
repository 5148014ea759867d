"""Arrays out of foreign folders: NumPy's own files or pictures, never pickles."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from gaitcolor_core.structures import InputError, UInt8

Array = npt.NDArray[np.generic]
PICTURES = frozenset({".png", ".jpg", ".jpeg"})


def find_array(folder: Path, name: str) -> Path | None:
    """Where the array `name` is kept in `folder`: a `.npy` or `.npz` file, or a folder."""
    candidates = [folder / f"{name}.npy", folder / f"{name}.npz", folder / name]
    return next((path for path in candidates if path.exists()), None)


def load_array(path: Path) -> Array:
    """What `find_array` found.

    Returns:
        The array; of a folder its pictures in the order of their names, `(T, H, W, 3)` uint8 RGB.

    Raises:
        InputError: it is damaged, or is no single array of numbers.
    """
    return _load_pictures(path) if path.is_dir() else _load_file(path)


def refuse_pickles(folder: Path) -> None:
    """Check that no pickle lies in `folder`.

    Raises:
        InputError: one does.
    """
    for path in sorted(folder.glob("*.pkl")):
        raise InputError(
            f"'{path}' is a pickle, which can run any program when it is opened and is never read "
            "here; open it with the tool that you have it from, and save the array with "
            f"numpy.save as {path.stem}.npy."
        )


def _load_file(path: Path) -> Array:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        with loaded:
            names = loaded.files
            if len(names) != 1:
                raise InputError(
                    f"'{path}' holds {len(names)} arrays; save the one that its name says alone."
                )
            array: Array = loaded[names[0]]
            return array
    except InputError:
        raise
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"'{path}' is no array that NumPy reads without pickle; save it again with numpy.save."
        ) from error


def _load_pictures(folder: Path) -> UInt8:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    if not paths:
        raise InputError(f"There are no pictures in '{folder}'; looked for PNG and JPEG files.")
    pictures = [_load_picture(path) for path in paths]
    if len({picture.shape for picture in pictures}) > 1:
        raise InputError(f"The pictures in '{folder}' are not all of one size.")
    return np.stack(pictures)


def _load_picture(path: Path) -> UInt8:
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):
        picture = None
    if picture is None:
        raise InputError(f"The picture '{path}' is damaged; copy it again.")
    return np.asarray(picture[..., ::-1], np.uint8)
