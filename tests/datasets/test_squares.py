import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.datasets.squares import Box, square_crop, square_silhouette
from gaitcolor_core.structures import PackedMask

HEIGHT, WIDTH = 120, 160


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Boxes in a frame of 160 x 120 pixels, none so small that a pixel is a large part of it."""
    left, top = draw(st.integers(0, WIDTH - 20)), draw(st.integers(0, HEIGHT - 20))
    return left, top, draw(st.integers(left + 20, WIDTH)), draw(st.integers(top + 20, HEIGHT))


def filled(box: Box) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    return mask


def test_a_walker_of_the_size_of_the_square_stays_as_it_is() -> None:
    rng = np.random.default_rng(0)
    mask = rng.random((HEIGHT + 20, WIDTH)) > 0.5
    image = rng.integers(0, 256, (*mask.shape, 3), np.uint8)
    box = (30, 5, 80, 133)
    silhouette = square_silhouette(PackedMask.pack(mask), box)
    crop = square_crop(image, box)
    assert np.array_equal(silhouette[:, 39:89], mask[5:133, 30:80])
    assert np.array_equal(crop[:, 39:89], image[5:133, 30:80])
    for outside in (np.s_[:, :39], np.s_[:, 89:]):
        assert not silhouette[outside].any()
    # 39 pixels beside the box: 30 of the frame's, and 9 beyond its left edge.
    assert np.array_equal(crop[:, 9:39], image[5:133, :30])
    assert not crop[:, :9].any()


@given(boxes())
def test_a_filled_box_keeps_its_shape_along_the_whole_square(box: Box) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    silhouette = square_silhouette(PackedMask.pack(filled(box)), box)
    assert silhouette.any(axis=int(width < height)).all()
    assert abs(silhouette.mean() - min(width, height) / max(width, height)) < 0.02


@given(boxes())
def test_silhouette_and_crop_lie_on_each_other(box: Box) -> None:
    mask = filled(box)
    image = np.where(mask[..., None], 255, 0).astype(np.uint8).repeat(3, axis=-1)
    silhouette = square_silhouette(PackedMask.pack(mask), box)
    bright = square_crop(image, box)[..., 0] > 127
    # Both are rounded where a pixel of the square lies on the border of the box.
    assert (silhouette ^ bright).mean() < 0.02


def test_pixels_outside_the_box_are_no_part_of_the_silhouette() -> None:
    mask = filled((60, 20, 90, 100)) | filled((40, 50, 42, 52))
    silhouette = square_silhouette(PackedMask.pack(mask), (60, 20, 90, 100))
    assert not silhouette[:, :39].any()
