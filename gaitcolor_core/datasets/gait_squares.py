"""A set's sequences as the pipeline sees walkers, and back: two kinds of squares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaitcolor_core.gait import SILHOUETTE_SIZE, align
from gaitcolor_core.imaging import SquareCrop, resample_square, spread_field
from gaitcolor_core.structures import Bool, GaitSequence, InputError, PackedMask, Track

# Squares of a set end at the crown and the soles: far from the frame's edges, that is no cut.
_MARGIN_PX = 1000


def as_gait(silhouettes: Bool, *, fps: float) -> GaitSequence:
    """The silhouettes of a set in the squares in which the pipeline changes a gait.

    Args:
        silhouettes: `(T, S, S)` bool in the set's squares, S = 128, which are as high as the
            body in each frame; empty ones are left out.
        fps: frames per second.

    Returns:
        The sequence; its `xyxy` are pixels of the set's squares, its `frame_ids` positions in
        `silhouettes`.

    Raises:
        InputError: all silhouettes are empty.
    """
    frame_ids = np.flatnonzero(silhouettes.any(axis=(1, 2)))
    if not len(frame_ids):
        raise InputError("A sequence has nobody in it: all its silhouettes are empty.")
    masks = tuple(PackedMask.pack(silhouettes[i], _MARGIN_PX, _MARGIN_PX) for i in frame_ids)
    track = Track(
        track_id=1,
        frame_ids=frame_ids,
        xyxy=np.array([mask.xyxy for mask in masks], np.float32),
        masks=masks,
        interpolated=np.zeros(len(masks), bool),
    )
    side = 2 * _MARGIN_PX + SILHOUETTE_SIZE
    gait = align(track, frame_shape=(side, side), fps=fps)
    return in_squares_of(replace(gait, xyxy=gait.xyxy - _MARGIN_PX), silhouettes)


def in_squares_of(gait: GaitSequence, silhouettes: Bool) -> GaitSequence:
    """Other silhouettes of the walker of `gait`, such as complete ones, in its squares.

    Args:
        gait: came from `as_gait`.
        silhouettes: `(T, S, S)` bool in the set's squares, of the frames that `as_gait` was given.
    """
    # To fractions of a pixel: pixels of a set are large.
    cut = [
        resample_square(silhouette.astype(np.float32), xyxy, SILHOUETTE_SIZE) > 0.5
        for silhouette, xyxy in zip(silhouettes[gait.frame_ids], gait.xyxy, strict=True)
    ]
    return replace(gait, silhouettes=np.stack(cut)[:, None])


def in_set_squares(gait: GaitSequence) -> Bool:
    """The silhouettes of `gait`, which came from `as_gait`, in the set's squares.

    Returns:
        `(T, S, S)` bool, one a frame of `gait`.
    """
    square = SquareCrop(0, 0, SILHOUETTE_SIZE)
    return np.stack(
        [
            spread_field(silhouette.astype(np.float32), xyxy, square) > 0.5
            for silhouette, xyxy in zip(gait.silhouettes[:, 0], gait.xyxy, strict=True)
        ]
    )
