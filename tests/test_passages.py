import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.stages.passages import passages
from gaitcolor_core.structures import PackedMask, Track

HEIGHT, WIDTH, FPS = 240, 320, 20.0
TALL, WIDE = 120, 40


def walker(frames: range, left_at: float, speed: float) -> Track:
    """Boxes of a walker whose left side is at `left_at` in frame 0, cut off by the picture."""
    frame_ids = np.array(frames)
    left = left_at + speed * frame_ids
    boxes = np.stack([left, np.full(len(left), 60.0), left + WIDE, np.full(len(left), 180.0)], 1)
    boxes[:, [0, 2]] = boxes[:, [0, 2]].clip(0, WIDTH)
    mask = PackedMask.pack(np.ones((TALL, WIDE), bool))
    return Track(1, frame_ids, boxes.astype(np.float32), (mask,) * len(frames),
                 np.zeros(len(frames), bool))  # fmt: skip


def found(track: Track, num_frames: int = 60) -> dict[int, list[PackedMask]]:
    return passages([track], num_frames=num_frames, frame_shape=(HEIGHT, WIDTH), fps=FPS)


def test_who_walks_in_is_covered_back_to_the_edge() -> None:
    # The body's front passes the left edge in frame 4; it is seen from frame 9 on.
    covered = found(walker(range(9, 40), -60, 5))
    assert set(range(4, 9)) <= set(covered)
    for frame_id in range(4, 9):
        front = -60 + 5 * frame_id + WIDE
        assert all(mask.xyxy[0] == 0 and mask.xyxy[2] >= front for mask in covered[frame_id])


def test_who_walks_out_is_covered_up_to_the_edge() -> None:
    # The left side leaves the picture in frame 50; it was seen up to frame 42.
    covered = found(walker(range(10, 43), 20, 6))
    assert set(range(43, 50)) <= set(covered)
    assert all(mask.xyxy[2] == WIDTH for mask in covered[48])


def test_who_appears_in_the_middle_did_not_come_over_the_edge() -> None:
    assert found(walker(range(20, 40), 100, 2)) == {}


def test_who_stands_at_the_edge_is_not_continued() -> None:
    assert found(walker(range(10, 40), 0, 0)) == {}


@given(st.integers(0, 30), st.integers(5, 29), st.floats(-100, 400), st.floats(-20, 20))
def test_all_lies_in_the_clip_and_in_the_picture_and_beside_the_track(
    first: int, length: int, left: float, speed: float
) -> None:
    track = walker(range(first, first + length), left, speed)
    for frame_id, masks in found(track).items():
        assert 0 <= frame_id < 60 and frame_id not in track.frame_ids
        for mask in masks:
            x1, y1, x2, y2 = mask.xyxy
            assert 0 <= x1 < x2 <= WIDTH and 0 <= y1 < y2 <= HEIGHT
