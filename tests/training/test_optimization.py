"""What all trainings do with weights."""

from __future__ import annotations

import copy

import torch
from torch import nn

from gaitcolor_core.training.optimization import blend, parameter_groups


def test_matrices_decay_and_frozen_weights_are_left_out() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(2, 2))
    model[2].weight.requires_grad_(False)
    decaying, others = parameter_groups(model, 0.5)
    assert [each.shape for each in decaying["params"]] == [(4, 3, 3, 3)]
    assert [each.shape for each in others["params"]] == [(4,), (4,), (4,), (2,)]
    assert (decaying["weight_decay"], others["weight_decay"]) == (0.5, 0)


def test_the_average_follows_quickly_at_first_and_slowly_later() -> None:
    model = nn.BatchNorm1d(1)
    average = copy.deepcopy(model)
    with torch.no_grad():
        model.weight.fill_(3)
        model.num_batches_tracked.fill_(7)
    blend(average, model, step=4, over_steps=100)
    assert average.weight.item() == 2 and average.num_batches_tracked.item() == 7
    blend(average, model, step=10**6, over_steps=100)
    assert abs(average.weight.item() - 2.01) < 1e-6
