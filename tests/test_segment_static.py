"""Persons before a static camera: complete masks, empty frames, and no moving camera."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_walkers import (
    Camera,
    SyntheticFrame,
    Walker,
    WalkerStyle,
    render_frames,
)

from gaitcolor_core.datasets.examples import EXAMPLES
from gaitcolor_core.datasets.footage import Frame
from gaitcolor_core.stages.segment_static import StaticSegmenter
from gaitcolor_core.structures import Bool, Detections, InputError, UInt8, VideoFrame
from gaitcolor_core.video import VideoReader

DATA = Path(os.environ.get("GAITCOLOR_DATA", Path(__file__).parents[2] / "shared/data"))
WIDTH, HEIGHT = 480, 270
# Few frames a second, for the sake of time: the walker crosses the picture in 45 frames.
FPS = 10
STYLE = WalkerStyle(stature_px=150, shirt=(70, 110, 150))
WALKER = Walker(STYLE, -40, 250)


def walk(
    *walkers: Walker, num_frames: int = 45, camera: Camera | None = None, **look: float
) -> list[SyntheticFrame]:
    size = {"width": WIDTH, "height": HEIGHT, "num_frames": num_frames}
    return list(render_frames(walkers, **size, fps=FPS, camera=camera, seed=3, **look))


def clip(images: list[UInt8]) -> Iterator[VideoFrame]:
    return (VideoFrame(image, Fraction(index, FPS)) for index, image in enumerate(images))


def prepared(images: list[UInt8]) -> StaticSegmenter:
    segmenter = StaticSegmenter()
    segmenter.prepare(clip(images))
    return segmenter


def union(found: Detections, shape: tuple[int, ...]) -> Bool:
    canvas = np.zeros(shape[:2], bool)
    for mask in found.masks:
        mask.paint(canvas)
    return canvas


def mean_iou(segmenter: StaticSegmenter, frames: Sequence[SyntheticFrame | Frame]) -> float:
    """Over the frames that show at least a limb."""
    values = []
    for frame in frames:
        truth = np.logical_or.reduce(frame.masks)
        if truth.sum() > 500:
            mask = union(segmenter.segment(frame.image), truth.shape)
            values.append((mask & truth).sum() / (mask | truth).sum())
    return float(np.mean(values))


def flickering(images: list[UInt8]) -> list[UInt8]:
    """Auto exposure: the brightness swings by 15 %."""
    gains = 0.85 + 0.15 * np.sin(np.arange(len(images)) / 2)
    return [
        np.clip(image * gain, 0, 255).astype(np.uint8)
        for image, gain in zip(images, gains, strict=True)
    ]


def compressed(images: list[UInt8]) -> list[UInt8]:
    jpegs = [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1] for image in images]
    return [np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8) for jpeg in jpegs]


@pytest.fixture(scope="module")
def frames() -> list[SyntheticFrame]:
    return walk(WALKER, noise=2.0)


@pytest.fixture(scope="module")
def segmenter(frames: list[SyntheticFrame]) -> StaticSegmenter:
    return prepared([frame.image for frame in frames])


@pytest.fixture
def data_clip(request: pytest.FixtureRequest) -> VideoReader:
    path = DATA / "clips" / request.param
    if not path.is_file():
        pytest.skip(f"needs {request.param} of the shared data")
    return VideoReader(path)


def test_a_walker_is_one_detection_in_frame_pixels(
    segmenter: StaticSegmenter, frames: list[SyntheticFrame]
) -> None:
    found = segmenter.segment(frames[20].image)
    rows, columns = np.nonzero(frames[20].masks[0])
    assert found.track_id.tolist() == [-1]
    assert found.score.tolist() == pytest.approx([0.9])
    assert (found.xyxy.dtype, found.score.dtype) == (np.float32, np.float32)
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    np.testing.assert_allclose(found.xyxy[0], box, atol=5)
    np.testing.assert_array_equal(found.xyxy[0], found.masks[0].xyxy)


def test_two_walkers_apart_are_two_detections() -> None:
    other = Walker(STYLE, 500, 255, direction=-1)
    frames = walk(WALKER, other)
    assert len(prepared([frame.image for frame in frames]).segment(frames[12].image)) == 2


def test_segment_wants_the_clip_first() -> None:
    with pytest.raises(RuntimeError, match="prepare"):
        StaticSegmenter().segment(np.zeros((HEIGHT, WIDTH, 3), np.uint8))


def test_a_clip_without_frames_is_refused() -> None:
    with pytest.raises(InputError, match="no frames"):
        prepared([])


def test_masks_fit_the_example_clip() -> None:
    # Two frames a second, for the sake of time.
    frames = list(EXAMPLES["one_walker"].shot(2).frames(np.random.default_rng(0)))
    segmenter = prepared([frame.image for frame in frames])
    assert mean_iou(segmenter, frames) > 0.9


@pytest.mark.parametrize(
    "look",
    [
        {"noise": 0.0, "shadow": 0.0},
        {"noise": 5.0, "shadow": 0.45},  # a dark room
        {"noise": 2.0, "shadow": 0.7},  # as dark as trousers
    ],
    ids=["clean", "noisy", "shadows"],
)
def test_masks_fit_small_walkers(look: dict[str, float]) -> None:
    frames = walk(WALKER, **look)
    assert mean_iou(prepared([frame.image for frame in frames]), frames) > 0.84


@pytest.mark.parametrize("spoil", [flickering, compressed])
def test_brightness_and_compression_do_not_matter(frames: list[SyntheticFrame], spoil) -> None:
    images = spoil([frame.image for frame in frames])
    spoiled = [frame._replace(image=image) for frame, image in zip(frames, images, strict=True)]
    assert mean_iou(prepared(images), spoiled) > 0.84


def test_one_who_stands_for_a_third_of_the_clip_is_seen(frames: list[SyntheticFrame]) -> None:
    segmenter = prepared([frame.image for frame in frames + [frames[20]] * 25])
    assert mean_iou(segmenter, [frames[20]]) > 0.84


def test_several_may_stand_in_one_place_most_of_the_time() -> None:
    styles = [WalkerStyle.draw(np.random.default_rng(seed), stature_px=150) for seed in range(3)]
    guests = [walk(Walker(style, 240, 250), num_frames=1)[0] for style in styles]
    (empty,) = walk(num_frames=1)
    frames = [frame for frame in guests for _ in range(10)] + [empty] * 20
    segmenter = prepared([frame.image for frame in frames])
    assert mean_iou(segmenter, guests) > 0.84
    assert len(segmenter.segment(empty.image)) == 0


def test_an_empty_frame_holds_nobody(segmenter: StaticSegmenter) -> None:
    (empty,) = walk(num_frames=1, noise=2.0)
    assert len(segmenter.segment(empty.image)) == 0


@pytest.mark.parametrize("num_frames", [1, 2, 30])
@pytest.mark.parametrize("size", [(480, 270), (90, 160), (17, 11), (1, 1)])
def test_a_clip_without_motion_holds_nobody(size: tuple[int, int], num_frames: int) -> None:
    width, height = size
    still = render_frames([], width=width, height=height, num_frames=num_frames, noise=2.0)
    images = [frame.image for frame in still]
    assert len(prepared(images).segment(images[-1])) == 0


@pytest.mark.parametrize(
    "camera",
    [
        Camera(pan_px=(2, 0)),
        Camera(pan_px=(0.2, 0)),  # slower than can be noticed between two frames
        Camera(pan_px=(STYLE.cadence_hz * STYLE.stride_ratio * 150 / FPS, 0)),  # with the walker
        Camera(shake_px=2),
    ],
    ids=["pan", "slow pan", "follows the walker", "hand"],
)
def test_a_moving_camera_is_refused(camera: Camera) -> None:
    start = Walker(STYLE, 240, 250)
    images = [frame.image for frame in walk(start, camera=camera, noise=2.0)]
    with pytest.raises(InputError, match=r"camera moves.*--detector"):
        prepared(images)


def test_large_walkers_do_not_pass_for_a_moving_camera() -> None:
    giant = WalkerStyle(stature_px=420)
    walkers = Walker(giant, -100, 400), Walker(giant, 580, 410, direction=-1)
    prepared([frame.image for frame in walk(*walkers, noise=2.0)])


def test_a_walker_before_a_blank_wall_does_not_pass_for_a_moving_camera(
    frames: list[SyntheticFrame],
) -> None:
    images = [np.where(frame.masks[0][..., None], frame.image, 180) for frame in frames]
    prepared([image.astype(np.uint8) for image in images])


@pytest.mark.parametrize("data_clip", ["humanwalking_1.mp4"], indirect=True)
def test_a_recorded_pan_is_refused(data_clip: VideoReader) -> None:
    with data_clip, pytest.raises(InputError, match="camera moves"):
        StaticSegmenter().prepare(islice(data_clip, 25))


@pytest.mark.parametrize("data_clip", ["intel_one_by_one.mp4"], indirect=True)
def test_a_recorded_room_is_empty_until_somebody_comes(data_clip: VideoReader) -> None:
    segmenter = StaticSegmenter()
    with data_clip:
        segmenter.prepare(data_clip)
        counts = [len(segmenter.segment(frame.image)) for frame in islice(data_clip, 0, 170, 10)]
    # She enters between frames 50 and 60 and stands at the table from frame 80 on.
    assert counts[:5] == [0] * 5
    assert counts[8:] == [1] * 9
