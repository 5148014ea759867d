from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.stretches import MAX_MISSING, MIN_FRAMES, Stretch, find_stretches
from gaitcolor_core.stages.track import TrackedPersons
from gaitcolor_core.structures import Detections, PackedMask, Track

WIDTH, HEIGHT, FPS = 400, 200, 25
Box = tuple[int, int, int, int]


def filled(box: Box) -> PackedMask:
    left, top, right, bottom = box
    return PackedMask.pack(np.ones((bottom - top, right - left), bool), left, top)


def walker(boxes: dict[int, Box], *, number: int = 1) -> Track:
    """Somebody who fills a box in some frames."""
    return Track(
        track_id=number,
        frame_ids=np.array(list(boxes), np.int64),
        xyxy=np.array(list(boxes.values()), np.float32),
        masks=tuple(filled(box) for box in boxes.values()),
        interpolated=np.zeros(len(boxes), bool),
    )


def passing(num_frames: int = 30, *, start: int = 20, step: int = 5) -> dict[int, Box]:
    """A walk to the right, 40 x 120 pixels."""
    return {
        frame: (start + step * frame, 50, start + step * frame + 40, 170)
        for frame in range(num_frames)
    }


def found(*tracks: Track, scores: dict[int, float] | None = None) -> list[Detections]:
    """The detections behind the tracks; their scores are 0.9, but for some frames."""
    last = max(int(track.frame_ids[-1]) for track in tracks)
    rows: list[list[tuple[np.ndarray, PackedMask, int]]] = [[] for _ in range(last + 1)]
    for track in tracks:
        for index in np.flatnonzero(~track.interpolated):
            row = (track.xyxy[index], track.masks[index], track.track_id)
            rows[int(track.frame_ids[index])].append(row)
    return [
        Detections(
            xyxy=np.array([box for box, _, _ in row], np.float32).reshape(-1, 4),
            score=np.full(len(row), (scores or {}).get(frame, 0.9), np.float32),
            masks=tuple(mask for _, mask, _ in row),
            track_id=np.array([number for _, _, number in row], np.int64),
        )
        for frame, row in enumerate(rows)
    ]


def stretches(
    *tracks: Track,
    scores: dict[int, float] | None = None,
    untracked: dict[int, tuple[PackedMask, ...]] | None = None,
    max_frames: int = 500,
) -> list[Stretch]:
    return find_stretches(
        TrackedPersons(tracks, untracked or {}),
        found(*tracks, scores=scores),
        frame_shape=(HEIGHT, WIDTH),
        fps=FPS,
        max_frames=max_frames,
    )


def frames(found: Sequence[Stretch]) -> list[list[int]]:
    return [stretch.frame_ids.tolist() for stretch in found]


def without(*left_out: int, num_frames: int = 30) -> list[int]:
    return [frame for frame in range(num_frames) if frame not in left_out]


def test_a_walk_across_the_picture_is_one_stretch() -> None:
    (only,) = stretches(walker(passing()))
    assert (only.walker, only.part) == (1, 1)
    assert only.frame_ids.tolist() == list(range(30))
    assert only.boxes[3] == (35, 50, 75, 170)
    assert len(only.masks) == 30


def test_nobody_gives_nothing() -> None:
    nobody = TrackedPersons((), {})
    assert (
        find_stretches(
            nobody, [Detections.nobody()], frame_shape=(HEIGHT, WIDTH), fps=FPS, max_frames=500
        )
        == []
    )


def test_frames_in_which_the_edge_cuts_the_walker_are_left_out() -> None:
    coming = {
        frame: (max(box[0], 0), *box[1:]) for frame, box in passing(start=-30).items()
    }  # inside by more than 4 pixels, a hundredth of the picture, from frame 7 on
    assert frames(stretches(walker(coming))) == [list(range(7, 30))]


