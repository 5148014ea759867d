"""Walkers who come into the picture or leave it, where the segmenter does not see them yet.

Of a body that is cut off by the edge of the picture a segmenter sees an arm or a leg at first, and
often nothing. Where a track begins or ends close to an edge that its walker has crossed, the way is
continued to this edge, and the walker's box counts as a person there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gaitcolor_core.structures import Float64, PackedMask, Track

# The way is judged by this much of a track, and continued for this much at most.
SEEN_S, UNSEEN_S = 0.4, 0.8
# Arms and legs reach beyond the box of the moment by this share of its height.
REACH = 0.12


def passages(
    tracks: Sequence[Track], *, num_frames: int, frame_shape: tuple[int, int], fps: float
) -> dict[int, list[PackedMask]]:
    """The boxes of walkers between the edge of the picture and their tracks.

    Args:
        tracks: the walkers.
        num_frames: length of the clip.
        frame_shape: `(height, width)` in pixels.
        fps: frames per second.

    Returns:
        Masks by frame.
    """
    found: dict[int, list[PackedMask]] = {}
    for track in tracks:
        for step in (-1, 1):
            for frame_id, box in _way_to_edge(track, step, frame_shape, fps):
                if 0 <= frame_id < num_frames and (mask := box_mask(box, frame_shape)):
                    found.setdefault(frame_id, []).append(mask)
    return found


def _way_to_edge(
    track: Track, step: int, frame_shape: tuple[int, int], fps: float
) -> Iterator[tuple[int, Float64]]:
    """Frames and boxes `(4,)` before the track (step -1) or after it (step 1)."""
    count = max(round(SEEN_S * fps), 2)
    near = slice(None, count) if step < 0 else slice(-count, None)
    times, boxes = track.frame_ids[near], track.xyxy[near].astype(np.float64)
    if len(times) < 2:
        return
    last = boxes[0 if step < 0 else -1]
    # At an edge one side of the box stands still: the walker is as fast as the faster side.
    slopes = np.polyfit(times - times[0], boxes[:, [0, 2]], 1)[0]
    drift = step * float(slopes[np.argmax(np.abs(slopes))])
    reach = REACH * (last[3] - last[1])
    to_go = reach + (last[2] if drift < 0 else frame_shape[1] - last[0])
    if to_go > abs(drift) * UNSEEN_S * fps:
        return
    start = int(times[0] if step < 0 else times[-1])
    for index in range(1, int(np.ceil(to_go / abs(drift))) + 1):
        shift = drift * index
        yield start + step * index, last + np.array([shift - reach, 0, shift + reach, 0])


def box_mask(box: Float64, frame_shape: tuple[int, int]) -> PackedMask | None:
    """The part of a box that lies in the picture; None if there is none."""
    height, width = frame_shape
    left, top = (int(max(np.floor(side), 0)) for side in box[:2])
    right, bottom = int(min(np.ceil(box[2]), width)), int(min(np.ceil(box[3]), height))
    if left >= right or top >= bottom:
        return None
    return PackedMask.pack(np.ones((bottom - top, right - left), bool), left, top)
