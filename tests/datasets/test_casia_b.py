from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import ffmpeg, psnr

from gaitcolor_core.datasets.casia_b import CasiaB
from gaitcolor_core.datasets.footage import Frame, Shot
from gaitcolor_core.datasets.gait_set import VIEWS, SequenceKey
from gaitcolor_core.datasets.pictures.sensor import Sensor
from gaitcolor_core.datasets.studio import backdrop_of
from gaitcolor_core.datasets.subject import draw_subject, film, ring
from gaitcolor_core.structures import InputError
from gaitcolor_core.video import VideoWriter

KEY = SequenceKey(1, "nm", 1, 90)
FPS = 25


def make_casia_b(
    root: Path,
    frames: Sequence[np.ndarray],
    masks: Sequence[np.ndarray],
    *,
    empty_scene: Sequence[np.ndarray] = (),
    key: SequenceKey = KEY,
) -> Path:
    """Write a sequence in CASIA-B's layout: frames `(240, 320, 3)` uint8, masks `(240, 320)`."""
    folder = root / "DatasetB-2" / key.folder / f"{key.view:03d}"
    folder.mkdir(parents=True)
    for number, mask in enumerate(masks, start=1):
        cv2.imwrite(str(folder / f"{key}-{number:03d}.png"), mask.astype(np.uint8) * 255)
    videos = root / "DatasetB-1" / "video"
    videos.mkdir(parents=True, exist_ok=True)
    if len(frames):
        write_avi(videos / f"{key}.avi", frames)
    if len(empty_scene):
        write_avi(videos / f"{key.subject:03d}-bkgrd-{key.view:03d}.avi", empty_scene)
    return root


def write_avi(path: Path, frames: Sequence[np.ndarray]) -> None:
    height, width = frames[0].shape[:2]
    first = path.with_suffix(".mp4")
    with VideoWriter(first, width, height, Fraction(FPS)) as writer:
        for index, frame in enumerate(frames):
            writer.write(frame, Fraction(index, FPS))
    ffmpeg("-i", first, "-c:v", "mpeg4", "-q:v", 2, path)
    first.unlink()


@pytest.fixture(scope="module")
def walk() -> list[Frame]:
    """A rendered walker, seen from the side by a still camera, who appears in the third frame."""
    rng = np.random.default_rng(0)
    camera = ring()[VIEWS.index(90)]
    take = film(draw_subject(0, 1), "nm", 1, seed=0)
    walker = take.figure.animate(take.pose, take.phase)
    backdrop = backdrop_of(camera, rng, clear_m=8, kind="studio")
    size, corners = (camera.width, camera.height), np.zeros((10, 2))
    nobody = Frame(backdrop.image, np.zeros((1, 240, 320), bool))
    shot = Shot(camera, backdrop, Sensor(), size, corners, (walker,))
    return [nobody, nobody, *shot.frames(rng)]


@pytest.fixture(scope="module")
def casia_b(walk: list[Frame], tmp_path_factory: pytest.TempPathFactory) -> CasiaB:
    root = tmp_path_factory.mktemp("casia")
    images = [frame.image for frame in walk]
    return CasiaB(make_casia_b(root, images, [frame.masks[0] for frame in walk],
                               empty_scene=images[:2]))  # fmt: skip


def box_set(root: Path, *boxes: tuple[slice, slice], frames: Sequence[np.ndarray] = ()) -> CasiaB:
    """A sequence of one silhouette, white in `boxes` (rows, columns)."""
    mask = np.zeros((240, 320), bool)
    for box in boxes:
        mask[box] = True
    return CasiaB(make_casia_b(root, frames, [mask]))


