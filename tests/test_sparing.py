"""Whom the user spares is found among the walkers of a run; where in doubt, nobody is."""

from __future__ import annotations

import numpy as np
import pytest
from test_gait import track_of, walker_track

from gaitcolor_core import InputError, Sighting
from gaitcolor_core.actor import Actor
from gaitcolor_core.gait import align
from gaitcolor_core.sparing import Spared, Wish, spare
from gaitcolor_core.structures import PackedMask, Track

FPS = 25.0
EVERY = 5


def box(x: float) -> tuple[float, float, float, float]:
    return (x, 20.0, x + 40, 140.0)


def track(number: int, x_by_frame: dict[int, float], guessed: tuple[int, ...] = ()) -> Track:
    """A walker whose box begins at x in each frame."""
    return Track(
        track_id=number,
        frame_ids=np.array(list(x_by_frame), np.int64),
        xyxy=np.array([box(x) for x in x_by_frame.values()], np.float32),
        masks=(PackedMask.pack(np.ones((120, 40), bool)),) * len(x_by_frame),
        interpolated=np.isin(list(x_by_frame), guessed),
    )


def sighting(number: int, x_by_frame: dict[int, float]) -> Sighting:
    path = tuple((frame_id, box(x)) for frame_id, x in x_by_frame.items())
    frame_id, first = path[0]
    return Sighting(number, frame_id, frame_id / FPS, first, path, np.zeros((160, 50, 3), np.uint8))


def walk(start: float, step: float, frames: range) -> dict[int, float]:
    return {frame_id: start + step * frame_id for frame_id in frames}


ALL, LOOKS = range(100), range(0, 100, EVERY)
# Two who meet in frame 50.
LEFT, RIGHT = walk(0, 2, ALL), walk(200, -2, ALL)
SEEN = [sighting(1, walk(0, 2, LOOKS)), sighting(2, walk(200, -2, LOOKS))]


def granted(tracks: list[Track], *numbers: int, seen: list[Sighting] = SEEN) -> Spared:
    return spare(tracks, Wish(seen, frozenset(numbers)), fps=FPS)


def test_who_was_seen_is_spared() -> None:
    # The run need not number walkers as the glance does.
    tracks = [track(1, RIGHT), track(2, LEFT)]
    assert granted(tracks, 1) == Spared({2: 1}, ())
    assert granted(tracks, 1, 2) == Spared({1: 2, 2: 1}, ())
    assert granted(tracks) == Spared({}, ())


def test_boxes_need_not_be_the_same() -> None:
    assert granted([track(1, walk(8, 2, ALL))], 1) == Spared({1: 1}, ())
    # 22 of 40 pixels aside: an overlap of a third.
    assert granted([track(1, walk(22, 2, ALL))], 1) == Spared({}, (1,))


def test_whom_nobody_saw_is_not_spared() -> None:
    stranger = track(3, walk(500, 0, ALL))
    assert granted([track(1, LEFT), stranger], 1, seen=SEEN[:1]) == Spared({1: 1}, ())
    assert granted([stranger], 1) == Spared({}, (1,))


def test_a_track_that_goes_over_to_somebody_else_is_not_spared() -> None:
    mixed = track(1, {f: LEFT[f] if f < 50 else RIGHT[f] for f in ALL})
    assert granted([mixed], 1) == Spared({}, (1,))
    # Even if the glance mixes them up in another way, or is asked to spare both.
    assert granted([mixed], 1, 2) == Spared({}, (1, 2))


def test_a_glance_that_mixes_people_up_spares_nobody() -> None:
    switched = [
        sighting(1, {f: LEFT[f] if f < 50 else RIGHT[f] for f in LOOKS}),
        sighting(2, {f: RIGHT[f] if f < 50 else LEFT[f] for f in LOOKS}),
    ]
    tracks = [track(1, LEFT), track(2, RIGHT)]
    assert granted(tracks, 1, seen=switched) == Spared({}, (1,))


def test_a_moment_of_confusion_while_two_pass_each_other_is_none_later() -> None:
    confused = [sighting(1, {f: 105.0 if f == 50 else 2.0 * f for f in LOOKS}), SEEN[1]]
    tracks = [track(1, {f: 95.0 if f == 50 else x for f, x in LEFT.items()}), track(2, RIGHT)]
    assert granted(tracks, 1, seen=confused) == Spared({1: 1}, ())


def test_two_who_walk_abreast_are_told_apart() -> None:
    beside = [sighting(1, walk(0, 2, LOOKS)), sighting(2, walk(12, 2, LOOKS))]
    tracks = [track(1, LEFT), track(2, walk(12, 2, ALL))]
    assert granted(tracks, 2, seen=beside) == Spared({2: 2}, ())
    same = [sighting(1, walk(0, 2, LOOKS)), sighting(2, walk(1, 2, LOOKS))]
    assert granted(tracks, 2, seen=same) == Spared({}, (2,))


def test_a_track_that_goes_on_unseen_is_not_spared() -> None:
    briefly = [sighting(1, walk(0, 2, range(0, 50, EVERY)))]
    assert granted([track(1, LEFT)], 1, seen=briefly) == Spared({}, (1,))
    # For a second the walker may have been overlooked.
    assert granted([track(1, walk(0, 2, range(70)))], 1, seen=briefly) == Spared({1: 1}, ())


def test_guessed_boxes_say_nothing() -> None:
    jump = {f: RIGHT[f] if f == 25 else LEFT[f] for f in ALL}
    assert granted([track(1, jump, guessed=(25,))], 1) == Spared({1: 1}, ())
    assert granted([track(1, jump)], 1) == Spared({}, (1,))


def test_both_parts_of_a_broken_track_are_spared() -> None:
    parts = [track(1, walk(0, 2, range(40))), track(2, walk(0, 2, range(60, 100)))]
    assert granted(parts, 1) == Spared({1: 1, 2: 1}, ())


def test_nobody_can_spare_whom_the_glance_did_not_see() -> None:
    with pytest.raises(InputError, match=r"no walker 3, 4 to leave as is; .* found 2"):
        Wish(SEEN, frozenset({1, 3, 4}))


def test_an_outline_that_may_hold_two_is_not_left_as_is() -> None:
    alone = walker_track(num_frames=25)
    masks = []
    for index, mask in enumerate(alone.masks):
        canvas = np.zeros((190, 420), bool)
        mask.paint(canvas)
        if index == 12:
            canvas |= np.roll(canvas, 40, axis=1)
        masks.append(canvas)
    touching = track_of(masks)
    gait = align(touching, frame_shape=(190, 420), fps=FPS)
    actor = Actor(touching, gait, None, None)
    assert [index for index in range(25) if not actor.can_be_left(index)] == [12]
