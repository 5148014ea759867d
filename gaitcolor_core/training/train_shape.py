r"""Training of the networks that change shapes, `contour` and `dcgan`, from random weights.

The weights in `checkpoints/shape_contour` and `checkpoints/shape_dcgan` were made like this:

    gaitcolor render --preset bench -o bench
    gaitcolor train shape --network contour --data bench -o contour --steps 1600 --bfloat16 \
        --export checkpoints/shape_contour
    gaitcolor train shape --network dcgan --data bench -o dcgan --steps 4900 --bfloat16 \
        --export checkpoints/shape_dcgan

It took 5 and 12 minutes of a processor core. `dcgan` was begun with 4500 steps, and given other
numbers on the way, which changed the course of its learning rate: the command makes similar
weights, not equal ones. What both reach stands in the checkpoints' README.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import torch
from torch import nn

from gaitcolor_core.files import write_whole
from gaitcolor_core.training.checkpoints import (
    optimizer_tensors,
    read_checkpoint,
    refuse_other_recipe,
    restore_optimizer,
    saved_if_stopped,
    under_prefix,
    with_prefix,
    write_checkpoint,
)
from gaitcolor_core.training.completion_training import CompletionTraining
from gaitcolor_core.training.contour_training import ContourTraining
from gaitcolor_core.training.gait_store import GaitStore, prepare_gaits
from gaitcolor_core.training.loss_curve import draw_losses
from gaitcolor_core.training.optimization import blend

STATE_NAME, CURVE_NAME, SAMPLES_NAME, GAITS_NAME = (
    "state.safetensors", "losses.png", "samples.png", "gaits",
)  # fmt: skip
# What a run may go on with.
_CHANGEABLE = ("steps", "learning_rate")
_SAMPLES = 14

TRAININGS: dict[str, type[ContourTraining] | type[CompletionTraining]] = {
    "contour": ContourTraining,
    "dcgan": CompletionTraining,
}


@dataclass(frozen=True)
class ShapeRecipe:
    """Everything that decides the weights, but the walkers.

    Attributes:
        network: "contour" or "dcgan".
        steps: batches in all.
        batch_size: frames a batch; `contour` draws them as clips of 8.
        learning_rate: of the generator, before it falls to nearly 0 along half a cosine.
        discriminator_rate: of the discriminators, likewise.
        max_gradient: longer gradients (2-norm) of the generator are shortened to this.
        ema_steps: over how many steps, about, weights are averaged for the result.
        bfloat16: compute networks in bfloat16; fast only where the processor knows it.
        seed: of the first weights and of all batches.
    """

    network: Literal["contour", "dcgan"] = "dcgan"
    steps: int = 6000
    batch_size: int = 32
    learning_rate: float = 1e-3
    discriminator_rate: float = 4e-4
    max_gradient: float = 1.0
    ema_steps: int = 200
    bfloat16: bool = False
    seed: int = 0

    def decay_at(self, step: int) -> float:
        """Share of the learning rates that is left: warm-up, level, half a cosine."""
        warm = min((step + 1) / 100, 1.0)
        left = min(2 * (self.steps - step) / self.steps, 1.0)
        return warm * (0.02 + 0.98 * math.sin(math.pi / 2 * left) ** 2)


def train_shape(
    root: Path,
    target: Path,
    recipe: ShapeRecipe,
    *,
    processes: int = 1,
    save_every: int = 200,
    on_progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
) -> Path:
    """Train on a gait set; goes on with the run in `target` if there is one.

    Args:
        root: a gait set; of CASIA-B's subjects those who train gait models are used.
        target: folder for the state of the run, its losses, samples and prepared walks.
        recipe: `steps` and `learning_rate` may differ from those with which the run was begun.
        processes: how many subjects are prepared at a time.
        save_every: steps between two states on disk, with pictures.
        on_progress: called with stage, steps done and steps in all; the state is saved if it
            raises.

    Returns:
        The file with the state, for `export_shape`.

    Raises:
        InputError: the set is not usable, or the run in `target` has another recipe.
    """
    run = _Run(recipe, target / STATE_NAME)
    gaits = prepare_gaits(
        root,
        target / GAITS_NAME,
        seed=recipe.seed,
        processes=processes,
        on_progress=lambda done, total: on_progress("prepare", done, total),
    )
    run.data = {"sequences": len(gaits.codes), "frames": len(gaits.whole), "set": root.name}
    while run.step < recipe.steps:
        run.learn(gaits)
        if run.step % save_every == 0 or run.step == recipe.steps:
            run.save()
            run.draw(gaits)
        with saved_if_stopped(run.save):
            on_progress("train", run.step, recipe.steps)
    return run.path


class _Run:
    """Weights, their average, the optimizers' memory and the losses so far."""

    def __init__(self, recipe: ShapeRecipe, path: Path) -> None:
        self.recipe, self.path, self.step = recipe, path, 0
        self.data: dict[str, Any] = {}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            self._training = TRAININGS[recipe.network]()
        networks: tuple[Any, Any] = self._training.generator, self._training.discriminators
        self._generator, self._discriminators = (
            network.to(memory_format=torch.channels_last).train() for network in networks
        )
        self._average = copy.deepcopy(self._generator)
        self._optimizers = {
            "generator": torch.optim.Adam(self._generator.parameters(), betas=(0.5, 0.99)),
            "discriminators": torch.optim.Adam(
                self._discriminators.parameters(), betas=(0.5, 0.99)
            ),
        }
        self._losses = torch.zeros(0, len(self._training.parts))
        if path.is_file():
            self._restore()

    def learn(self, gaits: GaitStore) -> None:
        """One step; its batch depends on the seed and the step alone."""
        recipe, rng = self.recipe, np.random.default_rng([self.recipe.seed, self.step])
        decay = recipe.decay_at(self.step)
        rates = {"generator": recipe.learning_rate, "discriminators": recipe.discriminator_rate}
        for name, optimizer in self._optimizers.items():
            optimizer.zero_grad()
            for group in optimizer.param_groups:
                group["lr"] = decay * rates[name]
        progress = self.step / recipe.steps
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            loss, telling, record = self._training.losses(gaits, rng, recipe.batch_size, progress)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._generator.parameters(), recipe.max_gradient)
        self._optimizers["generator"].step()
        if telling.requires_grad:
            torch.autograd.backward(telling)
            self._optimizers["discriminators"].step()
        blend(self._average, self._generator, step=self.step, over_steps=self.recipe.ema_steps)
        self._losses = torch.cat([self._losses, record[None]])
        self.step += 1

    def draw(self, gaits: GaitStore) -> None:
        """Pictures of the losses and of what the averaged weights do."""
        draw_losses(self._losses, self._training.parts, self.path.with_name(CURVE_NAME))
        picture = self._training.samples(self._average, gaits, _SAMPLES)
        content = cv2.imencode(".png", picture)[1].tobytes()
        write_whole(self.path.with_name(SAMPLES_NAME), content)

    def save(self) -> None:
        """Write everything that a resumed run needs."""
        tensors = {"losses": self._losses}
        for name, network in self._networks().items():
            tensors |= with_prefix(name, network.state_dict())
        for name, optimizer in self._optimizers.items():
            tensors |= with_prefix(f"{name}-memory", optimizer_tensors(optimizer))
        notes = {"recipe": json.dumps(asdict(self.recipe)), "data": json.dumps(self.data)}
        write_checkpoint(self.path, tensors, notes)

    def _restore(self) -> None:
        tensors, notes = read_checkpoint(self.path)
        refuse_other_recipe(self.path, notes, self.recipe, _CHANGEABLE)
        for name, network in self._networks().items():
            network.load_state_dict(under_prefix(name, tensors), strict=True)
        for name, optimizer in self._optimizers.items():
            restore_optimizer(optimizer, under_prefix(f"{name}-memory", tensors))
        self._losses = tensors["losses"]
        self.step = len(self._losses)

    def _networks(self) -> dict[str, nn.Module]:
        return {
            "generator": self._generator,
            "average": self._average,
            "discriminators": self._discriminators,
        }
