"""What all trainings do with weights: some decay, and an average of them is the result."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """For an optimizer: matrices, which decay, and scales and biases, which do not."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": weight_decay},
        {"params": [each for each in parameters if each.ndim <= 1], "weight_decay": 0.0},
    ]


@torch.no_grad()
def blend(average: nn.Module, model: nn.Module, *, step: int, over_steps: int) -> None:
    """Move an average toward the weights of a step; at first quickly, as these are random.

    Args:
        average: a copy of `model`, over about the last `over_steps` steps.
        model: what is trained.
        step: how many steps were made before this one.
        over_steps: at least 1.
    """
    share = max(1 / over_steps, 1 / (1 + step / 4))
    now = model.state_dict()
    for name, value in average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(now[name], share)
        else:
            value.copy_(now[name])
