"""Networks on disk: what is written comes back, and what does not belong together is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import nn

from gaitcolor_core.structures import InputError
from gaitcolor_core.weights import (
    CONFIG_NAME,
    WEIGHTS_NAME,
    bundled,
    check_folder,
    load_weights,
    read_config,
    write_weights,
)

CONFIG = {"architecture": "Small", "metrics": {"loss": 0.25}}


def network(width: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, width), nn.BatchNorm1d(width))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_weights(tmp_path / "small", network().state_dict(), CONFIG)
    return tmp_path / "small"


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    written, read = network(), network()
    written(torch.randn(8, 4))  # statistics that are no defaults
    write_weights(tmp_path / "new" / "small", written.state_dict(), CONFIG)
    load_weights(read, tmp_path / "new" / "small")
    for name, value in written.state_dict().items():
        wanted = value.half().float() if value.ndim > 1 else value
        assert torch.equal(read.state_dict()[name], wanted), name
        assert read.state_dict()[name].dtype == value.dtype
    kept = load_file(tmp_path / "new" / "small" / WEIGHTS_NAME)
    assert {name for name, value in kept.items() if value.dtype == torch.float16} == {"0.weight"}
    assert CONFIG.items() <= read_config(tmp_path / "new" / "small").items()
    assert len(list((tmp_path / "new" / "small").iterdir())) == 2


def test_new_weights_take_the_place_of_old_ones(folder: Path) -> None:
    other = network(5)
    write_weights(folder, other.state_dict(), {"architecture": "Wide"})
    load_weights(network(5), folder)
    assert read_config(folder)["architecture"] == "Wide"


def without(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value for name, value in tensors.items() if name != "0.bias"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (without, "missing: 0.bias"),
        (lambda tensors: {**tensors, "2.bias": torch.zeros(3)}, "unknown: 2.bias"),
        (lambda tensors: {**tensors, "0.bias": torch.zeros(1)}, "of another shape: 0.bias"),
        (lambda _: {}, r"missing: 0.bias, 0.weight, 1.bias and 4 more"),
    ],
)
def test_weights_of_another_network_are_refused_and_change_nothing(
    tmp_path: Path,
    change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]],
    complaint: str,
) -> None:
    write_weights(tmp_path, change(network().state_dict()), CONFIG)
    found = network()
    before = {name: value.clone() for name, value in found.state_dict().items()}
    with pytest.raises(InputError, match=complaint):
        load_weights(found, tmp_path)
    assert all(torch.equal(found.state_dict()[name], before[name]) for name in before)


@settings(max_examples=30)
@given(data=st.data())
def test_any_changed_or_lost_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("small")
    write_weights(folder, network().state_dict(), CONFIG)
    path = folder / WEIGHTS_NAME
    content = path.read_bytes()
    position = data.draw(st.integers(0, len(content) - 1))
    changed = bytes([content[position] ^ data.draw(st.integers(1, 255))])
    tail = data.draw(st.sampled_from([content[position + 1 :], b""]))
    path.write_bytes(content[:position] + changed + tail)
    for use in (check_folder, lambda damaged: load_weights(network(), damaged)):
        with pytest.raises(InputError):
            use(folder)


def test_a_config_of_other_weights_is_refused(folder: Path, tmp_path: Path) -> None:
    write_weights(tmp_path / "other", network().state_dict(), CONFIG)
    (folder / CONFIG_NAME).write_bytes((tmp_path / "other" / CONFIG_NAME).read_bytes())
    for use in (check_folder, lambda mixed: load_weights(network(), mixed)):
        with pytest.raises(InputError, match="the checksum differs"):
            use(folder)


@pytest.mark.parametrize("text", [None, "", "{", "[1]", '"x"', "\udcff"])
def test_a_config_that_is_none_is_refused(folder: Path, text: str | None) -> None:
    path = folder / CONFIG_NAME
    path.unlink()
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    for use in (read_config, check_folder):
        with pytest.raises(InputError, match=r"\.$"):
            use(folder)


def test_missing_weights_are_told(folder: Path) -> None:
    (folder / WEIGHTS_NAME).unlink()
    for use in (check_folder, lambda empty: load_weights(network(), empty)):
        with pytest.raises(InputError, match="is missing or cannot be read"):
            use(folder)


def test_a_config_without_a_checksum_is_refused(folder: Path) -> None:
    config = read_config(folder)
    del config["sha256"]
    (folder / CONFIG_NAME).write_text(json.dumps(config))
    with pytest.raises(InputError, match="the checksum differs"):
        check_folder(folder)


def test_a_network_that_does_not_come_along_is_none() -> None:
    assert bundled("no_such_network") is None


@pytest.mark.parametrize(
    "name", ["walker_segmenter", "color_gram", "color_supervised", "shape_contour", "shape_dcgan"]
)
def test_the_networks_that_come_along_are_whole(name: str) -> None:
    folder = bundled(name)
    if folder is None:
        pytest.skip(f"the package was installed without checkpoints/{name}")
    check_folder(folder)
