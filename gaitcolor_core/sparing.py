"""Which walkers of a clip are those whom the user, after a glance, wishes to be left as is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.glance import Box, Sighting
from gaitcolor_core.stages.track import box_iou
from gaitcolor_core.structures import Float32, InputError, Track

# Boxes in one frame that overlap by this much show the same person.
_SAME_IOU = 0.5
# While two pass each other, run and glance may take the one for the other: who is touched may be
# meant, too. Of two who walk abreast all the time, the nearer one is, with a margin.
_TOUCH_IOU, _TIE_IOU = 0.1, 0.15
# A walker is vouched for this long before and after a place where the glance saw it.
_VOUCHED_S = 1.0


@dataclass(frozen=True)
class Spared:
    """Who is left as is because the user spared a sighting.

    Attributes:
        sighting_of: for each walker who is left, by number, the number of the sighting.
        missed: numbers of spared sightings that no walker surely belongs to.
    """

    sighting_of: Mapping[int, int]
    missed: tuple[int, ...]


@dataclass(frozen=True)
class Wish:
    """Whom the user spares.

    Attributes:
        sightings: all that the glance saw, the others included.
        spared: numbers of those who are to be left as is.
    """

    sightings: Sequence[Sighting]
    spared: frozenset[int]

    def __post_init__(self) -> None:
        """Refuse to spare whom nobody saw."""
        unknown = sorted(self.spared - {sighting.number for sighting in self.sightings})
        if unknown:
            raise InputError(
                f"There is no walker {', '.join(map(str, unknown))} to leave as is; a quick look "
                f"at the clip found {len(self.sightings)}, numbered from 1."
            )


def spare(tracks: Sequence[Track], wish: Wish, *, fps: float) -> Spared:
    """Find the walkers whom the user spared.

    A walker is left as is only if all that the glance saw of it is one spared sighting, and if it
    is never seen for longer than `_VOUCHED_S` away from that: where tracks mix people up, or go on
    where the glance saw nobody, everybody is anonymized.

    Args:
        tracks: all walkers of the clip.
        wish: whom the user spares.
        fps: frames per second.
    """
    places = _by_frame(wish.sightings)
    met = ((track.track_id, _met(track, places, fps)) for track in tracks)
    sighting_of = {key: number for key, number in met if number is not None}
    kept = {key: number for key, number in sighting_of.items() if number in wish.spared}
    return Spared(kept, tuple(sorted(wish.spared - set(kept.values()))))


def _by_frame(sightings: Sequence[Sighting]) -> dict[int, tuple[list[int], Float32]]:
    """By frame, the numbers of those who were seen, and their boxes `(N, 4)`."""
    places: dict[int, list[tuple[int, Box]]] = {}
    for sighting in sightings:
        for frame_id, box in sighting.path:
            places.setdefault(frame_id, []).append((sighting.number, box))
    return {
        frame_id: ([number for number, _ in here], np.array([box for _, box in here], np.float32))
        for frame_id, here in places.items()
    }


def _met(track: Track, places: Mapping[int, tuple[list[int], Float32]], fps: float) -> int | None:
    """The number of the one sighting to which a walker surely belongs."""
    real = np.flatnonzero(~track.interpolated)
    met: list[int] = []
    touched: list[set[int]] = []
    nearest: list[set[int]] = []
    for index in real.tolist():
        frame_id = int(track.frame_ids[index])
        if frame_id in places:
            numbers, boxes = places[frame_id]
            iou = box_iou(track.xyxy[index], boxes)
            if iou.max() >= _SAME_IOU:
                met.append(frame_id)
                touched.append({numbers[at] for at in np.flatnonzero(iou >= _TOUCH_IOU)})
                near = iou >= max(_SAME_IOU, iou.max() - _TIE_IOU)
                nearest.append({numbers[at] for at in np.flatnonzero(near)})
    if not met:
        return None
    always = touched[0].intersection(*touched)
    if len(always) > 1:
        # They walk abreast all the time.
        always = always.intersection(*nearest)
    if len(always) != 1:
        return None
    away = np.abs(track.frame_ids[real][:, None] - np.array(met)).min(axis=1)
    return None if away.max() > _VOUCHED_S * fps else always.pop()
