"""Persons are found and masked; bad weights are refused in one sentence; nobody is called."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from gaitcolor_core.stages import segment
from gaitcolor_core.stages.segment import YoloSegmenter, find_weights
from gaitcolor_core.structures import Detections, InputError, UInt8
from gaitcolor_core.video import VideoReader
from gaitcolor_core.weights import bundled

Hosts = list[str]
# A wheel has none.
BUNDLED = bundled(segment.BUNDLED_WEIGHTS)


@pytest.fixture(scope="module")
def segmenter(data: Path) -> YoloSegmenter:
    return YoloSegmenter(data / "weights" / "yolov8n-seg.pt", device="cpu")


@pytest.fixture(scope="module")
def frame(data: Path) -> UInt8:
    """Two men in side view, 1280 x 720."""
    with VideoReader(data / "clips" / "humanwalking_1.mp4") as clip:
        return next(itertools.islice(clip, 10, None)).image


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where downloads go, empty, and nobody names weights."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.delenv("GAITCOLOR_DETECTOR", raising=False)
    return tmp_path / "checkpoints"


def check(found: Detections, shape: tuple[int, ...]) -> None:
    """The promises on every answer."""
    assert found.xyxy.shape == (len(found), 4)
    assert found.xyxy.dtype == found.score.dtype == np.float32
    assert len(found.masks) == len(found)
    assert (found.track_id == -1).all()
    for mask, box in zip(found.masks, found.xyxy, strict=True):
        left, top, right, bottom = mask.xyxy
        assert 0 <= left < right <= shape[1] and 0 <= top < bottom <= shape[0]
        # The mask lies in its box, give or take a cell of the model's prototypes.
        slack = 8 * max(shape[:2]) / 640
        assert (np.abs(np.array(mask.xyxy) - box) < 6 * slack).all()
        assert left > box[0] - slack and right < box[2] + slack


def test_finds_the_walkers(segmenter: YoloSegmenter, frame: UInt8) -> None:
    found = segmenter.segment(frame)
    check(found, frame.shape)
    assert (found.score > 0.8).sum() == 2
    for index in np.flatnonzero(found.score > 0.8):
        width, height = found.xyxy[index, 2:] - found.xyxy[index, :2]
        # An upright body fills between a quarter and three quarters of its box.
        share = found.masks[index].unpack().sum() / (width * height)
        assert height > 1.5 * width and 0.25 < share < 0.75


def test_the_model_sees_rgb(segmenter: YoloSegmenter, frame: UInt8) -> None:
    """Handed over in the wrong order, the same picture scores less."""
    right, wrong = segmenter.segment(frame), segmenter.segment(frame[..., ::-1].copy())
    assert right.score.sum() > wrong.score.sum()


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (slice(None, None, 3), slice(None, None, 3)),  # smaller than the model's input
        (slice(101, 720), slice(0, 1279)),  # odd sizes
        (slice(None), slice(900, 1280)),  # portrait
    ],
)
def test_any_size(segmenter: YoloSegmenter, frame: UInt8, rows: slice, columns: slice) -> None:
    image = np.ascontiguousarray(frame[rows, columns])
    found = segmenter.segment(image)
    check(found, image.shape)
    assert len(found) >= 1


def test_a_large_frame_gives_the_same_persons(segmenter: YoloSegmenter, frame: UInt8) -> None:
    """Larger frames than the masks' working size are shrunk, and their masks scaled back."""
    large = frame.repeat(2, axis=0).repeat(2, axis=1)
    found, twice = segmenter.segment(frame), segmenter.segment(large)
    check(twice, large.shape)
    for index in (0, 1):
        near = np.abs(twice.xyxy / 2 - found.xyxy[index]).max(axis=1).argmin()
        assert twice.xyxy[near] / 2 == pytest.approx(found.xyxy[index], abs=4)
        mask, large_mask = np.zeros(frame.shape[:2], bool), np.zeros(large.shape[:2], bool)
        found.masks[index].paint(mask)
        twice.masks[near].paint(large_mask)
        shrunk = large_mask[::2, ::2]
        assert (mask & shrunk).sum() / (mask | shrunk).sum() > 0.97


def test_parked_cars_are_nobody(segmenter: YoloSegmenter, data: Path) -> None:
    with VideoReader(data / "clips" / "humanwalking_5.mp4") as clip:
        street = next(iter(clip)).image
    assert len(segmenter.segment(street)) == 0


def test_an_empty_scene_has_nobody(segmenter: YoloSegmenter) -> None:
    found = segmenter.segment(np.full((240, 320, 3), 127, np.uint8))
    check(found, (240, 320))
    assert len(found) == 0


def test_segmenting_calls_nobody(
    segmenter: YoloSegmenter, frame: UInt8, outside_hosts: Hosts
) -> None:
    segmenter.segment(frame[::2, ::2].copy())
    assert outside_hosts == []


