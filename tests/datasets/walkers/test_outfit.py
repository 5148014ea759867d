from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gaitcolor_core.datasets.walkers.body import Body, Pose, draw_body
from gaitcolor_core.datasets.walkers.fabrics import PATTERNS, TEXTURAL
from gaitcolor_core.datasets.walkers.figure import MATERIALS, Figure, dress
from gaitcolor_core.datasets.walkers.garments import LAYERS
from gaitcolor_core.datasets.walkers.outfit import BAGS, COATS, Outfit
from gaitcolor_core.structures import Float32, Float64

SEEDS = range(12)


def walker(seed: int, textural: bool = False) -> tuple[Body, Outfit]:
    rng = np.random.default_rng(seed)
    body = draw_body(rng)
    return body, Outfit.draw(rng, body, textural)


def stance(body: Body, frames: int = 1) -> Pose:
    return Pose({}, np.repeat(body.joint("pelvis")[None], frames, 0))


def standing(figure: Figure) -> Float32:
    return figure.outline(stance(figure.body), np.zeros(1))[0]


def part(figure: Figure, material: str) -> Float64:
    """Vertices of separate pieces."""
    return figure.look.rest[figure.look.material == MATERIALS.index(material)]


@pytest.fixture(scope="module")
def plain() -> tuple[Body, Outfit]:
    body, outfit = walker(1)
    return body, dataclasses.replace(outfit, leg_wear="trousers", leg=1.0, hem=0.3, cap=None)


def test_the_same_seed_dresses_alike() -> None:
    assert walker(5)[1] == walker(5)[1]
    assert walker(5)[1] != walker(6)[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_plain_and_textural_cloth(seed: int) -> None:
    fabric = walker(seed)[1]
    assert {fabric.top.pattern, fabric.bottom.pattern, fabric.coat.pattern} == {"plain"}
    patterned = walker(seed, textural=True)[1]
    assert patterned.top.pattern in TEXTURAL and patterned.coat.pattern in TEXTURAL


@pytest.mark.parametrize("seed", SEEDS)
def test_colors_and_sizes_are_possible(seed: int) -> None:
    body, outfit = walker(seed, textural=bool(seed % 2))
    figure = dress(body, outfit)
    for fabric in figure.look.fabrics:
        assert fabric.pattern in PATTERNS
        assert all(0 <= channel <= 1 for color in fabric.colors for channel in color)
    points = standing(figure)
    assert np.isfinite(points).all()
    assert body.stature_m - 0.01 < points[:, 2].max() < body.stature_m + 0.07
    assert -0.001 < points[:, 2].min() < 0.01


@pytest.mark.parametrize("coat", COATS)
@pytest.mark.parametrize("bag", [None, *BAGS])
def test_everything_moves_together(plain: tuple[Body, Outfit], coat: str, bag: str | None) -> None:
    figure = dress(*plain, coat=coat, bag=bag)  # type: ignore[arg-type]
    body = figure.body
    there = stance(body).pelvis + np.array([0.5, -2.0, 0.1])
    moved = figure.animate(Pose({}, there), np.zeros(1))
    assert moved.vertices.dtype == moved.normals.dtype == np.float32
    assert moved.faces.max() < moved.vertices.shape[1] == len(figure.look.rest)
    assert np.allclose(moved.vertices[0] - [0.5, -2.0, 0.1], standing(figure), atol=1e-5)
    assert np.allclose(np.linalg.norm(moved.normals, axis=-1), 1, atol=1e-3)


def test_the_standing_figure_is_where_its_cloth_has_its_pattern(
    plain: tuple[Body, Outfit],
) -> None:
    figure = dress(*plain, coat="coat", bag="backpack")
    assert np.allclose(standing(figure), figure.look.rest, atol=1e-5)


def test_clothes_lie_outside_the_body(plain: tuple[Body, Outfit]) -> None:
    body, outfit = plain
    loose = dataclasses.replace(outfit, top_ease_m=0.014, leg_ease_m=0.013, leg_wear="trousers")
    figure = dress(body, loose)
    chest = np.abs(body.vertices[:, 2] - body.joint("thorax")[2]) < 0.05
    wide, bare = figure.surface[: len(body.vertices)][chest], body.vertices[chest]
    assert wide[:, 1].max() > bare[:, 1].max() and wide[:, 1].min() < bare[:, 1].min()


@pytest.mark.parametrize("coat", COATS)
def test_a_coat_changes_the_outline(plain: tuple[Body, Outfit], coat: str) -> None:
    without, worn = dress(*plain), dress(*plain, coat=coat)  # type: ignore[arg-type]
    waist = without.look.waist_m

    def girth(figure: Figure) -> float:
        band = figure.look.rest[np.abs(figure.look.rest[:, 2] - waist - 0.12) < 0.03]
        return float(np.ptp(band[:, 1]))

    assert girth(worn) > girth(without) + 0.02
    assert part(worn, "coat")[:, 2].min() < waist - 0.12


def test_coats_have_different_lengths(plain: tuple[Body, Outfit]) -> None:
    ends = {coat: part(dress(*plain, coat=coat), "coat")[:, 2].min() for coat in COATS}
    assert ends["long coat"] < ends["coat"] < ends["jacket"]


def test_bags_are_where_they_are_carried(plain: tuple[Body, Outfit]) -> None:
    body, _ = plain
    back, side, hand = (part(dress(*plain, bag=bag), "bag") for bag in BAGS)
    assert back[:, 1].max() > body.vertices[:, 1].max() + 0.05
    assert side[:, 0].max() > body.joint("thigh.L")[0] + 0.05
    assert hand[:, 2].min() < body.joint("hand.L")[2] - 0.2


@pytest.mark.parametrize("bag", ["shoulder bag", "hand bag"])
def test_hanging_bags_swing_with_the_walk(plain: tuple[Body, Outfit], bag: str) -> None:
    figure = dress(*plain, bag=bag)  # type: ignore[arg-type]
    phase = np.linspace(0, 1, 9)
    frames = figure.outline(stance(figure.body, 9), phase)
    parts = np.flatnonzero(figure.look.material == MATERIALS.index("bag"))
    swing = np.ptp(frames[:, parts, 1], axis=0).max()
    assert 0.02 < swing < 0.2
    assert np.allclose(frames[0], frames[-1], atol=1e-5)


def test_trousers_end_where_they_are_drawn(plain: tuple[Body, Outfit]) -> None:
    body, outfit = plain
    covers = []
    for leg in (0.4, 1.0):
        figure = dress(body, dataclasses.replace(outfit, leg=leg, leg_wear="shorts"))
        inside = figure.look.cover[:, LAYERS.index("bottom")] > 0
        covers.append(figure.look.rest[inside, 2].min())
    assert covers[0] > body.joint("shank.L")[2] > covers[1]


def test_skirts_are_for_some_women_only() -> None:
    worn = [(walker(seed)[0].female, walker(seed)[1].leg_wear) for seed in range(60)]
    assert ("skirt" in {wear for female, wear in worn if female}) and not any(
        wear == "skirt" for female, wear in worn if not female
    )
