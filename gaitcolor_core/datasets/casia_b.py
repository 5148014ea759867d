"""CASIA-B as it is handed out: videos, and the silhouettes of its own background subtraction.

The folder tree, the official names; the videos may lie anywhere in it::

    DatasetB-1/video/001-nm-01-090.avi      the walk
    DatasetB-1/video/001-bkgrd-090.avi      the empty scene of that day
    DatasetB-2/001/nm-01/090/001-nm-01-090-017.png    the silhouette of the video's 17th frame

CASIA-B is licensed by its institute: users bring their own copy.
"""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.layout import files_beside, folder_of, sequence_folders
from gaitcolor_core.datasets.squares import Box, body_box, square_crop, square_silhouette
from gaitcolor_core.structures import Bool, InputError, PackedMask, UInt8
from gaitcolor_core.video import VideoReader

# The scenery is the median of so many frames.
PLATE_FRAMES = 25


class CasiaB:
    """The original CASIA-B, or a part of it; a `GaitSet`.

    Attributes:
        root: the folder.

    Raises:
        InputError: there is no such folder, or no sequence in it.
    """

    def __init__(self, root: str | Path) -> None:
        """Look which silhouettes and videos are there; no picture is read."""
        self.root = folder_of(root)
        self._folders = sequence_folders(self.root)
        if not self._folders:
            raise InputError(
                f"No silhouettes were found in '{self.root}'; looked for folders such as "
                "001/nm-01/090 with pictures such as 001-nm-01-090-001.png (the archives that "
                "CASIA-B comes in must be unpacked)."
            )
        self._videos = {path.stem.lower(): path for path in files_beside(self.root, ".avi")}

    def keys(self) -> list[SequenceKey]:
        """The sequences with silhouettes, sorted."""
        return list(self._folders)

    def silhouettes(self, key: SequenceKey) -> Bool:
        """The walker's pixels `(T, 128, 128)` bool; frames with none are left out.

        Raises:
            InputError: they are not there, or damaged, or all empty.
        """
        return np.stack([square_silhouette(mask, box) for _, mask, box in self._bodies(key)])

    def crops(self, key: SequenceKey) -> UInt8:
        """The same boxes of the video, `(T, 128, 128, 3)` uint8 RGB.

        Raises:
            InputError: there is no video, it is damaged, or it does not fit the silhouettes.
        """
        with VideoReader(self.video(key)) as reader:
            self._refuse_other_size(key, reader)
            return np.stack(_crops_at(reader, self.boxes(key)))

    def boxes(self, key: SequenceKey) -> dict[int, Box]:
        """Where the walker is in the video, by frame number from 1.

        Raises:
            InputError: as `silhouettes`.
        """
        return {number: box for number, _, box in self._bodies(key)}

    def video(self, key: SequenceKey) -> Path:
        """The video of a sequence.

        Raises:
            InputError: there is none.
        """
        return self._avi(str(key))

    def background(self, key: SequenceKey) -> UInt8:
        """The scene of a sequence without a walker, `(H, W, 3)` uint8 RGB.

        Raises:
            InputError: there is no video of it, or it is damaged.
        """
        frames = []
        with VideoReader(self._avi(f"{key.subject:03d}-bkgrd-{key.view:03d}")) as reader:
            for frame in reader:
                frames.append(frame.image)
                if len(frames) == PLATE_FRAMES:
                    break
        return np.asarray(np.median(frames, axis=0), np.uint8)

    def _avi(self, name: str) -> Path:
        path = self._videos.get(name)
        if path is None:
            raise InputError(
                f"There is no video {name}.avi in '{self.root}' or in the folders below it."
            )
        return path

    def _bodies(self, key: SequenceKey) -> list[tuple[int, PackedMask, Box]]:
        """Frame number, mask and box of every frame with a walker."""
        found = []
        for number, path in self._pictures(key):
            mask = PackedMask.pack(_read_mask(path))
            if mask.bits.size:
                found.append((number, mask, body_box(mask)))
        if not found:
            raise InputError(f"All silhouettes in '{self._folders[key]}' are empty.")
        return found

    def _pictures(self, key: SequenceKey) -> list[tuple[int, Path]]:
        """Frame numbers and silhouettes of a sequence, in the order of the frames."""
        folder = self._folders.get(key)
        if folder is None:
            raise InputError(f"There are no silhouettes of {key} in '{self.root}'.")
        name = re.compile(f"{key}-([0-9]{{1,6}})[.]png")
        matches = [(name.fullmatch(path.name), path) for path in folder.iterdir()]
        numbered = sorted((int(match[1]), path) for match, path in matches if match)
        if not numbered:
            raise InputError(
                f"'{folder}' holds no silhouettes; looked for pictures such as {key}-001.png."
            )
        return numbered

    def _refuse_other_size(self, key: SequenceKey, reader: VideoReader) -> None:
        height, width = _read_mask(self._pictures(key)[0][1]).shape
        size = reader.metadata
        if (size.height, size.width) != (height, width):
            raise InputError(
                f"{reader.path.name} is {size.width} x {size.height} pixels, but its silhouettes "
                f"are {width} x {height}."
            )


def _crops_at(reader: VideoReader, boxes: dict[int, Box]) -> list[UInt8]:
    """The crops `(128, 128, 3)` of a video, by the numbers of its frames from 1."""
    crops: list[UInt8] = []
    number = 0
    for number, frame in enumerate(reader, start=1):
        if number in boxes:
            crops.append(square_crop(frame.image, boxes[number]))
        if len(crops) == len(boxes):
            break
    # Behind a frame that cannot be decoded all the others would be miscounted.
    if reader.damaged_packets:
        raise InputError(f"{reader.path.name} is damaged; copy it again.")
    if len(crops) < len(boxes):
        raise InputError(
            f"{reader.path.name} has {number} frames, but silhouettes up to frame {max(boxes)}."
        )
    return crops


def _read_mask(path: Path) -> Bool:
    try:
        content = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    except (OSError, cv2.error):
        picture = None
    if picture is None:
        raise InputError(f"The silhouette '{path}' is damaged; copy it again.")
    return np.asarray(picture > 127)
