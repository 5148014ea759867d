"""The camera that runs: covered first, then another body, and nobody passes through."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import DRAWN_FPS, MAN, WOMAN
from drawn_walkers import Camera, SyntheticFrame, Walker, WalkerStyle
from live_scenes import HEIGHT, WIDTH, KnownMasks, drawn, filmed

from gaitcolor_core.live import LiveAnonymizer, LiveFrame
from gaitcolor_core.live.walker import FRAMES_TO_LEARN, LEARNED_S
from gaitcolor_core.metrics import silhouette_iou
from gaitcolor_core.structures import Bool, Float64, PackedMask, UInt8
from gaitcolor_core.video import VideoReader
from gaitcolor_core.weights import CHECKPOINTS

ONE_WALKER = Path(__file__).parents[1] / "demo" / "examples" / "one_walker.mp4"
# The frames in which a walker is seen whole before it has another body.
LEARNING = max(FRAMES_TO_LEARN - 1, int(np.ceil(LEARNED_S * DRAWN_FPS)))
ALONE = (Walker(MAN, 70, 215),)


def silhouette(picture: UInt8, scenery: UInt8) -> Bool:
    """Where a picture does not show the scenery."""
    return np.asarray(cv2.absdiff(picture, scenery).max(axis=-1) > 24)


def detail(picture: UInt8, where: Bool) -> float:
    """The mean gradient of a region."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.hypot(*np.gradient(gray))[where].mean())


@pytest.fixture(scope="module")
def walk() -> list[SyntheticFrame]:
    return drawn(*ALONE)


@pytest.fixture(scope="module")
def scenery() -> UInt8:
    return drawn(num_frames=1)[0].image


@pytest.fixture(scope="module")
def result(walk: list[SyntheticFrame]) -> list[LiveFrame]:
    return filmed(walk)


def test_a_walker_is_covered_until_it_has_another_body(result: list[LiveFrame]) -> None:
    figures = [(frame.anonymized, frame.covered) for frame in result]
    assert figures[:LEARNING] == [(0, 1)] * LEARNING
    assert figures[LEARNING:] == [(1, 0)] * (len(result) - LEARNING)
    assert not any(frame.failed for frame in result)


def test_nothing_is_made_out_under_a_cover(
    walk: list[SyntheticFrame], result: list[LiveFrame]
) -> None:
    for frame, live in zip(walk[:LEARNING], result, strict=False):
        [mask] = frame.masks
        assert detail(live.picture, mask) < 0.3 * detail(frame.image, mask)
        assert cv2.absdiff(live.picture, frame.image)[mask].mean() > 15


def test_no_frame_shows_the_outline_that_the_camera_saw(
    walk: list[SyntheticFrame], result: list[LiveFrame], scenery: UInt8
) -> None:
    for frame, live in zip(walk, result, strict=True):
        seen = silhouette(frame.image, scenery)
        assert silhouette_iou(seen, frame.masks[0]) > 0.92
        shown = silhouette(live.picture, scenery)
        assert silhouette_iou(shown, frame.masks[0]) < 0.8


def test_beside_the_walker_every_pixel_stays(
    walk: list[SyntheticFrame], result: list[LiveFrame]
) -> None:
    far = ~cv2.dilate(walk[-1].masks[0].astype(np.uint8), np.ones((61, 61))).astype(bool)
    assert np.array_equal(walk[-1].image[far], result[-1].picture[far])


def test_two_walkers_each_get_a_body() -> None:
    result = filmed(drawn(Walker(MAN, 60, 215), Walker(WOMAN, 150, 225), num_frames=LEARNING + 2))
    assert (result[-1].anonymized, result[-1].covered) == (2, 0)


def test_the_key_decides_over_the_body(walk: list[SyntheticFrame], result: list[LiveFrame]) -> None:
    again, other = filmed(walk), filmed(walk, seed=2)
    assert np.array_equal(again[-1].picture, result[-1].picture)
    assert not np.array_equal(other[-1].picture, result[-1].picture)


def test_a_detector_that_breaks_down_leaves_a_covered_frame(walk: list[SyntheticFrame]) -> None:
    result = filmed(walk, fails=[0, 15])
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    for index in (0, 15):
        broken = result[index]
        assert (broken.failed, broken.anonymized, broken.covered) == (True, 0, 0)
        assert detail(broken.picture, everywhere) < 0.1 * detail(walk[index].image, everywhere)
    assert not result[16].failed
    assert result[16].anonymized == 1


def test_who_is_missed_for_a_moment_stays_covered(walk: list[SyntheticFrame]) -> None:
    missed = range(14, 18)
    result = filmed(walk, misses=missed)
    for index in missed:
        [mask] = walk[index].masks
        assert (result[index].anonymized, result[index].covered) == (0, 1)
        assert detail(result[index].picture, mask) < 0.3 * detail(walk[index].image, mask)
    assert result[18].anonymized == 1


def test_who_is_gone_is_uncovered_again(walk: list[SyntheticFrame]) -> None:
    away = [walk[0]] * 4 + drawn(num_frames=20)
    result = filmed(away)
    assert result[4].covered == 1
    assert result[-1].covered == 0
    assert np.array_equal(result[-1].picture, away[-1].image)


