"""Takes the original walkers out of a frame, pastes the new ones, covers who has no new walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from gaitcolor_core.imaging import SquareCrop, dilate, erode, soft_mask, to_uint8
from gaitcolor_core.structures import Bool, Float32, Int64, PackedMask, UInt8

# Lengths as shares of the walker's height in the frame, at least so many pixels.
_REMOVAL_SHARE, _MIN_REMOVAL_PX = 0.03, 3
# The rim in which walker and background mix; how far an outline may be corrected.
_EDGE_SHARE, _MIN_EDGE_PX = 0.004, 1
_SNAP_SHARE = 0.008
# An interpolated mask is a guess: more of its neighborhood is taken out.
_GUESS_FACTOR = 2.5
# How far a walker behind another one is continued under the nearer one.
_HIDDEN_SHARE = 0.03
# Cells of the mosaic along the height of a covered person: too few to show limbs.
_COVER_CELLS = 6
_COVER_MARGIN = 0.12
_INPAINT_SIDE_PX = 160


@dataclass(frozen=True)
class Layer:
    """One walker in one frame, ready to be composed.

    Attributes:
        crop: the square of the frame that changes.
        removal: `(side, side)` float32 in [0, 1], how much the scenery replaces the original.
        scenery: `(side, side, 3)` float32 RGB in 0...255, without persons.
        alpha: `(side, side)` float32 in [0, 1], how much the new walker covers.
        colors: `(side, side, 3)` float32 RGB in 0...255, of the new walker.
        ground_px: y of the ground under the walker; the lower in the frame, the nearer.
        retouch: what is done in the frame to the new walker, before nearer ones hide parts of it.
    """

    crop: SquareCrop
    removal: Float32
    scenery: Float32
    alpha: Float32
    colors: Float32
    ground_px: float
    retouch: Callable[[UInt8], None] | None = None


@dataclass(frozen=True)
class OldWalker:
    """What a frame shows of the original walker, on a square.

    Attributes:
        alpha: `(side, side)` float32 in [0, 1], soft and continued under nearer walkers.
        body: `(side, side)` bool, pixels that show the walker, background mixed in at the edges.
        core: `(side, side)` bool, pixels that surely show the walker alone.
        removal: `(side, side)` float32 in [0, 1], see `Layer`.
    """

    alpha: Float32
    body: Bool
    core: Bool
    removal: Float32


def compose(frame: UInt8, layers: Sequence[Layer]) -> None:
    """Replace every layer's walker in `frame`, in place; all else stays bit by bit.

    Args:
        frame: `(H, W, 3)` uint8 RGB.
        layers: one a walker, in any order.
    """
    for layer in layers:
        _blend(frame, layer.crop, layer.scenery, layer.removal)
    for layer in sorted(layers, key=lambda layer: layer.ground_px):
        _blend(frame, layer.crop, layer.colors, layer.alpha)
        if layer.retouch is not None:
            layer.retouch(frame)


def look_at(
    patch: UInt8, visible: Bool, nearer: Bool, height_px: float, *, guess: bool
) -> OldWalker:
    """Refine a walker's mask on a square.

    Args:
        patch: `(side, side, 3)` uint8 RGB.
        visible: `(side, side)` bool, the walker's mask.
        nearer: `(side, side)` bool, masks of walkers in front.
        height_px: the walker's height.
        guess: whether the mask was interpolated.
    """
    visible = visible & ~nearer
    edge = _length(_EDGE_SHARE, height_px, _MIN_EDGE_PX)
    soft = soft_mask(patch, visible, 2 * _length(_SNAP_SHARE, height_px, 1))
    hidden = dilate(visible, _length(_HIDDEN_SHARE, height_px, 2)) & nearer
    body = (soft > 0.5) & ~nearer
    core = erode(body, edge)
    margin = _length(_REMOVAL_SHARE, height_px, _MIN_REMOVAL_PX)
    if guess:
        margin = round(_GUESS_FACTOR * margin)
    removal = dilate(visible, round(1.5 * margin)).astype(np.float32)
    # Feathered outward only: on the walker and close by it is complete.
    feathered = cv2.GaussianBlur(removal, (0, 0), 0.4 * margin)
    removal = np.where(dilate(visible, margin), 1, feathered)
    alpha = np.where(hidden, 1, soft).astype(np.float32)
    return OldWalker(alpha, body, core, removal.astype(np.float32))


def clean_foreground(old: OldWalker, alpha: Float32, height_px: float) -> Bool:
    """Pixels whose colors the new body may take, `(side, side)` bool.

    Where the body grows outward, the rim of the old one is left out: mixed with background, it
    would draw the old outline into the new body.

    Args:
        old: the original walker.
        alpha: `(side, side)` float32 in [0, 1], the new silhouette.
        height_px: the walker's height.
    """
    grown = (alpha > 0.5) & ~old.body
    rim = dilate(grown, 2 * _length(_EDGE_SHARE, height_px, _MIN_EDGE_PX))
    foreground = old.core | (old.body & ~rim)
    return foreground if foreground.any() else old.body


def inpaint(scenery: UInt8, known: Bool, frame: UInt8, free: Bool) -> UInt8:
    """Fill what no frame ever showed from its surroundings.

    Args:
        scenery: `(side, side, 3)` uint8 RGB, valid where `known`.
        known: `(side, side)` bool.
        frame: `(side, side, 3)` uint8 RGB, the same square of the frame.
        free: `(side, side)` bool, True where the frame shows no person.
    """
    holes = ~known & ~free
    picture = np.where(known[..., None], scenery, frame)
    if not holes.any():
        return picture
    # Reduced: such holes show nothing but a thin rim beside the new walker.
    size = min(_INPAINT_SIDE_PX, len(scenery))
    small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    small_holes = cv2.resize(holes.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    filled = cv2.inpaint(small, (small_holes > 0).astype(np.uint8), 4, cv2.INPAINT_TELEA)
    filled = cv2.resize(filled, scenery.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.where(holes[..., None], filled, picture).astype(np.uint8)


def cover(frame: UInt8, xyxy: Float32 | Int64) -> None:
    """Make a person's box `(4,)` xyxy unrecognizable in `frame` `(H, W, 3)`, in place.

    The whole box is covered by a coarse mosaic, smoothed: a blurred outline would still show
    how the person walks.
    """
    left, top, right, bottom = np.round(xyxy).astype(int).tolist()
    margin = max(round(_COVER_MARGIN * (bottom - top)), 2)
    area = frame[
        max(top - margin, 0) : max(bottom + margin, 0),
        max(left - margin, 0) : max(right + margin, 0),
    ]
    if not area.size:
        return
    height, width = area.shape[:2]
    cells = (max(round(_COVER_CELLS * width / height), 2), _COVER_CELLS)
    coarse = cv2.resize(area, cells, interpolation=cv2.INTER_AREA)
    area[:] = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)


def surroundings(mask: PackedMask) -> tuple[Bool, tuple[int, int]]:
    """A person with a margin for motion blur: `(h, w)` bool, and its corner `(x, y)`."""
    height, width = mask.shape
    margin = 2 * _length(_REMOVAL_SHARE, height, _MIN_REMOVAL_PX)
    canvas = np.zeros((height + 2 * margin, width + 2 * margin), bool)
    corner = mask.x - margin, mask.y - margin
    mask.paint(canvas, corner)
    return dilate(canvas, margin), corner


def _blend(result: UInt8, crop: SquareCrop, colors: Float32, weight: Float32) -> None:
    seen = crop.inside(result.shape)
    if seen is None:
        return
    share = crop.visible(weight, result.shape)[..., None]
    target = result[seen]
    original = target.astype(np.float32)
    mixed = to_uint8(original + share * (crop.visible(colors, result.shape) - original))
    target[:] = np.where(share > 0, mixed, target)


def _length(share: float, height_px: float, least: int) -> int:
    return max(round(share * height_px), least)