def test_masks_that_end_just_before_the_edge_count_as_cut() -> None:
    low = {frame: (left, 78, right, 198) for frame, (left, _, right, _) in passing().items()}
    assert stretches(walker(low)) == []
    higher = {frame: (left, 77, right, 197) for frame, (left, _, right, _) in passing().items()}
    assert len(stretches(walker(higher))) == 1


def test_who_is_tiny_or_has_no_legs_is_left_out() -> None:
    tiny = {frame: (left, 100, left + 20, 163) for frame, (left, *_) in passing().items()}
    bust = {frame: (left, 80, left + 70, 160) for frame, (left, *_) in passing().items()}
    assert stretches(walker(tiny)) == stretches(walker(bust)) == []


def test_frames_in_doubt_are_left_out() -> None:
    assert frames(stretches(walker(passing()), scores={4: 0.3, 20: 0.59})) == [without(4, 20)]


def test_interpolated_frames_are_left_out() -> None:
    track = walker(passing())
    guessed = np.zeros(30, bool)
    guessed[[5, 6]] = True
    assert frames(stretches(replace(track, interpolated=guessed))) == [without(5, 6)]


def test_frames_in_which_two_walkers_meet_end_their_stretches() -> None:
    other = walker({frame: (180, 60, 220, 175) for frame in range(30)}, number=2)
    first, *others = stretches(walker(passing()), other)
    # Boxes of 40 pixels width at 20 + 5 t and 180: more than 2 pixels are shared in between.
    assert first.frame_ids.tolist() == list(range(25))
    assert [stretch.walker for stretch in others] == [2]
    assert others[0].frame_ids.tolist() == list(range(25))


def test_frames_in_which_a_stranger_is_in_the_way_are_left_out() -> None:
    in_the_way = {10: (filled((80, 100, 100, 170)),), 11: (filled((0, 0, 20, 40)),)}
    assert frames(stretches(walker(passing()), untracked=in_the_way)) == [without(10)]


def test_frames_in_which_something_hides_the_legs_are_left_out() -> None:
    boxes = passing()
    for frame in (12, 13):
        left, top, right, _ = boxes[frame]
        boxes[frame] = (left, top, right, 140)
    assert frames(stretches(walker(boxes))) == [without(12, 13)]


def test_a_longer_gap_starts_a_new_stretch() -> None:
    gap = {frame: 0.1 for frame in range(13, 13 + MAX_MISSING + 1)}
    both = stretches(walker(passing(32, step=3)), scores=gap)
    assert [(stretch.walker, stretch.part) for stretch in both] == [(1, 1), (1, 2)]
    assert frames(both) == [list(range(13)), list(range(16, 32))]


def test_what_is_too_short_to_learn_from_is_dropped() -> None:
    assert len(stretches(walker(passing(MIN_FRAMES)))) == 1
    assert stretches(walker(passing(MIN_FRAMES - 1))) == []


def test_what_is_too_long_for_a_file_is_cut() -> None:
    parts = stretches(walker(passing(50)), max_frames=18)
    assert frames(parts) == [list(range(18)), list(range(18, 36)), list(range(36, 50))]


@given(doubtful=st.sets(st.integers(0, 59)), max_frames=st.integers(MIN_FRAMES, 40))
def test_stretches_hold_each_fit_frame_at_most_once(doubtful: set[int], max_frames: int) -> None:
    walk = walker({frame: (20 + 5 * frame, 50, 60 + 5 * frame, 170) for frame in range(60)})
    taken = find_stretches(
        TrackedPersons((walk,), {}),
        found(walk, scores=dict.fromkeys(doubtful, 0.2)),
        frame_shape=(HEIGHT, WIDTH),
        fps=FPS,
        max_frames=max_frames,
    )
    together = [frame for part in frames(taken) for frame in part]
    assert together == sorted(set(together))
    assert not doubtful & set(together)
    for part in frames(taken):
        assert MIN_FRAMES <= len(part) <= max_frames
        assert max(np.diff(part)) <= MAX_MISSING + 1
