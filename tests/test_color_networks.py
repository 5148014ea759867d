"""The networks that color a walker: their shape, what they can learn, how they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from gaitcolor_core.losses import reconstruction_loss
from gaitcolor_core.models.color_networks import COLOR_NETWORKS, load_color_network
from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import CONFIG_NAME, WEIGHTS_NAME, write_weights

MAX_BYTES = 16 * 2**20
SMALL = {
    "ColorTransferNet": {"width": 4, "code_channels": 4, "hidden": 64},
    "ColorizationNet": {"width": 4, "hidden": 32},
}
names = pytest.mark.parametrize("name", COLOR_NETWORKS)


def small(name: str) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return COLOR_NETWORKS[name](**SMALL[name])


def walkers(number: int) -> tuple[Tensor, Tensor]:
    """Blocks of two colors before a third one, and their silhouettes."""
    generator = torch.Generator().manual_seed(1)
    colors = torch.rand(number, 3, 3, 1, 1, generator=generator)
    x_rgb = colors[:, 0].expand(number, 3, 128, 128).clone()
    x_rgb[..., 20:70, 45:85] = colors[:, 1]
    x_rgb[..., 70:120, 50:80] = colors[:, 2]
    x_bi = torch.zeros(number, 1, 128, 128)
    x_bi[..., 20:120, 48:82] = 1
    return x_rgb, x_bi


@names
def test_the_output_has_the_shape_of_the_silhouette(name: str) -> None:
    x_rgb, x_bi = walkers(2)
    output = small(name)(x_rgb, x_bi)
    assert output.shape == (2, 3, 128, 128)
    assert 0 <= output.min() and output.max() <= 1
    assert not (output * (1 - x_bi)).any()
    assert (output[:, :, 30:110, 52:78] > 0).all()


@names
def test_a_picture_does_not_depend_on_its_neighbors(name: str) -> None:
    network, (x_rgb, x_bi) = small(name), walkers(3)
    together, alone = network(x_rgb, x_bi)[1], network(x_rgb[1:2], x_bi[1:2])[0]
    assert torch.allclose(together, alone, atol=1e-5)


@names
def test_every_weight_learns(name: str) -> None:
    network, (x_rgb, x_bi) = small(name), walkers(2)
    reconstruction_loss(network(x_rgb, x_bi), x_rgb, x_bi).backward()
    for parameter in network.parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all()
        assert parameter.grad.any()


def test_the_old_model_sees_the_body_alone_and_the_new_one_the_scene() -> None:
    """The product stands at the beginning of one network, and at the end of the other."""
    x_rgb, x_bi = walkers(1)
    elsewhere = torch.where(x_bi > 0, x_rgb, 1 - x_rgb)
    for name, sees in (("ColorizationNet", False), ("ColorTransferNet", True)):
        network = small(name)
        assert torch.equal(network(x_rgb, x_bi), network(elsewhere, x_bi)) != sees


@names
def test_it_is_small_enough_to_be_shared(name: str) -> None:
    numbers = sum(parameter.numel() for parameter in COLOR_NETWORKS[name]().parameters())
    assert 2 * numbers < MAX_BYTES


@names
def test_refuses_other_sizes(name: str) -> None:
    x_rgb, x_bi = walkers(2)
    with pytest.raises(ValueError, match=r"x_rgb must be \(2, 3, 128, 128\), got \(2, 3, 64, 64\)"):
        small(name)(x_rgb[..., :64, :64], x_bi)
    with pytest.raises(ValueError, match=r"x_bi must be \(2, 1, 128, 128\), got \(1, 1, 128, 12"):
        small(name)(x_rgb, x_bi[:1])


def write(folder: Path, name: str) -> nn.Module:
    network = small(name)
    config = {"architecture": name, "hyperparameters": SMALL[name]}
    write_weights(folder, network.state_dict(), config)
    return network


@names
def test_comes_back_from_disk(name: str, tmp_path: Path) -> None:
    network, (x_rgb, x_bi) = write(tmp_path / "net", name), walkers(2)
    loaded = load_color_network(tmp_path / "net")
    assert not loaded.training and not any(each.requires_grad for each in loaded.parameters())
    assert {each.dtype for each in loaded.parameters()} == {torch.float32}
    assert torch.allclose(loaded(x_rgb, x_bi), network(x_rgb, x_bi), atol=5e-3)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"architecture": "Generator", "hyperparameters": {}},
        {"architecture": "ColorTransferNet"},
        {"architecture": "ColorTransferNet", "hyperparameters": {"depth": 3}},
        {"architecture": "ColorTransferNet", "hyperparameters": {"width": "wide"}},
    ],
)
def test_refuses_a_config_of_something_else(config: dict[str, object], tmp_path: Path) -> None:
    write(tmp_path, "ColorTransferNet")
    (tmp_path / CONFIG_NAME).write_text(json.dumps(config))
    with pytest.raises(InputError, match="describes no color network"):
        load_color_network(tmp_path)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("another network", "do not belong to this network"),
        ("another size", "of another shape"),
        ("a pickle", "no whole safetensors file"),
        ("no weights", "is missing"),
        ("no config", "config.json is missing"),
    ],
)
def test_refuses_weights_of_something_else(damage: str, sentence: str, tmp_path: Path) -> None:
    network = write(tmp_path, "ColorTransferNet")
    config = json.loads((tmp_path / CONFIG_NAME).read_text())
    weights = network.state_dict()
    if damage == "another network":
        write_weights(tmp_path, small("ColorizationNet").state_dict(), config)
    elif damage == "another size":
        weights["to_hidden.bias"] = torch.zeros(3)
        write_weights(tmp_path, weights, config)
    elif damage == "a pickle":
        torch.save(weights, tmp_path / WEIGHTS_NAME)
    else:
        (tmp_path / (WEIGHTS_NAME if damage == "no weights" else CONFIG_NAME)).unlink()
    with pytest.raises(InputError, match=sentence):
        load_color_network(tmp_path)
