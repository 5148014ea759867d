r"""Training of the color networks.

    gaitcolor render --preset bench -o bench
    gaitcolor train color --network gram --data bench -o run --steps 6000 --batch-size 32 \
        --learning-rate 6e-4 --bfloat16 --export checkpoints/color_gram
    gaitcolor train color --network supervised --data bench -o other --steps 4000 --batch-size 32 \
        --learning-rate 1e-3 --bfloat16 --export checkpoints/color_supervised

made the weights that ship, in 47 and 32 minutes on one busy core each: 25.3 and 18.5 dB in the
overlap of old and new body of two walkers kept back; docs/colors.md has the test subjects. "gram"
is the paper's network, which starts from the best linear code of its images (`principal_start`);
"supervised" is the earlier one, trained against ground truth made of the nearest pixels' colors.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gaitcolor_core.imaging import to_uint8
from gaitcolor_core.losses import center_region, edge_region, reconstruction_loss, style_loss
from gaitcolor_core.metrics import psnr
from gaitcolor_core.models.color_networks import COLOR_NETWORKS
from gaitcolor_core.models.color_transfer import ColorTransferNet
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.stages.anonymize_shape import ShapeAnonymizer
from gaitcolor_core.structures import InputError, Stopped
from gaitcolor_core.training.checkpoints import (
    optimizer_tensors,
    read_checkpoint,
    refuse_other_recipe,
    restore_optimizer,
    under_prefix,
    with_prefix,
    write_checkpoint,
)
from gaitcolor_core.training.color_batches import BatchSource, ColorBatch, still_batch
from gaitcolor_core.training.color_recipe import ARCHITECTURES, LOSS_PARTS, ColorRecipe
from gaitcolor_core.training.color_samples import DEFORM, Samples, prepare_samples
from gaitcolor_core.training.distributed import Group, joined
from gaitcolor_core.training.loss_curve import draw_losses
from gaitcolor_core.training.optimization import blend
from gaitcolor_core.training.principal_start import start_from
from gaitcolor_core.training.sample_grid import draw_samples

STATE_NAME, CURVE_NAME, GRID_NAME = "state.safetensors", "losses.png", "samples.png"
# What a run may go on with: more steps, another pace.
_CHANGEABLE = ("steps", "learning_rate")
# Frames of walkers whom the network never saw, by which it is judged.
_STILLS = 48
# Images for the start, for each number of the hidden layer.
_START_IMAGES = 2


def train_color(
    roots: Sequence[Path],
    target: Path,
    recipe: ColorRecipe,
    *,
    anonymizers: Mapping[str, ShapeAnonymizer] = DEFORM,
    device: str | None = None,
    processes: int = 1,
    save_every_s: float = 180.0,
    on_progress: OnProgress = silent,
) -> Path:
    """Train on the walkers of gait sets; goes on with the run in `target` if there is one.

    Args:
        roots: folders of gait sets, or of what `clips` has collected.
        target: folder for the state of the run, its samples, and pictures of how it goes.
        recipe: `steps` and `learning_rate` may differ from those with which the run was begun;
            the rest may not.
        anonymizers: by name, draw the bodies that are colored.
        device: a torch device; None = CUDA where there is one.
        processes: how many sequences are prepared at a time.
        save_every_s: seconds between two states on disk.
        on_progress: called with "prepare" and sequences, then with "train" and steps; may raise,
            and the state is saved.

    Returns:
        The file with the state, for `export_color`.

    Raises:
        InputError: nobody can be trained on, the device is not there, the run in `target` has
            another recipe, or the losses have become infinite.
        OSError: `target` cannot be written; the last state stays.
    """
    with joined(device) as group:
        samples = _prepared(roots, target, recipe, anonymizers, processes, group, on_progress)
        run = _Run(recipe, target / STATE_NAME, group, samples.facts)
        if run.step == 0:
            run.begin(_source(samples, recipe, group))
        stills = still_batch(samples.held_out, _STILLS).to(group.device)
        saved_s = time.monotonic()
        for batch in _source(samples, recipe, group).batches(run.step, recipe.steps):
            run.learn(batch.to(group.device))
            wish = _wish(on_progress, run.step, recipe.steps)
            stopped = group.anyone(wish is not None)
            due = time.monotonic() - saved_s > save_every_s or run.step == recipe.steps
            if group.rank == 0 and (due or stopped):
                run.judge(stills, target)
                run.save()
                saved_s = time.monotonic()
            if stopped:
                raise wish or Stopped
    return target / STATE_NAME


def _prepared(
    roots: Sequence[Path],
    target: Path,
    recipe: ColorRecipe,
    anonymizers: Mapping[str, ShapeAnonymizer],
    processes: int,
    group: Group,
    on_progress: OnProgress,
) -> Samples:
    """The samples; the first process makes them, the others read them."""
    if group.rank:
        group.meet()
    samples = prepare_samples(
        roots,
        target / "samples",
        anonymizers=anonymizers,
        seed=recipe.seed,
        processes=processes,
        on_progress=lambda done, total: on_progress("prepare", done, total),
    )
    if not group.rank:
        group.meet()
    return samples


def _source(samples: Samples, recipe: ColorRecipe, group: Group) -> BatchSource:
    supervised = recipe.network == "supervised"
    return BatchSource(
        samples.trained,
        recipe.batch_size,
        recipe.seed,
        incomplete=not supervised,
        spread=supervised,
        rank=group.rank,
        size=group.size,
        threads=1 if group.device.type == "cpu" else 8,
    )


def _wish(on_progress: OnProgress, done: int, total: int) -> BaseException | None:
    """Report progress; what it raised, which has to wait until the state is saved."""
    try:
        on_progress("train", done, total)
    except BaseException as wish:
        return wish
    return None


class _Run:
    """Weights, their average, the optimizer's memory and the losses so far."""

    def __init__(self, recipe: ColorRecipe, path: Path, group: Group, facts: Any) -> None:
        self.recipe, self.path, self.step = recipe, path, 0
        self._group, self._facts = group, facts
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            network: Any = COLOR_NETWORKS[ARCHITECTURES[recipe.network]](**recipe.hyperparameters)
        self._model = network.to(group.device, memory_format=torch.channels_last).train()
        self._average = copy.deepcopy(self._model).eval()
        self._optimizer = torch.optim.Adam(self._model.parameters())
        self.losses = torch.zeros(0, len(LOSS_PARTS[recipe.network]))
        weights = [1.0, recipe.style_weight][: len(LOSS_PARTS[recipe.network])]
        self._weights = torch.tensor(weights, device=group.device)
        self.judgments = torch.zeros(0, 2)
        if path.is_file():
            self._restore()

    def begin(self, source: BatchSource) -> None:
        """Let the paper's network begin with the best linear code of some batches."""
        if not isinstance(self._model, ColorTransferNet):
            return
        count = -(-_START_IMAGES * self._model.to_hidden.out_features // self.recipe.batch_size)
        # Batches of steps that are never learned from; whole ones, so that all processes agree.
        whole = replace(source, rank=0, size=1)
        drawn = [whole.draw(self.recipe.steps + index) for index in range(count)]
        x_rgb, x_bi = (torch.cat([getattr(b, name) for b in drawn]) for name in ("x_rgb", "x_bi"))
        network = copy.deepcopy(self._model).cpu()
        start_from(network, x_rgb, x_bi)
        for model in (self._model, self._average):
            model.load_state_dict(network.state_dict())

    def learn(self, batch: ColorBatch) -> None:
        """One step."""
        for group in self._optimizer.param_groups:
            group["lr"] = self.recipe.learning_rate_at(self.step)
        parts = _loss_parts(self._colored(self._model, batch), batch, self.recipe)
        self._optimizer.zero_grad()
        losses = torch.stack(parts)
        torch.autograd.backward((losses * self._weights).sum())
        losses = losses.detach()
        gradients = [each.grad for each in self._model.parameters() if each.grad is not None]
        self._group.average([*gradients, losses])
        if not losses.isfinite().all():
            raise InputError(
                f"The losses became infinite at step {self.step + 1}; the run in "
                f"'{self.path.parent}' may go on with a lower learning rate."
            )
        nn.utils.clip_grad_norm_(self._model.parameters(), self.recipe.max_gradient)
        self._optimizer.step()
        blend(self._average, self._model, step=self.step, over_steps=self.recipe.ema_steps)
        self.losses = torch.cat([self.losses, losses.cpu()[None]])
        self.step += 1

    @torch.no_grad()
    def judge(self, stills: ColorBatch, target: Path) -> None:
        """Measure what the averaged weights make of frames never seen, and draw how it goes."""
        output = self._colored(self._average, stills)
        figure = overlap_psnr(output, stills)
        self.judgments = torch.cat([self.judgments, torch.tensor([[self.step, figure]])])
        draw_losses(self.losses, LOSS_PARTS[self.recipe.network], target / CURVE_NAME)
        draw_samples(stills.x_rgb, stills.x_sil, stills.x_bi, output, target / GRID_NAME)

    def save(self) -> None:
        """Write everything that a resumed run needs."""
        tensors = {
            **with_prefix("model", self._model.state_dict()),
            **with_prefix("average", self._average.state_dict()),
            **with_prefix("optimizer", optimizer_tensors(self._optimizer)),
            "losses": self.losses,
            "judgments": self.judgments,
        }
        notes = {"recipe": json.dumps(asdict(self.recipe)), "data": json.dumps(self._facts)}
        write_checkpoint(self.path, tensors, notes)

    def _restore(self) -> None:
        tensors, notes = read_checkpoint(self.path)
        refuse_other_recipe(self.path, notes, self.recipe, _CHANGEABLE)
        self._model.load_state_dict(under_prefix("model", tensors), strict=True)
        self._average.load_state_dict(under_prefix("average", tensors), strict=True)
        restore_optimizer(self._optimizer, under_prefix("optimizer", tensors))
        self.losses, self.judgments = tensors["losses"], tensors["judgments"]
        self.step = len(self.losses)

    def _colored(self, network: nn.Module, batch: ColorBatch) -> Tensor:
        """The output in float32, for losses that are computed exactly."""
        kind = self._group.device.type
        with torch.autocast(kind, torch.bfloat16, self.recipe.bfloat16 or kind == "cuda"):
            images = batch.x_rgb.contiguous(memory_format=torch.channels_last)
            output: Tensor = network(images, batch.x_bi)
        return output.float()


def _loss_parts(output: Tensor, batch: ColorBatch, recipe: ColorRecipe) -> list[Tensor]:
    """The losses of `LOSS_PARTS`, each a scalar."""
    if recipe.network == "supervised":
        return [reconstruction_loss(output, batch.spread, batch.x_bi)]
    overlap = batch.x_bi * batch.x_sil
    center = overlap if recipe.center == "overlap" else center_region(batch.x_bi)
    edge = edge_region(batch.x_bi, center)
    return [
        reconstruction_loss(output, batch.x_rgb, center),
        style_loss(output, batch.x_rgb, center, edge),
    ]


def overlap_psnr(output: Tensor, batch: ColorBatch) -> float:
    """PSNR inside the overlap of old and new bodies, in dB, mean over the frames that have one."""
    results, originals = (
        to_uint8(255 * images.movedim(1, -1).cpu().numpy()) for images in (output, batch.x_rgb)
    )
    overlaps = (batch.x_bi * batch.x_sil)[:, 0].cpu().numpy() > 0
    values = [
        psnr(result, original, overlap)
        for result, original, overlap in zip(results, originals, overlaps, strict=True)
        if overlap.any()
    ]
    return float(np.mean(values)) if values else math.nan