def test_loading_calls_nobody_in_a_fresh_process(data: Path) -> None:
    """Ultralytics looks up outside hosts when it is imported, unless it is told not to."""
    program = (
        "import socket, sys\n"
        "from pathlib import Path\n"
        "asked = []\n"
        "def refuse(*arguments, **_):\n"
        "    asked.append(arguments)\n"
        "    raise socket.gaierror('closed')\n"
        "socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse\n"
        "socket.socket.connect = refuse\n"
        "from gaitcolor_core.stages.segment import YoloSegmenter\n"
        "from gaitcolor_core.stages.track import assign_track_ids\n"
        "assign_track_ids([], frame_shape=(9, 9), fps=25)\n"
        "YoloSegmenter(Path(sys.argv[1]), device='cpu')\n"
        "print(asked)\n"
    )
    weights = data / "weights" / "yolov8n-seg.pt"
    command = [sys.executable, "-c", program, str(weights)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_missing_weights() -> None:
    with pytest.raises(InputError, match=r"no detector at 'nowhere\.pt'"):
        YoloSegmenter(Path("nowhere.pt"), device="cpu")


def a_text(path: Path) -> None:
    path.write_text("These are no weights.\n" * 20)


def nothing(path: Path) -> None:
    path.touch()


def foreign_weights(path: Path) -> None:
    torch.save({"layer": torch.zeros(3)}, path)


def a_detector_of_boxes(path: Path) -> None:
    from ultralytics import YOLO

    YOLO("yolov8n.yaml").save(path)


@pytest.mark.parametrize(
    ("write", "complaint"),
    [
        (a_text, "could not be loaded as a YOLO model"),
        (nothing, "could not be loaded as a YOLO model"),
        (foreign_weights, "could not be loaded as a YOLO model"),
        (a_detector_of_boxes, "is a model for 'detect', but masks are needed"),
    ],
)
def test_refuses_other_files(
    write: Callable[[Path], None], complaint: str, tmp_path: Path, outside_hosts: Hosts
) -> None:
    weights = tmp_path / "weights.pt"
    write(weights)
    with pytest.raises(InputError, match=complaint) as refused:
        YoloSegmenter(weights, device="cpu")
    message = str(refused.value)
    assert "\n" not in message and message.isascii() and message.endswith(".")
    assert outside_hosts == []


def test_named_weights_come_first(
    no_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside_hosts: Hosts
) -> None:
    named, from_environment = tmp_path / "named.pt", tmp_path / "environment.pt"
    named.touch()
    from_environment.touch()
    monkeypatch.setenv("GAITCOLOR_DETECTOR", str(from_environment))
    assert find_weights(str(named)) == named
    assert find_weights(None) == from_environment
    assert outside_hosts == []


def test_official_weights_are_asked_for_once_and_quickly(
    no_cache: Path, outside_hosts: Hosts
) -> None:
    started = time.monotonic()
    assert find_weights(None) == BUNDLED
    assert time.monotonic() - started < 10
    assert outside_hosts == [segment.OFFICIAL_HOST]
    assert not no_cache.exists()


def test_without_any_weights_there_are_none(
    no_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment, "bundled", lambda name: None)
    assert find_weights(None) is None


def test_bundled_weights_come_after_the_official_ones(
    no_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(segment, "bundled", lambda name: tmp_path / name)
    assert find_weights(None) == tmp_path / "walker_segmenter"
    official = no_cache / segment.OFFICIAL_WEIGHTS
    official.parent.mkdir()
    official.touch()
    assert find_weights(None) == official


def test_a_folder_of_weights_may_be_named(no_cache: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").touch()
    assert find_weights(str(tmp_path)) == tmp_path
    with pytest.raises(InputError, match=r"its config\.json is missing or damaged"):
        YoloSegmenter(tmp_path, device="cpu")


def test_a_name_server_that_never_answers(no_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "REACH_LIMIT_S", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(2) or [])
    started = time.monotonic()
    assert find_weights(None) == BUNDLED
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("name", ["nowhere/weights.pt", "yolo11n-seg.pt", "weights.onnx"])
def test_named_weights_that_cannot_be_had(name: str, no_cache: Path, outside_hosts: Hosts) -> None:
    with pytest.raises(InputError, match="neither a file nor an official model"):
        find_weights(name)
    # Only what may be the name of an official model is asked for.
    assert outside_hosts == [segment.OFFICIAL_HOST] * (name == "yolo11n-seg.pt")


@pytest.mark.parametrize(
    ("content", "accepted"),
    [
        (segment.ZIP_MAGIC + b"weights", True),
        (b"<html>Please log in</html>", False),
    ],
)
def test_a_download_is_kept_if_it_is_weights(
    content: bytes, accepted: bool, no_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    served = tmp_path / "served"
    served.write_bytes(content)
    monkeypatch.setattr(segment, "_reachable", lambda _: True)
    monkeypatch.setattr(segment, "urlopen", lambda *_, **__: served.open("rb"))
    expected = no_cache / segment.OFFICIAL_WEIGHTS
    assert find_weights(None) == (expected if accepted else BUNDLED)
    assert expected.is_file() == accepted
    if accepted:
        assert expected.read_bytes() == content
        assert [path.name for path in no_cache.iterdir()] == [expected.name]
        # The second time it is there.
        monkeypatch.setattr(segment, "_reachable", lambda _: pytest.fail("asked again"))
        assert find_weights(None) == expected
