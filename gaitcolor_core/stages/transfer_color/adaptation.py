"""A color network learns the colors of one clip before it is used on it."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from gaitcolor_core.losses import edge_region, reconstruction_loss, style_loss
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.reports import Adaptation
from gaitcolor_core.stages.transfer_color.views import View

_STAGE = "Learning the clip's colors"
# A batch takes the paper's network 0.25 s on one core of an AMD EPYC (processor time), so two
# cores learn from that many in a second. What is learned follows from their number and not from
# the clock, so that a run can be repeated.
STEPS_PER_SECOND = 5
BATCH_SIZE = 8
LEARNING_RATE, WARMUP_STEPS = 3e-4, 10
# Against the reconstruction loss, as in the training.
STYLE_WEIGHT = 0.1
# Crops on which the network is judged, and how often at most.
_JUDGED, _JUDGED_TIMES, _JUDGED_EVERY = 32, 8, 10
_MAX_GRADIENT = 1.0


def adapt(
    network: nn.Module,
    views: View,
    *,
    seconds: float,
    seed: int,
    steps: int | None = None,
    on_progress: OnProgress = silent,
) -> tuple[nn.Module, Adaptation]:
    """Let a copy of a network go on learning, with the losses of the paper, on the clip alone.

    The best state on a fixed part of the crops is kept, the first one among them: the copy is
    never worse than the network.

    Args:
        network: `forward(x_rgb, x_bi)`; stays as it is.
        views: crops of the clip's walkers, at least one.
        seconds: when the work ends, even if not all batches were learned.
        seed: of the batches.
        steps: batches to learn from; None = `STEPS_PER_SECOND` for each of the `seconds`.
        on_progress: is told the number of batches, and may raise to end the work.

    Returns:
        The copy, ready for use, and how it went.
    """
    start_s = time.perf_counter()
    steps = steps or max(round(seconds * STEPS_PER_SECOND), 1)
    learner = copy.deepcopy(network).requires_grad_(True)
    device = next(learner.parameters()).device
    judge = _Judge(learner, views, device)
    optimizer = torch.optim.Adam(learner.parameters(), LEARNING_RATE, fused=True)
    done, every = 0, max(steps // _JUDGED_TIMES, _JUDGED_EVERY)
    for batch in _batches(views, steps, seed):
        on_progress(_STAGE, done, steps)
        if time.perf_counter() - start_s >= seconds:
            break
        optimizer.param_groups[0]["lr"] = _learning_rate(done, steps)
        optimizer.zero_grad()
        torch.autograd.backward(_loss(learner, batch.tensors(device)))
        nn.utils.clip_grad_norm_(learner.parameters(), _MAX_GRADIENT)
        optimizer.step()
        done += 1
        if done % every == 0:
            judge.look()
    judge.look()
    on_progress(_STAGE, done, steps)
    learner.load_state_dict(judge.best)
    record = Adaptation(
        samples=len(views.x_rgb),
        steps=done,
        planned_steps=steps,
        loss_before=judge.first_loss,
        loss_after=judge.best_loss,
        seconds=time.perf_counter() - start_s,
    )
    return learner.requires_grad_(False), record


class _Judge:
    """Keeps the best state of a network that learns.

    Attributes:
        first_loss: when it was met.
        best_loss: the lowest so far.
        best: the state with that.
    """

    def __init__(self, learner: nn.Module, views: View, device: torch.device) -> None:
        self._learner = learner
        chosen = np.unique(np.linspace(0, len(views.x_rgb) - 1, _JUDGED).astype(np.int64))
        self._seen = views.some(chosen).tensors(device)
        self.first_loss = self.best_loss = self._loss()
        self.best = copy.deepcopy(learner.state_dict())

    def look(self) -> None:
        """Judge the state of now."""
        loss = self._loss()
        if loss < self.best_loss:
            self.best_loss, self.best = loss, copy.deepcopy(self._learner.state_dict())

    @torch.no_grad()
    def _loss(self) -> float:
        x_rgb, x_bi, x_sil = self._seen
        return float(reconstruction_loss(self._learner(x_rgb, x_bi), x_rgb, x_bi * x_sil))


def _batches(views: View, count: int, seed: int) -> Iterator[View]:
    """Crops drawn evenly, half of the batches mirrored."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        chosen = rng.integers(len(views.x_rgb), size=BATCH_SIZE)
        yield views.some(chosen, mirrored=rng.random() < 0.5)


def _loss(network: nn.Module, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    x_rgb, x_bi, x_sil = batch
    output = network(x_rgb, x_bi)
    # The true overlap: eroded, it would leave the rim, which is known as well, to the style loss.
    center = x_bi * x_sil
    style = style_loss(output, x_rgb, center, edge_region(x_bi, center))
    return reconstruction_loss(output, x_rgb, center) + STYLE_WEIGHT * style


def _learning_rate(done: int, steps: int) -> float:
    """Up on a line, as the optimizer knows nothing yet, and down on half a cosine."""
    warm = min((done + 1) / WARMUP_STEPS, 1.0)
    return LEARNING_RATE * warm * 0.5 * (1 + math.cos(math.pi * done / steps))
