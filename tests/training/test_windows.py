"""Windows to train on: whatever is drawn, picture and mask stay consistent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as limit
from hypothesis import strategies as st

from gaitcolor_core.structures import InputError
from gaitcolor_core.training.frame_store import (
    MIN_AREA_PX,
    MIN_HEIGHT_PX,
    FrameStore,
    Person,
    find_persons,
)
from gaitcolor_core.training.grading import grade, recolor, texture
from gaitcolor_core.training.labelled_frames import UNSURE, LabelledFrame, write_frame
from gaitcolor_core.training.segmenter_batches import batches, collate
from gaitcolor_core.training.windows import Window, draw_window

SIDE = 96


@pytest.fixture(scope="module")
def store(frames: Path) -> FrameStore:
    return FrameStore.load([frames])


def drawn(store: FrameStore, seed: int) -> Window:
    return draw_window(store, np.random.default_rng(seed), SIDE)


@limit(max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_whoever_is_left_can_be_told(store: FrameStore, seed: int) -> None:
    image, persons = drawn(store, seed)
    assert image.shape == (SIDE, SIDE, 3) and persons.shape == (SIDE, SIDE)
    assert image.dtype == persons.dtype == np.uint8
    found = find_persons(persons)
    assert [person.number for person in found] == list(range(1, int(persons.max()) + 1))
    for person in found:
        assert person.height >= MIN_HEIGHT_PX
        assert (persons == person.number).sum() >= MIN_AREA_PX


def test_the_same_seed_draws_the_same_window(store: FrameStore) -> None:
    for seed in range(5):
        for first, second in zip(drawn(store, seed), drawn(store, seed), strict=True):
            assert (first == second).all()
    assert (drawn(store, 1).image != drawn(store, 2).image).any()


def test_windows_hold_nobody_one_and_several(store: FrameStore) -> None:
    counts = np.bincount([drawn(store, seed).persons.max() for seed in range(100)], minlength=4)
    assert counts[0] >= 4 and counts[1] >= 10 and counts[2:].sum() >= 10, counts


def test_heights_are_spread_over_the_octaves(store: FrameStore) -> None:
    found = [find_persons(drawn(store, seed).persons) for seed in range(150)]
    heights = np.array([person.height for persons in found for person in persons])
    shares = np.histogram(heights, [0, 32, 60, SIDE + 1])[0] / len(heights)
    assert (shares > 0.12).all(), shares


def test_what_nobody_is_sure_about_is_not_shown(tmp_path: Path) -> None:
    image = np.full((80, 80, 3), 60, np.uint8)
    persons = np.zeros((80, 80), np.uint8)
    persons[20:60, 20:40], persons[20:60, 50:70] = 1, UNSURE
    image[20:60, 50:70] = (0, 255, 0)
    write_frame(tmp_path, "doubt-0", LabelledFrame(image, persons))
    store = FrameStore.load([tmp_path])
    assert [person.number for person in store.folders[0][0][0].persons] == [1]
    for seed in range(30):
        assert not (drawn(store, seed).persons == UNSURE).any()


def test_persons_by_hand() -> None:
    persons = np.zeros((50, 50), np.uint8)
    persons[10:30, 5:12] = 3
    persons[40:49, 0:20] = 4  # too low
    persons[0:20, 40:41] = 5  # too few pixels
    persons[30:50, 30:50] = UNSURE
    assert find_persons(persons) == (Person(3, 5, 10, 12, 30),)
    assert find_persons(persons)[0].height == 20


def test_each_folder_is_drawn_equally_often(frames: Path, tmp_path: Path) -> None:
    white = LabelledFrame(np.full((60, 60, 3), 255, np.uint8), np.ones((60, 60), np.uint8))
    write_frame(tmp_path, "lonely-0", white)
    store, rng = FrameStore.load([frames, tmp_path]), np.random.default_rng(0)
    lonely = sum(store.draw(rng).frame.image.shape[0] == 60 for _ in range(400))
    assert 150 < lonely < 250


def test_frames_without_anybody_are_not_enough(tmp_path: Path) -> None:
    empty = LabelledFrame(np.zeros((60, 60, 3), np.uint8), np.zeros((60, 60), np.uint8))
    write_frame(tmp_path, "empty-0", empty)
    with pytest.raises(InputError, match="no person in these frames"):
        FrameStore.load([tmp_path])


@limit(max_examples=30)
@given(seed=st.integers(0, 10**6), height=st.integers(8, 70), width=st.integers(8, 70))
def test_any_picture_can_be_graded(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (height, width, 3), np.uint8)
    graded = grade(image, rng)
    assert graded.shape == image.shape and graded.dtype == np.uint8
    assert (recolor(image, rng, strength=0.0) == image).all()
    assert texture(width, rng).shape == (width, width, 3)


def test_collate_by_hand() -> None:
    image = np.full((64, 64, 3), 51, np.uint8)
    persons = np.zeros((64, 64), np.uint8)
    persons[16:48, 32:48], persons[0:16, 0:16] = 1, 2
    batch = collate([Window(image, np.zeros_like(persons)), Window(image, persons)])
    assert batch["img"].shape == (2, 3, 64, 64)
    torch.testing.assert_close(batch["img"].unique(), torch.tensor([0.2]))
    assert batch["batch_idx"].tolist() == [1, 1]
    assert batch["bboxes"].tolist() == [[0.625, 0.5, 0.25, 0.5], [0.125, 0.125, 0.25, 0.25]]
    assert batch["cls"].shape == (2, 1)
    assert not batch["masks"][0].any()
    assert (batch["masks"][1, 4:12, 8:12] == 1).all() and (batch["masks"][1, :4, :4] == 2).all()
    assert (batch["masks"][1] > 0).sum() == 8 * 4 + 4 * 4


def test_nobody_in_a_batch() -> None:
    window = Window(np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.uint8))
    assert collate([window])["bboxes"].shape == (0, 4)


def test_a_batch_depends_on_seed_and_step_alone(store: FrameStore) -> None:
    def images(first: int, seed: int = 1) -> list[torch.Tensor]:
        made = batches(store, seed=seed, first=first, last=4, batch_size=2, side=64)
        return [batch["img"] for batch in made]

    whole = images(0)
    assert len(whole) == 4 and images(4) == []
    for late, again in zip(whole[2:], images(2), strict=True):
        assert torch.equal(late, again)
    assert not torch.equal(whole[0], images(0, seed=2)[0])
