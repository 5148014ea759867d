"""The whole job: a clip in, the same clip with other walks out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Self

from gaitcolor_core.ahead import ahead
from gaitcolor_core.device import torch_device
from gaitcolor_core.glance import Sighting, glance
from gaitcolor_core.hub import fetch, save
from gaitcolor_core.methods import SEGMENTER, Methods, networks_for, open_segmenter
from gaitcolor_core.plan import Planner
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.reports import AnonymizationReport
from gaitcolor_core.settings import Settings
from gaitcolor_core.sparing import Wish
from gaitcolor_core.stages.background import BackgroundPlates
from gaitcolor_core.stopwatch import Stopwatch
from gaitcolor_core.structures import UInt8
from gaitcolor_core.take import Take
from gaitcolor_core.tally import Tally
from gaitcolor_core.video import FrameSpool, SideBySide, VideoReader, VideoWriter
from gaitcolor_core.weights import CHECKPOINTS

_DRAWING = "Drawing the new walk"


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
        checkpoints: Path | None = None,
    ) -> None:
        """Load what finds persons, and the networks that the settings ask for.

        Args:
            settings: the user's choices; by default everyone, at the default strength.
            detector: path or name of a YOLO segmentation model, or "static" for a static
                camera; None = `GAITCOLOR_DETECTOR`, else the official model, else
                the weights that come with the repository, else "static".
            device: torch device; None = CUDA where there is one.
            checkpoints: holds a folder for each network, such as `color_gram`; None = those
                that come with GaitColor.

        Raises:
            InputError: the detector, a network or the device cannot be had.
        """
        self.settings = settings or Settings()
        self.device = torch_device(device)
        self._checkpoints = checkpoints or CHECKPOINTS
        self._methods = Methods(self._checkpoints, self.device)
        self._methods.load(self.settings)
        own = self._checkpoints / SEGMENTER
        self._segmenter, self._warnings = open_segmenter(detector, self.device, own=own)

    @classmethod
    def from_pretrained(
        cls,
        source: str | Path,
        settings: Settings | None = None,
        *,
        revision: str | None = None,
        local_files_only: bool = False,
        token: str | None = None,
        detector: str | None = None,
        device: str | None = None,
    ) -> Self:
        """Take the networks from a folder or from the Hugging Face Hub.

        Args:
            source: a folder with a folder for each network, such as `checkpoints`, or the name
                of a repository, such as "gaitcolor/gaitcolor".
            settings: see `__init__`; of a repository, the networks that they ask for are fetched.
            revision: branch, tag or commit; None = the one that belongs to this version.
            local_files_only: take what was fetched before, and ask nobody.
            token: for a repository that not everybody may read.
            detector: see `__init__`.
            device: see `__init__`.

        Raises:
            InputError: something cannot be had or is damaged, in one sentence.
        """
        settings = settings or Settings()
        folder = Path(source)
        if not folder.is_dir():
            folder = fetch(
                str(source),
                [*networks_for(settings), SEGMENTER],
                revision=revision,
                local_files_only=local_files_only,
                token=token,
            )
        return cls(settings, detector=detector, device=device, checkpoints=folder)

    def save_pretrained(self, target: str | Path) -> None:
        """Write the networks in use to a new folder, for `from_pretrained` or the Hub.

        Raises:
            InputError: `target` exists, or a network is missing.
            OSError: `target` cannot be written.
        """
        save(self._checkpoints, Path(target), [*networks_for(self.settings), SEGMENTER])

    def glance(self, source: str | Path, *, on_progress: OnProgress = silent) -> list[Sighting]:
        """Find the walkers of a clip quickly, so that the user can say who is to be left as is.

        Args:
            source: the clip.
            on_progress: see `anonymize_video`.

        Returns:
            The walkers in the order of appearance; nobody is listed twice unless lost from sight.

        Raises:
            InputError: the clip cannot be processed, in one sentence.
        """
        with VideoReader(source) as clip:
            return glance(clip, self._segmenter, on_progress=on_progress)

    def anonymize_video(
        self,
        source: str | Path,
        output: str | Path,
        *,
        sightings: Sequence[Sighting] = (),
        spared: Collection[int] = (),
        side_by_side: str | Path | None = None,
        on_progress: OnProgress = silent,
        on_frame: Callable[[Take], None] | None = None,
    ) -> AnonymizationReport:
        """Anonymize a clip; its sound is carried over.

        Args:
            source: the clip.
            output: the MP4 file to write; it appears when it is whole.
            sightings: all that `glance` found in this clip.
            spared: numbers of those `sightings` that are to be left as is. Who is not surely one
                of them is anonymized; see the report's `spared` and `warnings`.
            side_by_side: another MP4 file, original and result next to each other: for your own
                eyes, as it shows the original gait.
            on_progress: called as `(stage, frames done, frames in all or None)`. It may raise,
                `Stopped` for example, to end the work; nothing is left behind.
            on_frame: is shown every frame of the second pass. It may raise likewise.

        Raises:
            InputError: the clip cannot be processed, in one sentence.
            OSError: a file cannot be written, in one sentence.
        """
        watch, wish = Stopwatch(), Wish(sightings, frozenset(spared))
        with watch("total"), VideoReader(source) as clip, BackgroundPlates() as plates:
            size = (clip.metadata.width, clip.metadata.height, clip.metadata.fps)
            writer = VideoWriter(output, *size, tags=clip.tags, audio_from=source)
            pair, joined = None, SideBySide(*size[:2])
            if side_by_side is not None:
                pair = VideoWriter(side_by_side, *joined.size, size[2], audio_from=source)
            writers = [each for each in (writer, pair) if each is not None]
            # What cannot be written is noticed before the work is done.
            for each in writers:
                each.check()
            planner = self._planner(wish, watch, on_progress)
            plan = planner.plan(clip, plates, clip.metadata)
            tally = Tally(plan.actors)
            with ExitStack() as files:
                for each in writers:
                    files.enter_context(each)
                frames = files.enter_context(ahead(plan.redrawn))
                for frame_id, ((image, time_s), redrawn) in enumerate(frames):
                    with watch("measure"):
                        tally.add(image, redrawn)
                    if on_frame is not None:
                        on_frame(plan.take(frame_id, image, redrawn))
                    with watch("write"):
                        writer.write(redrawn.image, time_s)
                        if pair is not None:
                            pair.write(joined(image, redrawn.image), time_s)
                    on_progress(_DRAWING, frame_id + 1, len(plan.scene.views))
                with watch("write"):
                    files.close()
        return tally.report(
            source=str(source),
            output=str(output),
            device=self.device,
            segmenter=self._segmenter.description,
            settings=self.settings,
            seed=planner.seed,
            size=size[:2],
            audio=writer.audio_outcome,
            seconds=watch.seconds,
            warnings=self._warnings,
            adaptation=plan.adaptation,
            spared=plan.spared,
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
        rate = Fraction(fps).limit_denominator(1001)
        with FrameSpool(frames, rate) as clip, BackgroundPlates() as plates:
            if not clip.num_frames:
                return
            planner = self._planner(Wish((), frozenset()), Stopwatch(), on_progress)
            plan = planner.plan(clip, plates, clip.metadata)
            with ahead(plan.redrawn) as redrawn_frames:
                for frame_id, (_, redrawn) in enumerate(redrawn_frames):
                    yield redrawn.image
                    on_progress(_DRAWING, frame_id + 1, len(plan.scene.views))

    def _planner(self, wish: Wish, watch: Stopwatch, on_progress: OnProgress) -> Planner:
        """With a new key unless the user wants to repeat a run."""
        seed = self.settings.seed
        return Planner(
            segmenter=self._segmenter,
            methods=self._methods,
            device=self.device,
            settings=self.settings,
            seed=secrets.randbits(32) if seed is None else seed,
            wish=wish,
            watch=watch,
            on_progress=on_progress,
        )
