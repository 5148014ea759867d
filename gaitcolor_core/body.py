"""What is changed about a walker's body and rhythm, and how far that may go."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gaitcolor_core.structures import Float64

# How far a body may change at most and stay plausible, less and more.
_WIDTHS = np.array([[-0.24, 0.22], [-0.36, 0.31], [-0.40, 0.35], [-0.29, 0.26]])
_SIZES = {
    "belly": (-0.28, 0.28),
    "legs": (-0.05, 0.05),
    "shoulders": (-0.033, 0.033),
    "lean": (-0.044, 0.044),
    "stride": (-0.24, 0.22),
    "arms": (-0.55, 0.44),
    "head": (-0.11, 0.11),
    "girth": (-0.015, 0.018),
}
# How far neighboring widths may change differently, and how much thicker a lower leg may become
# by its width and its girth together; thinner, as by its width alone.
_MAX_WIDTH_STEP, _MAX_THICKER = 0.35, 0.6
# What changes in the direction of the walk; seen from ahead, the same would bend a body aside.
_ALONG = ("belly", "lean", "stride", "arms")
_LEAST_ALONG = 0.3


@dataclass(frozen=True)
class BodyDraw:
    """What is changed; the draw does not depend on the person.

    Attributes:
        widths: `(4,)` changes of the width at calf, thigh, waist and chest, as factors - 1.
        belly: share by which front and back change differently.
        legs: rise of hip and waist, in statures.
        shoulders: rise of the shoulders against the waist, in statures.
        lean: shift of the trunk against hip and head, in statures.
        stride: change of the stride's amplitude, as a factor - 1.
        arms: change of the arm swing, as a factor - 1.
        timing: amplitude of the re-timing, in cycles.
        limp: the part of the re-timing that differs between left and right step, in cycles.
        timing_phase: at which phase the gait is hastened, in cycles.
        head: change of the head's size, as a factor - 1; its form is kept.
        girth: how far the outline of each leg moves out, in statures; not drawn, as it depends on
            the legs how much of it is plausible.
    """

    widths: Float64
    belly: float
    legs: float
    shoulders: float
    lean: float
    stride: float
    arms: float
    timing: float
    limp: float
    timing_phase: float
    head: float = 0.0
    girth: float = 0.0

    @classmethod
    def draw(cls, generator: np.random.Generator) -> BodyDraw:
        """A random body of full size, away from the original in every respect."""

        def change(less: float, more: float) -> float:
            size = more if generator.random() < 0.5 else -less
            return float(size * generator.uniform(0.6, 1.0))

        # A body may lose more than it may gain: what it gains has to be made of stretched cloth.
        build, limbs = change(0.32, 0.18), change(0.28, 0.16)
        single = np.array([change(0.05, 0.05) for _ in range(4)])
        return cls(
            widths=np.array([0.5 * limbs, limbs, build, 0.6 * build]) + single,
            belly=change(0.20, 0.20),
            legs=change(0.035, 0.035),
            shoulders=change(0.025, 0.025),
            lean=change(0.03, 0.03),
            stride=change(0.20, 0.16),
            arms=change(0.4, 0.3),
            timing=change(0.05, 0.05),
            limp=change(0.02, 0.02),
            timing_phase=float(generator.random()),
            head=change(0.08, 0.08),
        )

    def scaled(self, factor: float) -> BodyDraw:
        """The same change, `factor` times as far."""
        sizes = {name: factor * size for name, size in vars(self).items() if name != "timing_phase"}
        return BodyDraw(**sizes, timing_phase=self.timing_phase)

    @property
    def body(self) -> Float64:
        """`(12,)`: what does not depend on time; see `BodyLimits`."""
        return np.concatenate([self.widths, [getattr(self, name) for name in _SIZES]])

    def with_body(self, body: Float64) -> BodyDraw:
        """The same rhythm, walked by another body; see `body`."""
        widths, sizes = np.split(body, [len(_WIDTHS)])
        return replace(self, widths=widths, **dict(zip(_SIZES, sizes.tolist(), strict=True)))


@dataclass(frozen=True)
class BodyLimits:
    """Bodies, as `BodyDraw.body` tells them, that stay plausible.

    Attributes:
        bounds: `(12, 2)`, how far each may change, less and more.
        step: how far neighboring widths may change differently.
        thicker: how much thicker a lower leg may become, as a factor - 1.
        leg_radius: half its width as it is, in statures.
    """

    bounds: Float64
    step: float
    thicker: float
    leg_radius: float

    @classmethod
    def seen_from(cls, degrees: float, strength: float, leg_radius: float) -> BodyLimits:
        """The limits for a walker who is seen at `degrees` (0 = from ahead, 90 = from its side).

        Args:
            degrees: 0 to 180.
            strength: of the change; above 1, bodies become a little implausible.
            leg_radius: half the width of a lower leg, in statures.
        """
        along = max(_LEAST_ALONG, float(np.sin(np.radians(degrees))))
        shares = [1.0] * len(_WIDTHS) + [along if name in _ALONG else 1.0 for name in _SIZES]
        bounds = strength * np.array(shares)[:, None] * [*_WIDTHS, *_SIZES.values()]
        return cls(bounds, strength * _MAX_WIDTH_STEP, strength * _MAX_THICKER, leg_radius)

    @staticmethod
    def girths() -> Float64:
        """`(2,)`: how much thinner and thicker legs may become at strength 1, in statures."""
        return np.array(_SIZES["girth"])

    def nearest(self, body: Float64) -> Float64:
        """The plausible body `(12,)` that is like `body`; the waist leads the other widths."""
        calf, thigh, waist, chest, *sizes, girth = np.clip(body, *self.bounds.T)
        thigh, chest = (
            np.clip(each, waist - self.step, waist + self.step) for each in (thigh, chest)
        )
        calf = np.clip(calf, thigh - self.step, thigh + self.step)
        thickness = 1 + np.array([self.bounds[0, 0], self.thicker])
        girth = np.clip(girth, *self.leg_radius * (thickness / (1 + calf) - 1))
        return np.array([calf, thigh, waist, chest, *sizes, girth])
