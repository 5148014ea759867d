"""Where networks run."""

from __future__ import annotations

import torch

from gaitcolor_core.structures import InputError


def torch_device(name: str | None) -> str:
    """The device of that name, or CUDA where there is one, or else the processor.

    Raises:
        InputError: it cannot be used here.
    """
    if name is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"The device '{name}' cannot be used here; try 'cpu'.") from error
    return name
