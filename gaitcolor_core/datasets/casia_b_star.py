"""CASIA-B*: CASIA-B segmented anew and cut to the walkers, handed out by the same institute.

The folder tree and the names are those that OpenGait documents (datasets/CASIA-B/README.md),
except that arrays are read from NumPy's own files and never from pickles::

    001/nm-01/090/090-sils.npy      (n, 128, 128) silhouettes
    001/nm-01/090/090-rgbs.npy      (n, 3, 128, 128) crops, uint8 RGB
    001/nm-01/090/090-ratios.npy    (n,) width of the walker's box divided by its height

Each may be an `.npz` file with one array, the first two a folder of pictures in the order of
their names. The aligned silhouettes, `090-aligned-sils`, are not needed.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from gaitcolor_core.datasets.arrays import Array, find_array, load_array, refuse_pickles
from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.layout import folder_of, sequence_folders
from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.imaging import to_uint8
from gaitcolor_core.structures import Bool, Float32, Float64, InputError, UInt8

SIDE = SILHOUETTE_SIZE


class CasiaBStar:
    """CASIA-B*, or a part of it; a `GaitSet`.

    Its crops are boxes stretched to squares; here they get their width back, with zeros beside.

    Attributes:
        root: the folder.

    Raises:
        InputError: there is no such folder, no sequence in it, or nothing but pickles.
    """

    def __init__(self, root: str | Path) -> None:
        """Look which sequences are there; no array is read."""
        self.root = folder_of(root)
        folders = sequence_folders(self.root)
        self._folders = {
            key: folder
            for key, folder in folders.items()
            if find_array(folder, f"{key.view:03d}-sils")
        }
        if not self._folders:
            for folder in folders.values():
                refuse_pickles(folder)
            raise InputError(
                f"No silhouettes of CASIA-B* were found in '{self.root}'; looked for files such "
                "as 001/nm-01/090/090-sils.npy."
            )

    def keys(self) -> list[SequenceKey]:
        """The sequences with silhouettes, sorted."""
        return list(self._folders)

    def silhouettes(self, key: SequenceKey) -> Bool:
        """The walker's pixels `(T, 128, 128)` bool; frames with none are left out.

        Raises:
            InputError: they or the ratios are not there, damaged, or of another shape.
        """
        stretched, seen = self._stretched(key)
        pairs = zip(stretched[seen].astype(np.float32), self._ratios(key, seen), strict=True)
        return np.stack([_unstretched(frame, ratio) > 0.5 for frame, ratio in pairs])

    def crops(self, key: SequenceKey) -> UInt8:
        """The same squares in color, `(T, 128, 128, 3)` uint8 RGB.

        Raises:
            InputError: as `silhouettes`, or the crops do not go with them.
        """
        _, seen = self._stretched(key)
        colors = _colors(*self._load(key, "rgbs", "crops"))
        self._refuse_other_length(key, seen, colors, "crops")
        pairs = zip(colors[seen].astype(np.float32), self._ratios(key, seen), strict=True)
        return np.stack([to_uint8(_unstretched(frame, ratio)) for frame, ratio in pairs])

    def _stretched(self, key: SequenceKey) -> tuple[Bool, Bool]:
        """Silhouettes as they are stored `(n, 128, 128)`, and which are not empty `(n,)`."""
        stretched = _silhouettes(*self._load(key, "sils", "silhouettes"))
        seen = np.asarray(stretched.any(axis=(1, 2)))
        if not seen.any():
            raise InputError(f"All silhouettes in '{self._folders[key]}' are empty.")
        return stretched, seen

    def _ratios(self, key: SequenceKey, seen: Bool) -> Float64:
        """Width / height of the boxes in the frames that are `seen`."""
        array, path = self._load(key, "ratios", "ratios of the boxes")
        if array.dtype.kind not in "fiu" or array.ndim == 0 or array.size != len(array):
            raise InputError(f"'{path}' must hold one number a frame, not {_described(array)}.")
        self._refuse_other_length(key, seen, array, "ratios")
        ratios = array.astype(np.float64).ravel()[seen]
        # A box that is a hundred times as wide as high, or the reverse, is no walker's.
        if not ((ratios > 0.01) & (ratios < 100)).all():
            raise InputError(f"'{path}' must hold width / height of boxes around walkers.")
        return ratios

    def _load(self, key: SequenceKey, what: str, word: str) -> tuple[Array, Path]:
        folder = self._folders.get(key)
        if folder is None:
            raise InputError(f"There are no silhouettes of {key} in '{self.root}'.")
        name = f"{key.view:03d}-{what}"
        path = find_array(folder, name)
        if path is None:
            refuse_pickles(folder)
            raise InputError(
                f"There are no {word} of {key}; looked for {name}.npy and {name}.npz in '{folder}'."
            )
        return load_array(path), path

    def _refuse_other_length(self, key: SequenceKey, seen: Bool, other: Array, word: str) -> None:
        if len(other) != len(seen):
            raise InputError(
                f"'{self._folders[key]}' holds {len(seen)} silhouettes, but {len(other)} {word}."
            )


def _silhouettes(array: Array, path: Path) -> Bool:
    """Check and binarize: 0/1, 0/255, bool, or pictures."""
    if array.ndim == 4 and array.shape[3] == 3:
        array = array[..., 0]
    if array.dtype.kind not in "bfiu" or array.ndim != 3 or array.shape[1:] != (SIDE, SIDE):
        raise InputError(f"'{path}' must hold silhouettes (n, 128, 128), not {_described(array)}.")
    values = array.astype(np.float32)
    return np.asarray(values > 0.5 * max(float(values.max(initial=0)), 1))


def _colors(array: Array, path: Path) -> UInt8:
    """Check and bring to `(n, 128, 128, 3)`."""
    if array.ndim == 4 and array.shape[1] == 3:
        array = np.moveaxis(array, 1, -1)
    if array.dtype != np.uint8 or array.ndim != 4 or array.shape[1:] != (SIDE, SIDE, 3):
        raise InputError(
            f"'{path}' must hold crops (n, 3, 128, 128) uint8, not {_described(array)}."
        )
    return array.astype(np.uint8)


def _described(array: Array) -> str:
    return f"{array.shape} {array.dtype}"


def _unstretched(frame: Float32, ratio: float) -> Float32:
    """`(128, 128, ...)` with the shape that its box had, centered between zeros."""
    width, height = max(round(SIDE * min(ratio, 1)), 1), max(round(SIDE * min(1 / ratio, 1)), 1)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    square = np.zeros_like(frame)
    square[top : top + height, left : left + width] = cv2.resize(
        frame, (width, height), interpolation=cv2.INTER_AREA
    )
    return square
