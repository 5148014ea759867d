r"""Training of the walker segmenter, from random weights.

The weights in `checkpoints/walker_segmenter` were made like this, from the clips in DATA and by the
teacher T = yolov8n-seg.pt:

    gaitcolor pseudo-label DATA/humanwalking_1.mp4 -o labels --every 2 --detector T
    gaitcolor pseudo-label DATA/pose2sim_single_cam0[123].mp4 -o labels --every 3 --detector T
    gaitcolor pseudo-label DATA/humanwalking_5.mp4 -o labels --every 3 --detector T
    gaitcolor pseudo-label DATA/intel_one_by_one.mp4 -o labels --every 4 --detector T
    gaitcolor render --preset frames --seed 0 --places 119 -o rendered
    gaitcolor train segmenter labels -o run --steps 1041 --bfloat16
    gaitcolor train segmenter labels rendered -o run --steps 2780 --bfloat16
    gaitcolor train segmenter labels rendered -o run --steps 3750 --bfloat16 --learning-rate 1e-3 \
        --export checkpoints/walker_segmenter

It took 100 minutes on two busy cores. In the last stage the rate fell from the start, and `windows`
was still being written while the first ones ran: the commands make similar weights, not equal ones.
What they reach stands in the checkpoint's README.
"""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gaitcolor_core.models.walker_segmenter import ARCHITECTURE, build_walker_segmenter
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
from gaitcolor_core.training.frame_store import FrameStore
from gaitcolor_core.training.loss_curve import draw_losses
from gaitcolor_core.training.optimization import blend, parameter_groups
from gaitcolor_core.training.segmenter_batches import batches

LOSS_PARTS = ("box", "mask", "person", "edges")
# What a run may go on with: more steps, larger windows, another pace.
_CHANGEABLE = ("steps", "side_px", "learning_rate", "decay_share")
STATE_NAME, CURVE_NAME = "state.safetensors", "losses.png"


@dataclass(frozen=True)
class SegmenterRecipe:
    """Everything that decides the weights, but the frames.

    Attributes:
        architecture: an ultralytics segmentation architecture.
        steps: batches in all.
        batch_size: windows a batch; few make the statistics of batch normalization noisy.
        side_px: side of the windows, a multiple of 32; in some batches they are half as wide
            again.
        learning_rate: after the warm-up and before the decay.
        warmup_steps: in which the learning rate rises from 0.
        decay_share: last share of the steps, in which it falls to nearly 0.
        weight_decay: AdamW's, on the weights of convolutions alone.
        max_gradient: longer gradients (2-norm) are shortened to this.
        ema_steps: over how many steps, about, weights are averaged for the result.
        bfloat16: compute in bfloat16 what torch deems safe. It halves the time where the
            processor knows bfloat16, and takes 25 times as long where it does not.
        seed: of the first weights and of all windows.
    """

    architecture: str = ARCHITECTURE
    steps: int = 6000
    batch_size: int = 16
    side_px: int = 256
    learning_rate: float = 1.5e-3
    warmup_steps: int = 200
    decay_share: float = 0.5
    weight_decay: float = 5e-3
    max_gradient: float = 10.0
    ema_steps: int = 400
    bfloat16: bool = False
    seed: int = 0

    def learning_rate_at(self, step: int) -> float:
        """Up on a line, level, down on half a cosine."""
        warm = min((step + 1) / max(self.warmup_steps, 1), 1.0)
        left = (self.steps - step) / max(self.decay_share * self.steps, 1)
        return self.learning_rate * warm * (0.01 + 0.99 * math.sin(math.pi / 2 * min(left, 1)) ** 2)


def train_segmenter(
    roots: Sequence[Path],
    target: Path,
    recipe: SegmenterRecipe,
    *,
    save_every: int = 100,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Path:
    """Train on labelled frames; goes on with the run in `target` if there is one.

    Args:
        roots: folders in the format of `labelled_frames`; each is drawn from equally often.
        target: folder for the state of the run and the picture of its losses.
        recipe: `steps`, `side_px`, `learning_rate` and `decay_share` may differ from those with
            which the run was begun, and so may the frames; the rest may not.
        save_every: steps between two states on disk.
        on_progress: called with (steps done, steps in all); the state is saved if it raises.

    Returns:
        The file with the state, for `export_segmenter`.

    Raises:
        InputError: the frames are not usable, or the run in `target` has another recipe.
    """
    store = FrameStore.load(roots)
    run = _Run(recipe, target / STATE_NAME)
    for batch in batches(
        store,
        seed=recipe.seed,
        first=run.step,
        last=recipe.steps,
        batch_size=recipe.batch_size,
        side=recipe.side_px,
    ):
        run.learn(batch)
        if run.step % save_every == 0 or run.step == recipe.steps:
            run.save()
            draw_losses(run.losses, LOSS_PARTS, target / CURVE_NAME)
        if on_progress:
            with saved_if_stopped(run.save):
                on_progress(run.step, recipe.steps)
    return run.path


class _Run:
    """Weights, their average, the optimizer's memory and the losses so far."""

    def __init__(self, recipe: SegmenterRecipe, path: Path) -> None:
        self.recipe, self.path, self.step = recipe, path, 0
        model = build_walker_segmenter(architecture=recipe.architecture, seed=recipe.seed)
        self._model = model.to(memory_format=torch.channels_last).train()
        self._average = copy.deepcopy(self._model)
        self._loss = model.init_criterion()
        self._optimizer = torch.optim.AdamW(parameter_groups(model, recipe.weight_decay))
        self.losses = torch.zeros(0, len(LOSS_PARTS))
        if path.is_file():
            self._restore()

    def learn(self, batch: dict[str, Tensor]) -> None:
        """One step."""
        for group in self._optimizer.param_groups:
            group["lr"] = self.recipe.learning_rate_at(self.step)
        images = batch["img"].contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            found = self._model(images)
        parts, _ = self._loss(_in_float32(found), batch)
        self._optimizer.zero_grad()
        parts.sum().backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), self.recipe.max_gradient)
        self._optimizer.step()
        blend(self._average, self._model, step=self.step, over_steps=self.recipe.ema_steps)
        per_picture = parts.detach()[None, : len(LOSS_PARTS)] / len(images)
        self.losses = torch.cat([self.losses, per_picture])
        self.step += 1

    def save(self) -> None:
        """Write everything that a resumed run needs."""
        tensors = {
            **with_prefix("model", self._model.state_dict()),
            **with_prefix("average", self._average.state_dict()),
            **with_prefix("optimizer", optimizer_tensors(self._optimizer)),
            "losses": self.losses,
        }
        write_checkpoint(self.path, tensors, {"recipe": json.dumps(asdict(self.recipe))})

    def _restore(self) -> None:
        tensors, notes = read_checkpoint(self.path)
        refuse_other_recipe(self.path, notes, self.recipe, _CHANGEABLE)
        self._model.load_state_dict(under_prefix("model", tensors), strict=True)
        self._average.load_state_dict(under_prefix("average", tensors), strict=True)
        restore_optimizer(self._optimizer, under_prefix("optimizer", tensors))
        self.losses = tensors["losses"]
        self.step = len(self.losses)


def _in_float32(found: dict[str, Any]) -> dict[str, Any]:
    """What the network found, for a loss that is computed exactly."""
    return {
        name: value.float() if isinstance(value, Tensor) else value for name, value in found.items()
    }
