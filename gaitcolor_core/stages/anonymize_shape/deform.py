"""A shape anonymizer that trains nothing on the clip: body and rhythm are deformed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gaitcolor_core.body import BodyDraw, BodyLimits
from gaitcolor_core.deformation import BodyMap, DeformedGait, pulled
from gaitcolor_core.girth import leg_radius, with_girth
from gaitcolor_core.stages.anonymize_shape.crowd import CROWD_SIZE, CrowdView, seen_from, square_gei
from gaitcolor_core.structures import Bool, Float32, Float64, GaitSequence

# Bodies that are tried: at random, then close to the best so far.
_ANYWHERE, _NEARBY = 60, 140
# Of the crowd, whom a walker may be made alike, and how much more it counts to be unlike oneself.
_MODELS, _AWAY = 3, 1.5
# About how many frames tell what a girth does to the mean of all.
_GIRTH_FRAMES = 16
# Who is farther from everybody of the crowd, or does not get to this score, is hard to hide: seven
# of ten rendered walks. Limits are wider for them.
_RARE, _HIDDEN, _WIDER = 27.0, 48.0, 1.2


class Deform:
    """Deformation of body shape and walking rhythm, towards the gait of people who never lived.

    A change in any direction would leave the old walk the nearest one, as it leads away from
    everybody. So of all plausible bodies one is looked for that has moved away from the walker's
    own gait, and towards one of a few people of a crowd, as an attacker would measure it: by linear
    discriminants of gait energy images. Whom of the crowd it may be alike is drawn, so that no two
    draws match. Who is not well hidden by that, or had few like them to begin with, is changed
    farther.
    """

    def anonymize(
        self, gait: GaitSequence, *, fps: float, strength: float, generator: np.random.Generator
    ) -> DeformedGait:
        """Another walk for `gait`; see `ShapeAnonymizer`."""
        return DeformedGait.of(gait, self.draw(gait.silhouettes, strength, generator), fps)

    def draw(self, silhouettes: Bool, strength: float, generator: np.random.Generator) -> BodyDraw:
        """Another body and rhythm for a walker, of whom `(T, 1, S, S)` bool was seen."""
        rhythm = BodyDraw.draw(generator)
        if not strength or not silhouettes.any():
            return rhythm.scaled(0)
        gei = square_gei(silhouettes)
        view = seen_from(gei)
        score = _someone_else(_Girths.of(silhouettes, gei), view, rhythm, generator)
        legs = leg_radius(silhouettes[:, 0])
        usual, wider = (
            BodyLimits.seen_from(view.degrees, factor * strength, legs) for factor in (1.0, _WIDER)
        )
        limits = wider if view.rarity(gei) > _RARE else usual
        body = _best_of(score, limits, strength * rhythm.body, generator)
        if score(body) < strength * _HIDDEN:
            body = _best_of(score, wider, body, generator)
        return rhythm.scaled(strength).with_body(body)


@dataclass(frozen=True)
class _Girths:
    """The gait energy image of a walker whose legs have another girth.

    Attributes:
        sizes: `(N,)` girths in statures, rising; one is 0.
        geis: `(N, 64, 64)` float32.
    """

    sizes: Float64
    geis: Float32

    @classmethod
    def of(cls, silhouettes: Bool, gei: Float32) -> _Girths:
        """From the frames `(T, 1, S, S)` and their mean; some tell how it changes."""
        least, most = _WIDER * BodyLimits.girths()
        sizes = np.array([least, least / 2, 0, most / 2, most])
        some = silhouettes[:: max(len(silhouettes) // _GIRTH_FRAMES, 1), 0]
        stay = np.zeros((*some.shape[1:], 2), np.float32)
        geis = [
            square_gei(
                np.stack([pulled(one, with_girth(stay, one, size)) for one in some])[:, None]
            )
            for size in sizes
        ]
        return cls(sizes, gei + np.stack(geis) - geis[2])

    def at(self, size: float) -> Float32:
        """`(64, 64)` float32 for any girth, between those that are known."""
        above = int(np.clip(np.searchsorted(self.sizes, size), 1, len(self.sizes) - 1))
        low, high = self.sizes[above - 1 : above + 1]
        share = np.float32((size - low) / (high - low))
        return np.asarray((1 - share) * self.geis[above - 1] + share * self.geis[above], np.float32)


def _someone_else(
    girths: _Girths, view: CrowdView, rhythm: BodyDraw, generator: np.random.Generator
) -> Callable[[Float64], float]:
    """How much more a body resembles someone of the crowd than the walker; higher is better.

    All frames have nearly the same map but for the girth of legs, so their mean can be deformed in
    their place.
    """
    own = view.features(girths.at(0.0))
    models = generator.permutation(view.people)[:_MODELS]

    def score(body: Float64) -> float:
        draw = rhythm.with_body(body)
        inverse_map = BodyMap(draw, CROWD_SIZE).inverse_map(1.0)
        new = view.features(pulled(girths.at(draw.girth), inverse_map))
        nearest = np.linalg.norm(models - new, axis=1).min()
        return float(_AWAY * np.linalg.norm(new - own) - nearest)

    return score


def _best_of(
    score: Callable[[Float64], float],
    limits: BodyLimits,
    first: Float64,
    generator: np.random.Generator,
) -> Float64:
    """A body within `limits` that scores high, by random search."""
    bounds = limits.bounds
    half = (bounds[:, 1] - bounds[:, 0]) / 2
    best = limits.nearest(first)
    highest, width = score(best), 0.6
    for attempt in range(_ANYWHERE + _NEARBY):
        if attempt < _ANYWHERE:
            side = bounds[np.arange(len(bounds)), generator.integers(2, size=len(bounds))]
            body = side * generator.uniform(0.4, 1.0, len(bounds))
        else:
            some = generator.random(len(bounds)) < 0.4
            body = best + some * width * half * generator.normal(size=len(bounds))
        body = limits.nearest(body)
        reached = score(body)
        if reached > highest:
            best, highest = body, reached
        elif attempt >= _ANYWHERE:
            width = max(0.98 * width, 0.08)
    return best
