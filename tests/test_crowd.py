"""The crowd: what tells people's gaits apart, how it is distilled, and where it leads a walker."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from gait_sets import MemorySet, draw_walker, walks, write_set
from safetensors.numpy import load_file
from test_gait import FPS, gait_of, walker_track

from gaitcolor_core.body import BodyDraw
from gaitcolor_core.datasets.gait_set import VIEWS
from gaitcolor_core.datasets.gait_squares import as_gait
from gaitcolor_core.deformation import DeformedGait
from gaitcolor_core.evaluation import crowd_export
from gaitcolor_core.evaluation.crowd_export import discriminants, export
from gaitcolor_core.stages.anonymize_shape import Deform
from gaitcolor_core.stages.anonymize_shape.crowd import (
    CROWD_FILE,
    CROWD_SIZE,
    MARGIN,
    seen_from,
    square_gei,
)
from gaitcolor_core.structures import Float32, Float64, GaitSequence, InputError, Int64

ENROLLED = ("nm-01", "nm-02", "nm-03", "nm-04")
PIXELS = CROWD_SIZE * (CROWD_SIZE - 2 * MARGIN)
SEEDS = (0, 3)


def planted(walks_each: int, *, seed: int) -> tuple[Float64, Int64]:
    """12 subjects with three traits of their own; walks differ along other pixels, and more."""
    traits = np.random.default_rng(0).normal(size=(12, 3))
    subjects = np.repeat(np.arange(12), walks_each)
    pixels = np.random.default_rng(seed).normal(size=(len(subjects), 30))
    pixels[:, 3:] *= 4
    pixels[:, :3] += 8 * traits[subjects]
    return pixels + 100, subjects


def test_discriminants_tell_planted_subjects_apart() -> None:
    mean, directions, people = discriminants(*planted(200, seed=1))
    assert (mean.shape, people.shape) == ((30,), (12, directions.shape[1]))
    fresh, subjects = planted(200, seed=2)

    def mistaken(found: Float64, known: Float64) -> float:
        apart = np.linalg.norm(found[:, None] - known, axis=-1)
        return float((apart.argmin(axis=1) != subjects).mean())

    # In the pixels themselves the traits drown.
    centers = np.stack([fresh[subjects == index].mean(axis=0) for index in range(12)])
    in_pixels, in_features = mistaken(fresh, centers), mistaken((fresh - mean) @ directions, people)
    assert in_features < 0.05 < 0.1 < in_pixels
    # The first directions look at nothing but the traits.
    shares = np.abs(directions[:, :3]) / np.abs(directions[:, :3]).max(axis=0)
    assert shares[3:].max() < 0.1


def test_walks_of_one_person_are_one_apart_along_each_direction() -> None:
    mean, directions, people = discriminants(*planted(200, seed=1))
    fresh, subjects = planted(200, seed=2)
    own = (fresh - mean) @ directions - people[subjects]
    spread = own.T @ own / (len(own) - 12)
    off_diagonal = spread - np.diag(np.diag(spread))
    # The ridge makes it less than 1 where walks differ little.
    assert 0.5 < np.diag(spread).min() < np.diag(spread).max() < 1.3
    assert np.abs(off_diagonal).max() < 0.1


def test_the_crowd_that_comes_with_the_package() -> None:
    tensors = load_file(CROWD_FILE)
    assert CROWD_FILE.stat().st_size < 3_000_000
    assert tensors["means"].shape == (11, PIXELS)
    assert tensors["directions"].shape == (11, PIXELS, 40)
    assert tensors["people"].shape == (11, 124, 40)
    assert all(np.isfinite(value).all() for value in tensors.values())


def mean_walks() -> list[Float32]:
    """The mean gait energy image of each view, `(64, 64)`."""
    means = load_file(CROWD_FILE)["means"].astype(np.float32)
    aside = ((0, 0), (MARGIN, MARGIN))
    return [np.pad(mean.reshape(CROWD_SIZE, -1), aside) for mean in means]


@pytest.mark.parametrize("index", range(len(VIEWS)), ids=map(str, VIEWS))
def test_a_mean_walk_is_seen_from_its_own_side(index: int) -> None:
    gei = mean_walks()[index]
    view = seen_from(gei)
    assert not view.mirrored
    assert view.unlikeness(gei) == 0
    assert np.abs(view.features(gei)).max() == 0


def drawn_gei() -> Float32:
    # Leaning limbs, so that it is no mirror image of itself.
    return square_gei(original().silhouettes)


@pytest.mark.parametrize("index", [None, 0, 3, 5, 10])
def test_a_mirrored_walk_has_the_same_features(index: int | None) -> None:
    gei = drawn_gei() if index is None else mean_walks()[index]
    view, mirrored = seen_from(gei), seen_from(gei[:, ::-1])
    assert view.mirrored != mirrored.mirrored
    assert np.array_equal(view.mean, mirrored.mean)
    assert view.unlikeness(gei) == mirrored.unlikeness(gei[:, ::-1])
    assert np.array_equal(view.features(gei), mirrored.features(gei[:, ::-1]))


def test_a_gait_energy_image_by_hand() -> None:
    silhouettes = np.zeros((4, 1, 128, 128), bool)
    silhouettes[:, 0, 20:40, 60:70] = True
    silhouettes[:1, 0, 100:120, 60:70] = True  # in one of four frames
    silhouettes[:, 0, 50, 60:70] = True  # half a pixel high
    gei = square_gei(silhouettes)
    assert (gei.shape, gei.dtype) == ((64, 64), np.float32)
    assert (gei[10:20, 30:35] == 1).all() and (gei[50:60, 30:35] == 0.25).all()
    assert (gei[25, 30:35] == 0.5).all()
    assert gei.sum() == 50 + 0.25 * 50 + 0.5 * 5


@cache
def original() -> GaitSequence:
    return gait_of(walker_track(num_frames=54))


@cache
def deformed(seed: int, strength: float) -> DeformedGait:
    return Deform().anonymize(
        original(), fps=FPS, strength=strength, generator=np.random.default_rng(seed)
    )


def likeness(gait: GaitSequence) -> float:
    """How much nearer than the walker's own gait the nearest one of the crowd is."""
    before, after = square_gei(original().silhouettes), square_gei(gait.silhouettes)
    view = seen_from(before)
    new = view.features(after)
    own = np.linalg.norm(new - view.features(before))
    return float(own - np.linalg.norm(view.people - new, axis=1).min())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_walker_becomes_more_like_people_of_the_crowd(seed: int) -> None:
    full = likeness(deformed(seed, 1.0).sequence)
    # Somebody of the crowd is nearer than who really walks there.
    assert likeness(original()) < 0 < full
    # A body that is as different, but not looked for, leads less far.
    chance = BodyDraw.draw(np.random.default_rng(seed))
    assert likeness(DeformedGait.of(original(), chance, FPS).sequence) < full - 10


