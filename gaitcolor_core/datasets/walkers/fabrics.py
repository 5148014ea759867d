"""What rendered walkers are made of: fabrics, skin tones, hair colors."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

# In the order in which raster.frag numbers them.
PATTERNS = ("plain", "stripes", "checks", "dots", "camouflage", "knit", "skin", "hair")
TEXTURAL = ("stripes", "checks", "dots", "camouflage", "knit")
TEXTURAL_LEGS = ("checks", "camouflage", "stripes")

Color = tuple[float, float, float]

# Everyday wear: (hue in degrees, saturation, value), each the middle of a range.
WEAR = (
    (0, 0.0, 0.08), (0, 0.0, 0.16), (0, 0.02, 0.38), (0, 0.02, 0.62), (40, 0.03, 0.92),
    (40, 0.12, 0.85), (222, 0.55, 0.25), (218, 0.5, 0.42), (212, 0.55, 0.62), (205, 0.35, 0.8),
    (2, 0.78, 0.62), (350, 0.65, 0.4), (25, 0.6, 0.45), (34, 0.42, 0.66), (75, 0.38, 0.36),
    (150, 0.5, 0.36), (48, 0.68, 0.85), (335, 0.38, 0.82), (275, 0.3, 0.5), (185, 0.5, 0.5),
)  # fmt: skip
LEG_WEAR = (
    (220, 0.45, 0.3), (216, 0.42, 0.45), (212, 0.3, 0.6), (0, 0.0, 0.1), (0, 0.0, 0.2),
    (0, 0.02, 0.42), (36, 0.32, 0.68), (34, 0.4, 0.45), (80, 0.3, 0.35), (222, 0.5, 0.2),
)  # fmt: skip
SHOES = (
    (0, 0.0, 0.1), (0, 0.0, 0.9), (25, 0.55, 0.35), (0, 0.0, 0.4), (220, 0.5, 0.3), (0, 0.7, 0.6),
)  # fmt: skip
SKIN = (
    (24, 0.28, 0.93), (24, 0.33, 0.88), (24, 0.4, 0.82), (25, 0.44, 0.74), (24, 0.5, 0.62),
    (22, 0.55, 0.48), (20, 0.55, 0.36),
)  # fmt: skip
HAIR = (
    (25, 0.35, 0.08), (25, 0.4, 0.13), (22, 0.55, 0.22), (25, 0.55, 0.35), (33, 0.5, 0.58),
    (40, 0.4, 0.75), (16, 0.68, 0.42), (0, 0.02, 0.5), (0, 0.01, 0.72),
)  # fmt: skip
# The darker the skin, the darker the hair, mostly.
DARK_SKIN = 4
DARK_HAIR = 3


@dataclass(frozen=True)
class Fabric:
    """A surface.

    Attributes:
        pattern: one of `PATTERNS`.
        colors: three sRGB colors in [0, 1]; a plain fabric shows the first only.
        scale_m: the size of a stripe, check, dot or blotch.
        upright: whether stripes and checks run up and down.
        gloss: strength of its highlights in [0, 1].
        folds: how deep its folds are; 0 is taut, 1 everyday cloth.
        seed: sets where its folds and blotches lie.
    """

    pattern: str
    colors: tuple[Color, Color, Color]
    scale_m: float = 0.05
    upright: bool = False
    gloss: float = 0.05
    folds: float = 1.0
    seed: float = 0.0


def draw_color(rng: np.random.Generator, palette: tuple[tuple[float, float, float], ...]) -> Color:
    """A color near one of `palette`."""
    hue, saturation, value = palette[rng.integers(len(palette))]
    return _hsv(
        hue + rng.normal(0, 4), saturation + rng.normal(0, 0.04), value + rng.normal(0, 0.03)
    )


def draw_cloth(
    rng: np.random.Generator,
    palette: tuple[tuple[float, float, float], ...],
    *,
    textural: bool,
    patterns: tuple[str, ...] = TEXTURAL,
    folds: float = 1.0,
    gloss: float = 0.05,
) -> Fabric:
    """A piece of cloth: of one color, or textural with one of `patterns` whose colors differ."""
    base = draw_color(rng, palette)
    others = _contrasting(rng, base, palette), _contrasting(rng, base, palette)
    pattern = str(rng.choice(patterns)) if textural else "plain"
    spans = {"stripes": (0.018, 0.07), "checks": (0.05, 0.12), "dots": (0.035, 0.08),
             "camouflage": (0.06, 0.14), "knit": (0.025, 0.04), "plain": (0.05, 0.06)}  # fmt: skip
    return Fabric(
        pattern,
        (base, *others),
        float(rng.uniform(*spans[pattern])),
        bool(rng.random() < 0.3),
        gloss,
        folds,
        float(rng.uniform(0, 50)),
    )


def draw_shoes(rng: np.random.Generator) -> Fabric:
    """Leather or canvas over a sole that is light or dark."""
    sole = (0.9, 0.9, 0.88) if rng.random() < 0.5 else (0.1, 0.1, 0.1)
    upper = draw_color(rng, SHOES)
    return Fabric("plain", (upper, sole, sole), gloss=float(rng.uniform(0.05, 0.3)), folds=0.2)


def draw_skin_and_hair(rng: np.random.Generator) -> tuple[Fabric, Fabric]:
    """A complexion and a hair color that goes with it."""
    tone = int(rng.integers(len(SKIN)))
    last = DARK_HAIR if tone >= DARK_SKIN else len(HAIR)
    skin = draw_color(rng, SKIN[tone : tone + 1])
    hair = draw_color(rng, HAIR[:last])
    lips = (skin[0] * 0.9, skin[1] * 0.66, skin[2] * 0.66)
    lighter = tuple(min(1.0, channel * 1.4 + 0.02) for channel in hair)
    seed = float(rng.uniform(0, 50))
    return (
        Fabric("skin", (skin, lips, (0.12, 0.09, 0.08)), gloss=0.12, folds=0, seed=seed),
        Fabric("hair", (hair, (lighter[0], lighter[1], lighter[2]), hair), 0.02, True, 0.2, 0.3),
    )


def _contrasting(
    rng: np.random.Generator, base: Color, palette: tuple[tuple[float, float, float], ...]
) -> Color:
    """A color that is told apart from `base` in a grey picture, too."""
    for _ in range(30):
        color = draw_color(rng, palette)
        if abs(_grey(color) - _grey(base)) > 0.2:
            return color
    return (0.92, 0.92, 0.9) if _grey(base) < 0.5 else (0.1, 0.1, 0.12)


def _grey(color: Color) -> float:
    return 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]


def _hsv(hue_deg: float, saturation: float, value: float) -> Color:
    return colorsys.hsv_to_rgb(
        hue_deg / 360 % 1, float(np.clip(saturation, 0, 1)), float(np.clip(value, 0.03, 0.97))
    )
