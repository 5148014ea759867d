"""What decides the weights of a color network, but the walkers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

ARCHITECTURES = {"gram": "ColorTransferNet", "supervised": "ColorizationNet"}
LOSS_PARTS = {"gram": ("reconstruction", "style"), "supervised": ("nearest colors",)}


@dataclass(frozen=True)
class ColorRecipe:
    """Everything that decides the weights, but the walkers.

    Attributes:
        network: "gram" (the paper's) or "supervised" (the earlier one that it is compared with).
        hyperparameters: of the network's class, where they are not its defaults.
        steps: batches in all.
        batch_size: frames a batch, of all processes together.
        learning_rate: after the warm-up; from there it falls to nearly 0 on half a cosine.
        warmup_steps: in which the learning rate rises from 0.
        style_weight: of the style loss, against the reconstruction loss; gram alone.
        center: where the output is to equal the original: in the "overlap" of new and old body,
            or in the "erosion" of the new one, as the paper has it. The latter teaches the
            background's colors where the body grew by more than is eroded, and leaves a rim of
            the overlap to the style loss, which lowers the PSNR in there; gram alone.
        max_gradient: longer gradients (2-norm) are shortened to this.
        ema_steps: over how many steps, about, weights are averaged for the result.
        bfloat16: compute in bfloat16 what torch deems safe; on CUDA that is always done.
        seed: of the first weights, of the bodies and of all batches.
    """

    network: Literal["gram", "supervised"] = "gram"
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    steps: int = 8000
    batch_size: int = 64
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    style_weight: float = 0.1
    center: Literal["overlap", "erosion"] = "overlap"
    max_gradient: float = 1.0
    ema_steps: int = 400
    bfloat16: bool = False
    seed: int = 0

    def learning_rate_at(self, step: int) -> float:
        """Up on a line, down on half a cosine."""
        warm = min((step + 1) / max(self.warmup_steps, 1), 1.0)
        fall = 0.5 * (1 + math.cos(math.pi * min(step / self.steps, 1)))
        return self.learning_rate * warm * (0.01 + 0.99 * fall)
