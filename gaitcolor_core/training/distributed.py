"""One training by several processes, as `torchrun` starts them, or by a single one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

from gaitcolor_core.device import torch_device

# The first process prepares samples while the others wait.
_PATIENCE = timedelta(hours=6)


@dataclass(frozen=True)
class Group:
    """The processes that train one network together.

    Attributes:
        rank: number of this process, from 0; the first one writes.
        size: how many there are.
        device: where this process computes.
    """

    rank: int
    size: int
    device: torch.device

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace tensors by their means over the processes."""
        if self.size > 1:
            for tensor in tensors:
                dist.all_reduce(tensor)
                tensor /= self.size

    def anyone(self, wish: bool) -> bool:
        """Whether any of the processes has the wish."""
        if self.size == 1:
            return wish
        wishes = torch.tensor(float(wish), device=self.device)
        dist.all_reduce(wishes)
        return bool(wishes > 0)

    def meet(self) -> None:
        """Wait until every process has come here."""
        if self.size > 1:
            dist.barrier()


@contextmanager
def joined(device: str | None) -> Iterator[Group]:
    """Meet the other processes, if there are any, until the context ends.

    Args:
        device: a torch device; None = CUDA where there is one.

    Raises:
        InputError: there is no such device.
    """
    place = torch.device(torch_device(device))
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield Group(0, 1, place)
        return
    if place.type == "cuda":
        place = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if place.type == "cuda" else "gloo", timeout=_PATIENCE)
    try:
        yield Group(dist.get_rank(), size, place)
    finally:
        dist.destroy_process_group()
