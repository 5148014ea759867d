"""The deep recognizers: what a walk becomes, whatever the order and the size of its frames."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from gait_sets import draw_walker
from torch import Tensor

from gaitcolor_core.recognition.deep_recognizer import (
    RECOGNIZERS,
    DeepRecognizer,
    RecognizerNet,
    load_recognizer,
)
from gaitcolor_core.recognition.gaitbase import GaitBaseNet
from gaitcolor_core.recognition.gaitset import GaitSetNet
from gaitcolor_core.recognition.parts import PartLinear, pool_strips
from gaitcolor_core.recognition.silhouettes64 import prepare_silhouettes
from gaitcolor_core.structures import Bool, InputError
from gaitcolor_core.weights import write_weights

PARTS = {"GaitSetNet": 62, "GaitBaseNet": 16}


def build(name: str) -> RecognizerNet:
    torch.manual_seed(0)
    return RECOGNIZERS[name](width=4, dim=8).eval()


def some_walks(count: int = 2, num_frames: int = 5) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, num_frames, 1, 64, 44, generator=generator).round()


def test_a_silhouette_is_as_high_as_the_picture_and_in_its_middle() -> None:
    walk = np.zeros((3, 100, 80), bool)
    walk[0, 20:84, 50:66] = True  # 64 x 16
    walk[2, 50:82, 4:12] = True  # the same shape at half the size
    prepared = prepare_silhouettes(walk)
    assert prepared.shape == (2, 64, 44) and prepared.dtype == bool
    assert prepared[0, :, 14:30].all() and prepared[0].sum() == 64 * 16
    assert (prepared[0] == prepared[1]).mean() > 0.98


def test_arms_that_reach_out_too_far_are_cut_off() -> None:
    walk = np.zeros((1, 64, 90), bool)
    walk[:, :, 40:50] = True
    walk[:, 20:24, :] = True
    prepared = prepare_silhouettes(walk)
    assert prepared[0, 22].all() and prepared[0, 40].sum() == 10


def test_refuses_a_walk_without_a_walker() -> None:
    with pytest.raises(InputError, match="no frame with a silhouette"):
        prepare_silhouettes(np.zeros((4, 128, 128), bool))
    with pytest.raises(InputError, match="no frame with a silhouette"):
        prepare_silhouettes(np.zeros((0, 128, 128), bool))


def test_strips_are_the_maximum_plus_the_mean_from_the_head_down() -> None:
    maps = torch.tensor([[[[1.0, 2], [3, 6], [0, 0], [-1, -3]]]])
    assert pool_strips(maps, 2).tolist() == [[[6 + 3], [0 - 1]]]
    assert pool_strips(maps, 1).tolist() == [[[6 + 1]]]


def test_each_part_has_a_map_of_its_own() -> None:
    linear = PartLinear(parts=2, channels=3, dim=1)
    linear.weight.data = torch.tensor([[[1.0], [0], [0]], [[0], [0], [2]]])
    assert linear(torch.tensor([[[1.0, 2, 3], [4, 5, 6]]])).tolist() == [[[1.0], [12.0]]]


@pytest.mark.parametrize("name", RECOGNIZERS)
def test_shapes_and_gradients(name: str) -> None:
    network = build(name).train()
    embeddings = network(some_walks())
    assert embeddings.shape == (2, PARTS[name], 8)
    assert network.num_parts == PARTS[name]
    embeddings.square().sum().backward()
    for part, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, part


@pytest.mark.parametrize("name", RECOGNIZERS)
def test_neither_the_order_nor_the_repetition_of_frames_counts(name: str) -> None:
    network, walks = build(name), some_walks()
    expected = network(walks)
    order = torch.tensor([3, 0, 4, 2, 1])
    torch.testing.assert_close(network(walks[:, order]), expected)
    torch.testing.assert_close(network(walks.repeat(1, 2, 1, 1, 1)), expected)
    assert not torch.allclose(network(walks[:, :3]), expected)


@pytest.mark.parametrize("name", RECOGNIZERS)
def test_walks_of_a_batch_do_not_meet(name: str) -> None:
    network, walks = build(name), some_walks()
    torch.testing.assert_close(network(walks)[1:], network(walks[1:]))


def test_a_pyramid_and_strides_may_be_others() -> None:
    assert GaitSetNet(width=4, dim=8, pyramid=(1, 4))(some_walks()).shape == (2, 10, 8)
    published = GaitBaseNet(width=4, dim=8, strides=(1, 2, 2, 1), strips=8)
    assert published(some_walks()).shape == (2, 8, 8)


def test_the_distance_is_the_mean_over_the_parts() -> None:
    recognizer = DeepRecognizer(GaitBaseNet(width=4, dim=2, strips=2))
    gallery = np.float32([[[0, 0], [0, 0]], [[3, 4], [0, 1]]])
    probe = np.float32([[[3, 4], [0, 0]]])
    distances = recognizer.distances(probe, gallery, probe_view=0, gallery_view=90)
    assert distances.tolist() == [[2.5, 0.5]]


@pytest.fixture(params=RECOGNIZERS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A checkpoint."""
    config = {"architecture": request.param, "hyperparameters": {"width": 4, "dim": 8}}
    write_weights(tmp_path, build(request.param).state_dict(), config)
    return tmp_path


def walker() -> Bool:
    return draw_walker(12, num_frames=6)


def test_a_checkpoint_embeds_like_its_network(folder: Path) -> None:
    recognizer = DeepRecognizer.load(folder)
    name = json.loads((folder / "config.json").read_text())["architecture"]
    embedding = recognizer.features(walker(), fps=25)
    assert embedding.shape == (PARTS[name], 8) and embedding.dtype == np.float32
    frames = torch.from_numpy(prepare_silhouettes(walker())).float()
    expected = build(name)(frames[None, :, None])[0].detach().numpy()
    # Matrices are kept in half precision.
    np.testing.assert_allclose(embedding, expected, atol=0.01 * np.abs(expected).max())


def test_empty_frames_and_the_place_in_the_picture_do_not_count(folder: Path) -> None:
    recognizer, plain = DeepRecognizer.load(folder), walker()
    moved = np.zeros((8, 160, 200), bool)
    moved[2:, 20:148, 60:188] = plain
    np.testing.assert_array_equal(
        recognizer.features(moved, fps=25), recognizer.features(plain, fps=25)
    )


def test_refuses_other_networks_and_other_weights(folder: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "hyperparameters": {"width": 5, "dim": 8}}))
    with pytest.raises(InputError, match="do not belong to this network"):
        load_recognizer(folder)
    path.write_text(json.dumps({**config, "hyperparameters": {"depth": 5}}))
    with pytest.raises(InputError, match="describes no gait recognizer"):
        load_recognizer(folder)
    path.write_text(json.dumps({**config, "architecture": "ColorTransferNet"}))
    with pytest.raises(InputError, match="one of GaitSetNet, GaitBaseNet"):
        load_recognizer(folder)
