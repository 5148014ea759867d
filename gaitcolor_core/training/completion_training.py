"""What a step of training does to the completing shape network and its discriminator."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.models.completion_net import SIDE, CompletionNet
from gaitcolor_core.models.silhouette_discriminator import SilhouetteDiscriminator
from gaitcolor_core.stages.anonymize_shape.body_code import mirrored_code
from gaitcolor_core.structures import Float32, Int64, UInt8
from gaitcolor_core.training.gait_store import GaitStore, unpack

# Neighbors that the network sees, in frames of 25 Hz; a step takes about 13.
OFFSETS = np.array([-4, -2, 0, 2, 4])
# How often it is given whole silhouettes, and asked for the walker's own body.
_WHOLE_SHARE, _OWN_SHARE = 0.3, 0.4
_ADVERSARIAL_WEIGHT = 0.003
# Share of the steps after which the discriminator has a say.
_REBUILD_FIRST = 0.2


class _Batch(NamedTuple):
    """`seen` `(N, 5, 64, 64)`; `code` `(N, C)`; `wanted`, and `real` of others `(N, 1, 64, 64)`."""

    seen: Tensor
    code: Tensor
    wanted: Tensor
    real: Tensor


class CompletionTraining:
    """The generator learns complete silhouettes of the walker's own body and of given others.

    Attributes:
        parts: names of the losses: cross-entropy against the silhouette that is wanted, how well
            the discriminator is fooled, and how well it tells.
        generator: the network that ships.
        discriminators: by name.
    """

    parts = ("silhouette", "fooling", "telling")

    def __init__(self) -> None:
        self.generator = CompletionNet(window=len(OFFSETS))
        self.discriminators = nn.ModuleDict({"frames": SilhouetteDiscriminator()})

    def losses(
        self, gaits: GaitStore, rng: np.random.Generator, size: int, progress: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What to descend in a step.

        Args:
            gaits: to learn from.
            rng: of the batch.
            size: frames a batch.
            progress: of the training, 0 to 1.

        Returns:
            The generator's loss, the discriminator's, and `(parts,)` for the record.
        """
        batch = _batch(gaits, rng, size)
        logits = self.generator(batch.seen, batch.code).float()
        silhouette = nn.functional.binary_cross_entropy_with_logits(logits, batch.wanted)
        if progress < _REBUILD_FIRST:
            nothing = torch.zeros(())
            return silhouette, nothing, torch.stack([silhouette.detach(), nothing, nothing])
        drawn, tell = torch.sigmoid(logits), self.discriminators["frames"]
        telling = (
            torch.relu(1 - tell(batch.real)).mean() + torch.relu(1 + tell(drawn.detach())).mean()
        )
        tell.requires_grad_(False)
        fooling = -tell(drawn).mean()
        tell.requires_grad_(True)
        record = torch.stack([silhouette, 1 + fooling, telling]).detach()
        return silhouette + _ADVERSARIAL_WEIGHT * fooling, telling, record

    @torch.no_grad()
    def samples(self, generator: nn.Module, gaits: GaitStore, count: int) -> UInt8:
        """Broken silhouettes over what is made of them at strengths 0, 0.5 and 1; gray."""
        rng = np.random.default_rng(7)
        sequences, frames = gaits.draw(rng, count)
        seen = _reduced(gaits.broken, gaits.around(sequences, frames, OFFSETS))
        code = torch.from_numpy(gaits.codes[rng.integers(len(gaits.codes), size=count)])
        code = code / code.norm(dim=1, keepdim=True) * 2.5
        rows = [seen[:, 2:3], _reduced(gaits.whole, frames[:, None])]
        rows += [torch.sigmoid(generator(seen, strength * code)) for strength in (0, 0.5, 1)]
        planes = torch.cat([torch.cat(list(row[:, 0]), dim=1) for row in rows])
        return np.asarray(255 * planes.numpy(), np.uint8)


def _batch(gaits: GaitStore, rng: np.random.Generator, size: int) -> _Batch:
    sequences, frames = gaits.draw(rng, size)
    near = gaits.around(sequences, frames, OFFSETS)
    kind = rng.random((2, size))
    whole, own = kind[0] < _WHOLE_SHARE, kind[1] < _OWN_SHARE
    seen = _reduced(gaits.broken, near)
    seen[whole] = _reduced(gaits.whole, near[whole])
    wanted = _reduced(gaits.other, frames[:, None])
    wanted[own] = _reduced(gaits.whole, frames[own, None])
    code: Float32 = np.where(own[:, None], 0, gaits.codes[sequences])
    real = _reduced(gaits.whole, gaits.draw(rng, size)[1][:, None])
    batch = _Batch(seen, torch.from_numpy(code.astype(np.float32)), wanted, real)
    return _mirrored(batch) if rng.random() < 0.5 else batch


def _mirrored(batch: _Batch) -> _Batch:
    code = torch.from_numpy(mirrored_code(batch.code.numpy()))
    return _Batch(batch.seen.flip(3), code, batch.wanted.flip(3), batch.real.flip(3))


def _reduced(masks: UInt8, frames: Int64) -> Tensor:
    """Silhouettes `(N, K)` of a store as `(N, K, 64, 64)` float32 in [0, 1]."""
    planes = torch.from_numpy(unpack(masks[frames]).astype(np.float32))
    return nn.functional.avg_pool2d(planes, SILHOUETTE_SIZE // SIDE)
