"""A pass over a clip before it is colored: crops of its walkers, from which a network learns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from gaitcolor_core.actor import Actor
from gaitcolor_core.progress import OnProgress
from gaitcolor_core.redraw import Redrawer
from gaitcolor_core.stages.transfer_color import View, stacked
from gaitcolor_core.structures import VideoFrame

# Crops in all, however long the clip is: 33 MB.
MAX_CROPS = 400
_STAGE = "Collecting the clip's colors"


def rehearse(
    frames: Iterable[VideoFrame],
    redrawer: Redrawer,
    actors: Sequence[Actor],
    on_progress: OnProgress,
) -> View | None:
    """Crops of all walkers who get another walk, evenly spread over walkers and time.

    Args:
        frames: of the scene, from the first one on.
        redrawer: of the scene.
        actors: the walkers.
        on_progress: is told the frames, and may raise to end the work.

    Returns:
        `MAX_CROPS` views at most; None if there is none to learn from.
    """
    chosen = _choose(actors)
    views = []
    for frame_id, frame in enumerate(frames):
        on_progress(_STAGE, frame_id + 1, None)
        if frame_id in chosen:
            jobs = redrawer.jobs(frame_id, frame.image, chosen[frame_id])
            views += [View.of(job) for job in jobs]
    # Without an overlap of old and new body there is nothing to compare.
    views = [view for view in views if (view.x_bi & view.x_sil).any()]
    return stacked(views) if views else None


def _choose(actors: Sequence[Actor]) -> dict[int, set[int]]:
    """Numbers of walkers by frame; who is seen less than their share leaves room to the others."""
    seen = [(actor.track_id, _frames(actor)) for actor in actors]
    seen.sort(key=lambda each: len(each[1]))
    chosen: dict[int, set[int]] = defaultdict(set)
    room = MAX_CROPS
    for rank, (track_id, frames) in enumerate(seen):
        count = min(len(frames), room // (len(seen) - rank))
        room -= count
        for at in np.linspace(0, len(frames) - 1, count).round().astype(int):
            chosen[frames[at]].add(track_id)
    return chosen


def _frames(actor: Actor) -> list[int]:
    """Frames in which a walker gets another walk."""
    frame_ids = actor.track.frame_ids.tolist()
    return [frame_id for at, frame_id in enumerate(frame_ids) if actor.can_be_drawn(at)]