def bounds(silhouette: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    rows, columns = np.flatnonzero(silhouette.any(1)), np.flatnonzero(silhouette.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_silhouettes_and_crops_are_squares_of_the_same_frames(casia_b: CasiaB) -> None:
    silhouettes, crops = casia_b.silhouettes(KEY), casia_b.crops(KEY)
    assert (silhouettes.shape, silhouettes.dtype) == ((10, 128, 128), bool)
    assert (crops.shape, crops.dtype) == ((10, 128, 128, 3), np.uint8)


def test_frames_without_a_walker_are_left_out(casia_b: CasiaB) -> None:
    assert list(casia_b.boxes(KEY)) == list(range(3, 13))


def test_a_walker_fills_the_height_of_the_square_and_stands_in_its_middle(casia_b: CasiaB) -> None:
    for silhouette in casia_b.silhouettes(KEY):
        left, top, right, bottom = bounds(silhouette)
        # Half a pixel of the frame is about one of the square.
        assert top <= 1 and bottom >= 127
        assert abs((left + right) / 2 - 64) <= 1.5


def test_a_crop_shows_the_walker_of_its_own_frame(casia_b: CasiaB, walk: list[Frame]) -> None:
    crops, silhouettes = casia_b.crops(KEY), casia_b.silhouettes(KEY)
    boxes = list(casia_b.boxes(KEY).values())

    def shown(frame: int, box: int) -> np.ndarray:
        left, top, right, bottom = boxes[box]
        side = bottom - top
        start = (left + right - side) // 2
        return cv2.resize(walk[frame].image[top:bottom, start : start + side], (128, 128))

    for index, silhouette in enumerate(silhouettes):
        fits = psnr(crops[index][silhouette], shown(index + 2, index)[silhouette])
        # The video was compressed twice; of two neighboring frames the right one fits better.
        assert fits > 22
        for other in {max(index - 1, 0), min(index + 1, 9)} - {index}:
            assert fits > psnr(crops[index][silhouette], shown(other + 2, index)[silhouette]) + 1


def test_the_background_beside_the_walker_is_kept(casia_b: CasiaB) -> None:
    for crop in casia_b.crops(KEY):
        # The walk crosses the middle of the picture: no square reaches beyond the frame.
        assert crop[2:126, 2:126].any(axis=-1).mean() > 0.99


def test_who_is_wider_than_tall_fills_the_width(tmp_path: Path) -> None:
    lying = box_set(tmp_path, np.s_[150:190, 100:180]).silhouettes(KEY)[0]
    assert bounds(lying) == (0, 32, 128, 96)


def test_a_box_of_64_by_32_pixels(tmp_path: Path) -> None:
    scene = np.zeros((240, 320, 3), np.uint8)
    scene[100:164, 50:82] = (200, 100, 50)
    small = box_set(tmp_path, np.s_[100:164, 50:82], frames=[scene])
    assert small.boxes(KEY) == {1: (50, 100, 82, 164)}
    expected = np.zeros((128, 128), bool)
    expected[:, 32:96] = True
    assert np.array_equal(small.silhouettes(KEY)[0], expected)
    inside = small.crops(KEY)[0][8:120, 40:88]
    assert np.abs(inside.astype(int) - (200, 100, 50)).max() < 12  # of compression


def test_parts_of_a_broken_silhouette_count_specks_do_not(tmp_path: Path) -> None:
    head, legs, speck = np.s_[60:70, 150:160], np.s_[80:160, 140:170], np.s_[10:12, 10:12]
    broken = box_set(tmp_path, head, legs, speck)
    assert broken.boxes(KEY) == {1: (140, 60, 170, 160)}


def test_a_walker_at_the_edge_of_the_picture(tmp_path: Path) -> None:
    frames = [np.full((240, 320, 3), 200, np.uint8)]
    half = box_set(tmp_path, np.s_[40:240, 0:30], frames=frames)
    assert bounds(half.silhouettes(KEY)[0]) == (54, 0, 74, 128)  # 30 of 200 pixels, in the middle
    assert half.crops(KEY)[0][10:118, 58:70].min() > 190


def test_the_scenery_is_that_of_the_empty_video(casia_b: CasiaB, walk: list[Frame]) -> None:
    assert psnr(casia_b.background(KEY), walk[0].image) > 28


def test_only_what_is_there_is_listed_in_order(tmp_path: Path) -> None:
    mask = [np.ones((240, 320), bool)]
    keys = [SequenceKey(2, "nm", 6, 180), SequenceKey(2, "bg", 1, 0), SequenceKey(1, "cl", 2, 18)]
    for key in keys:
        make_casia_b(tmp_path, [], mask, key=key)
    (tmp_path / "DatasetB-2" / "003" / "nm-01" / "090").mkdir(parents=True)  # empty
    (tmp_path / "DatasetB-2" / "003" / "nm-01" / "091").mkdir()
    (tmp_path / "DatasetB-2" / "003" / "nm-01" / "091" / "a.png").touch()  # of no view
    assert CasiaB(tmp_path).keys() == sorted(keys)
    # Any folder above the sequences will do.
    assert CasiaB(tmp_path / "DatasetB-2" / "002").keys() == sorted(keys)[1:]


def test_videos_are_found_wherever_they_are(tmp_path: Path) -> None:
    make_casia_b(tmp_path, [], [np.ones((240, 320), bool)])
    place = tmp_path / "DatasetB-2" / "001" / "001-NM-01-090.AVI"
    place.touch()
    assert CasiaB(tmp_path).video(KEY) == place


def test_a_sequence_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    for copy in ("first", "second"):
        make_casia_b(tmp_path / copy, [], [np.ones((240, 320), bool)])
    with pytest.raises(InputError, match=r"001-nm-01-090 is there twice, in '.*first.*second"):
        CasiaB(tmp_path)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^There is no folder '.*nowhere'; give the folder"):
        CasiaB(tmp_path / "nowhere")


def test_a_folder_without_silhouettes_is_told_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="looked for folders such as 001/nm-01/090 with pictures"):
        CasiaB(tmp_path)


def test_what_a_set_lacks_is_said_in_one_sentence(tmp_path: Path) -> None:
    bare = box_set(tmp_path, np.s_[40:200, 100:150])
    other = SequenceKey(1, "nm", 2, 90)
    for ask in (bare.silhouettes, bare.boxes):
        with pytest.raises(InputError, match=f"^There are no silhouettes of {other} in '.*'.$"):
            ask(other)
    with pytest.raises(InputError, match=r"^There is no video 001-nm-01-090.avi in '.*'"):
        bare.crops(KEY)
    with pytest.raises(InputError, match=r"^There is no video 001-bkgrd-090.avi in '.*'"):
        bare.background(KEY)


def test_silhouettes_that_cannot_be_used(tmp_path: Path) -> None:
    empty = CasiaB(make_casia_b(tmp_path / "a", [], [np.zeros((240, 320), bool)] * 2))
    with pytest.raises(InputError, match=r"^All silhouettes in '.*090' are empty"):
        empty.silhouettes(KEY)
    damaged = box_set(tmp_path / "b", np.s_[40:200, 100:150])
    path = next((tmp_path / "b").rglob("*.png"))
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match=r"^The silhouette '.*001-nm-01-090-001.png' is damaged"):
        damaged.silhouettes(KEY)
    path.rename(path.with_name("0001.png"))
    with pytest.raises(InputError, match=r"looked for pictures such as 001-nm-01-090-001.png\.$"):
        damaged.silhouettes(KEY)


def test_a_video_that_does_not_go_with_the_silhouettes(tmp_path: Path) -> None:
    mask = np.zeros((240, 320), bool)
    mask[40:200, 100:150] = True
    frame = np.full((240, 320, 3), 90, np.uint8)
    short = CasiaB(make_casia_b(tmp_path / "a", [frame] * 3, [mask] * 5))
    with pytest.raises(InputError, match="avi has 3 frames, but silhouettes up to frame 5"):
        short.crops(KEY)
    small = CasiaB(make_casia_b(tmp_path / "b", [frame[:120, :160]], [mask]))
    with pytest.raises(InputError, match="is 160 x 120 pixels, but its silhouettes are 320 x 240"):
        small.crops(KEY)
