"""The networks that change shapes, and the stage that uses them; none of them is trained here."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from test_gait import FPS, gait_of, walker_track
from torch import nn

from gaitcolor_core.body import BodyDraw
from gaitcolor_core.evaluation.shapes import is_whole
from gaitcolor_core.gait import gait_energy_image, gei_distance
from gaitcolor_core.models.completion_net import CompletionNet
from gaitcolor_core.models.contour_net import ContourNet
from gaitcolor_core.models.shape_networks import SHAPE_NETWORKS, load_shape_network
from gaitcolor_core.models.silhouette_discriminator import SilhouetteDiscriminator
from gaitcolor_core.stages.anonymize_shape import NetworkShape
from gaitcolor_core.stages.anonymize_shape.body_code import (
    CODE_SIZE,
    body_code,
    draw_body,
    mirrored_code,
)
from gaitcolor_core.stages.anonymize_shape.completing import Completing
from gaitcolor_core.stages.anonymize_shape.contours import contours_of
from gaitcolor_core.stages.anonymize_shape.one_piece import (
    holes_of,
    in_one_piece,
    without_crumbs,
)
from gaitcolor_core.structures import GaitSequence, InputError
from gaitcolor_core.weights import write_weights

SMALL = {"CompletionNet": {"width": 4, "hidden": 8}, "ContourNet": {"width": 6, "modes": 5}}


@cache
def walk() -> GaitSequence:
    return gait_of(walker_track(num_frames=26))


def network_named(name: str) -> CompletionNet | ContourNet:
    torch.manual_seed(1)
    network = SHAPE_NETWORKS[name](**SMALL[name])
    if isinstance(network, ContourNet):
        # Untrained, it hardly moves a contour.
        nn.init.normal_(network.to_fields.weight, std=0.3)
    return network


@pytest.fixture(scope="module", params=SMALL)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The weights of each network."""
    place: Path = tmp_path_factory.mktemp(request.param)
    network = network_named(request.param)
    config = {"architecture": request.param, "hyperparameters": network.hyperparameters}
    write_weights(place, network.state_dict(), config)
    return place


def test_completion_gives_logits_of_one_silhouette_each() -> None:
    network = CompletionNet()
    logits = network(torch.rand(3, 5, 64, 64), torch.zeros(3, CODE_SIZE))
    assert logits.shape == (3, 1, 64, 64)
    logits.mean().backward()
    assert all(each.grad is not None for each in network.parameters())
    assert sum(each.numel() for each in network.parameters()) < 2 * 2**20  # 4 MiB in float16


def test_contours_move_only_with_noise_and_never_at_the_head() -> None:
    network = network_named("ContourNet")
    contours = torch.from_numpy(contours_of(walk().silhouettes[:4, :, ::2, ::2]))
    assert torch.equal(network(contours, torch.zeros(4, 5)), contours)
    moved = network(contours, network.noise(torch.randn(4, 16)))
    assert (moved - contours).abs().amax() > 0.05
    assert torch.equal(moved[:, :, :12], contours[:, :, :12])
    moved.mean().backward()
    assert all(each.grad is not None for each in network.parameters())


def test_no_noise_takes_a_limb_away() -> None:
    network = network_named("ContourNet")
    contours = torch.from_numpy(contours_of(walk().silhouettes[:4]))
    for _ in range(3):
        moved = network.eval()(contours[:, :, ::2, ::2], 5 * network.noise(torch.randn(4, 16)))
        deep = contours[:, :, ::2, ::2] > 0.3
        assert (moved[deep] > 0).all()


def test_noise_codes_are_of_one_size() -> None:
    noise = ContourNet().noise(torch.randn(7, 16))
    assert torch.allclose(noise.square().mean(1), torch.ones(7))


@pytest.mark.parametrize("frames", [1, 8])
def test_a_discriminator_tells_apart_what_it_is_shown(frames: int) -> None:
    torch.manual_seed(0)
    network = SilhouetteDiscriminator(frames=frames, width=4)
    real, drawn = torch.zeros(6, frames, 64, 64), torch.zeros(6, frames, 64, 64)
    real[..., 10:50, 28:36] = 1
    drawn[..., 10:50, 20:44] = 1
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(25):
        optimizer.zero_grad()
        (network(drawn) - network(real)).mean().backward()
        optimizer.step()
    assert network(real).shape == (6,)
    assert network(real).min() > network(drawn).max() + 0.5


def test_a_body_code_grows_with_the_draw_and_is_mirrored_twice_into_itself() -> None:
    draw = draw_body(np.random.default_rng(3))
    code = body_code(draw)
    assert code.shape == (CODE_SIZE,) and code.dtype == np.float32
    assert np.abs(code).max() <= 1.1
    assert np.allclose(body_code(draw.scaled(0.5)), code / 2)
    assert np.array_equal(mirrored_code(mirrored_code(code)), code)
    assert (mirrored_code(code) != code).sum() == 2  # belly and lean
    assert not body_code(BodyDraw.draw(np.random.default_rng(0)).scaled(0)).any()


def test_pieces_and_holes_by_hand() -> None:
    body = np.zeros((128, 128), bool)
    body[20:110, 50:80] = True
    damaged = body.copy()
    damaged[40:44, 60:66] = False  # a hole of 24 pixels
    damaged[50:70, 56:64] = False  # a gap of 160
    damaged[5:9, 5:9] = True  # a crumb
    assert holes_of(damaged).sum() == 24
    assert without_crumbs(damaged).sum() == damaged.sum() - 16
    mended = in_one_piece(damaged)
    assert mended.sum() == body.sum() - 160
    assert is_whole(mended) and not is_whole(damaged)
    nobody = np.zeros((128, 128), bool)
    assert not in_one_piece(nobody).any() and not is_whole(nobody)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.2, 0.8))
