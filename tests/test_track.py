"""Walkers keep their numbers, short gaps are closed, and nobody who was seen is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from drawn_walkers import Walker, WalkerStyle, render_frames
from hypothesis import given, settings
from hypothesis import strategies as st

from gaitcolor_core.stages.track import TrackedPersons, assign_track_ids, link_tracks
from gaitcolor_core.structures import Bool, Detections, PackedMask

FPS = 25.0
WIDTH, HEIGHT, NUM_FRAMES = 360, 180, 60
# Of a hidden walker with fewer pixels than this (a quarter) a segmenter may say nothing.
MIN_SEEN_PX = 600


def detections(masks: Sequence[Bool], *, score: float = 0.9) -> Detections:
    """What a perfect segmenter says of a frame."""
    packed = [PackedMask.pack(mask) for mask in masks if mask.sum() >= MIN_SEEN_PX]
    return Detections(
        xyxy=np.array([mask.xyxy for mask in packed], np.float32).reshape(-1, 4),
        score=np.full(len(packed), score, np.float32),
        masks=tuple(packed),
        track_id=np.full(len(packed), -1, np.int64),
    )


def boxes(*rows: tuple[int, int, int, int], ids: Sequence[int] | None = None) -> Detections:
    """Persons who fill their boxes (left, top, right, bottom)."""
    return Detections(
        xyxy=np.array(rows, np.float32).reshape(-1, 4),
        score=np.full(len(rows), 0.9, np.float32),
        masks=tuple(
            PackedMask.pack(np.ones((bottom - top, right - left), bool), left, top)
            for left, top, right, bottom in rows
        ),
        track_id=np.array(ids if ids is not None else [-1] * len(rows), np.int64),
    )


def follow(frames: Sequence[Detections]) -> TrackedPersons:
    return link_tracks(assign_track_ids(frames, frame_shape=(HEIGHT, WIDTH), fps=FPS), fps=FPS)


def numbered(track_id: int, frames: dict[int, tuple[int, int, int, int]]) -> list[Detections]:
    """One person with a number in some frames, nobody in the others."""
    return [
        boxes(frames[frame_id], ids=[track_id]) if frame_id in frames else Detections.nobody()
        for frame_id in range(max(frames) + 1)
    ]


def seen_pixels(frames: Sequence[Detections]) -> list[Bool]:
    return [union(found.masks) for found in frames]


def kept_pixels(persons: TrackedPersons, num_frames: int) -> list[Bool]:
    """Everything that a track or `untracked` holds, by frame, without what is interpolated."""
    masks: list[list[PackedMask]] = [
        list(persons.untracked.get(frame_id, ())) for frame_id in range(num_frames)
    ]
    for track in persons.tracks:
        rows = zip(track.frame_ids.tolist(), track.masks, track.interpolated, strict=True)
        for frame_id, mask, interpolated in rows:
            if not interpolated:
                masks[frame_id].append(mask)
    return [union(of_frame) for of_frame in masks]


def union(masks: Sequence[PackedMask]) -> Bool:
    canvas = np.zeros((HEIGHT, WIDTH), bool)
    for mask in masks:
        mask.paint(canvas)
    return canvas


@pytest.fixture(scope="module")
def crossing() -> list[tuple[Bool, ...]]:
    """Visible masks of two walkers who cross; the first one, walking right, is nearer."""
    far = WalkerStyle(stature_px=105, stride_ratio=0.7)
    walkers = (
        Walker(WalkerStyle(stature_px=120), 40, 170, direction=1),
        Walker(far, 320, 165, direction=-1, phase=0.5, depth=1),
    )
    clip = render_frames(walkers, width=WIDTH, height=HEIGHT, num_frames=NUM_FRAMES, fps=FPS)
    return [frame.masks for frame in clip]


def test_no_frames_and_no_persons() -> None:
    assert follow([]) == TrackedPersons((), {})
    assert follow([Detections.nobody()] * 3) == TrackedPersons((), {})


def test_two_crossing_walkers_keep_their_numbers(crossing: list[tuple[Bool, ...]]) -> None:
    frames = [detections(masks) for masks in crossing]
    assert min(map(len, frames)) == 1  # one hides the other for a while
    persons = follow(frames)
    assert [track.track_id for track in persons.tracks] == [1, 2]
    assert {bool(track.xyxy[0, 0] < WIDTH / 2) for track in persons.tracks} == {True, False}
    for track in persons.tracks:
        who = 0 if track.xyxy[0, 0] < WIDTH / 2 else 1
        assert (track.frame_ids[0], track.frame_ids[-1]) == (0, NUM_FRAMES - 1)
        for frame_id, mask, guessed in zip(
            track.frame_ids.tolist(), track.masks, track.interpolated, strict=True
        ):
            if not guessed:
                assert np.array_equal(union([mask]), crossing[frame_id][who])
    assert persons.untracked == {}


def test_a_walker_without_detector_for_a_while_is_interpolated(
    crossing: list[tuple[Bool, ...]],
) -> None:
    alone = [detections(masks[:1]) for masks in crossing]
    missed = range(20, 28)
    for frame_id in missed:
        alone[frame_id] = Detections.nobody()
    (track,) = follow(alone).tracks
    assert track.frame_ids.tolist() == list(range(NUM_FRAMES))
    assert np.flatnonzero(track.interpolated).tolist() == list(missed)
    for frame_id in missed:
        guess, truth = union([track.masks[frame_id]]), crossing[frame_id][0]
        # The legs swing on meanwhile; trunk and head must be met.
        assert (guess & truth).sum() / (guess | truth).sum() > 0.5


def test_boxes_and_masks_move_evenly_over_a_gap() -> None:
    frames = {frame_id: (10 * frame_id, 20, 10 * frame_id + 40, 120) for frame_id in range(10)}
    missed = {frame_id: frames.pop(frame_id) for frame_id in (4, 5, 6)}
    (track,) = link_tracks(numbered(7, frames), fps=FPS).tracks
    assert track.track_id == 1
    assert track.frame_ids.tolist() == list(range(10))
    for frame_id, box in missed.items():
        assert track.interpolated[frame_id]
        assert track.xyxy[frame_id].tolist() == pytest.approx(box)
        assert track.masks[frame_id].xyxy == box


@pytest.mark.parametrize(
    ("gap", "closed"),
    [
        (1, True),
        (17, True),  # 0.7 s at 25 frames a second is 17.5 frames
        (19, False),
    ],
)
def test_only_short_gaps_are_closed(gap: int, closed: bool) -> None:
    frames = {f: (50, 20, 90, 120) for f in [*range(6), *range(6 + gap, 12 + gap)]}
    (track,) = link_tracks(numbered(1, frames), fps=FPS).tracks
    assert track.interpolated.sum() == (gap if closed else 0)
    assert len(track.frame_ids) == len(track.xyxy) == len(track.masks)
    assert (np.diff(track.frame_ids) > 0).all()


def test_numbers_follow_the_order_of_appearance() -> None:
    left, right = (20, 20, 60, 120), (200, 20, 240, 120)
    frames = [boxes(right, ids=[40])] * 5 + [boxes(left, right, ids=[12, 40])] * 5
    tracks = link_tracks(frames, fps=FPS).tracks
    assert [(track.track_id, track.xyxy[0, 0]) for track in tracks] == [(1, 200), (2, 20)]


def test_a_second_detection_of_one_person_is_merged() -> None:
    person, arm = (50, 20, 90, 120), (80, 40, 100, 60)  # half of the arm lies on the person
    head = (60, 15, 80, 45)  # 25 of its 30 rows lie on the person
    frames = [boxes(person, head, arm, ids=[1, -1, -1])] * 5
    persons = link_tracks(frames, fps=FPS)
    (track,) = persons.tracks
    assert all(np.array_equal(union([mask]), union(frames[0].masks[:2])) for mask in track.masks)
    assert [len(masks) for masks in persons.untracked.values()] == [1] * 5


def test_a_detection_before_a_track_begins_joins_it() -> None:
    spots = [(50 + 4 * frame_id, 20, 90 + 4 * frame_id, 120) for frame_id in range(9)]
    frames = [boxes(spot, ids=[-1 if i < 3 else 5]) for i, spot in enumerate(spots)]
    persons = link_tracks(frames, fps=FPS)
    (track,) = persons.tracks
    assert track.frame_ids.tolist() == list(range(9))
    assert not track.interpolated.any()
    assert persons.untracked == {}


@pytest.mark.parametrize("lost", [(4, 5), (7, 8)], ids=["in a gap", "after the end"])
def test_a_detection_that_a_track_lost_joins_it(lost: tuple[int, ...]) -> None:
    frames = [boxes((50 + 4 * f, 20, 90 + 4 * f, 120), ids=[5]) for f in range(9)]
    for frame_id in lost:
        frames[frame_id].track_id[:] = -1
    persons = link_tracks(frames, fps=FPS)
    (track,) = persons.tracks
    assert track.frame_ids.tolist() == list(range(9))
    assert not track.interpolated.any()
    assert persons.untracked == {}


def test_a_neighbor_does_not_join() -> None:
    walker, neighbor = (50, 20, 90, 120), (75, 20, 115, 120)  # IoU 15 / 65
    frames = [boxes(neighbor), *[boxes(walker, ids=[1])] * 6, boxes(neighbor)]
    persons = link_tracks(frames, fps=FPS)
    assert persons.tracks[0].frame_ids.tolist() == [1, 2, 3, 4, 5, 6]
    assert sorted(persons.untracked) == [0, 7]


def test_short_tracks_are_dissolved_but_not_forgotten() -> None:
    persons = link_tracks([boxes((50, 20, 90, 120), ids=[1])] * 4, fps=FPS)
    assert persons.tracks == ()
    assert [len(persons.untracked[frame_id]) for frame_id in range(4)] == [1] * 4


def test_a_person_whom_the_tracker_never_takes_is_untracked(
    crossing: list[tuple[Bool, ...]],
) -> None:
    faint = [detections(masks[:1], score=0.25) for masks in crossing]
    persons = follow(faint)
    assert persons.tracks == ()
    assert sorted(persons.untracked) == list(range(NUM_FRAMES))


def test_the_given_detections_stay_as_they_are() -> None:
    frames = [boxes((50 + f, 20, 90 + f, 120), ids=[-1 if f < 2 else 3]) for f in range(8)]
    before = [found.track_id.copy() for found in frames]
    link_tracks(frames, fps=FPS)
    assert all(
        np.array_equal(found.track_id, ids) for found, ids in zip(frames, before, strict=True)
    )


person = st.tuples(
    st.integers(0, WIDTH - 60), st.integers(0, HEIGHT - 90), st.integers(5, 60), st.integers(5, 90)
).map(lambda p: (p[0], p[1], p[0] + p[2], p[1] + p[3]))


@given(st.lists(st.lists(st.tuples(person, st.integers(-1, 3)), max_size=4), max_size=14))
@settings(max_examples=60)
def test_linking_loses_nobody(clip: list[list[tuple[tuple[int, int, int, int], int]]]) -> None:
    frames = []
    for rows in clip:
        # A track holds one person a frame.
        first = {number: index for index, (_, number) in reversed(list(enumerate(rows)))}
        ids = [number if first[number] == i else -1 for i, (_, number) in enumerate(rows)]
        frames.append(boxes(*(box for box, _ in rows), ids=ids))
    persons = link_tracks(frames, fps=FPS)
    for seen, kept in zip(seen_pixels(frames), kept_pixels(persons, len(frames)), strict=True):
        assert np.array_equal(seen, kept)


@given(
    st.lists(
        st.lists(st.tuples(person, st.floats(0.2, 1)), max_size=4),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=40)
def test_following_loses_nobody(clip: list[list[tuple[tuple[int, int, int, int], float]]]) -> None:
    frames = [
        replace(
            boxes(*(box for box, _ in rows)),
            score=np.array([score for _, score in rows], np.float32),
        )
        for rows in clip
    ]
    followed = assign_track_ids(frames, frame_shape=(HEIGHT, WIDTH), fps=FPS)
    for before, after in zip(frames, followed, strict=True):
        assert np.array_equal(before.xyxy, after.xyxy)
        taken = after.track_id[after.track_id >= 0].tolist()
        assert len(taken) == len(set(taken))  # nobody is in two places
    persons = link_tracks(followed, fps=FPS)
    for seen, kept in zip(seen_pixels(frames), kept_pixels(persons, len(frames)), strict=True):
        assert np.array_equal(seen, kept)