@pytest.mark.parametrize("seed", SEEDS)
def test_strength_zero_leads_nowhere(seed: int) -> None:
    assert np.array_equal(deformed(seed, 0.0).sequence.silhouettes, original().silhouettes)
    assert likeness(deformed(seed, 0.0).sequence) == likeness(original()) < 0


def steps() -> MemorySet:
    """Three subjects of some breadth; each walk of theirs begins elsewhere in the cycle."""
    keys = walks((1, 2, 3), ENROLLED, VIEWS)
    drawn = {
        (subject, number): draw_walker(8 + 3 * subject, num_frames=4, first=number)
        for subject in (1, 2, 3)
        for number in range(1, 5)
    }
    return MemorySet({key: drawn[key.subject, key.number] for key in keys})


def test_a_set_is_distilled_to_a_file_of_the_same_tensors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = steps().held
    write_set(tmp_path / "bench", held)
    monkeypatch.setattr(crowd_export, "CROWD_FILE", tmp_path / "crowd.safetensors")
    crowd_export.main([str(tmp_path / "bench")])
    written, bundled = (load_file(path) for path in (tmp_path / "crowd.safetensors", CROWD_FILE))
    assert written.keys() == bundled.keys()
    for name, value in written.items():
        assert (value.dtype, value.ndim) == (bundled[name].dtype, bundled[name].ndim)
        assert np.isfinite(value).all()
    assert written["means"].shape == (11, PIXELS)
    assert written["directions"].shape[:2] == (11, PIXELS)
    assert written["people"].shape == (11, 3, written["directions"].shape[2])

    seen = [key for key in held if key.view == VIEWS[4]]
    geis = [square_gei(as_gait(held[key], fps=FPS).silhouettes) for key in seen]
    pixels = np.stack([gei[:, MARGIN:-MARGIN].ravel() for gei in geis])
    assert np.abs(written["means"][4] - pixels.mean(axis=0)).max() < 1e-3  # half precision
    features = (pixels - written["means"][4]) @ written["directions"][4]
    apart = np.linalg.norm(features[:, None] - written["people"][4], axis=-1)
    assert [int(nearest) + 1 for nearest in apart.argmin(axis=1)] == [key.subject for key in seen]


def test_who_is_not_there_at_all_views_is_no_crowd(tmp_path: Path) -> None:
    path = tmp_path / "crowd.safetensors"
    few = {key: value for key, value in steps().held.items() if key.view < 36}
    with pytest.raises(InputError, match=r"has nobody seen at 36 degrees\.$"):
        export(MemorySet(few), path)
    assert not path.exists()
