"""Pictures and masks: square crops with their exact inverse, resampling, soft edges, conversion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import torch

from gaitcolor_core.structures import Bool, Float32, Float64, UInt8

Pixels = TypeVar("Pixels", UInt8, Float32, Bool)

# The guided filter finds an outline as a slope; this makes it as crisp as an edge.
_EDGE_CONTRAST = 4.0
# Variance of the gray level below which there is no edge.
_FLAT_VARIANCE = 4e-4


@dataclass(frozen=True)
class SquareCrop:
    """A square of whole pixels in a frame; it may reach beyond the frame.

    `cut` and `paste` are exact inverses of each other: what is cut and pasted back unchanged
    leaves the frame as it was, bit by bit.

    Attributes:
        left: x of the left edge in frame pixels.
        top: y of the top edge in frame pixels.
        side: width and height in pixels.
    """

    left: int
    top: int
    side: int

    def __post_init__(self) -> None:
        """Refuse an empty square."""
        if self.side < 1:
            raise ValueError(f"the side of a square must be positive, got {self.side}")

    @classmethod
    def around(cls, xyxy: Float32 | Float64) -> SquareCrop:
        """The smallest square of whole pixels around the box `(4,)` xyxy, centered on it."""
        left, top, right, bottom = (float(value) for value in xyxy)
        side = max(int(np.ceil(max(right - left, bottom - top))), 1)
        x = int(np.floor((left + right - side) / 2 + 0.5))
        y = int(np.floor((top + bottom - side) / 2 + 0.5))
        return cls(x, y, side)

    def inside(self, frame_shape: tuple[int, ...]) -> tuple[slice, slice] | None:
        """Rows and columns of the frame that the square covers; None if it lies outside."""
        rows = slice(max(self.top, 0), min(self.top + self.side, frame_shape[0]))
        columns = slice(max(self.left, 0), min(self.left + self.side, frame_shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return None
        return rows, columns

    def cut(self, image: Pixels, *, replicate: bool = False) -> Pixels:
        """The square `(side, side, ...)` out of `image` `(H, W, ...)`.

        Args:
            image: a frame or a mask.
            replicate: repeat the frame's edge beyond it; by default zeros are there.
        """
        patch = np.zeros((self.side, self.side, *image.shape[2:]), image.dtype)
        seen = self.inside(image.shape)
        if seen is not None:
            self.visible(patch, image.shape)[:] = image[seen]
        return self.replicate(patch, image.shape) if replicate else patch

    def replicate(self, patch: Pixels, frame_shape: tuple[int, ...]) -> Pixels:
        """`patch` `(side, side, ...)` with the frame's edge repeated in what lies beyond it."""
        seen = self.inside(frame_shape)
        if seen is None:
            return patch
        rows, columns = seen
        margins = (
            (rows.start - self.top, self.top + self.side - rows.stop),
            (columns.start - self.left, self.left + self.side - columns.stop),
            *((0, 0),) * (patch.ndim - 2),
        )
        return np.pad(self.visible(patch, frame_shape), margins, mode="edge")

    def paste(self, image: Pixels, patch: Pixels) -> None:
        """Put `patch` `(side, side, ...)` into `image` `(H, W, ...)`, in place."""
        seen = self.inside(image.shape)
        if seen is not None:
            image[seen] = self.visible(patch, image.shape)

    def visible(self, patch: Pixels, frame_shape: tuple[int, ...]) -> Pixels:
        """The part of `patch` `(side, side, ...)` that lies in the frame, as a view."""
        seen = self.inside(frame_shape)
        if seen is None:
            return patch[:0, :0]
        (top, bottom), (left, right) = ((cut.start, cut.stop) for cut in seen)
        return patch[top - self.top : bottom - self.top, left - self.left : right - self.left]


