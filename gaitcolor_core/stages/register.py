"""Follows the camera: where each frame lies on a keyframe of its own scenery."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from gaitcolor_core.imaging import dilate
from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

# Registration works on a reduced picture; its precision is a tenth of a pixel of that picture.
_SIDE_PX = 960
_MAX_POINTS = 600
_MIN_POINTS = 25
# Below this the camera stands still and nothing is resampled (pixels of the frame).
_STILL_PX = 0.4
# A still camera leaves this share of the points in place. A fitted homography alone does not tell:
# it wobbles by more at the corners, where it is extrapolated.
_STILL_SHARE = 0.95
# A new keyframe begins when the view has moved by this share of the frame, or turned or zoomed.
_MAX_SHIFT = 0.15
_MIN_INLIERS = 0.35


class View(NamedTuple):
    """Where a frame lies.

    Attributes:
        keyframe: number of the keyframe, from 0.
        to_keyframe: `(3, 3)` homography from pixels of this frame to those of the keyframe.
    """

    keyframe: int
    to_keyframe: Float64


class CameraTracker:
    """Registers frames by points on the background (pyramidal Lucas-Kanade and RANSAC).

    Each frame is registered with its keyframe itself, so that no drift adds up.

    Attributes:
        links: for each keyframe `(3, 3)` from its pixels to those of the keyframe before; None
            for the first one and after a cut.
    """

    def __init__(self) -> None:
        self.links: list[Float64 | None] = []
        self._key_gray: UInt8 = np.zeros((0, 0), np.uint8)
        self._key_points: Float32 = np.zeros((0, 2), np.float32)
        self._latest = np.eye(3)

    def locate(self, image: UInt8, persons: Bool) -> View:
        """Register the next frame.

        Args:
            image: `(H, W, 3)` uint8 RGB.
            persons: `(H, W)` bool, True where persons are.
        """
        scale = min(1.0, _SIDE_PX / max(image.shape[:2]))
        gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
        if scale < 1:
            reduced = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            gray = np.asarray(reduced, np.uint8)
        if not self.links:
            self._begin(gray, persons, None)
            return View(0, np.eye(3))
        small = self._register(gray, _STILL_PX * scale)
        if small is None:
            # Featureless, or a cut: nothing ties this frame to the ones before.
            if len(self._key_points) < _MIN_POINTS and _alike(gray, self._key_gray):
                return View(len(self.links) - 1, np.eye(3))
            self._begin(gray, persons, None)
            return View(len(self.links) - 1, np.eye(3))
        full = _at_scale(small, scale)
        if _corner_shift(full, image.shape[:2]) < _STILL_PX:
            self._latest = np.eye(3)
            return View(len(self.links) - 1, np.eye(3))
        self._latest = small
        if _corner_shift(full, image.shape[:2]) > _MAX_SHIFT * max(image.shape[:2]):
            self._begin(gray, persons, full)
            return View(len(self.links) - 1, np.eye(3))
        return View(len(self.links) - 1, full)

    def _begin(self, gray: UInt8, persons: Bool, link: Float64 | None) -> None:
        """Make the frame a keyframe."""
        blocked = cv2.resize(persons.astype(np.uint8), gray.shape[::-1]) > 0
        free = np.where(dilate(blocked, 8), 0, 255).astype(np.uint8)
        points = cv2.goodFeaturesToTrack(gray, _MAX_POINTS, 0.005, 8, mask=free)
        self._key_gray = gray
        self._key_points = np.asarray([] if points is None else points, np.float32).reshape(-1, 2)
        self._latest = np.eye(3)
        self.links.append(link)

    def _register(self, gray: UInt8, still_px: float) -> Float64 | None:
        """Homography from `gray` to the keyframe, both reduced; None if there is none."""
        if len(self._key_points) < _MIN_POINTS or gray.shape != self._key_gray.shape:
            return None
        guess = cv2.perspectiveTransform(
            self._key_points[:, None].astype(np.float64), np.linalg.inv(self._latest)
        ).astype(np.float32)
        found, status, _ = cv2.calcOpticalFlowPyrLK(
            self._key_gray,
            gray,
            self._key_points[:, None],
            guess.copy(),
            winSize=(21, 21),
            maxLevel=3,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        good = status[:, 0] > 0
        if good.sum() < _MIN_POINTS:
            return None
        homography, inliers = cv2.findHomography(
            found[good], self._key_points[good][:, None], cv2.USAC_MAGSAC, 1.0
        )
        if homography is None or inliers.sum() < max(_MIN_POINTS, _MIN_INLIERS * good.sum()):
            return None
        moved = np.linalg.norm(found[good].reshape(-1, 2) - self._key_points[good], axis=1)
        if (moved < still_px).sum() >= _STILL_SHARE * inliers.sum():
            return np.eye(3)
        return np.asarray(homography, np.float64)


def _at_scale(homography: Float64, scale: float) -> Float64:
    """A homography between reduced pictures, for the full ones (pixel centers at integers)."""
    offset = 0.5 * scale - 0.5
    reduce = np.array([[scale, 0, offset], [0, scale, offset], [0, 0, 1]])
    full = np.linalg.inv(reduce) @ homography @ reduce
    return np.asarray(full / full[2, 2], np.float64)


def _corner_shift(homography: Float64, shape: tuple[int, ...]) -> float:
    """How far the farthest corner moves, in pixels."""
    height, width = shape
    corners = np.array([[[0, 0]], [[width, 0]], [[0, height]], [[width, height]]], np.float64)
    moved = cv2.perspectiveTransform(corners, homography)
    return float(np.linalg.norm(moved - corners, axis=-1).max())


def _alike(first: UInt8, second: UInt8) -> bool:
    """Whether two pictures without features could be the same view."""
    if first.shape != second.shape:
        return False
    return bool(cv2.absdiff(first, second).mean() < 12)