@pytest.mark.parametrize(
    "walker",
    [
        Walker(MAN, -10, 215),  # comes in at the left
        Walker(MAN, 100, HEIGHT + 30),  # feet below the picture
        Walker(WalkerStyle(stature_px=20), 100, 200),  # far away
    ],
)
def test_who_is_not_seen_well_stays_covered(walker: Walker) -> None:
    result = filmed(drawn(walker, num_frames=LEARNING + 2))
    assert {(frame.anonymized, frame.covered) for frame in result} == {(0, 1)}


def test_who_comes_in_at_the_side_is_covered_from_top_to_bottom() -> None:
    [frame] = drawn(Walker(MAN, 0, 215), num_frames=1)
    hand = PackedMask.pack(np.ones((8, 8), bool), 0, 120)
    part = frame._replace(masks=(np.zeros((HEIGHT, WIDTH), bool),))
    hand.paint(part.masks[0])
    [live] = filmed([part])
    assert not np.array_equal(live.picture[:20, :8], frame.image[:20, :8])
    assert detail(live.picture, frame.masks[0]) < detail(frame.image, frame.masks[0])


def test_a_lost_outline_is_covered(walk: list[SyntheticFrame]) -> None:
    half = walk[18].masks[0].copy()
    half[:, : int(np.flatnonzero(half.any(0)).mean()) + 3] = False
    frames = [*walk[:18], walk[18]._replace(masks=(half,))]
    assert filmed(frames)[-1].anonymized == 0


def test_the_scenery_is_learned_as_it_is_uncovered(scenery: UInt8) -> None:
    frames = drawn(*ALONE, num_frames=30)
    live = LiveAnonymizer(KnownMasks(frames, (), ()), seed=1)
    known = []
    for index, frame in enumerate(frames):
        picture = live.anonymize(frame.image, index / DRAWN_FPS).picture
        known.append(live.known_scenery())
    assert known[1] == 0  # what was seen once or twice may be somebody who was missed
    assert 0.5 < known[5] < known[-1] <= 1
    removed = frames[-1].masks[0] & ~silhouette(picture, scenery)
    assert removed.sum() > 50
    assert cv2.absdiff(picture, scenery)[removed].max() <= 24


def test_a_camera_that_pans_takes_the_scenery_along() -> None:
    frames = drawn(*ALONE, num_frames=26, camera=Camera(pan_px=(3, 0)))
    live = LiveAnonymizer(KnownMasks(frames, (), ()), seed=1)
    known = []
    for index, frame in enumerate(frames):
        live.anonymize(frame.image, index / DRAWN_FPS)
        known.append(live.known_scenery())
    assert min(known[5:]) > 0.4


def test_memory_does_not_grow_with_the_number_of_frames() -> None:
    frames = drawn(Walker(WalkerStyle(stature_px=60), 40, 100), num_frames=12)
    small = [
        frame._replace(image=frame.image[:120, :160], masks=(frame.masks[0][:120, :160],))
        for frame in frames
    ]
    live = LiveAnonymizer(KnownMasks(small, (), ()), seed=1)
    held = []
    tracemalloc.start()
    for index in range(90):
        live.anonymize(small[index % len(small)].image.copy(), index / DRAWN_FPS)
        if index in (29, 89):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    # A frame takes 58 kB, and sixty were seen.
    assert held[1] - held[0] < 300_000


def test_large_frames_are_reduced_and_another_size_begins_anew() -> None:
    live = LiveAnonymizer(KnownMasks(drawn(num_frames=3), (), ()), seed=1)
    shapes = [(90, 1280), (1280, 90), (90, 100)]
    pictures = [live.anonymize(np.zeros((*shape, 3), np.uint8)).picture for shape in shapes]
    long, short = 640, 45
    assert [picture.shape[:2] for picture in pictures] == [(short, long), (long, short), (90, 100)]


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((0, 8, 3), np.uint8),
        np.zeros((8, 8, 3)),
    ],
)
def test_what_is_no_frame_is_refused(frame: Float64 | UInt8) -> None:
    live = LiveAnonymizer(KnownMasks([], (), ()))
    with pytest.raises(ValueError, match="a frame must be"):
        live.anonymize(frame)  # type: ignore[arg-type]


def test_frames_per_second_are_measured(result: list[LiveFrame]) -> None:
    assert result[0].fps is None
    assert all(frame.fps is not None and frame.fps > 0 for frame in result[1:])


def test_a_static_camera_is_not_presumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAITCOLOR_DETECTOR", "static")
    assert LiveAnonymizer(device="cpu").segmenter.description == "walker_segmenter (bundled)"


@pytest.mark.slow
def test_a_walker_of_an_example_gets_another_body_by_our_own_detector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GAITCOLOR_DETECTOR", str(CHECKPOINTS / "walker_segmenter"))
    live = LiveAnonymizer(device="cpu", seed=1)
    figures = []
    with VideoReader(ONE_WALKER) as clip:
        for frame in islice(clip, 10, 70, 5):
            shown = live.anonymize(frame.image, float(frame.time_s))
            figures.append((shown.anonymized, shown.covered))
    assert figures[0][0] == 0
    assert figures[-1] == (1, 0)
    assert all(anonymized or covered for anonymized, covered in figures)
