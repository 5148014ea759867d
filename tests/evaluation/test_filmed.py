"""Walkers are cut out of clips, as they were filmed and as they are published."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets import subject
from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.opening import open_gait_set
from gaitcolor_core.datasets.squares import body_box, square_silhouette
from gaitcolor_core.datasets.studio import shared_renderer
from gaitcolor_core.evaluation.filmed import FilmedPlan, film_and_extract
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.settings import Settings
from gaitcolor_core.structures import Bool, InputError, PackedMask
from gaitcolor_core.video import VideoReader, VideoWriter

KEY = SequenceKey.parse("081-nm-05-090")
SIZE = (320, 240)
PLAN = FilmedPlan(seed=0, settings=Settings(strength=0.7, seed=1), height_px=SIZE[1])
NUM_FRAMES = 16


@pytest.fixture
def short_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A good half of a cycle: a network looks at each frame three times."""
    try:
        shared_renderer()
    except InputError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(subject, "CYCLES", 0.6)


def clip_of(target: Path, name: str, key: SequenceKey = KEY) -> Path:
    return target / "clips" / name / f"{key}.mp4"


def strip_of(target: Path, name: str) -> Path:
    return target / name / KEY.folder / f"{KEY}.silhouettes.png"


def write_empty_scene(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(path, *SIZE, Fraction(25)) as clip:
        for index in range(NUM_FRAMES):
            clip.write(np.full((SIZE[1], SIZE[0], 3), 90, np.uint8), Fraction(index, 25))


def true_silhouettes() -> Bool:
    """What the bench's own camera sees of the walk."""
    frames = PLAN.shot(KEY).frames(np.random.default_rng(0))
    masks = [PackedMask.pack(frame.masks[0]) for frame in frames]
    return np.stack([square_silhouette(mask, body_box(mask)) for mask in masks])


def changed(before: Bool, after: Bool) -> float:
    return gei_distance(*(gait_energy_image(each[:, None]) for each in (before, after)))


@pytest.mark.slow
def test_who_walks_is_found_in_the_clip_and_another_body_in_the_result(
    short_walks: None, tmp_path: Path
) -> None:
    original, result, left_out = film_and_extract([KEY], PLAN, tmp_path)
    assert left_out == ()
    assert original.root == tmp_path / "original"
    assert result.root == tmp_path / "deform-0.7"
    assert open_gait_set(result.root).keys() == open_gait_set(original.root).keys() == [KEY]
    for name in ("original", "deform-0.7"):
        with VideoReader(clip_of(tmp_path, name)) as clip:
            assert sum(image.shape == (*SIZE[::-1], 3) for image, _ in clip) == NUM_FRAMES
    true, seen, new = true_silhouettes(), original.silhouettes(KEY), result.silhouettes(KEY)
    assert len(true) == len(seen) == len(new) == NUM_FRAMES
    # A segmenter errs by a pixel or two of a body that is 130 pixels high.
    assert np.mean(list(map(silhouette_iou, true, seen))) > 0.75
    assert changed(seen, new) > 1.5 * changed(true, seen)

    # Nothing is done twice, and a walker who was covered is counted.
    there = strip_of(tmp_path, "original").stat().st_mtime_ns
    strip_of(tmp_path, "deform-0.7").unlink()
    write_empty_scene(clip_of(tmp_path, "deform-0.7"))
    original, result, left_out = film_and_extract([KEY], PLAN, tmp_path)
    assert left_out == ("Left out: 1 of 1 walks in which no walker was found in the result.",)
    assert (original.keys(), result.keys()) == ([KEY], [])
    assert strip_of(tmp_path, "original").stat().st_mtime_ns == there


def test_a_clip_in_which_nobody_is_found_is_not_tried_again(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, "original")
    write_empty_scene(clip)
    steps: list[tuple[str, int, int | None]] = []
    for _ in range(2):
        original, result, left_out = film_and_extract(
            [KEY], PLAN, tmp_path, on_progress=lambda *step: steps.append(step)
        )
        assert left_out == ("Left out: 1 of 1 walks in which no walker was found in the original.",)
        assert original.keys() == result.keys() == []
        clip.unlink(missing_ok=True)
    assert steps == [("film", 0, 1), ("film", 1, 1), ("film", 1, 1)]
    assert not clip.exists()


def test_sets_say_how_they_were_made(tmp_path: Path) -> None:
    original, result, _ = film_and_extract([], PLAN, tmp_path)
    for each in (original, result):
        assert (each.description["fps"], each.description["seed"]) == (25, 0)
        assert {82, 124} <= each.textural
        assert 81 not in each.textural
    made_from = result.description["made_from"]
    assert isinstance(made_from, dict)
    assert made_from["height_px"] == 240
    assert made_from["settings"]["color"] == "warp"
    assert list(made_from["weights"]) == ["walker_segmenter"]


def test_other_shapes_share_the_originals(tmp_path: Path) -> None:
    film_and_extract([], PLAN, tmp_path)
    contour = FilmedPlan(0, Settings(shape="contour", strength=1, seed=1), height_px=SIZE[1])
    original, result, _ = film_and_extract([], contour, tmp_path)
    assert (original.root.name, result.root.name) == ("original", "contour-1")


@pytest.mark.parametrize(
    "other",
    [
        FilmedPlan(0, PLAN.settings, height_px=480),
        FilmedPlan(1, PLAN.settings, height_px=SIZE[1]),
        FilmedPlan(0, Settings(strength=0.7, seed=2), height_px=SIZE[1]),
        FilmedPlan(0, Settings(strength=0.7, seed=1, color="nearest"), height_px=SIZE[1]),
    ],
    ids=["size", "bench", "key", "color"],
)
def test_another_plan_is_not_mixed_in(tmp_path: Path, other: FilmedPlan) -> None:
    film_and_extract([], PLAN, tmp_path)
    with pytest.raises(InputError, match=r"filmed otherwise.*new folder\."):
        film_and_extract([], other, tmp_path)


def test_what_lies_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "original").mkdir()
    (tmp_path / "original" / "notes.txt").touch()
    with pytest.raises(InputError, match="holds no filmed walks"):
        film_and_extract([], PLAN, tmp_path)


def test_each_clip_has_a_key_of_its_own() -> None:
    other = SequenceKey.parse("081-nm-05-054")
    assert PLAN.settings_of(KEY) == PLAN.settings_of(KEY)
    assert PLAN.settings_of(KEY).seed != PLAN.settings_of(other).seed
    assert PLAN.settings_of(KEY).strength == 0.7


def test_a_plan_needs_a_seed() -> None:
    with pytest.raises(InputError, match="a seed"):
        FilmedPlan(0, Settings())
