"""All that comes before the walkers of a clip are drawn: who is there, and who becomes whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gaitcolor_core.actor import Actor, cast
from gaitcolor_core.methods import Methods
from gaitcolor_core.progress import OnProgress
from gaitcolor_core.redraw import Redrawer
from gaitcolor_core.rehearsal import rehearse
from gaitcolor_core.reports import Adaptation
from gaitcolor_core.scene import Scene, expecting, look
from gaitcolor_core.settings import Settings
from gaitcolor_core.sparing import Spared, Wish, spare
from gaitcolor_core.stages.background import BackgroundPlates
from gaitcolor_core.stages.segment import PersonSegmenter
from gaitcolor_core.stages.transfer_color import ColorTransfer, NetworkColors, adapt
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import InputError, UInt8, VideoFrame, VideoMetadata
from gaitcolor_core.take import RedrawnFrame, Take

# Frames whose walkers a network on CUDA colors at once.
_LOOK_AHEAD = 8


@dataclass(frozen=True)
class Plan:
    """A clip of which only the second pass is left.

    Attributes:
        scene: what it shows.
        actors: everybody in it.
        redrawn: each frame and its new version, as they are asked for.
        adaptation: how a color network was adapted to the clip, if it was.
        spared: who is left as is because the user spared a sighting.
    """

    scene: Scene
    actors: list[Actor]
    redrawn: Iterator[tuple[VideoFrame, RedrawnFrame]]
    adaptation: Adaptation | None
    spared: Spared

    def take(self, frame_id: int, image: UInt8, redrawn: RedrawnFrame) -> Take:
        """What those who look on are shown of a frame."""
        return Take(frame_id, image, redrawn, self.actors, self.scene.masks[frame_id])


@dataclass(frozen=True)
class Planner:
    """Looks at a clip and casts its walkers.

    Attributes:
        segmenter: finds persons.
        methods: what shapes and colors are made by.
        device: where networks run.
        settings: the user's choices.
        seed: the key of the run.
        wish: whom the user spares.
        watch: takes the time of the stages.
        on_progress: is told how far the work is.
    """

    segmenter: PersonSegmenter
    methods: Methods
    device: str
    settings: Settings
    seed: int
    wish: Wish
    watch: Stopwatch
    on_progress: OnProgress

    def plan(
        self, clip: Iterable[VideoFrame], plates: BackgroundPlates, metadata: VideoMetadata
    ) -> Plan:
        """Do all that comes before the walkers are drawn.

        Args:
            clip: the frames; they are read several times.
            plates: collects the scenery.
            metadata: of the clip.

        Raises:
            InputError: the clip or the settings cannot be processed, in one sentence.
        """
        self.methods.load(self.settings)
        scene = self._look(clip, plates, metadata)
        tracks, fps = scene.persons.tracks, float(metadata.fps)
        spared = spare(tracks, self.wish, fps=fps)
        with self.watch("shape"):
            shape = self.methods.shape(self.settings.shape)
            actors = cast(tracks, shape, self.settings, metadata, self.seed, spared.sighting_of)
        changed = [actor.track for actor in actors if actor.new is not None]
        scene = expecting(scene, changed, frame_shape=(metadata.height, metadata.width), fps=fps)
        redrawer = Redrawer(scene, actors, plates, self.watch, blur_faces=self.settings.blur_faces)
        color, adaptation = self._color(clip, redrawer, actors)
        on_cuda = isinstance(color, NetworkColors) and self.device.startswith("cuda")
        frames = self.watch.each("read", clip)
        redrawn = redrawer.redraw(frames, color, look_ahead=_LOOK_AHEAD if on_cuda else 1)
        return Plan(scene, actors, redrawn, adaptation, spared)

    def _color(
        self, clip: Iterable[VideoFrame], redrawer: Redrawer, actors: Sequence[Actor]
    ) -> tuple[ColorTransfer, Adaptation | None]:
        """What colors the walkers, after it has learned the clip's colors where that is wished."""
        color = self.methods.color(self.settings.color)
        if not (self.settings.adapt_s and isinstance(color, NetworkColors)):
            return color, None
        frames = self.watch.each("read", clip)
        views = rehearse(frames, redrawer, actors, self.on_progress)
        if views is None:
            return color, None
        with self.watch("adapt"):
            network, adaptation = adapt(
                color.network, views,
                seconds=self.settings.adapt_s, seed=self.seed, on_progress=self.on_progress,
            )  # fmt: skip
        return NetworkColors(network, self.device), adaptation

    def _look(
        self, clip: Iterable[VideoFrame], plates: BackgroundPlates, metadata: VideoMetadata
    ) -> Scene:
        with self.watch("segment"):
            self.segmenter.prepare(clip)
        scene = look(
            clip,
            self.segmenter,
            plates,
            fps=float(metadata.fps),
            num_frames=metadata.num_frames,
            watch=self.watch,
            on_progress=self.on_progress,
        )
        if not any(scene.masks):
            raise InputError(
                "Nobody was found in this clip, so there is nothing to anonymize; if there is "
                f"someone, try another detector than {self.segmenter.description}."
            )
        return scene
