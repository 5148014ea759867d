"""A shape anonymizer that trains nothing on the clip: body and rhythm are deformed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gaitcolor_core.deformation import BODY_LIMITS, BodyDraw, BodyMap, DeformedGait, pulled
from gaitcolor_core.stages.anonymize_shape.crowd import CROWD_SIZE, seen_from, square_gei
from gaitcolor_core.structures import Bool, Float32, Float64, GaitSequence

# Bodies that are tried: at random, then close to the best so far.
_ANYWHERE, _NEARBY = 60, 140
# Of the crowd, whom a walker may be made alike, and how many of them count at a time.
_MODELS, _NEIGHBORS = 3, 1


class Deform:
    """Deformation of body shape and walking rhythm, towards the gait of people who never lived.

    A change in any direction would leave the old walk the nearest one, as it leads away from
    everybody. So of all plausible bodies one is looked for that has moved away from the walker's
    own gait, and towards some of a crowd, as an attacker would measure it: by linear discriminants
    of gait energy images. Whom of the crowd it may be alike is drawn, so that no two draws
    match.
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
        score = _someone_else(square_gei(silhouettes), rhythm, generator)
        body = _best_of(score, strength * BODY_LIMITS, strength * rhythm.body, generator)
        return rhythm.scaled(strength).with_body(body)


def _someone_else(
    gei: Float32, rhythm: BodyDraw, generator: np.random.Generator
) -> Callable[[Float64], float]:
    """How much more a body resembles people of the crowd than the walker; higher is better.

    All frames have nearly the same map, so their mean can be deformed in their place.
    """
    view = seen_from(gei)
    own = view.features(gei)
    models = generator.permutation(view.people)[:_MODELS]

    def score(body: Float64) -> float:
        inverse_map = BodyMap(rhythm.with_body(body), CROWD_SIZE).inverse_map(1.0)
        new = view.features(pulled(gei, inverse_map))
        nearest = np.sort(np.linalg.norm(models - new, axis=1))[:_NEIGHBORS]
        return float(np.linalg.norm(new - own) - nearest.mean())

    return score


def _best_of(
    score: Callable[[Float64], float],
    limits: Float64,
    first: Float64,
    generator: np.random.Generator,
) -> Float64:
    """A body within `limits` `(11, 2)` that scores high, by random search."""
    best, highest, width = first, score(first), 0.6
    low, high = limits.T
    for attempt in range(_ANYWHERE + _NEARBY):
        if attempt < _ANYWHERE:
            side = limits[np.arange(len(limits)), generator.integers(2, size=len(limits))]
            body = side * generator.uniform(0.4, 1.0, len(limits))
        else:
            some = generator.random(len(limits)) < 0.4
            step = width * (high - low) / 2 * generator.normal(size=len(limits))
            body = np.clip(best + some * step, low, high)
        reached = score(body)
        if reached > highest:
            best, highest = body, reached
        elif attempt >= _ANYWHERE:
            width = max(0.98 * width, 0.08)
    return best