def resample_square(image: Pixels, xyxy: Float32 | Float64, size: int) -> Float32:
    """Reduce the square `xyxy` `(4,)` of `image` `(H, W, ...)` to `(size, size, ...)` float32.

    Antialiased; beyond the frame lie zeros (the paper's padding).
    """
    crop = SquareCrop.around(xyxy)
    patch: Float32 = crop.cut(image).astype(np.float32)
    side = float(xyxy[2] - xyxy[0])
    # Sub-pixel position and side: shrink by area first, then shift by what rounding left over.
    factor = max(int(side / size), 1)
    if factor > 1:
        shrunk = -(-crop.side // factor)
        pad = shrunk * factor - crop.side
        padded = cv2.copyMakeBorder(patch, 0, pad, 0, pad, cv2.BORDER_REPLICATE)
        reduced = cv2.resize(padded, (shrunk, shrunk), interpolation=cv2.INTER_AREA)
        patch = np.asarray(reduced, np.float32)
    scale = side / size / factor
    offset_x = (float(xyxy[0]) - crop.left) / factor + 0.5 * scale - 0.5
    offset_y = (float(xyxy[1]) - crop.top) / factor + 0.5 * scale - 0.5
    matrix = np.array([[scale, 0, offset_x], [0, scale, offset_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(patch, matrix, (size, size), flags=flags), np.float32)


def spread_field(field: Float32, xyxy: Float32 | Float64, crop: SquareCrop) -> Float32:
    """Bring `field` `(S, S, C)`, which lies on the square `xyxy`, to the pixels of `crop`.

    Returns:
        `(side, side, C)` float32, interpolated smoothly; beyond the square its edge goes on.
    """
    side = float(xyxy[2] - xyxy[0])
    scale = field.shape[0] / side
    offset_x = (crop.left + 0.5 - float(xyxy[0])) * scale - 0.5
    offset_y = (crop.top + 0.5 - float(xyxy[1])) * scale - 0.5
    matrix = np.array([[scale, 0, offset_x], [0, scale, offset_y]])
    spread = cv2.warpAffine(
        field,
        matrix,
        (crop.side, crop.side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(spread, np.float32)


def spread_map(inverse_map: Float32, xyxy: Float32 | Float64, crop: SquareCrop) -> Float32:
    """Bring an inverse map `(S, S, 2)`, in sides of its square `xyxy`, to the pixels of `crop`.

    Returns:
        `(side, side, 2)` float32, displacements (x, y) in pixels.
    """
    return np.float32(xyxy[2] - xyxy[0]) * spread_field(inverse_map, xyxy, crop)


def sample(image: Pixels, positions: Float32) -> Float32:
    """`image` `(H, W, ...)` at `positions` `(h, w, 2)` (x, y) in its pixels, bilinear, float32."""
    source = image.astype(np.float32)
    sampled = cv2.remap(
        source,
        positions[..., 0],
        positions[..., 1],
        interpolation=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sampled, np.float32)


def pixel_grid(height: int, width: int) -> Float32:
    """Positions `(height, width, 2)` (x, y) of the pixels themselves, float32."""
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([columns, rows], axis=-1).astype(np.float32)


def dilate(mask: Bool, radius: int) -> Bool:
    """Grow `mask` `(H, W)` by an ellipse of `radius` pixels."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _ellipse(radius)) > 0)


def erode(mask: Bool, radius: int) -> Bool:
    """Shrink `mask` `(H, W)` by an ellipse of `radius` pixels; the border counts as inside."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), _ellipse(radius)) > 0)


def signed_distance(mask: Bool) -> Float32:
    """Distance of each pixel to the outline of `mask` `(H, W)` in pixels, positive outside."""
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(outside - inside, np.float32)


def nearest_inside(mask: Bool) -> tuple[Float32, Float32]:
    """For each pixel the nearest one of `mask` `(H, W)`, which must not be empty.

    Returns:
        Positions `(H, W, 2)` (x, y) float32 of the nearest pixel, and distances `(H, W)` float32.
    """
    outside = np.where(mask, 0, 255).astype(np.uint8)
    distance, labels = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(mask)
    positions = np.zeros((int(labels.max()) + 1, 2), np.float32)
    positions[labels[mask]] = np.stack([columns, rows], axis=1)
    return positions[labels], np.asarray(distance, np.float32)


def guided_filter(guide: Float32, mask: Float32, radius: int, epsilon: float) -> Float32:
    """Edge-aware smoothing of `mask` by `guide` (He, Sun and Tang, TPAMI 2013, gray guide).

    Args:
        guide: `(H, W)` float32 in [0, 1].
        mask: `(H, W)` float32 in [0, 1].
        radius: of the box window, in pixels.
        epsilon: variance of the guide below which a window counts as flat.

    Returns:
        `(H, W)` float32 in [0, 1].
    """

    def mean(values: Float32) -> Float32:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_mask = mean(guide), mean(mask)
    slope = (mean(guide * mask) - mean_guide * mean_mask) / (
        mean(guide * guide) - mean_guide**2 + epsilon
    )
    offset = mean_mask - slope * mean_guide
    return np.asarray(np.clip(mean(slope) * guide + mean(offset), 0, 1), np.float32)


def soft_mask(patch: UInt8, mask: Bool, radius: int) -> Float32:
    """Move the outline of a mask to the edges of the picture that lie within about `radius`.

    Args:
        patch: `(H, W, 3)` uint8 RGB.
        mask: `(H, W)` bool.
        radius: in pixels.

    Returns:
        `(H, W)` float32 in [0, 1], as crisp at the outline as the picture's own edges.
    """
    gray = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), np.float32) / np.float32(255)
    soft = guided_filter(gray, mask.astype(np.float32), radius, _FLAT_VARIANCE)
    crisp = np.clip(_EDGE_CONTRAST * (soft - 0.5) + 0.5, 0, 1).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(crisp, (0, 0), 0.7), np.float32)


def to_float01(image: UInt8) -> torch.Tensor:
    """`(H, W, 3)` or `(T, H, W, 3)` uint8 to `(..., 3, H, W)` float32 in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(image)).movedim(-1, -3).float() / 255


def to_uint8(image: Float32) -> UInt8:
    """Round values in 0...255 to uint8, clipped."""
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def smooth_step(values: Float32, low: float, high: float) -> Float32:
    """From 0 below `low` to 1 above `high`, without a kink."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _ellipse(radius: int) -> UInt8:
    size = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
