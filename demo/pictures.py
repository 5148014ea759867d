"""Pictures of a run: a still before and after, and what gait recognition sees of each walker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import imageio.v3 as imageio
import numpy as np

if TYPE_CHECKING:
    from gaitcolor_core import Take

# RGB, `(H, W, 3)` uint8, or the name of its file.
Picture = Any
# What the new walk has more of, and less of, than the old one: colors as bright as each other.
_MORE, _LESS = np.array([150, 110, 255]), np.array([255, 140, 40])
_GAP_PX = 6


class Pictures(NamedTuple):
    """What the page shows of a run.

    Attributes:
        still: the frame in which a walker is largest, before and after.
        energy_images: for each walker, before, after and difference of the gait energy image,
            side by side, with a caption.
    """

    still: tuple[Picture, Picture] | None
    energy_images: list[tuple[Picture, str]]

    def saved(self, folder: Path) -> Pictures:
        """The same as files, which are deleted with the folder of the run."""
        still = self.still
        if still is not None:
            still = (saved(still[0], folder / "before.png"), saved(still[1], folder / "after.png"))
        images = [
            (saved(image, folder / f"energy_images_{index}.png"), caption)
            for index, (image, caption) in enumerate(self.energy_images)
        ]
        return Pictures(still, images)


def saved(picture: Picture, path: Path) -> Picture:
    """Write a picture to `path`; Gradio would keep it where nobody finds it to delete it."""
    imageio.imwrite(path, picture)
    return str(path)


class Camera:
    """Looks on at a run; hand it to `anonymize_video` as `on_frame`."""

    def __init__(self) -> None:
        self._frame_id: int | None = None
        self.pictures = Pictures(None, [])

    def __call__(self, take: Take) -> None:
        """Look at a frame of the second pass."""
        if self._frame_id is None:
            self._frame_id = _largest(take)
            self.pictures = Pictures(None, _energy_images(take))
        if take.frame_id == self._frame_id:
            still = (take.image, take.redrawn.image)
            self.pictures = self.pictures._replace(still=still)


def _largest(take: Take) -> int:
    """The frame in which somebody who gets another walk is largest."""
    sizes = [
        (mask.shape[0] * mask.shape[1], int(frame_id))
        for actor in take.actors
        if actor.new is not None
        for frame_id, mask in zip(actor.track.frame_ids, actor.track.masks, strict=True)
    ]
    return max(sizes, default=(0, take.frame_id))[1]


def _energy_images(take: Take) -> list[tuple[Picture, str]]:
    found = [(actor.track_id, actor.energy_images) for actor in take.actors]
    return [
        (_before_and_after(*images), f"Walker {number}: before, after, difference")
        for number, images in found
        if images is not None
    ]


def _before_and_after(before: Any, after: Any) -> Picture:
    """Two `(S, S)` float32 in [0, 1] and their difference, light on dark."""
    change = (after - before)[..., None]
    difference = np.clip(change, 0, 1) * _MORE + np.clip(-change, 0, 1) * _LESS
    gray = [np.repeat(255 * image[..., None], 3, axis=2) for image in (before, after)]
    gap = np.full((len(before), _GAP_PX, 3), 128)
    return np.hstack([gray[0], gap, gray[1], gap, difference]).astype(np.uint8)
