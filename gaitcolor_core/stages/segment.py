"""Finds the persons of a frame: boxes and masks from an ultralytics YOLO segmentation model.

Nothing is asked of the network unless `find_weights` has to fetch an official model.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from http.client import HTTPException
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, Protocol
from urllib.request import urlopen

import cv2
import numpy as np
import torch

from gaitcolor_core.files import write_whole
from gaitcolor_core.imaging import soft_mask
from gaitcolor_core.models.walker_segmenter import as_yolo, load_walker_segmenter
from gaitcolor_core.structures import (
    Bool,
    Detections,
    Float32,
    InputError,
    PackedMask,
    UInt8,
    VideoFrame,
)
from gaitcolor_core.ultralytics_setup import prepare_ultralytics
from gaitcolor_core.weights import CONFIG_NAME, bundled

OFFICIAL_WEIGHTS = "yolo11n-seg.pt"
BUNDLED_WEIGHTS = "walker_segmenter"
OFFICIAL_HOST = "github.com"
REACH_LIMIT_S, READ_LIMIT_S = 3, 20
# What every file of torch.save begins with, and no web page of a hotel's network.
ZIP_MAGIC = b"PK"
# Masks finer than this do not show: the model's prototypes are 160 pixels wide.
MASK_SIDE_PX = 1280
IMAGE_SIDE_PX = 640
# Low on purpose: a person who is found twice is covered twice, one who is missed is exposed.
MIN_SCORE = 0.2
PERSON_CLASS = 0
# A box that ends this near to the left or right side of the picture may be cut off there.
_RIM_PX = 3
# How far an outline may be moved to an edge of the picture, as a share of the person's height.
_SNAP_SHARE = 0.016


class PersonSegmenter(Protocol):
    """Finds persons in one frame after the other."""

    description: str

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        """Called once before the first `segment`, with the frames of the whole clip."""
        ...

    def segment(self, image: UInt8) -> Detections:
        """Persons in `image` `(H, W, 3)` uint8 RGB; every `track_id` is -1."""
        ...


class YoloSegmenter:
    """An ultralytics YOLO segmentation model, restricted to persons.

    Args:
        weights: path of the `.pt` file, or a folder like `checkpoints/walker_segmenter`. A `.pt`
            file is a pickle: load only files you trust.
        device: torch device.
        image_side_px: the longer side of what the network sees, a multiple of 32; more finds
            smaller persons and takes longer. None = what the weights were made for.
        min_score: lowest score of a person. None = likewise.

    Raises:
        InputError: the file is missing, unreadable or not a segmentation model.
    """

    def __init__(
        self,
        weights: Path,
        *,
        device: str,
        image_side_px: int | None = None,
        min_score: float | None = None,
    ) -> None:
        loaded = _load(weights)
        self._model = loaded.model
        self._device = device
        self._image_side_px = image_side_px or loaded.image_side_px
        self._min_score = loaded.min_score if min_score is None else min_score
        self._min_score_at_rim = loaded.min_score_at_rim if min_score is None else min_score
        self.description = loaded.description

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        """The network needs to see nothing beforehand."""

    def segment(self, image: UInt8) -> Detections:
        """Persons in `image` `(H, W, 3)` uint8 RGB; every `track_id` is -1."""
        scale = min(1.0, MASK_SIDE_PX / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        result = self._model.predict(
            small[..., ::-1],  # ultralytics takes BGR
            classes=[PERSON_CLASS],
            conf=min(self._min_score, self._min_score_at_rim),
            imgsz=self._image_side_px,
            retina_masks=True,
            device=self._device,
            verbose=False,
        )[0]
        if result.masks is None:
            return Detections.nobody()
        boxes = result.boxes.cpu().numpy()
        found = [
            _mask_in_frame(mask, box / scale, scale, image.shape[:2])
            for mask, box in zip(result.masks.data.cpu().numpy(), boxes.xyxy, strict=True)
        ]
        sure = self._is_sure(boxes.conf, boxes.xyxy, small.shape[1])
        keep = [index for index, mask in enumerate(found) if mask.bits.size and sure[index]]
        return Detections(
            xyxy=(boxes.xyxy[keep] / scale).astype(np.float32),
            score=boxes.conf[keep].astype(np.float32),
            masks=tuple(_snapped(image, found[index]) for index in keep),
            track_id=np.full(len(keep), -1, np.int64),
        )

    def _is_sure(self, score: Float32, xyxy: Float32, width: int) -> Bool:
        """Who is seen surely enough; somebody who comes in or leaves shows too little for much."""
        at_rim = (xyxy[:, 0] <= _RIM_PX) | (xyxy[:, 2] >= width - _RIM_PX)
        return np.asarray(
            score >= np.where(at_rim, self._min_score_at_rim, self._min_score), np.bool_
        )


def _snapped(image: UInt8, mask: PackedMask) -> PackedMask:
    """A mask moved to the edges of the picture; the model sees outlines to a few pixels only."""
    radius = max(round(_SNAP_SHARE * mask.shape[0]), 2)
    left, top = max(mask.x - 2 * radius, 0), max(mask.y - 2 * radius, 0)
    patch = image[top : mask.xyxy[3] + 2 * radius, left : mask.xyxy[2] + 2 * radius]
    canvas = np.zeros(patch.shape[:2], bool)
    mask.paint(canvas, (left, top))
    snapped = PackedMask.pack(soft_mask(patch, canvas, radius) > 0.5, left, top)
    return snapped if snapped.bits.size else mask


def find_weights(name: str | None, *, own: Path | None = None) -> Path | None:
    """Where the detector's weights are, or None if none can be had.

    In this order: `name` (a path, or the name of an official model), the environment variable
    `GAITCOLOR_DETECTOR`, the official download, which is tried once and quickly, and the folder of
    our own weights: `own`, or those that come with the package.

    Raises:
        InputError: the user named weights that cannot be had.
    """
    wanted = name or os.environ.get("GAITCOLOR_DETECTOR")
    if wanted is None:
        return _download(OFFICIAL_WEIGHTS) or own or bundled(BUNDLED_WEIGHTS)
    path = Path(wanted).expanduser()
    if path.is_file() or (path / CONFIG_NAME).is_file():
        return path
    if path.parent == Path() and path.suffix == ".pt" and (fetched := _download(path.name)):
        return fetched
    raise InputError(
        f"The detector '{wanted}' is neither a file nor an official model that can be "
        "downloaded now; give the path of a YOLO segmentation model, or 'static'."
    )


def _mask_in_frame(
    mask: UInt8, box: Float32, scale: float, frame_shape: tuple[int, ...]
) -> PackedMask:
    """Cut a mask at the model's working size around `box` (frame pixels) and scale it up."""
    height, width = frame_shape[:2]
    if scale == 1.0:
        return PackedMask.pack(mask > 0)
    left, top = np.maximum(np.floor(box[:2] * scale) - 2, 0).astype(int)
    right, bottom = (np.ceil(box[2:] * scale) + 2).astype(int)
    cut = mask[top:bottom, left:right].astype(np.float32)
    x, y = round(left / scale), round(top / scale)
    size = (min(round(right / scale), width) - x, min(round(bottom / scale), height) - y)
    if not cut.size or min(size) <= 0:
        return PackedMask.pack(np.zeros((1, 1), bool))
    return PackedMask.pack(cv2.resize(cut, size, interpolation=cv2.INTER_LINEAR) > 0.5, x, y)


