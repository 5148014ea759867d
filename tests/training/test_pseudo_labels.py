"""A teacher marks the persons of clips."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from clips import MAN, draw
from drawn_walkers import Walker

from gaitcolor_core.structures import Detections, InputError, PackedMask, Stopped, UInt8, VideoFrame
from gaitcolor_core.training.labelled_frames import UNSURE, frame_names, mask_path, read_frame
from gaitcolor_core.training.pseudo_labels import paint_persons, pseudo_label


class Teacher:
    """Sees one person in the left third of every frame, as surely as it is told to."""

    description = "left third"

    def __init__(self, score: float) -> None:
        self.score, self.asked = score, 0

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        """Nothing to prepare."""

    def segment(self, image: UInt8) -> Detections:
        self.asked += 1
        mask = np.zeros(image.shape[:2], bool)
        mask[:, : image.shape[1] // 3] = True
        return detections((mask, self.score))


def detections(*found: tuple[np.ndarray, float]) -> Detections:
    masks = tuple(PackedMask.pack(mask) for mask, _ in found)
    boxes = np.array([mask.xyxy for mask in masks], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score in found], np.float32)
    return Detections(boxes, scores, masks, np.full(len(found), -1, np.int64))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Seven frames of 96 x 64."""
    return draw(tmp_path / "walk.mp4", Walker(MAN, 10, 60), size=(96, 64), num_frames=7)


def test_every_nth_frame_is_written_with_the_teachers_masks(clip: Path, tmp_path: Path) -> None:
    assert pseudo_label([clip], Teacher(0.9), tmp_path / "labels", every=3) == 3
    assert frame_names(tmp_path / "labels") == ["walk-00000", "walk-00003", "walk-00006"]
    persons = read_frame(tmp_path / "labels", "walk-00003").persons
    assert (persons[:, :32] == 1).all() and not persons[:, 32:].any()


def test_a_stopped_run_goes_on_where_it_was(clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "labels"

    def stop(done: int, total: int | None) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        pseudo_label([clip], Teacher(0.9), target, every=2, on_progress=stop)
    before = mask_path(target, "walk-00000").stat().st_mtime_ns
    teacher, seen = Teacher(0.9), []
    assert (
        pseudo_label([clip], teacher, target, every=2, on_progress=lambda *x: seen.append(x)) == 2
    )
    assert teacher.asked == 2
    assert seen == [(1, None), (2, None), (3, None), (4, None)]
    assert mask_path(target, "walk-00000").stat().st_mtime_ns == before
    assert not [path for path in target.rglob(".*")]


def test_who_is_seen_unsurely_is_written_as_unsure(clip: Path, tmp_path: Path) -> None:
    pseudo_label([clip], Teacher(0.3), tmp_path / "labels", every=9)
    assert set(np.unique(read_frame(tmp_path / "labels", "walk-00000").persons)) == {0, UNSURE}


def test_a_walker_who_is_known_and_missed_is_written_as_unsure(clip: Path, tmp_path: Path) -> None:
    table = "frame,xmin,ymin,xmax,ymax\n0,60,10,80,50\n3,-5,10,25,50\n"
    clip.with_name("walk_boxes.csv").write_text(table)
    pseudo_label([clip], Teacher(0.9), tmp_path / "labels", every=3)
    missed = read_frame(tmp_path / "labels", "walk-00000").persons
    assert (missed[10:50, 60:80] == UNSURE).all()
    assert (missed == UNSURE).sum() == 40 * 20
    assert (missed[:, :32] == 1).all()
    for name in ("walk-00003", "walk-00006"):  # one is seen, of the other nothing is known
        assert not (read_frame(tmp_path / "labels", name).persons == UNSURE).any()


def test_the_surest_lies_on_top() -> None:
    left, right = np.zeros((2, 4, 6), bool)
    left[:, :4] = right[:, 2:] = True
    persons = paint_persons(detections((left, 0.9), (right, 0.6)), (4, 6))
    assert persons[0].tolist() == [2, 2, 2, 2, 1, 1]


def test_refuses_to_take_no_frame(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not 0"):
        pseudo_label([clip], Teacher(0.9), tmp_path / "labels", every=0)
