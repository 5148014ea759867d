"""Collects walkers from a folder of videos, for training on real footage."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from gaitcolor_core.datasets.clips import CLIP_FILE, CROPS, SILHOUETTES, Stretches, sequence_name
from gaitcolor_core.datasets.squares import square_crop, square_silhouette
from gaitcolor_core.datasets.stretches import Persons, Stretch, find_stretches
from gaitcolor_core.datasets.strips import max_frames, write_crops, write_silhouettes
from gaitcolor_core.files import is_video
from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.structures import Detections, InputError, UInt8, VideoFrame
from gaitcolor_core.video import VideoReader


class Segmenter(Protocol):
    """Finds persons, such as a `stages.segment.PersonSegmenter`."""

    def prepare(self, clip: Iterable[VideoFrame]) -> None:
        """Called before the first frame of each clip, with all its frames."""
        ...

    def segment(self, image: UInt8) -> Detections:
        """Persons in `image` `(H, W, 3)` uint8 RGB."""
        ...


class AssignTrackIds(Protocol):
    """Follows persons from frame to frame, such as `stages.track.assign_track_ids`."""

    def __call__(
        self, detections: Sequence[Detections], /, *, frame_shape: tuple[int, int], fps: float
    ) -> Sequence[Detections]:
        """The same detections, with numbers."""
        ...


class LinkTracks(Protocol):
    """Makes whole tracks, such as `stages.track.link_tracks`."""

    def __call__(self, detections: Sequence[Detections], /, *, fps: float) -> Persons:
        """Everybody in a clip."""
        ...


@dataclass(frozen=True)
class WalkerFinder:
    """The stages of the pipeline that find walkers.

    Attributes:
        segmenter: finds persons in a frame.
        assign_track_ids: follows them.
        link_tracks: makes tracks of what was followed.
    """

    segmenter: Segmenter
    assign_track_ids: AssignTrackIds
    link_tracks: LinkTracks

    def find(self, clip: VideoReader, on_frame: Callable[[int], None]) -> list[Stretch]:
        """Where walkers are seen whole; `on_frame` is told how many frames are done."""
        size, fps = clip.metadata, float(clip.metadata.fps)
        self.segmenter.prepare(clip)
        found = []
        for frame in clip:
            found.append(self.segmenter.segment(frame.image))
            on_frame(len(found))
        shape = (size.height, size.width)
        numbered = self.assign_track_ids(found, frame_shape=shape, fps=fps)
        return find_stretches(
            self.link_tracks(numbered, fps=fps),
            numbered,
            frame_shape=shape,
            fps=fps,
            max_frames=max_frames(SILHOUETTE_SIZE),
        )


@dataclass(frozen=True)
class ClipOutcome:
    """What came of a video.

    Attributes:
        clip: the video, as a path below the folder that was searched.
        sequences: how many there are of it in the set.
        frames: how many frames those have together.
        new: False if they were there already.
        problem: why there are none, in one sentence; None = the video could be read.
    """

    clip: str
    sequences: int = 0
    frames: int = 0
    new: bool = True
    problem: str | None = None


def collect_clips(
    source: Path, target: Path, *, finder: WalkerFinder, on_progress: OnProgress = silent
) -> Iterator[ClipOutcome]:
    """Write the walkers of all videos in a folder to a `ClipSet`.

    What is in the set already is left alone unless the video has changed since, so that a stopped
    run can go on.

    Args:
        source: the folder; those below it are searched, too.
        target: the set; made if it is not there.
        finder: the stages that find walkers.
        on_progress: is told how far the work is.

    Returns:
        An iterator that does the work, one video a step. A video that cannot be used is an
        outcome, no error.

    Raises:
        InputError: `source` is no folder, or holds no video.
        OSError: the set cannot be written.
    """
    clips = _videos(source)

    def work() -> Iterator[ClipOutcome]:
        for clip in clips:
            name = clip.relative_to(source).as_posix()
            try:
                yield _collect(clip, name, target / name, finder, on_progress)
            except InputError as error:
                yield ClipOutcome(name, problem=str(error))

    return work()


def _videos(source: Path) -> list[Path]:
    if not source.is_dir():
        raise InputError(f"There is no folder '{source}'; give the folder with your videos.")
    videos = sorted(filter(is_video, source.rglob("*")))
    if not videos:
        raise InputError(f"There are no videos in '{source}' or in the folders below it.")
    return videos


def _collect(
    clip: Path, name: str, folder: Path, finder: WalkerFinder, on_progress: OnProgress
) -> ClipOutcome:
    """Read one video, unless that is done."""
    known = _finished(folder, clip)
    if known is not None:
        return _outcome(name, known, new=False)
    with VideoReader(clip) as reader:
        total = reader.metadata.num_frames
        stretches = finder.find(
            reader, lambda done: on_progress(f"{name}: finding walkers", done, total)
        )
        known = _summary(clip, float(reader.metadata.fps), stretches)
        with _whole_or_nothing(folder) as partial:
            _write(
                reader,
                stretches,
                partial,
                lambda done: on_progress(f"{name}: cutting out walkers", done, total),
            )
            known.write(partial / CLIP_FILE)
    return _outcome(name, known, new=True)


def _finished(folder: Path, clip: Path) -> Stretches | None:
    """What is known of a video, if it was read before and is still the same."""
    if not folder.exists():
        return None
    if not (folder / CLIP_FILE).is_file():
        raise InputError(f"'{folder}' is something else already; collect into another folder.")
    try:
        known = Stretches.read(folder / CLIP_FILE)
    except InputError:
        return None
    now = clip.stat()
    same = (known.num_bytes, known.modified_ns) == (now.st_size, now.st_mtime_ns)
    return known if same else None


def _summary(clip: Path, fps: float, stretches: Sequence[Stretch]) -> Stretches:
    now = clip.stat()
    frame_ids = {_name(stretch): stretch.frame_ids.tolist() for stretch in stretches}
    return Stretches(fps, now.st_size, now.st_mtime_ns, frame_ids)


def _outcome(name: str, known: Stretches, *, new: bool) -> ClipOutcome:
    frames = sum(map(len, known.frame_ids.values()))
    return ClipOutcome(name, len(known.frame_ids), frames, new)


@contextmanager
def _whole_or_nothing(folder: Path) -> Iterator[Path]:
    """A folder to write to, which becomes `folder` if all goes well."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(
    clip: VideoReader,
    stretches: Sequence[Stretch],
    folder: Path,
    on_frame: Callable[[int], None],
) -> None:
    """Cut the stretches out of a clip; each is written as soon as its last frame has passed."""
    crops: dict[str, list[UInt8]] = {}
    last = max((int(stretch.frame_ids[-1]) for stretch in stretches), default=-1)
    for frame_id, frame in enumerate(clip):
        if frame_id > last:
            break
        for stretch in stretches:
            index = int(np.searchsorted(stretch.frame_ids, frame_id))
            if index == len(stretch.boxes) or stretch.frame_ids[index] != frame_id:
                continue
            taken = crops.setdefault(_name(stretch), [])
            taken.append(square_crop(frame.image, stretch.boxes[index]))
            if len(taken) == len(stretch.boxes):
                _write_stretch(stretch, crops.pop(_name(stretch)), folder)
        on_frame(frame_id + 1)


def _write_stretch(stretch: Stretch, crops: Sequence[UInt8], folder: Path) -> None:
    silhouettes = list(map(square_silhouette, stretch.masks, stretch.boxes))
    write_silhouettes(folder / f"{_name(stretch)}{SILHOUETTES}", np.stack(silhouettes))
    write_crops(folder / f"{_name(stretch)}{CROPS}", np.stack(crops))


def _name(stretch: Stretch) -> str:
    return sequence_name(stretch.walker, stretch.part)
