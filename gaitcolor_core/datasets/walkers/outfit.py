"""What a rendered walker wears: drawn at random, the same in all of a subject's walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gaitcolor_core.datasets.walkers.body import Body
from gaitcolor_core.datasets.walkers.fabrics import (
    LEG_WEAR,
    TEXTURAL_LEGS,
    WEAR,
    Fabric,
    draw_cloth,
    draw_shoes,
    draw_skin_and_hair,
)

CoatKind = Literal["jacket", "coat", "long coat", "down jacket"]
BagKind = Literal["backpack", "shoulder bag", "hand bag"]
Neckline = Literal["crew", "v", "collar"]
HairStyle = Literal["bald", "short", "full", "bob", "long", "ponytail", "bun"]
LegWear = Literal["trousers", "shorts", "skirt"]

COATS: tuple[CoatKind, ...] = ("jacket", "coat", "long coat", "down jacket")
BAGS: tuple[BagKind, ...] = ("backpack", "shoulder bag", "hand bag")


@dataclass(frozen=True)
class Outfit:
    """Clothes, skin and hair; lengths as shares, so that they fit any body.

    Attributes:
        skin: with the lips' color second and the eyes' third.
        hair: its strands go from the first color to the second.
        top: shirt, pullover or blouse.
        bottom: trousers, shorts or skirt.
        shoes: with the sole's color second.
        socks: seen where the legs are bare.
        coat: worn on demand only.
        bag: carried on demand only.
        cap: None without one.
        sleeve: share of the arm that the top covers, 0.1 to 1 (to the wrist).
        neckline: how the top ends at the neck.
        hem: how far the top hangs below the waist, share of the way to the knee; 0 = tucked in.
        leg_wear: what the bottom is.
        leg: share of the leg that the bottom covers, 0 to 1 (to the shoe).
        top_ease_m: how far the top keeps off the body.
        leg_ease_m: how far the bottom keeps off the legs.
        flare: m that trouser legs or a skirt widen per metre.
        belt: whether a belt is seen.
        hair_style: how the hair is worn.
    """

    skin: Fabric
    hair: Fabric
    top: Fabric
    bottom: Fabric
    shoes: Fabric
    socks: Fabric
    coat: Fabric
    bag: Fabric
    cap: Fabric | None = None
    sleeve: float = 1.0
    neckline: Neckline = "crew"
    hem: float = 0.3
    leg_wear: LegWear = "trousers"
    leg: float = 1.0
    top_ease_m: float = 0.008
    leg_ease_m: float = 0.008
    flare: float = 0.01
    belt: bool = False
    hair_style: HairStyle = "short"

    @classmethod
    def draw(cls, rng: np.random.Generator, body: Body, textural: bool) -> Outfit:
        """An everyday outfit.

        Args:
            rng: drawn from; the same state gives the same outfit.
            body: who wears it.
            textural: whether its cloth has patterns rather than plain colors.
        """
        skin, hair = draw_skin_and_hair(rng)
        leg_wear, leg, flare = _draw_leg_wear(rng, body.female)
        patterned_legs = textural and (leg_wear == "skirt" or rng.random() < 0.35)
        return cls(
            skin=skin,
            hair=hair,
            top=draw_cloth(rng, WEAR, textural=textural),
            bottom=draw_cloth(
                rng, LEG_WEAR, textural=patterned_legs, patterns=TEXTURAL_LEGS, folds=0.8
            ),
            shoes=draw_shoes(rng),
            socks=draw_cloth(rng, WEAR[:6], textural=False, folds=0.2),
            coat=draw_cloth(rng, WEAR[:16], textural=textural, folds=0.9, gloss=0.08),
            bag=draw_cloth(rng, WEAR, textural=textural and rng.random() < 0.4, folds=0.4),
            cap=draw_cloth(rng, WEAR, textural=False, folds=0.2) if rng.random() < 0.07 else None,
            sleeve=_draw_sleeve(rng, body.female),
            neckline=rng.choice(["crew", "v", "collar"], p=[0.5, 0.2, 0.3]).item(),
            hem=float(rng.uniform(0.15, 0.5)) if rng.random() < 0.75 else 0.0,
            leg_wear=leg_wear,
            leg=leg,
            top_ease_m=float(rng.uniform(0.004, 0.014)),
            leg_ease_m=float(rng.uniform(0.004, 0.013)),
            flare=flare,
            belt=bool(rng.random() < 0.5),
            hair_style=_draw_hair_style(rng, body.female),
        )


def _draw_sleeve(rng: np.random.Generator, female: bool) -> float:
    kind = rng.choice(3, p=[0.55, 0.37, 0.08] if female else [0.55, 0.42, 0.03])
    return float((0.97, rng.uniform(0.22, 0.42), 0.12)[kind])


def _draw_leg_wear(rng: np.random.Generator, female: bool) -> tuple[LegWear, float, float]:
    """Kind, length and flare."""
    kind = rng.choice(3, p=[0.72, 0.08, 0.2] if female else [0.86, 0.14, 0.0])
    if kind == 1:
        return "shorts", float(rng.uniform(0.36, 0.5)), float(rng.uniform(0.0, 0.08))
    if kind == 2:
        return "skirt", float(rng.uniform(0.42, 0.66)), float(rng.uniform(0.05, 0.25))
    return "trousers", float(rng.uniform(0.99, 1.035)), float(rng.uniform(-0.01, 0.05))


def _draw_hair_style(rng: np.random.Generator, female: bool) -> HairStyle:
    styles = ["bald", "short", "full", "bob", "long", "ponytail", "bun"]
    shares = (
        [0, 0.07, 0.05, 0.22, 0.28, 0.25, 0.13] if female else [0.1, 0.6, 0.27, 0.02, 0.01, 0, 0]
    )
    style: HairStyle = rng.choice(styles, p=shares).item()
    return style
