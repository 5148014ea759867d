"""Colors from a network: painted in the body's square, brought back softly, never a hole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from color_networks import cloth, job, post, small_network, write_network
from torch import Tensor, nn

from gaitcolor_core.gait import HEAD_ROOM, SQUARE_PER_HEIGHT, body_square
from gaitcolor_core.imaging import pixel_grid
from gaitcolor_core.methods import Methods
from gaitcolor_core.models.color_networks import load_color_network
from gaitcolor_core.stages.transfer_color import NetworkColors, View, nearest
from gaitcolor_core.structures import InputError


class Painter(nn.Module):
    """Paints what it sees, or one color."""

    def __init__(self, color: tuple[float, float, float] | None = None) -> None:
        super().__init__()
        self.color = color
        self.batches: list[int] = []

    def forward(self, x_rgb: Tensor, x_bi: Tensor) -> Tensor:
        self.batches.append(len(x_rgb))
        if self.color is None:
            return x_rgb * x_bi
        return torch.tensor(self.color)[:, None, None] * x_bi


def test_the_body_square_stands_around_the_body() -> None:
    height, top, axis = 200.0, 50.0, 120.0
    side, upper = SQUARE_PER_HEIGHT * height, top - HEAD_ROOM * height
    square = np.array([axis - side / 2, upper, axis + side / 2, upper + side], np.float32)
    found = body_square(square)
    assert found.tolist() == pytest.approx([14.0, 44.0, 226.0, 256.0], abs=0.01)


@pytest.mark.parametrize("side", [40, 160, 333])
def test_a_network_that_copies_gives_the_picture_back(side: int) -> None:
    whole = job(side)
    whole = replace(whole, patch=cloth(side))
    (colors,) = NetworkColors(Painter(), "cpu")([whole])
    assert colors.shape == (side, side, 3)
    assert colors.dtype == np.float32
    inside = whole.alpha > 0.5
    # Colors change by 1.5 levels a pixel of 128 at most.
    assert np.abs(colors[inside] - whole.patch[inside]).mean() < 1.5
    seen = inside & whole.foreground
    assert np.abs(colors[seen] - whole.patch[seen]).max() < 6


def test_the_outline_of_the_body_is_no_darker() -> None:
    whole = job()
    (colors,) = NetworkColors(Painter((0.8, 0.4, 0.2)), "cpu")([whole])
    painted = colors[post(160, 0.13, 0.03)]
    assert np.abs(painted - [204, 102, 51]).max() < 0.1


def test_beyond_what_is_painted_the_nearest_colors_of_the_body_go_on() -> None:
    whole = job()
    # The square ends in the middle of the body.
    whole = replace(whole, body=np.array([16, 16, 80, 80], np.float32))
    (colors,) = NetworkColors(Painter((1.0, 0.0, 1.0)), "cpu")([whole])
    x, y = np.moveaxis(pixel_grid(160, 160), -1, 0)
    body = whole.alpha > 0.5
    assert np.abs(colors[body & (x < 78) & (y < 78) & (y > 40)] - [255, 0, 255]).max() < 0.1
    beyond = body & ((x > 82) | (y > 82))
    (copied,) = nearest([whole])
    assert np.array_equal(colors[beyond], copied[beyond])
    assert colors[beyond].min() > 30  # nothing of the black scenery


def test_a_network_that_gives_no_numbers_gives_no_colors() -> None:
    whole = job()
    (colors,) = NetworkColors(Painter((float("nan"),) * 3), "cpu")([whole])
    assert np.array_equal(colors, nearest([whole])[0])


def test_several_walkers_at_once_are_as_one_by_one() -> None:
    jobs = [job(side, seed=side) for side in (90, 160, 200)]
    painter = Painter()
    NetworkColors(painter, "cpu")(jobs)
    assert painter.batches == [3]
    transfer = NetworkColors(small_network(), "cpu")
    assert transfer([]) == []
    for colors, each in zip(transfer(jobs), jobs, strict=True):
        assert np.abs(colors - transfer([each])[0]).max() < 0.01


def test_a_network_sees_black_beyond_the_frame() -> None:
    whole = replace(job(), patch=np.full((160, 160, 3), 200, np.uint8))
    whole.in_frame[:, :80] = False
    view = View.of(whole)
    assert view.x_rgb.shape == (128, 128, 3) and view.x_rgb.dtype == np.uint8
    assert not view.x_rgb[:, :62].any()
    assert (view.x_rgb[1:-1, 66:-1] == 200).all()
    assert view.x_bi.dtype == view.x_sil.dtype == np.bool_
    assert (view.x_bi ^ post(128, 0.14 / 0.84, 0.03 / 0.84)).mean() < 0.05


def test_nobody_is_colored_without_a_fault() -> None:
    nobody = np.zeros((160, 160), bool)
    empty = replace(job(), foreground=nobody, alpha=nobody.astype(np.float32))
    (colors,) = NetworkColors(small_network(), "cpu")([empty])
    assert np.isfinite(colors).all()


def test_networks_are_found_by_name_and_loaded_once(tmp_path: Path) -> None:
    write_network(tmp_path)
    methods = Methods(tmp_path, "cpu")
    transfer = methods.color("gram")
    assert isinstance(transfer, NetworkColors)
    assert methods.color("gram") is transfer
    expected = load_color_network(tmp_path / "color_gram")
    for ours, theirs in zip(transfer.network.parameters(), expected.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(
    ("kind", "name"), [("color", "gram"), ("color", "supervised"), ("shape", "dcgan")]
)
def test_missing_weights_are_a_sentence(tmp_path: Path, kind: str, name: str) -> None:
    methods = Methods(tmp_path, "cpu")
    words = f"are not in '{tmp_path}/{kind}_{name}'; 'gaitcolor hub pull' .*train {kind}'"
    with pytest.raises(InputError, match=words):
        getattr(methods, kind)(name)
