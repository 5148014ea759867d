"""What a network draws, made a body: in one piece, without holes."""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.structures import Bool

# Enclosed background below this share of the square is a hole; larger gaps, between an arm and
# the trunk or between the legs, are real. Of 128 x 128 pixels: 49.
HOLE_SHARE = 0.003
# Pieces below this share of the largest one have come off.
CRUMB_SHARE = 0.05


def in_one_piece(silhouette: Bool) -> Bool:
    """The largest piece of a silhouette `(S, S)`, its holes filled."""
    body = without_crumbs(silhouette, 1.0)
    return body | holes_of(body)


def without_crumbs(silhouette: Bool, share: float = CRUMB_SHARE) -> Bool:
    """A silhouette `(S, S)` without pieces that are smaller than `share` of the largest one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(silhouette.astype(np.uint8))
    if count <= 2:
        return silhouette
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas >= share * areas.max())
    # Of two largest ones one is enough.
    return np.isin(labels, kept[:1] if share == 1 else kept)


def holes_of(silhouette: Bool) -> Bool:
    """Background `(S, S)` that the body encloses and that is too small for a gap between limbs."""
    outside = (~silhouette).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=4)
    left, top, width, height, area = stats.T
    side = len(silhouette)
    enclosed = (left > 0) & (top > 0) & (left + width < side) & (top + height < side)
    small = enclosed & (area < HOLE_SHARE * silhouette.size)
    small[0] = False
    return np.asarray(small[labels])
