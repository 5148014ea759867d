"""Drawn frames with drawn persons, for trainings that take seconds."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gaitcolor_core.structures import UInt8
from gaitcolor_core.training.labelled_frames import LabelledFrame, write_frame

SKY, TROUSERS = 200, (30, 30, 140)


def draw_person(image: UInt8, persons: UInt8, number: int, left: int, height: int) -> None:
    """A head, a trunk and two legs, on the ground; in place."""
    ground, unit = image.shape[0] - 8, height // 8
    middle = left + unit * 2
    shape = np.zeros_like(persons)
    cv2.circle(shape, (middle, ground - 7 * unit), unit, 1, -1)
    cv2.rectangle(
        shape, (middle - unit, ground - 6 * unit), (middle + unit, ground - 3 * unit), 1, -1
    )
    for side in (-1, 1):
        foot = (middle + side * unit, ground)
        cv2.line(shape, (middle, ground - 3 * unit), foot, 1, unit)
    image[shape > 0] = (150 + 20 * number, 60, 40)
    image[-8 - 3 * unit :][shape[-8 - 3 * unit :] > 0] = TROUSERS
    persons[shape > 0] = number


def draw_frame(rng: np.random.Generator, *, people: int = 2) -> LabelledFrame:
    """160 x 120 pixels, sky over grass, with `people` in it."""
    image = np.full((120, 160, 3), SKY, np.uint8)
    image[80:] = (90, 140, 70)
    image += rng.integers(0, 20, image.shape, np.uint8)
    persons = np.zeros(image.shape[:2], np.uint8)
    for number in range(1, people + 1):
        draw_person(image, persons, number, int(rng.integers(0, 140)), int(rng.integers(48, 90)))
    return LabelledFrame(image, persons)


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve frames of three clips; nobody is in the first one."""
    root = tmp_path_factory.mktemp("frames")
    rng = np.random.default_rng(0)
    for index in range(12):
        frame = draw_frame(rng, people=index % 3 if index else 0)
        write_frame(root, f"clip{index // 4}-{index:05d}", frame)
    return root
