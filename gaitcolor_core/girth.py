"""Thicker or thinner legs: the outline of each leg moves away from its own middle.

Widths about the body axis cannot do that: they move a leg as a whole. Trousers, bare legs and
boots tell people apart, however the body above is changed.
"""

from __future__ import annotations

import cv2
import numpy as np

from gaitcolor_core.gait import SQUARE_PER_HEIGHT, row_heights
from gaitcolor_core.imaging import pixel_grid, sample, signed_distance, smooth_step
from gaitcolor_core.structures import Bool, Float32

# Heights above the ground in statures between which the change fades.
_ALL_BELOW, _NONE_ABOVE = 0.30, 0.48
# Between ankle and here a leg is measured; what it is where none is seen.
_ANKLE, _CALF_TOP, _USUAL_RADIUS = 0.10, 0.26, 0.04
# Distances to the outline are blurred by half of a thin leg, so that its inside is stretched
# evenly, and end where another limb may begin: in statures.
_BLUR, _REACH = 0.026, 0.06


def outward(silhouette: Bool) -> Float32:
    """How far points move aside, `(S, S)` float32 in -1 to 1, as outlines move out by 1.

    About the horizontal part of the outline's normal, from the signed distance to it.

    Args:
        silhouette: `(S, S)` bool, a walker in the gait square.
    """
    size = len(silhouette)
    stature = size / SQUARE_PER_HEIGHT
    reach = _REACH * stature
    near = np.clip(signed_distance(silhouette), -reach, reach)
    smooth = cv2.GaussianBlur(near, (0, 0), _BLUR * stature)
    legs = 1 - smooth_step(row_heights(size), _ALL_BELOW, _NONE_ABOVE)
    return np.asarray(np.gradient(smooth, axis=1) * legs[:, None], np.float32)


def leg_radius(silhouettes: Bool) -> float:
    """Half the width of a walker's lower leg, in statures.

    Args:
        silhouettes: `(T, S, S)` bool in gait squares; somebody is seen in one of them.
    """
    size = silhouettes.shape[-1]
    stature, heights = size / SQUARE_PER_HEIGHT, row_heights(size)
    lower_leg = (heights > _ANKLE) & (heights < _CALF_TOP)
    depths = [cv2.distanceTransform(one.astype(np.uint8), cv2.DIST_L2, 5) for one in silhouettes]
    calves = np.stack(depths)[:, lower_leg].max(axis=-1)
    # Legs that cross look like a thick one.
    seen = calves[calves > 0]
    return float((np.percentile(seen, 25) - 0.5) / stature) if seen.size else _USUAL_RADIUS


def with_girth(inverse_map: Float32, silhouette: Bool, girth: float) -> Float32:
    """The map of a body whose legs also have another girth.

    Args:
        inverse_map: `(S, S, 2)` float32, from points of a new body to those of the old one, in
            sides of the square.
        silhouette: `(S, S)` bool, the old body.
        girth: how far the outline of its legs moves out, in statures; below 0, in.

    Returns:
        The same kind of map; `inverse_map` itself if nothing moves.
    """
    if not girth or not silhouette.any():
        return inverse_map
    size = len(silhouette)
    at = pixel_grid(size, size) + size * inverse_map
    aside = sample(outward(silhouette), at) * np.float32(-girth / SQUARE_PER_HEIGHT)
    new = inverse_map.copy()
    new[..., 0] += aside
    return new
