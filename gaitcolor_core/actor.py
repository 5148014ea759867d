"""A walker of a clip with the walk that was and the walk that will be."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gaitcolor_core.cycles import gait_period
from gaitcolor_core.gait import SQUARE_PER_HEIGHT, align, gait_energy_image
from gaitcolor_core.settings import Settings
from gaitcolor_core.stages.anonymize_shape import AnonymizedGait, ShapeAnonymizer
from gaitcolor_core.structures import Float32, GaitSequence, InputError, Int64, Track, VideoMetadata

# Smaller walkers show too few pixels to be given another walk; they are covered.
MIN_HEIGHT_PX = 24
# A silhouette that shrinks or grows more than this is no plausible body.
_MIN_AREA, _MAX_AREA = 0.5, 2.0
# Whoever is to be left as is, but larger than usual by this, may have somebody else in the outline.
_MAX_BULK = 1.3


@dataclass(frozen=True, eq=False)
class Actor:
    """A walker on the second pass over a clip.

    Attributes:
        track: where the walker is.
        gait: the original silhouettes.
        new: the other walk; None = left as it is, at the user's wish.
        gait_period: frames per gait cycle; None if there is no periodic gait.
    """

    track: Track
    gait: GaitSequence
    new: AnonymizedGait | None
    gait_period: float | None

    @property
    def track_id(self) -> int:
        """The walker's number."""
        return self.track.track_id

    def at(self, frame_id: int) -> int | None:
        """Position of a frame in the walker's sequence; None where the walker is not seen."""
        index = int(np.searchsorted(self.track.frame_ids, frame_id))
        seen = index < len(self.track.frame_ids) and self.track.frame_ids[index] == frame_id
        return index if seen else None

    def height_px(self, index: int) -> float:
        """The walker's height in the frame."""
        xyxy = self.gait.xyxy[index]
        return float(xyxy[3] - xyxy[1]) / SQUARE_PER_HEIGHT

    @cached_property
    def energy_images(self) -> tuple[Float32, Float32] | None:
        """The gait energy images before and after, `(128, 128)` float32 in [0, 1].

        None if the walker is left as is, or shows no silhouette.
        """
        if self.new is None:
            return None
        old, new = self.gait.silhouettes, self.new.sequence.silhouettes
        if not (old.any() and new.any()):
            return None
        return gait_energy_image(old), gait_energy_image(new)

    def can_be_drawn(self, index: int) -> bool:
        """Whether the other walk is plausible in a frame."""
        if self.new is None or self.height_px(index) < MIN_HEIGHT_PX:
            return False
        old = self.gait.silhouettes[index].sum()
        new = self.new.sequence.silhouettes[index].sum()
        return bool(old and _MIN_AREA < new / old < _MAX_AREA)

    def can_be_left(self, index: int) -> bool:
        """Whether a frame surely shows nobody else in the walker's outline."""
        return bool(self._areas[index] <= _MAX_BULK * np.median(self._areas))

    @cached_property
    def _areas(self) -> Int64:
        """The silhouettes' areas `(T,)`, in pixels of squares that grow with the walker."""
        return np.asarray(self.gait.silhouettes.sum(axis=(1, 2, 3)), np.int64)


def cast(
    tracks: Sequence[Track],
    shape: ShapeAnonymizer,
    settings: Settings,
    metadata: VideoMetadata,
    seed: int,
    spared: Container[int],
) -> list[Actor]:
    """Give every walker whom the user chose another walk.

    Args:
        tracks: all walkers of a clip.
        shape: draws the other walks.
        settings: who is chosen, and how far shapes may change.
        metadata: of the clip.
        seed: with a walker's number, the key of the walker's draw.
        spared: numbers of walkers who are left as is, whoever is chosen.

    Raises:
        InputError: the user chose a walker who is not there.
    """
    chosen, fps = _chosen(tracks, settings.walkers), float(metadata.fps)
    actors = []
    for track in tracks:
        gait = align(track, frame_shape=(metadata.height, metadata.width), fps=fps)
        new = None
        if track.track_id in chosen and track.track_id not in spared:
            generator = np.random.default_rng([seed, track.track_id])
            new = shape.anonymize(gait, fps=fps, strength=settings.strength, generator=generator)
        actors.append(Actor(track, gait, new, gait_period(gait.silhouettes, fps=fps)))
    return actors


def _chosen(tracks: Sequence[Track], walkers: tuple[int, ...] | None) -> set[int]:
    numbers = {track.track_id for track in tracks}
    if walkers is None:
        return numbers
    unknown = sorted(set(walkers) - numbers)
    if unknown:
        raise InputError(
            f"There is no walker {', '.join(map(str, unknown))} in this clip; its walkers are "
            f"numbered from 1 to {len(tracks)}, in the order of appearance."
        )
    return set(walkers)
