"""Counts what is done to a clip, measures how well, and writes the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gaitcolor_core.actor import Actor
from gaitcolor_core.cycles import distance_of_halves
from gaitcolor_core.gait import SILHOUETTE_SIZE, gei_distance
from gaitcolor_core.imaging import resample_square
from gaitcolor_core.metrics import psnr, ssim_map
from gaitcolor_core.recognizability import assess
from gaitcolor_core.reports import Adaptation, AnonymizationReport, WalkerReport
from gaitcolor_core.settings import Settings
from gaitcolor_core.sparing import Spared
from gaitcolor_core.structures import Float32, UInt8
from gaitcolor_core.take import DrawnWalker, RedrawnFrame

# Neighboring frames hardly differ in quality, and SSIM takes as long as drawing.
_COMPARED_EVERY = 5


@dataclass
class _Quality:
    """Figures of one walker, one entry a frame that was drawn."""

    psnr_crop_db: list[float] = field(default_factory=list)
    ssim_crop: list[float] = field(default_factory=list)
    psnr_overlap_db: list[float] = field(default_factory=list)
    ssim_overlap: list[float] = field(default_factory=list)

    @staticmethod
    def mean(figures: Iterable[float]) -> float | None:
        values = list(figures)
        return float(np.mean(values)) if values else None


class Tally:
    """Takes note of every frame of the result."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        """Start with nothing done to `actors`."""
        self._actors = {actor.track.track_id: actor for actor in actors}
        self._quality = {number: _Quality() for number in self._actors}
        self._covered = dict.fromkeys(self._actors, 0)
        self._drawn = dict.fromkeys(self._actors, 0)
        self._interpolated = dict.fromkeys(self._actors, 0)
        self._covered_detections = 0
        self._frames = 0
        self._frames_without_walker = 0

    def add(self, original: UInt8, redrawn: RedrawnFrame) -> None:
        """Count a frame and compare it with the `original` `(H, W, 3)` uint8 RGB."""
        self._frames += 1
        self._frames_without_walker += not redrawn.seen
        self._covered_detections += redrawn.covered_strangers + len(redrawn.covered)
        for number in redrawn.covered:
            self._covered[number] += 1
        for walker in redrawn.drawn:
            actor = self._actors[walker.track_id]
            self._drawn[walker.track_id] += 1
            self._interpolated[walker.track_id] += bool(actor.track.interpolated[walker.index])
            if walker.index % _COMPARED_EVERY == 0:
                self._compare(walker, original, redrawn.image)

    def report(
        self,
        *,
        source: str | Path,
        output: str | Path,
        device: str,
        segmenter: str,
        settings: Settings,
        seed: int,
        size: tuple[int, int],
        audio: str,
        seconds: dict[str, float],
        warnings: Sequence[str],
        adaptation: Adaptation | None,
        spared: Spared,
    ) -> AnonymizationReport:
        """The report on the whole clip; `seconds` by stage, "total" among them."""
        stages = {stage: spent for stage, spent in seconds.items() if stage != "total"}
        figures = {
            name: _Quality.mean(
                value for quality in self._quality.values() for value in getattr(quality, name)
            )
            for name in ("psnr_crop_db", "ssim_crop", "psnr_overlap_db", "ssim_overlap")
        }
        return AnonymizationReport(
            source=str(source),
            output=str(output),
            device=device,
            segmenter=segmenter,
            shape=settings.shape,
            color=settings.color,
            strength=settings.strength,
            seed=seed,
            width=size[0],
            height=size[1],
            frames=self._frames,
            seconds=seconds["total"],
            fps=self._frames / seconds["total"],
            audio=audio,
            frames_without_walker=self._frames_without_walker,
            covered_detections=self._covered_detections,
            walkers=tuple(self._walker(number) for number in sorted(self._actors)),
            stage_seconds=stages,
            warnings=(
                *warnings,
                *self._remarks(),
                *_on_spared(self._left(), spared),
                *_on_learning(settings, adaptation),
            ),
            adaptation=adaptation,
            spared=self._left(),
            faces_blurred=settings.blur_faces,
            **figures,
        )

    def _compare(self, walker: DrawnWalker, original: UInt8, result: UInt8) -> None:
        quality = self._quality[walker.track_id]
        xyxy = self._actors[walker.track_id].gait.xyxy[walker.index]
        before = resample_square(original, xyxy, SILHOUETTE_SIZE)
        after = resample_square(result, xyxy, SILHOUETTE_SIZE)
        quality.psnr_crop_db.append(psnr(after, before))
        quality.ssim_crop.append(float(ssim_map(after, before).mean()))
        self._compare_colors(walker, original, xyxy)

    def _compare_colors(self, walker: DrawnWalker, original: UInt8, xyxy: Float32) -> None:
        """The colors themselves, before soft edges mix them with the scenery.

        Both pictures are cut to the overlap at full size, so that the reduction brings nothing
        in from outside.
        """
        crop, quality = walker.layer.crop, self._quality[walker.track_id]
        in_crop = xyxy - np.array([crop.left, crop.top] * 2, np.float32)
        before, after = (
            resample_square(
                picture.astype(np.float32) * walker.overlap[..., None], in_crop, SILHOUETTE_SIZE
            )
            for picture in (crop.cut(original, replicate=True), walker.layer.colors)
        )
        inside = resample_square(walker.overlap, in_crop, SILHOUETTE_SIZE) > 0.5
        if inside.any():
            quality.psnr_overlap_db.append(psnr(after, before, inside))
            quality.ssim_overlap.append(float(ssim_map(after, before)[inside].mean()))

    def _walker(self, number: int) -> WalkerReport:
        actor, quality = self._actors[number], self._quality[number]
        change, own = _gei_change(actor), _gei_self(actor)
        return WalkerReport(
            track_id=number,
            first_frame=int(actor.track.frame_ids[0]),
            last_frame=int(actor.track.frame_ids[-1]),
            frames_tracked=self._drawn[number] - self._interpolated[number],
            frames_interpolated=self._interpolated[number],
            frames_covered=self._covered[number],
            gait_period_frames=actor.gait_period,
            gei_change=change,
            gei_self=own,
            recognizability=None if change is None else assess(change, gei_self=own),
            psnr_crop_db=quality.mean(quality.psnr_crop_db),
            ssim_crop=quality.mean(quality.ssim_crop),
            psnr_overlap_db=quality.mean(quality.psnr_overlap_db),
            ssim_overlap=quality.mean(quality.ssim_overlap),
        )

    def _remarks(self) -> list[str]:
        remarks = []
        if self._covered_detections:
            remarks.append(
                f"{self._covered_detections} times a person, or what looked like one, could not "
                "be given another walk in a frame and was covered by a mosaic instead."
            )
        return remarks

    def _left(self) -> tuple[int, ...]:
        return tuple(number for number, actor in self._actors.items() if actor.new is None)


def _on_spared(left: Sequence[int], spared: Spared) -> list[str]:
    remarks = []
    if left:
        names = [str(number) for number in left]
        for at, number in enumerate(left):
            sighting = spared.sighting_of.get(number, number)
            if sighting != number:
                names[at] += f" (number {sighting} of the quick look)"
        remarks.append(f"Not anonymized, as you wished: walker {', '.join(names)}.")
    if spared.missed:
        remarks.append(
            f"Walker {', '.join(map(str, spared.missed))} of the quick look was to be left as is, "
            "but could not be told apart surely all the time, and was anonymized or covered."
        )
    return remarks


def _on_learning(settings: Settings, adaptation: Adaptation | None) -> list[str]:
    if adaptation is None:
        sentence = "Nothing was seen from which the clip's colors could be learned."
        return [sentence] if settings.adapt_s else []
    if adaptation.steps == adaptation.planned_steps:
        return []
    return [
        f"The time to learn the clip's colors was over after {adaptation.steps} of "
        f"{adaptation.planned_steps} steps; the seed alone does not repeat this run exactly."
    ]


def _gei_change(actor: Actor) -> float | None:
    images = actor.energy_images
    return None if images is None else gei_distance(*images)


def _gei_self(actor: Actor) -> float | None:
    if actor.new is None:
        return None
    return distance_of_halves(actor.gait.silhouettes, actor.gait_period)
