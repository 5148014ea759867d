"""The whole job: a clip in, the same clip with other walks out."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch

from gaitcolor_core.gait import align, gait_period
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.redraw import Actor, Redrawer, Take
from gaitcolor_core.scene import Scene, look
from gaitcolor_core.stages.anonymize_shape import Deform, ShapeAnonymizer
from gaitcolor_core.stages.background import BackgroundPlates
from gaitcolor_core.stages.segment import PersonSegmenter, YoloSegmenter, find_weights
from gaitcolor_core.stages.segment_static import StaticSegmenter
from gaitcolor_core.stages.transfer_color import ColorTransfer, nearest, warp
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import (
    AnonymizationReport,
    InputError,
    Settings,
    Track,
    UInt8,
    VideoFrame,
    VideoMetadata,
)
from gaitcolor_core.tally import Tally
from gaitcolor_core.video import FrameSpool, VideoReader, VideoWriter

_SHAPES: dict[str, type[ShapeAnonymizer]] = {"deform": Deform}
_COLORS: dict[str, ColorTransfer] = {"warp": warp, "nearest": nearest}

_STATIC_LIMITS = (
    "The static-camera segmenter sees what moves: whoever stands still for most of the clip is "
    "not anonymized, and people who touch count as one."
)


class GaitAnonymizer:
    """Gives the walkers of a clip another gait; everything else stays as it was.

    Example:
        >>> anonymizer = GaitAnonymizer(Settings(strength=0.8, seed=7))
        >>> anonymizer.settings.strength
        0.8
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        detector: str | None = None,
        device: str | None = None,
    ) -> None:
        """Load what finds persons.

        Args:
            settings: the user's choices; by default everyone, at the default strength.
            detector: path or name of a YOLO segmentation model, or "static" for a static
                camera; None = `GAITCOLOR_DETECTOR`, else the official model, else
                the weights that come with the repository, else "static".
            device: torch device; None = CUDA where there is one.

        Raises:
            InputError: the detector or the device cannot be had.
        """
        self.settings = settings or Settings()
        self.device = _device(device)
        self._warnings: list[str] = []
        self._segmenter = self._open_segmenter(detector)

    def anonymize_video(
        self,
        source: str | Path,
        output: str | Path,
        *,
        side_by_side: str | Path | None = None,
        on_progress: OnProgress = silent,
        on_frame: Callable[[Take], None] | None = None,
    ) -> AnonymizationReport:
        """Anonymize a clip; its sound is carried over.

        Args:
            source: the clip.
            output: the MP4 file to write; it appears when it is whole.
            side_by_side: another MP4 file, original and result next to each other: for your own
                eyes, as it shows the original gait.
            on_progress: called as `(stage, frames done, frames in all or None)`. It may raise,
                `Stopped` for example, to end the work; nothing is left behind.
            on_frame: is shown every frame of the second pass. It may raise likewise.

        Raises:
            InputError: the clip cannot be processed, in one sentence.
            OSError: a file cannot be written, in one sentence.
        """
        watch = Stopwatch()
        with watch("total"), VideoReader(source) as clip, BackgroundPlates() as plates:
            size = (clip.metadata.width, clip.metadata.height, clip.metadata.fps)
            writer = VideoWriter(output, *size, tags=clip.tags, audio_from=source)
            pair = None
            if side_by_side is not None:
                pair = VideoWriter(side_by_side, 2 * size[0], *size[1:], audio_from=source)
            writers = [each for each in (writer, pair) if each is not None]
            # What cannot be written is noticed before the work is done.
            for each in writers:
                each.check()
            scene = self._look(clip, plates, clip.metadata, watch, on_progress)
            seed = self._seed()
            actors = self._cast(scene, size, seed, watch)
            redrawer = self._redrawer(scene, actors, plates, watch)
            tally = Tally(actors)
            with ExitStack() as files:
                for each in writers:
                    files.enter_context(each)
                for frame_id, (image, time_s) in enumerate(watch.each("read", clip)):
                    redrawn = redrawer.redraw(frame_id, image)
                    with watch("measure"):
                        tally.add(image, redrawn)
                    if on_frame is not None:
                        on_frame(Take(frame_id, image, redrawn, actors, scene.masks[frame_id]))
                    with watch("write"):
                        writer.write(redrawn.image, time_s)
                        if pair is not None:
                            pair.write(np.hstack([image, redrawn.image]), time_s)
                    on_progress("Drawing the new walk", frame_id + 1, len(scene.views))
                with watch("write"):
                    files.close()
        return tally.report(
            source=str(source),
            output=str(output),
            device=self.device,
            segmenter=self._segmenter.description,
            settings=self.settings,
            seed=seed,
            size=size[:2],
            audio=writer.audio_outcome,
            seconds=watch.seconds,
            warnings=self._warnings,
        )

    def anonymize_frames(
        self, frames: Iterable[UInt8], *, fps: float = 25.0, on_progress: OnProgress = silent
    ) -> Iterator[UInt8]:
        """Anonymize frames; they are kept on disk meanwhile, as they are looked at twice.

        Args:
            frames: `(H, W, 3)` uint8 RGB, all of one size.
            fps: frames per second.
            on_progress: see `anonymize_video`.

        Yields:
            As many frames of the same size.

        Raises:
            InputError: the frames cannot be processed, in one sentence.
        """
        watch = Stopwatch()
        rate = Fraction(fps).limit_denominator(1001)
        with FrameSpool(frames, rate) as clip, BackgroundPlates() as plates:
            if not clip.num_frames:
                return
            metadata = clip.metadata
            scene = self._look(clip, plates, metadata, watch, on_progress)
            size = (metadata.width, metadata.height, metadata.fps)
            actors = self._cast(scene, size, self._seed(), watch)
            redrawer = self._redrawer(scene, actors, plates, watch)
            for frame_id, frame in enumerate(clip):
                yield redrawer.redraw(frame_id, frame.image).image
                on_progress("Drawing the new walk", frame_id + 1, len(scene.views))

    def _look(
        self,
        clip: Iterable[VideoFrame],
        plates: BackgroundPlates,
        metadata: VideoMetadata,
        watch: Stopwatch,
        on_progress: OnProgress,
    ) -> Scene:
        with watch("segment"):
            self._segmenter.prepare(clip)
        scene = look(
            clip,
            self._segmenter,
            plates,
            fps=float(metadata.fps),
            num_frames=metadata.num_frames,
            watch=watch,
            on_progress=on_progress,
        )
        if not any(scene.masks):
            raise InputError(
                "Nobody was found in this clip, so there is nothing to anonymize; if there is "
                f"someone, try another detector than {self._segmenter.description}."
            )
        return scene

    def _cast(
        self, scene: Scene, size: tuple[int, int, Fraction], seed: int, watch: Stopwatch
    ) -> list[Actor]:
        """Give every chosen walker another walk."""
        tracks = scene.persons.tracks
        chosen = self._chosen(tracks)
        with watch("shape"):
            return [
                self._actor(track, size, seed, anonymize=track.track_id in chosen)
                for track in tracks
            ]

    def _redrawer(
        self, scene: Scene, actors: list[Actor], plates: BackgroundPlates, watch: Stopwatch
    ) -> Redrawer:
        return Redrawer(scene, actors, plates, _COLORS[self.settings.color], watch)

    def _actor(
        self, track: Track, size: tuple[int, int, Fraction], seed: int, *, anonymize: bool
    ) -> Actor:
        width, height, fps = size
        gait = align(track, frame_shape=(height, width), fps=float(fps))
        period = gait_period(gait.silhouettes, fps=float(fps))
        if not anonymize:
            return Actor(track, gait, None, period)
        new = _SHAPES[self.settings.shape]().anonymize(
            gait,
            fps=float(fps),
            strength=self.settings.strength,
            generator=np.random.default_rng([seed, track.track_id]),
        )
        return Actor(track, gait, new, period)

    def _chosen(self, tracks: tuple[Track, ...]) -> set[int]:
        numbers = {track.track_id for track in tracks}
        if self.settings.walkers is None:
            return numbers
        unknown = sorted(set(self.settings.walkers) - numbers)
        if unknown:
            raise InputError(
                f"There is no walker {', '.join(map(str, unknown))} in this clip; its walkers are "
                f"numbered from 1 to {len(tracks)}, in the order of appearance."
            )
        return set(self.settings.walkers)

    def _seed(self) -> int:
        """The key of a run; a new one each time unless the user wants to repeat a run."""
        return secrets.randbits(32) if self.settings.seed is None else self.settings.seed

    def _open_segmenter(self, detector: str | None) -> PersonSegmenter:
        if (detector or os.environ.get("GAITCOLOR_DETECTOR")) == "static":
            self._warnings.append(_STATIC_LIMITS)
            return StaticSegmenter()
        weights = find_weights(detector)
        if weights is not None:
            return YoloSegmenter(weights, device=self.device)
        self._warnings.append(
            "No person detector was found here and none could be downloaded, so the static-camera "
            f"segmenter served instead. {_STATIC_LIMITS}"
        )
        return StaticSegmenter()


def _device(name: str | None) -> str:
    if name is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"The device '{name}' cannot be used here; try 'cpu'.") from error
    return name
