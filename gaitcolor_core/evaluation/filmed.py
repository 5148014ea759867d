"""What an attacker sees: silhouettes cut out of published videos, before and after the tool.

Test subjects of the rendered bench are filmed anew as clips, the clips go through the whole
pipeline, and the walkers are looked for in both.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from pathlib import Path

import cv2
import numpy as np
import torch

from gaitcolor_core.datasets.examples import SENSOR, write_clip
from gaitcolor_core.datasets.footage import Shot
from gaitcolor_core.datasets.gait_set import VIEWS, SequenceKey
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.datasets.presets import PRESETS
from gaitcolor_core.datasets.rendered import DESCRIPTION, FORMAT, RenderedSet, strip_path
from gaitcolor_core.datasets.rendering import subjects_table
from gaitcolor_core.datasets.squares import body_box, square_silhouette
from gaitcolor_core.datasets.stretches import MIN_FRAMES
from gaitcolor_core.datasets.strips import write_silhouettes
from gaitcolor_core.datasets.studio import CLEAR_M, backdrop_of
from gaitcolor_core.datasets.subject import FPS, draw_subject, film, ring
from gaitcolor_core.files import write_whole
from gaitcolor_core.gait import SILHOUETTE_SIZE
from gaitcolor_core.methods import SEGMENTER, networks_for
from gaitcolor_core.pipeline import GaitAnonymizer
from gaitcolor_core.progress import OnProgress, silent
from gaitcolor_core.settings import Settings
from gaitcolor_core.stages.segment import YoloSegmenter
from gaitcolor_core.stages.track import assign_track_ids, link_tracks
from gaitcolor_core.structures import Bool, InputError, Track
from gaitcolor_core.video import VideoReader
from gaitcolor_core.weights import CHECKPOINTS, read_config

ORIGINAL = "original"
# Indoors, as CASIA-B was filmed: without a sun and trees a segmenter outlines walkers better, and
# so does an attacker.
_PLACE = "hall"
_BENCH = "bench"
_DEVICE = "cpu"


@dataclass(frozen=True)
class FilmedPlan:
    """How walks are filmed, and what the tool makes of the clips.

    Attributes:
        seed: of the bench whose subjects walk.
        settings: of the tool; their seed is, with the name of a walk, the key of its clip, so that
            no two clips get the same body.
        height_px: of the clips, which are 4:3 and show what the bench's own cameras show.

    Raises:
        InputError: the settings have no seed, so that a stopped run could not go on.
    """

    seed: int
    settings: Settings
    height_px: int = 480

    def __post_init__(self) -> None:
        """Refuse what gives other clips each time."""
        if self.settings.seed is None:
            raise InputError("Filmed walks need settings with a seed; give a number.")

    @property
    def name(self) -> str:
        """Of the set of results, such as "deform-0.7"."""
        return f"{self.settings.shape}-{self.settings.strength:g}"

    def settings_of(self, key: SequenceKey) -> Settings:
        """The settings with the key of a clip."""
        assert self.settings.seed is not None
        drawn = np.random.default_rng([self.settings.seed, *str(key).encode()]).integers(1 << 32)
        return dataclasses.replace(self.settings, seed=int(drawn))

    def shot(self, key: SequenceKey) -> Shot:
        """A walk of the bench as the camera at its view films it, in a hall of its own."""
        take = film(draw_subject(self.seed, key.subject), key.condition, key.number, seed=self.seed)
        size = (round(self.height_px * 4 / 3), self.height_px)
        camera = dataclasses.replace(ring()[VIEWS.index(key.view)], width=size[0], height=size[1])
        rng = np.random.default_rng([self.seed, *str(key).encode()])
        backdrop = backdrop_of(camera, rng, clear_m=CLEAR_M, kind=_PLACE)
        corners = np.zeros((len(take.phase), 2))
        return Shot(camera, backdrop, SENSOR, size, corners, (take.animation,))


def film_and_extract(
    keys: Sequence[SequenceKey],
    plan: FilmedPlan,
    target: Path,
    *,
    processes: int = 1,
    checkpoints: Path | None = None,
    on_progress: OnProgress = silent,
) -> tuple[RenderedSet, RenderedSet, tuple[str, ...]]:
    """Film walks, anonymize the clips, and cut the walkers out of both.

    What `target` holds already is kept: other plans for the same clips may share it.

    Args:
        keys: walks of the bench.
        plan: how they are filmed and anonymized.
        target: folder; gets `original`, one such as `deform-0.7`, and `clips` with the videos.
        processes: how many walks are worked on at a time.
        checkpoints: holds the networks, the walker segmenter too; None = those that come with
            GaitColor.
        on_progress: called with "film", walks done and walks in all; may raise to stop.

    Returns:
        The walkers of the original clips, those of the results, and sentences on who was left out
        because no walker was found.

    Raises:
        InputError: a network is missing, OpenGL is missing, `target` holds something else, or a
            process was killed.
        OSError: `target` cannot be written.
    """
    folder = checkpoints or CHECKPOINTS
    sets = (target / ORIGINAL, target / plan.name)
    _claim(sets[0], plan, {}, folder, [SEGMENTER])
    chosen = {"settings": dataclasses.asdict(plan.settings)}
    _claim(sets[1], plan, chosen, folder, [SEGMENTER, *networks_for(plan.settings)])
    jobs = [_Job(key, plan, target, folder) for key in keys]
    finish(
        _work,
        jobs,
        processes=processes,
        on_progress=lambda done, total: on_progress("film", done, total),
    )
    return RenderedSet(sets[0]), RenderedSet(sets[1]), tuple(_left_out(jobs))


@dataclass(frozen=True)
class _Job:
    """A walk to film, to anonymize, and to look at."""

    key: SequenceKey
    plan: FilmedPlan
    target: Path
    checkpoints: Path

    @property
    def names(self) -> tuple[str, str]:
        return ORIGINAL, self.plan.name

    def is_done(self) -> bool:
        return all(map(self.is_extracted, self.names))

    def is_extracted(self, name: str) -> bool:
        return self.strip(name).is_file() or self.nobody(name).is_file()

    def clip(self, name: str) -> Path:
        return self.target / "clips" / name / f"{self.key}.mp4"

    def strip(self, name: str) -> Path:
        return strip_path(self.target / name, self.key, "silhouettes")

    def nobody(self, name: str) -> Path:
        """Says that no walker was found, so that it is not looked for again."""
        return self.strip(name).with_suffix(".nobody")


def _work(job: _Job) -> None:
    if parent_process() is not None:
        # Processes that work side by side would only fight for the cores.
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
    original, result = (job.clip(name) for name in job.names)
    if not original.is_file():
        original.parent.mkdir(parents=True, exist_ok=True)
        write_clip(job.plan.shot(job.key), original, fps=FPS, seed=job.plan.seed)
    _extract(job, ORIGINAL)
    if not job.nobody(ORIGINAL).is_file() and not result.is_file():
        result.parent.mkdir(parents=True, exist_ok=True)
        anonymizer = _anonymizer(job.checkpoints, job.plan.settings)
        anonymizer.settings = job.plan.settings_of(job.key)
        anonymizer.anonymize_video(original, result)
    _extract(job, job.plan.name)


def _extract(job: _Job, name: str) -> None:
    """Write the silhouettes of a clip, or that there are none."""
    if job.is_extracted(name):
        return
    job.strip(name).parent.mkdir(parents=True, exist_ok=True)
    clip = job.clip(name)
    silhouettes = _silhouettes(clip, job.checkpoints) if clip.is_file() else None
    if silhouettes is None:
        write_whole(job.nobody(name), b"")
    else:
        write_silhouettes(job.strip(name), silhouettes)


def _silhouettes(path: Path, checkpoints: Path) -> Bool | None:
    """The walker of a clip `(T, S, S)` bool in the frames where it is found; None if not."""
    segmenter = _segmenter(checkpoints)
    with VideoReader(path) as clip:
        shape, fps = (clip.metadata.height, clip.metadata.width), float(clip.metadata.fps)
        found = [segmenter.segment(frame.image) for frame in clip]
    numbered = assign_track_ids(found, frame_shape=shape, fps=fps)
    tracks = link_tracks(numbered, fps=fps).tracks
    masks = [mask for mask in max(tracks, key=_extent).masks if mask.bits.size] if tracks else []
    if len(masks) < MIN_FRAMES:
        return None
    return np.stack([square_silhouette(mask, body_box(mask)) for mask in masks])


def _extent(track: Track) -> int:
    """How long and how large a walker is seen; what is taken for one by mistake is neither."""
    return sum(mask.shape[0] * mask.shape[1] for mask in track.masks)


def _left_out(jobs: Sequence[_Job]) -> Iterator[str]:
    unseen = sum(job.nobody(ORIGINAL).is_file() for job in jobs)
    lost = sum(job.nobody(job.plan.name).is_file() for job in jobs) - unseen
    for count, where in ((unseen, "original"), (lost, "result")):
        if count:
            yield (
                f"Left out: {count} of {len(jobs)} walks in which no walker was found in the "
                f"{where}."
            )


@cache
def _segmenter(checkpoints: Path) -> YoloSegmenter:
    return YoloSegmenter(checkpoints / SEGMENTER, device=_DEVICE)


@cache
def _anonymizer(checkpoints: Path, settings: Settings) -> GaitAnonymizer:
    """With the segmenter by its path: no other one is asked for on the network."""
    own = str(checkpoints / SEGMENTER)
    return GaitAnonymizer(settings, detector=own, device=_DEVICE, checkpoints=checkpoints)


def _claim(
    root: Path, plan: FilmedPlan, chosen: Mapping[str, object], checkpoints: Path,
    networks: Sequence[str],
) -> None:  # fmt: skip
    """Write what a set is, or check that it is the same."""
    weights = {name: read_config(checkpoints / name).get("sha256") for name in networks}
    description = {
        "format": FORMAT,
        "preset": _BENCH,
        "seed": plan.seed,
        "size_px": SILHOUETTE_SIZE,
        "fps": FPS,
        "made_from": {
            "place": _PLACE,
            "height_px": plan.height_px,
            **chosen,
            "weights": weights,
        },
        "subjects": subjects_table(plan.seed, PRESETS[_BENCH].subjects),
    }
    path, content = root / DESCRIPTION, json.dumps(description, indent=1)
    if path.is_file():
        if path.read_text("utf-8") != content:
            raise InputError(
                f"'{root}' holds walks that were filmed otherwise (size, seed, settings or "
                "weights differ); give a new folder."
            )
        return
    if root.exists() and any(root.iterdir()):
        raise InputError(f"'{root}' is not empty and holds no filmed walks; give a new folder.")
    root.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode())