def test_whatever_is_drawn_becomes_one_piece(seed: int, filled: float) -> None:
    noise = np.random.default_rng(seed).random((64, 64)) < filled
    mended = in_one_piece(noise)
    assert is_whole(mended) or not noise.any()
    assert np.array_equal(in_one_piece(mended), mended)


def test_a_contour_is_where_the_silhouette_ends() -> None:
    silhouettes = walk().silhouettes
    contours = contours_of(silhouettes)
    assert contours.dtype == np.float32
    assert contours.min() == -1 and contours.max() <= 1
    assert np.array_equal(contours > 0, silhouettes)
    assert (contours_of(np.zeros((1, 1, 64, 64), bool)) == -1).all()


def test_a_stage_keeps_frames_and_squares(folder: Path) -> None:
    gait = walk()
    generator = np.random.default_rng(0)
    other = NetworkShape(folder).anonymize(gait, fps=FPS, strength=0.5, generator=generator)
    new = other.sequence
    assert new.silhouettes.shape == gait.silhouettes.shape
    assert new.silhouettes.dtype == np.bool_
    assert np.array_equal(new.xyxy, gait.xyxy) and np.array_equal(new.frame_ids, gait.frame_ids)
    assert other.inverse_map(3) is None


def test_the_same_draw_gives_the_same_walk_and_another_one_another(folder: Path) -> None:
    shape = NetworkShape(folder)
    first, same, other = (
        shape.anonymize(walk(), fps=FPS, strength=0.5, generator=np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first.sequence.silhouettes, same.sequence.silhouettes)
    assert not np.array_equal(first.sequence.silhouettes, other.sequence.silhouettes)


def test_empty_silhouettes_stay_empty(folder: Path) -> None:
    silhouettes = walk().silhouettes.copy()
    silhouettes[4:7] = False
    gait = replace(walk(), silhouettes=silhouettes)
    shape, generator = NetworkShape(folder), np.random.default_rng(0)
    new = shape.anonymize(gait, fps=FPS, strength=0.5, generator=generator).sequence
    assert not new.silhouettes[4:7].any()
    nobody = replace(walk(), silhouettes=np.zeros_like(silhouettes))
    new = shape.anonymize(nobody, fps=FPS, strength=0.5, generator=generator).sequence
    assert not new.silhouettes.any()


def test_a_single_frame_is_enough(folder: Path) -> None:
    gait = walk()
    one = replace(
        gait,
        frame_ids=gait.frame_ids[:1],
        xyxy=gait.xyxy[:1],
        silhouettes=gait.silhouettes[:1],
    )
    generator = np.random.default_rng(0)
    new = NetworkShape(folder).anonymize(one, fps=FPS, strength=0.7, generator=generator)
    assert new.sequence.silhouettes.shape == (1, 1, 128, 128)


def test_contour_moves_as_far_as_asked_for_and_not_at_all_at_0(tmp_path: Path) -> None:
    network = network_named("ContourNet")
    config = {"architecture": "ContourNet", "hyperparameters": network.hyperparameters}
    write_weights(tmp_path, network.state_dict(), config)
    shape = NetworkShape(tmp_path)
    before = gait_energy_image(walk().silhouettes)
    moved = []
    for strength in (0.0, 0.2, 0.4):
        new = shape.anonymize(
            walk(), fps=FPS, strength=strength, generator=np.random.default_rng(4)
        ).sequence.silhouettes
        moved.append(gei_distance(before, gait_energy_image(new)))
    assert moved[0] == 0
    assert moved == pytest.approx([0, 4.4, 8.8], rel=0.15)


def test_a_window_follows_the_time_and_not_the_frames() -> None:
    class Seen(CompletionNet):
        def forward(self, silhouettes: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
            seen.append(silhouettes.mean((2, 3)))
            return silhouettes[:, 2:3] - 0.5

    seen: list[torch.Tensor] = []
    gait = walk()
    ones = np.arange(len(gait.frame_ids))[:, None, None, None]
    marked = np.broadcast_to(np.arange(128)[:, None] <= ones, gait.silhouettes.shape)
    gait = replace(gait, silhouettes=marked, frame_ids=2 * gait.frame_ids)
    Completing(Seen(), gait, 50.0).silhouettes(np.array([10]), np.zeros(CODE_SIZE, np.float32))
    # At 50 frames a second every second of which is there, neighbors are 4 and 2 entries away.
    assert (seen[0][0] * 128).round().tolist() == [7, 9, 11, 13, 15]


def test_refuses_a_folder_that_holds_another_network(tmp_path: Path) -> None:
    write_weights(tmp_path, {}, {"architecture": "SomethingElse", "hyperparameters": {}})
    with pytest.raises(InputError, match="describes no network that changes shapes"):
        load_shape_network(tmp_path)
    write_weights(tmp_path, {}, {"architecture": "ContourNet", "hyperparameters": {"wide": 3}})
    with pytest.raises(InputError, match="describes no network that changes shapes"):
        load_shape_network(tmp_path)
    write_weights(tmp_path, {}, {"architecture": "ContourNet", "hyperparameters": {}})
    with pytest.raises(InputError, match="do not belong to this network"):
        load_shape_network(tmp_path)
