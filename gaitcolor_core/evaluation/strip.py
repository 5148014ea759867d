"""A picture of what was done to a walker: phases of a gait cycle, before and after."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from gaitcolor_core.gait import HEAD_ROOM
from gaitcolor_core.imaging import resample_square, to_uint8
from gaitcolor_core.progress import OnProgress
from gaitcolor_core.stages.composite import cover
from gaitcolor_core.structures import Float32, InputError, Int64, UInt8

if TYPE_CHECKING:
    from gaitcolor_core.actor import Actor
    from gaitcolor_core.pipeline import GaitAnonymizer
    from gaitcolor_core.take import Take

NUM_PHASES = 6
# The results follow.
ROWS = ("original", "its silhouette", "new silhouette")
CELL_PX, GAP_PX, LABEL_PX = 160, 4, 116
# Head and chin in statures (the neck begins at 0.865), and half the width a head may sway in.
_HEAD, _HEAD_HALF_WIDTH = 0.17, 0.13
_WHITE, _INK = 255, (40, 40, 40)


@dataclass(frozen=True)
class Phase:
    """One column of the picture.

    Attributes:
        frame_id: index of the frame.
        cells: `(CELL_PX, CELL_PX, 3)` uint8 RGB each: those of `ROWS`, and the result.
    """

    frame_id: int
    cells: tuple[UInt8, ...]


class StripCamera:
    """Takes the pictures of one walker; hand it to `anonymize_video` as `on_frame`.

    Attributes:
        phases: the columns so far.
    """

    def __init__(self, walker: int | None, *, blur_faces: bool) -> None:
        """Wait for the first frame.

        Args:
            walker: its number; None = the one that is drawn in most frames.
            blur_faces: whether to cover everybody's head.
        """
        self.phases: list[Phase] = []
        self._walker = walker
        self._blur_faces = blur_faces
        self._actor: Actor | None = None
        self._frame_ids: set[int] = set()

    def __call__(self, take: Take) -> None:
        """Look at a frame.

        Raises:
            InputError: there is no such walker, or too little of it.
        """
        if self._actor is None:
            self._actor = _choose(take, self._walker)
            self._frame_ids = set(_phases(self._actor).tolist())
        if take.frame_id in self._frame_ids:
            self.phases.append(Phase(take.frame_id, self._cells(take, self._actor)))

    def _cells(self, take: Take, actor: Actor) -> tuple[UInt8, ...]:
        index = actor.at(take.frame_id)
        if index is None or actor.new is None:
            raise ValueError(f"walker {actor.track_id} is not drawn in frame {take.frame_id}")
        before, after = take.image.copy(), take.redrawn.image.copy()
        if self._blur_faces:
            for head in _heads(take):
                cover(before, head)
                cover(after, head)
        square = actor.gait.xyxy[index]
        return (
            to_uint8(resample_square(before, square, CELL_PX)),
            _black_and_white(actor.gait.silhouettes[index, 0].astype(np.float32)),
            _black_and_white(actor.new.sequence.silhouettes[index, 0].astype(np.float32)),
            to_uint8(resample_square(after, square, CELL_PX)),
        )


def draw_strip(
    anonymizers: Mapping[str, GaitAnonymizer],
    clip: Path,
    *,
    walker: int | None = None,
    blur_faces: bool = False,
    on_progress: OnProgress,
) -> UInt8:
    """Anonymize `clip` and show a walker in six phases of a gait cycle, before and after.

    Args:
        anonymizers: do the work, by the label of the row with their result; they differ in the
            color transfer alone.
        clip: the clip.
        walker: its number; None = the one that is drawn in most frames.
        blur_faces: cover the heads of everybody who was found, in original and result. A head is
            expected at the top of an upright body: who leans far over or lifts an arm above it
            may show the face.
        on_progress: see `GaitAnonymizer.anonymize_video`.

    Returns:
        `(H, W, 3)` uint8 RGB: a row each for the original, its silhouette, the new silhouette
        and each result, a column a phase.

    Raises:
        InputError: the clip or the walker cannot be shown, in one sentence.
        OSError: there is no room for the temporary file.
    """
    columns: list[list[UInt8]] = []
    for anonymizer in anonymizers.values():
        camera = StripCamera(walker, blur_faces=blur_faces)
        with tempfile.TemporaryDirectory(prefix="gaitcolor-") as folder:
            anonymizer.anonymize_video(
                clip, Path(folder) / "out.mp4", on_progress=on_progress, on_frame=camera
            )
        columns = columns or [list(phase.cells[:-1]) for phase in camera.phases]
        for column, phase in zip(columns, camera.phases, strict=True):
            column.append(phase.cells[-1])
    return _sheet(columns, [*ROWS, *anonymizers])


def png(picture: UInt8) -> bytes:
    """`picture` `(H, W, 3)` uint8 RGB as the content of a PNG file."""
    _, content = cv2.imencode(".png", picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return content.tobytes()


def _choose(take: Take, number: int | None) -> Actor:
    if not take.actors:
        raise InputError("Nobody in this clip could be followed, so there is no walker to show.")
    if number is None:
        return max(take.actors, key=lambda actor: len(_drawn(actor)))
    for actor in take.actors:
        if actor.track_id == number:
            return actor
    raise InputError(
        f"There is no walker {number} in this clip; its walkers are numbered from 1 to "
        f"{len(take.actors)}, in the order of appearance."
    )


def _drawn(actor: Actor) -> Int64:
    """The frames in which a walker is given another walk."""
    frame_ids = actor.track.frame_ids
    return frame_ids[[actor.can_be_drawn(index) for index in range(len(frame_ids))]]


def _phases(actor: Actor) -> Int64:
    """The frames to show, `(NUM_PHASES,)`: a cycle in the middle, or the whole track."""
    drawn = _drawn(actor)
    if len(drawn) < NUM_PHASES:
        raise InputError(
            f"Walker {actor.track_id} is given another walk in {len(drawn)} frames only, but "
            f"{NUM_PHASES} are to be shown; choose another walker."
        )
    if actor.gait_period is not None:
        steps = (np.arange(NUM_PHASES) - (NUM_PHASES - 1) / 2) / NUM_PHASES
        wanted = drawn[len(drawn) // 2] + actor.gait_period * steps
        cycle: Int64 = drawn[np.abs(drawn[:, None] - wanted).argmin(axis=0)]
        if len(np.unique(cycle)) == NUM_PHASES:
            return cycle
    spread: Int64 = drawn[np.linspace(0, len(drawn) - 1, NUM_PHASES).round().astype(int)]
    return spread


def _heads(take: Take) -> list[Float32]:
    """Boxes `(4,)` xyxy of the heads of everybody in a frame, walkers and others."""
    heads = []
    for actor in take.actors:
        index = actor.at(take.frame_id)
        if index is None:
            continue
        xyxy, height = actor.gait.xyxy[index], actor.height_px(index)
        axis, top = (xyxy[0] + xyxy[2]) / 2, xyxy[1] + HEAD_ROOM * height
        half = _HEAD_HALF_WIDTH * height
        heads.append([axis - half, top, axis + half, top + _HEAD * height])
    # Who bends, or is not followed, has the head elsewhere than a walker's axis tells.
    for mask in take.masks:
        rows, columns = np.nonzero(mask.unpack()[: max(round(_HEAD * mask.shape[0]), 1)])
        if columns.size:
            left, right = mask.x + columns.min(), mask.x + columns.max() + 1
            heads.append([left, mask.y, right, mask.y + rows.max() + 1])
    return [np.array(head, np.float32) for head in heads]


def _black_and_white(silhouette: Float32) -> UInt8:
    """A silhouette `(S, S)` as a picture, white on black, without gray in between."""
    size = (CELL_PX, CELL_PX)
    enlarged = cv2.resize(silhouette, size, interpolation=cv2.INTER_LINEAR)
    return np.repeat(np.uint8(_WHITE) * (enlarged > 0.5)[..., None], 3, axis=2)


def _sheet(columns: list[list[UInt8]], labels: Sequence[str]) -> UInt8:
    step = CELL_PX + GAP_PX
    shape = (len(labels) * step - GAP_PX, LABEL_PX + len(columns) * step - GAP_PX, 3)
    sheet = np.full(shape, _WHITE, np.uint8)
    for row, label in enumerate(labels):
        top = row * step
        _write(sheet, label, top + CELL_PX // 2)
        for number, cells in enumerate(columns):
            left = LABEL_PX + number * step
            sheet[top : top + CELL_PX, left : left + CELL_PX] = cells[row]
    return sheet


def _write(sheet: UInt8, label: str, baseline: int) -> None:
    font, scale = cv2.FONT_HERSHEY_SIMPLEX, 0.45
    (width, _), _ = cv2.getTextSize(label, font, scale, 1)
    place = (LABEL_PX - 8 - width, baseline)
    cv2.putText(sheet, label, place, font, scale, _INK, 1, cv2.LINE_AA)
