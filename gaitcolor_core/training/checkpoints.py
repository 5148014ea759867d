"""A training run on disk: tensors and plain text, in one file that is never half written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

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


def refuse_other_recipe(
    path: Path, notes: Mapping[str, str], recipe: Any, changeable: Iterable[str]
) -> None:
    """Let a run go on only as it was begun.

    Args:
        path: of the checkpoint.
        notes: of the checkpoint; "recipe" is that with which the run was begun, as JSON.
        recipe: a frozen dataclass, with which the run is to go on.
        changeable: names of what may differ.

    Raises:
        InputError: something else differs.
    """
    begun = type(recipe)(**json.loads(notes["recipe"]))
    changed = {name: getattr(recipe, name) for name in changeable}
    if replace(begun, **changed) != recipe:
        raise InputError(
            f"The run in '{path.parent}' was begun with other options; use another folder."
        )


@contextmanager
def saved_if_stopped(save: Callable[[], None]) -> Iterator[None]:
    """Save the run if what is done in here raises, as a wish to stop does."""
    try:
        yield
    except BaseException:
        save()
        raise


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
