"""A network on disk: a folder with its weights and with what says how to use them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from gaitcolor_core.files import write_whole
from gaitcolor_core.structures import InputError

Network = TypeVar("Network", bound=nn.Module)

CONFIG_NAME, WEIGHTS_NAME = "config.json", "model.safetensors"
# Beside the package.
CHECKPOINTS = Path(__file__).resolve().parents[1] / "checkpoints"
_SHOWN = 3


def bundled(name: str) -> Path | None:
    """The folder `checkpoints/NAME` that comes with the package; None if it is not there.

    It lies beside the package in a checkout, on a Space and in an editable install. A wheel has
    no checkpoints; there, give the folder by its path.
    """
    folder = CHECKPOINTS / name
    return folder if (folder / WEIGHTS_NAME).is_file() else None


def read_config(folder: Path) -> dict[str, Any]:
    """What `config.json` says.

    Raises:
        InputError: it is missing or damaged.
    """
    path = folder / CONFIG_NAME
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"'{folder}' holds no network: its {CONFIG_NAME} is missing or damaged; give a folder "
            f"with {CONFIG_NAME} and the {WEIGHTS_NAME} that belongs to it."
        ) from error
    if not isinstance(config, dict):
        raise InputError(f"'{path}' does not describe a network; it must be a JSON object.")
    return config


def load_network(folder: Path, networks: Mapping[str, type[Network]], *, what: str) -> Network:
    """Build the network that a folder describes, and give it its weights.

    Args:
        folder: with `config.json` and `model.safetensors`.
        networks: those that it may hold, by class name.
        what: the network is, for the sentence that refuses another one.

    Returns:
        The network in evaluation mode; its weights are float32.

    Raises:
        InputError: a file is missing or broken, or they do not belong together.
    """
    config = read_config(folder)
    try:
        network = networks[config["architecture"]](**config["hyperparameters"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"The {CONFIG_NAME} in '{folder}' describes no {what}; its architecture must be one "
            f"of {', '.join(networks)}, with the hyperparameters of that class."
        ) from error
    load_weights(network, folder)
    return network.eval()


def load_weights(network: nn.Module, folder: Path) -> None:
    """Put the weights of a folder into a network, all of them and no others.

    Args:
        network: of the architecture that `config.json` names; weights of any float type fit.
        folder: holds `model.safetensors`; nothing is ever unpickled.

    Raises:
        InputError: the file is missing or no safetensors, or its weights are not those of the
            network.
    """
    path, content = folder / WEIGHTS_NAME, _content(folder)
    tensors = _tensors(path, content)
    wanted = network.state_dict()
    wrong = {
        "missing": sorted(wanted.keys() - tensors.keys()),
        "unknown": sorted(tensors.keys() - wanted.keys()),
        "of another shape": sorted(
            name
            for name in wanted.keys() & tensors.keys()
            if wanted[name].shape != tensors[name].shape
        ),
    }
    complaints = [f"{what}: {_some(names)}" for what, names in wrong.items() if names]
    if complaints:
        raise InputError(
            f"The weights in '{path}' do not belong to this network ({'; '.join(complaints)}); "
            f"take {CONFIG_NAME} and {WEIGHTS_NAME} from one place."
        )
    _check_sum(folder, content)
    network.load_state_dict(tensors, strict=True)


def check_folder(folder: Path) -> None:
    """Refuse a network that is incomplete, damaged, or not what was once written.

    Raises:
        InputError: in one sentence.
    """
    read_config(folder)
    content = _content(folder)
    _tensors(folder / WEIGHTS_NAME, content)
    _check_sum(folder, content)


def write_weights(folder: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
    """Write a network, for `read_config` and `load_weights`.

    Args:
        folder: is made if need be; what it holds stays until the new file is whole.
        tensors: the `state_dict` of a network. Matrices are kept in half precision, statistics
            and biases as they are.
        config: what JSON can hold; the checksum of the weights is added.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = save({name: _compact(value) for name, value in tensors.items()})
    write_whole(folder / WEIGHTS_NAME, content)
    described = {**config, "sha256": hashlib.sha256(content).hexdigest()}
    write_whole(folder / CONFIG_NAME, (json.dumps(described, indent=2) + "\n").encode())


def _content(folder: Path) -> bytes:
    try:
        return (folder / WEIGHTS_NAME).read_bytes()
    except OSError as error:
        raise InputError(
            f"'{folder / WEIGHTS_NAME}' is missing or cannot be read; fetch it again."
        ) from error


def _tensors(path: Path, content: bytes) -> dict[str, Tensor]:
    try:
        return load(content)
    except SafetensorError as error:
        raise InputError(f"'{path}' is no whole safetensors file; fetch it again.") from error


def _check_sum(folder: Path, content: bytes) -> None:
    if read_config(folder).get("sha256") != hashlib.sha256(content).hexdigest():
        raise InputError(
            f"The weights in '{folder}' are not those that its {CONFIG_NAME} describes: the "
            "checksum differs; fetch both again."
        )


def _compact(value: Tensor) -> Tensor:
    """Half precision for matrices; what is small stays exact."""
    value = value.detach().cpu().contiguous()
    return value.to(torch.float16) if value.is_floating_point() and value.ndim > 1 else value


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