class _Loaded(NamedTuple):
    model: Any
    description: str
    image_side_px: int
    min_score: float
    min_score_at_rim: float


def _load(weights: Path) -> _Loaded:
    if weights.is_dir():
        own = load_walker_segmenter(weights)
        came_along = weights.resolve() == bundled(weights.resolve().name)
        origin = "bundled" if came_along else "own training"
        description = f"{weights.name} ({origin})"
        return _Loaded(
            as_yolo(own),
            description,
            own.image_side_px,
            own.min_score,
            own.min_score_at_rim,
        )
    if not weights.is_file():
        raise InputError(f"There is no detector at '{weights}'; check the path.")
    if weights.suffix != ".pt":
        raise InputError(
            f"'{weights}' is no PyTorch model; give a YOLO segmentation model ending in .pt."
        )
    return _Loaded(
        _load_yolo(weights), f"{weights.name} (ultralytics)", IMAGE_SIDE_PX, MIN_SCORE, MIN_SCORE
    )


def _load_yolo(weights: Path) -> Any:
    prepare_ultralytics()
    from ultralytics import YOLO

    advice = "give a segmentation model such as yolo11n-seg.pt."
    try:
        model = YOLO(str(weights), task="segment")
    except Exception as error:  # unpickling a foreign file can raise anything
        raise InputError(f"'{weights}' could not be loaded as a YOLO model; {advice}") from error
    if model.task != "segment":
        raise InputError(
            f"'{weights}' is a model for '{model.task}', but masks are needed; {advice}"
        )
    return model


def _download(name: str) -> Path | None:
    """Fetch official weights into torch's cache, once and quickly; None if that can't be done."""
    target = Path(torch.hub.get_dir()) / "checkpoints" / name
    if target.is_file():
        return target
    # A closed network may swallow packets: ask for a connection first, with a short limit.
    if not _reachable(OFFICIAL_HOST):
        return None
    url = f"https://{OFFICIAL_HOST}/ultralytics/assets/releases/latest/download/{name}"
    try:
        with urlopen(url, timeout=READ_LIMIT_S) as reply:
            content = reply.read()
        if not content.startswith(ZIP_MAGIC):
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)
    except (OSError, HTTPException):
        return None
    return target


def _reachable(host: str) -> bool:
    """Whether `host` takes connections, known within a few seconds.

    In a thread, as the look-up of a name knows no limit, and each of its addresses counts anew.
    """
    answers: list[bool] = []

    def knock() -> None:
        try:
            socket.create_connection((host, 443), timeout=REACH_LIMIT_S).close()
            answers.append(True)
        except OSError:
            answers.append(False)

    thread = Thread(target=knock, daemon=True)
    thread.start()
    thread.join(REACH_LIMIT_S)
    return any(answers)
