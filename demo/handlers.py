"""Values of the page in, values of the page out; in between, `GaitAnonymizer`."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import gradio as gr

from demo import runs
from demo.example_clips import Kept
from demo.gate import in_words
from demo.limits import check_limits
from demo.pictures import Camera, Picture, Pictures
from demo.readout import readout, walker_rows
from demo.whom import Memory, boxes_for, pictures_of
from demo.zero_gpu import loan_s, on_loan
from gaitcolor_core import AnonymizationReport, GaitAnonymizer, InputError, Settings, Sighting

_PROGRESS = gr.Progress()
_MEMORY = Memory()


class Result(NamedTuple):
    """What a run gives the page, and clients."""

    clip: str
    readout: str
    walkers: list[list[str]]
    download_clip: str
    download_report: str
    download_pair: str
    still: tuple[Picture, Picture] | None
    energy_images: list[tuple[Picture, str]]


def anonymize(
    clip: str | None,
    strength: float,
    seed: str | None,
    color: Literal["warp", "nearest", "gram", "supervised"],
    shape: Literal["deform", "contour", "dcgan"],
    adapt_s: float,
    blur_faces: bool,
    spared: list[int],
    request: gr.Request,
    progress: gr.Progress = _PROGRESS,
) -> Result:
    """The clip with other walks, and all that is said and shown of it.

    Args:
        clip: the video file.
        strength: how far bodies may change, from 0 to 1.
        seed: a whole number repeats a run; empty = a new key each run.
        color: how the new body gets its colors.
        shape: how the new body gets its shape.
        adapt_s: seconds in which the network of `gram` or `supervised` learns the clip's colors.
        blur_faces: whether the faces of those who get another walk are blurred, too.
        spared: numbers of those whom a quick look found and who are to be left as they are.
        request: tells who asks.
        progress: of the page.
    """
    with runs.refusals():
        num_frames = check_limits(clip)
        own = (_seed(seed), None, round(adapt_s), blur_faces)
        settings = Settings(shape, color, strength, *own)
        with runs.begin(request.session_hash) as folder:
            output = folder / f"{Path(str(clip)).stem}_anonymized.mp4"
            seen = _sightings(str(clip), num_frames, folder, progress) if spared else []
            job = _Job(str(clip), num_frames, settings, seen, spared)
            return _result(*_made(job, output, progress), output)


def glance(
    clip: str | None, request: gr.Request, progress: gr.Progress = _PROGRESS
) -> tuple[list[tuple[Picture, str]], Any]:
    """Pictures of everybody who is seen in the clip, and boxes to tick some of them.

    Args:
        clip: the video file.
        request: tells who asks.
        progress: of the page.
    """
    with runs.refusals():
        num_frames = check_limits(clip)
        with runs.begin(request.session_hash) as folder:
            found = _glance(str(clip), num_frames, folder, progress)
            if not found:
                raise InputError("At a quick look, nobody was seen whom you could leave out.")
            _MEMORY.keep(str(clip), found)
            return pictures_of(found, folder), boxes_for(found)


def validate(clip: str | None, *others: Any) -> Any:
    """Say of a clip beyond the limits, or of none, what is wrong, before it waits for its turn."""
    try:
        check_limits(clip)
    except (InputError, OSError) as reason:
        verdict = gr.validate(False, in_words(reason))
    else:
        verdict = gr.validate(True, "")
    return [verdict, *(gr.validate(True, "") for _ in others)] if others else verdict


def stop(request: gr.Request) -> None:
    """End the run of this visitor, who pressed the button."""
    runs.stop(request.session_hash)


def leave(request: gr.Request) -> None:
    """End the run of this visitor, who closed the page, and delete what came of it."""
    runs.leave(request.session_hash)


@functools.cache
def anonymizer() -> GaitAnonymizer:
    """Made on first use and kept: it looks for its detector, and on the network, only once."""
    return GaitAnonymizer()


class _Job(NamedTuple):
    """What is to be done; all of it can be handed to another process."""

    clip: str
    num_frames: int
    settings: Settings
    sightings: Sequence[Sighting]
    spared: Sequence[int]


def _made(job: _Job, output: Path, progress: gr.Progress) -> tuple[AnonymizationReport, Pictures]:
    if job.settings != Settings() or job.spared:
        return _run(job, output, progress)
    return _examples().once(Path(job.clip), output.parent, lambda: _run(job, output, progress))


@functools.cache
def _examples() -> Kept:
    return Kept()


def _job_s(job: _Job, *_: Any) -> int:
    return loan_s(job.num_frames, job.settings.adapt_s)


@on_loan(_job_s)
def _run(job: _Job, output: Path, progress: gr.Progress) -> tuple[AnonymizationReport, Pictures]:
    """Anonymize a clip, perhaps in another process, to which no more than this gets through."""
    with runs.refusals():
        adapt_s = job.settings.adapt_s
        on_progress = runs.reporter(
            progress, output.parent, num_frames=job.num_frames, adapt_s=adapt_s
        )
        on_progress("Looking at the scenery", 0, None)
        worker, camera = anonymizer(), Camera()
        worker.settings = job.settings
        report = worker.anonymize_video(
            job.clip,
            output,
            side_by_side=_pair(output),
            sightings=job.sightings,
            spared=job.spared,
            on_progress=on_progress,
            on_frame=camera,
        )
    # The folders of this server are nobody's business.
    report = dataclasses.replace(report, source=Path(job.clip).name, output=output.name)
    return report, camera.pictures


def _sightings(
    clip: str, num_frames: int, folder: Path, progress: gr.Progress
) -> Sequence[Sighting]:
    """Who was seen in a clip at a quick look; looks again if that was long ago."""
    found = _MEMORY.of(clip)
    return _glance(clip, num_frames, folder, progress) if found is None else found


def _glance_s(clip: str, num_frames: int, *_: Any) -> int:
    return loan_s(num_frames, 0)


@on_loan(_glance_s)
def _glance(clip: str, num_frames: int, folder: Path, progress: gr.Progress) -> list[Sighting]:
    """See who is in a clip, perhaps in another process."""
    with runs.refusals():
        on_progress = runs.reporter(progress, folder, num_frames=num_frames)
        return anonymizer().glance(clip, on_progress=on_progress)


def _result(report: AnonymizationReport, pictures: Pictures, output: Path) -> Result:
    report_file = output.with_suffix(".json")
    report_file.write_text(json.dumps(report.to_dict(), indent=2), encoding="utf-8")
    files = (str(output), str(report_file), str(_pair(output)))
    shown = pictures.saved(output.parent)
    return Result(str(output), readout(report), walker_rows(report), *files, *shown)


def _pair(output: Path) -> Path:
    """The clip of original and result, beside the result."""
    return output.with_name(f"{output.stem}_side_by_side.mp4")


def _seed(text: str | None) -> int | None:
    """The seed in a text field; None if it is empty."""
    digits = (text or "").strip()
    if digits and not (digits.isascii() and digits.isdigit()):
        raise InputError(f"The seed must be a whole number such as 7, or empty, not '{digits}'.")
    return int(digits) if digits else None
