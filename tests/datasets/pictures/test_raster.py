from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

from gaitcolor_core.datasets.pictures.backdrops import Light
from gaitcolor_core.datasets.pictures.camera import Camera
from gaitcolor_core.datasets.pictures.raster import Drawing, Renderer, Snapshot
from gaitcolor_core.datasets.pictures.silhouette import Silhouettes
from gaitcolor_core.datasets.walkers.body import Body, Pose, draw_body
from gaitcolor_core.datasets.walkers.fabrics import Fabric
from gaitcolor_core.datasets.walkers.figure import Figure, dress
from gaitcolor_core.datasets.walkers.outfit import Outfit
from gaitcolor_core.structures import InputError

SIZE = 128
CAMERA = Camera((0.0, -4.0, 0.9), (0.0, 0.0, 0.9), 30.0, SIZE, SIZE)
DAY = Light(np.array([0.0, -0.6, 0.8]), np.full(3, 0.6), np.full(3, 0.5), 0.5)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    try:
        return Renderer()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def body() -> Body:
    return draw_body(np.random.default_rng(3))


@pytest.fixture(scope="module")
def outfit(body: Body) -> Outfit:
    drawn = Outfit.draw(np.random.default_rng(3), body, False)
    red = ((0.8, 0.1, 0.1),) * 3
    return dataclasses.replace(
        drawn, top=Fabric("plain", red, folds=0.0), sleeve=0.97, hem=0.3, hair_style="short",
        bottom=Fabric("plain", ((0.5, 0.5, 0.5),) * 3), leg_wear="trousers", leg=1.0,
    )  # fmt: skip


@pytest.fixture(scope="module")
def figure(body: Body, outfit: Outfit) -> Figure:
    return dress(body, outfit)


def standing(figure: Figure, shift: tuple[float, float, float] = (0, 0, 0)) -> Snapshot:
    pose = Pose({}, (figure.body.joint("pelvis") + shift)[None])
    return Snapshot.of(figure.animate(pose, np.zeros(1)), 0)


def drawn(renderer: Renderer, *walkers: Snapshot, light: Light = DAY) -> Drawing:
    return renderer.draw(walkers, CAMERA.matrix(), SIZE, SIZE, light)


def test_shapes(renderer: Renderer, figure: Figure) -> None:
    drawing = renderer.draw([standing(figure)] * 2, CAMERA.matrix(), 96, 60, DAY)
    assert drawing.color.shape == (60, 96, 3) and drawing.color.dtype == np.uint8
    assert drawing.alpha.shape == (60, 96) and drawing.masks.shape == (2, 60, 96)


def test_nobody_is_nothing(renderer: Renderer) -> None:
    drawing = drawn(renderer)
    assert not drawing.alpha.any() and not drawing.color.any() and len(drawing.masks) == 0


def test_colored_where_the_silhouette_is(renderer: Renderer, figure: Figure) -> None:
    walker = standing(figure)
    drawing = drawn(renderer, walker)
    silhouette = Silhouettes(walker.faces).draw(walker.vertices, CAMERA.matrix()[None], SIZE)[0]
    # Four samples a pixel against its middle: they may differ along the outline.
    assert (drawing.masks[0] != silhouette).sum() < 0.1 * silhouette.sum()
    assert (drawing.alpha[silhouette] > 0).mean() > 0.99
    assert not drawing.color[drawing.alpha == 0].any()


def test_edges_are_smooth(renderer: Renderer, figure: Figure) -> None:
    alpha = drawn(renderer, standing(figure)).alpha
    assert ((alpha > 0) & (alpha < 255)).sum() > 30


def test_the_same_input_gives_the_same_bytes(renderer: Renderer, figure: Figure) -> None:
    first, second = (drawn(renderer, standing(figure)).color for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_who_is_nearer_hides_who_is_behind(renderer: Renderer, figure: Figure) -> None:
    far, near = standing(figure, (0, 1.0, 0)), standing(figure, (0.2, 0, 0))
    for walkers, front in (((near, far), 0), ((far, near), 1)):
        masks = drawn(renderer, *walkers).masks
        alone = drawn(renderer, near).masks[0]
        assert (masks[front] == alone).all()
        assert not (masks[0] & masks[1]).any()
        assert 0 < masks[1 - front].sum() < drawn(renderer, far).masks[0].sum()


def test_cloth_has_its_color(renderer: Renderer, figure: Figure) -> None:
    drawing = drawn(renderer, standing(figure))
    pixels, _ = CAMERA.project(figure.body.joint("thorax") + np.array([0, 0, 0.1]))
    column, row = pixels.astype(int)
    red, green, blue = drawing.color[row, column].astype(int)
    assert red > 2 * max(green, blue) and red > 100


def test_the_lit_side_is_brighter(renderer: Renderer, figure: Figure) -> None:
    left = dataclasses.replace(DAY, direction=np.array([0.8, 0.0, 0.6]))
    drawing = drawn(renderer, standing(figure), light=left)
    bright = drawing.color.sum(2) / 3 * (drawing.alpha == 255)
    # A walker's left is on the right of the picture.
    assert bright[:, SIZE // 2 :].sum() > 1.1 * bright[:, : SIZE // 2].sum()


def test_patterns_differ_from_plain_cloth(
    renderer: Renderer, body: Body, outfit: Outfit, figure: Figure
) -> None:
    plain = drawn(renderer, standing(figure)).color.astype(int)
    white = (0.9, 0.9, 0.9)
    for pattern in ("stripes", "checks", "dots", "camouflage", "knit"):
        cloth = Fabric(pattern, ((0.8, 0.1, 0.1), white, white), folds=0.0)
        other = dress(body, dataclasses.replace(outfit, top=cloth))
        changed = np.abs(drawn(renderer, standing(other)).color - plain).max(2) > 40
        assert 0.01 < changed.mean() < 0.2, pattern


def test_without_opengl_a_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    with pytest.raises(InputError, match=r"gaitcolor\[render\].*libegl1"):
        Renderer()


def test_renderers_do_not_disturb_each_other(renderer: Renderer, figure: Figure) -> None:
    walker = standing(figure)
    alone = drawn(renderer, walker)
    with Renderer() as another:
        drawn(another, walker)
        beside = drawn(renderer, walker)
    after = drawn(renderer, walker)
    assert alone.masks.any()
    for drawing in (beside, after):
        assert np.array_equal(drawing.color, alone.color)
        assert np.array_equal(drawing.masks, alone.masks)
