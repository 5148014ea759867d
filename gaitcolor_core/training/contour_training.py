"""What a step of training does to the contour network and its two discriminators."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from gaitcolor_core.models.contour_net import SIDE, ContourNet, moved
from gaitcolor_core.models.silhouette_discriminator import SilhouetteDiscriminator
from gaitcolor_core.stages.anonymize_shape.body_code import GEI_CHANGE_AT_FULL_STRENGTH
from gaitcolor_core.stages.anonymize_shape.contours import contours_of
from gaitcolor_core.structures import UInt8
from gaitcolor_core.training.gait_store import GaitStore, unpack

# A clip: as many frames, so far apart; it takes about a gait cycle at 25 Hz.
CLIP, _STRIDE = 8, 3
_OFFSETS = _STRIDE * (np.arange(CLIP) - CLIP // 2)
# GEIs are 128 pixels high bodies; in a square of 64 a body is about 51.
_GEI_SCALE = 2.5
_STRENGTHS = (0.15, 1.2)
# How crisp outlines are to the discriminators, in 1 / `REACH`.
_CRISPNESS = 10.0
_WEIGHTS = {"changed": 1.0, "unlike": 0.5, "kept": 1.0, "frames": 0.1, "clips": 0.1}


class ContourTraining:
    """G and G_N learn contours that are as far away as wanted, and real to both discriminators.

    Attributes:
        parts: names of the losses. "changed": the mean silhouette of a clip moves as far as the
            strength asks for; "unlike": two draws for one clip are as far apart; "kept": fields
            are smooth and small, and leave the walker where it is; "frames" and "clips": how well
            the spatial and the temporal discriminator are fooled; "telling": how well they tell.
        generator: the network that ships.
        discriminators: by name.
    """

    parts = ("changed", "unlike", "kept", "frames", "clips", "telling")

    def __init__(self) -> None:
        self.generator = ContourNet()
        self.discriminators = nn.ModuleDict(
            {"frames": SilhouetteDiscriminator(), "clips": SilhouetteDiscriminator(frames=CLIP)}
        )

    def losses(
        self, gaits: GaitStore, rng: np.random.Generator, size: int, progress: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What to descend in a step; see `CompletionTraining.losses`. Each clip is drawn twice."""
        contours = _clips(gaits, rng, max(size // CLIP, 1))
        plain = rng.standard_normal((2, len(contours), self.generator.plain)).astype(np.float32)
        strength = torch.from_numpy(rng.uniform(*_STRENGTHS, len(contours)).astype(np.float32))
        fields = self.generator.fields(contours.flatten(0, 1)[:, None]).float()
        news = [self._moved(contours, fields, torch.from_numpy(each), strength) for each in plain]
        before, after = _filled(contours), [_filled(each) for each in news]
        drawn = torch.cat(after)
        goal = strength * GEI_CHANGE_AT_FULL_STRENGTH
        parts = {
            "changed": torch.stack([_short_of(goal, before, each) for each in after]).mean(),
            "unlike": _short_of(goal, *after),
            "kept": torch.stack([_lost(contours, each) for each in news]).mean()
            + _roughness(fields),
            **self._fooling(drawn),
        }
        loss = torch.stack([_WEIGHTS[name] * value for name, value in parts.items()]).sum()
        telling = self._telling(before, drawn.detach())
        parts["frames"], parts["clips"] = 1 + parts["frames"], 1 + parts["clips"]
        return loss, telling, torch.stack([*parts.values(), telling]).detach()

    @torch.no_grad()
    def samples(self, generator: ContourNet, gaits: GaitStore, count: int) -> UInt8:
        """Silhouettes over what is made of them at strengths 0.5 and 1, by two draws; gray."""
        rng = np.random.default_rng(7)
        contours = _clips(gaits, rng, count)[:, CLIP // 2, None]
        plain = rng.standard_normal((2, 1, generator.plain)).astype(np.float32)
        rows = [contours]
        for each in plain:
            noise = generator.noise(torch.from_numpy(each)).expand(count, -1)
            rows += [generator(contours, strength * noise) for strength in (0.5, 1)]
        planes = torch.cat([torch.cat(list(row[:, 0]), dim=1) for row in map(_filled, rows)])
        return np.asarray(255 * planes.numpy(), np.uint8)

    def _moved(self, contours: Tensor, fields: Tensor, plain: Tensor, strength: Tensor) -> Tensor:
        noise = strength[:, None] * self.generator.noise(plain).float()
        frames = contours.flatten(0, 1)[:, None]
        return moved(frames, fields, noise.repeat_interleave(CLIP, dim=0)).view_as(contours)

    def _fooling(self, drawn: Tensor) -> dict[str, Tensor]:
        self.discriminators.requires_grad_(False)
        looks = {name: -self._look(name, drawn).mean() for name in self.discriminators}
        self.discriminators.requires_grad_(True)
        return looks

    def _telling(self, real: Tensor, drawn: Tensor) -> Tensor:
        margins = [
            torch.relu(1 - self._look(name, real)).mean()
            + torch.relu(1 + self._look(name, drawn)).mean()
            for name in self.discriminators
        ]
        return torch.stack(margins).sum()

    def _look(self, name: str, clips: Tensor) -> Tensor:
        """What a discriminator says of `(N, 8, 64, 64)`; frames are looked at one by one."""
        seen = clips if name == "clips" else clips.flatten(0, 1)[:, None]
        score: Tensor = self.discriminators[name](seen)
        return score


def _clips(gaits: GaitStore, rng: np.random.Generator, count: int) -> Tensor:
    """Contours `(count, CLIP, 64, 64)` of whole walkers, some of them in a mirror."""
    frames = gaits.around(*gaits.draw(rng, count), _OFFSETS)
    contours = contours_of(unpack(gaits.whole[frames]).reshape(-1, 1, 128, 128))
    small = nn.functional.avg_pool2d(torch.from_numpy(contours), contours.shape[-1] // SIDE)
    clips = small.view(count, CLIP, SIDE, SIDE)
    mirrored = torch.from_numpy(rng.random(count) < 0.5)
    return torch.where(mirrored[:, None, None, None], clips.flip(3), clips)


def _filled(contours: Tensor) -> Tensor:
    """Silhouettes with soft outlines, [0, 1], inside of contours."""
    return torch.sigmoid(_CRISPNESS * contours)


def _short_of(goal: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """How far the mean silhouettes of clips are from being `goal` `(N,)` apart."""
    apart = (first.mean(1) - second.mean(1)).square().sum((1, 2)).add(1e-6).sqrt() * _GEI_SCALE
    return torch.relu(1 - apart / goal).square().mean()


def _lost(before: Tensor, after: Tensor) -> Tensor:
    """How much a walker is carried aside as a whole, in pixels, and how far contours move."""
    columns = torch.arange(SIDE, dtype=torch.float32)
    bodies = [_filled(each) for each in (before, after)]
    middles = [(each.sum(2) @ columns) / each.sum((2, 3)).clamp_min(1) for each in bodies]
    return (middles[0] - middles[1]).square().mean() + (after - before).square().mean()


def _roughness(fields: Tensor) -> Tensor:
    """Mean square of the second differences along rows and columns."""
    return fields.diff(n=2, dim=2).square().mean() + fields.diff(n=2, dim=3).square().mean()
