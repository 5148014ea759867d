"""A training run on disk: tensors and plain text, in one file that is never half written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from gaitcolor_core.files import write_whole
from gaitcolor_core.structures import InputError


class Checkpoint(NamedTuple):
    """`tensors` by name, and `notes`: text by name, such as the options of the run."""

    tensors: dict[str, Tensor]
    notes: dict[str, str]


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> None:
    """Write under another name and rename: who is stopped in between leaves the earlier file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = save({name: tensor.contiguous() for name, tensor in tensors.items()}, dict(notes))
    write_whole(path, content)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote.

    Raises:
        InputError: the file is missing or no such file.
    """
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}
            return Checkpoint(tensors, dict(file.metadata() or {}))
    except (OSError, SafetensorError) as error:
        raise InputError(f"'{path}' is no checkpoint; give a .safetensors file.") from error


def with_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, each name after `prefix` and a dot."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def under_prefix(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Those tensors whose name begins with `prefix` and a dot, without these."""
    return {
        name.removeprefix(f"{prefix}."): tensor
        for name, tensor in tensors.items()
        if name.startswith(f"{prefix}.")
    }


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What a PyTorch optimizer remembers of each parameter, by "NUMBER.NAME"."""
    return {
        f"{number}.{name}": value
        for number, memory in optimizer.state_dict()["state"].items()
        for name, value in memory.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give an optimizer back what `optimizer_tensors` took; its options stay as they are."""
    memories: dict[int, dict[str, Tensor]] = {}
    for number, name, tensor in _split(tensors):
        memories.setdefault(number, {})[name] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": memories})


def _split(tensors: Mapping[str, Tensor]) -> Iterator[tuple[int, str, Tensor]]:
    for key, tensor in tensors.items():
        number, _, name = key.partition(".")
        yield int(number), name, tensor
