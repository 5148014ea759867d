"""Values of the page in, values of the page out; in between, `GaitAnonymizer`."""

from __future__ import annotations

import dataclasses
import functools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import gradio as gr
from gradio.utils import get_upload_folder

from demo.limits import check_limits
from demo.readout import readout, walker_rows
from demo.zero_gpu import loan_s, on_loan
from gaitcolor_core import AnonymizationReport, GaitAnonymizer, InputError, Settings, Stopped

OnProgress = Callable[[str, int, int | None], None]
Result = tuple[str, str, list[list[str]], str, str]

_PROGRESS = gr.Progress()
# One run at a time: a stopped run may still be on its way out when the next one begins.
_TURN = Lock()
# Visitor, and the file that ends the run when it is there; a run may be in another process.
_RUNS: list[tuple[str | None, Path]] = []


def anonymize(
    clip: str | None,
    strength: float,
    seed: str | None,
    color: Literal["warp", "nearest", "gram", "supervised"],
    shape: Literal["deform", "contour", "dcgan"],
    adapt_s: float,
    request: gr.Request,
    progress: gr.Progress = _PROGRESS,
) -> Result:
    """Result clip, readout, a row a walker; then the files to download, clip and report."""
    if clip is None:
        raise refusal("Please choose a clip first.")
    with (
        _refusals(),
        _folder() as folder,
        _turn(request.session_hash, folder / "stop") as stop_file,
    ):
        num_frames = check_limits(Path(clip))
        settings = Settings(shape, color, strength, _seed(seed), adapt_s=round(adapt_s))
        output = folder / f"{Path(clip).stem}_anonymized.mp4"
        report = _run(settings, clip, output, num_frames, progress, stop_file)
        report_file = _write(report, output.with_suffix(".json"))
    return str(output), readout(report), walker_rows(report), str(output), str(report_file)


def stop(request: gr.Request) -> None:
    """End the run of this visitor, who pressed the button or closed the page."""
    for session, stop_file in tuple(_RUNS):
        if session == request.session_hash:
            # The run may end, and take its folder along, at this moment.
            with suppress(FileNotFoundError):
                stop_file.touch()


def refusal(sentence: str) -> gr.Error:
    """A sentence that stays on the page until it is read; no fault of the app, so not logged."""
    return gr.Error(sentence, duration=None, print_exception=False)


def show_running() -> list[Any]:
    """Updates of the start button, the stop button, the result clip and the results."""
    return [gr.update(visible=False), gr.update(visible=True), *forget_results()]


def show_idle() -> list[Any]:
    """Updates of the start button and the stop button."""
    return [gr.update(visible=True), gr.update(visible=False)]


def show_results() -> Any:
    """Update of the results."""
    return gr.update(visible=True)


def forget_results() -> list[Any]:
    """Updates of the result clip and the results, when there is another clip."""
    return [None, gr.update(visible=False)]


@functools.cache
def anonymizer() -> GaitAnonymizer:
    """Made on first use and kept: it looks for its detector, and on the network, only once."""
    return GaitAnonymizer()


def _seed(text: str | None) -> int | None:
    """The seed in a text field; None if it is empty."""
    digits = (text or "").strip()
    if digits and not (digits.isascii() and digits.isdigit()):
        raise InputError(f"The seed must be a whole number such as 7, or empty, not '{digits}'.")
    return int(digits) if digits else None


def _loan_s(settings: Settings, clip: str, output: Path, num_frames: int, *_: Any) -> int:
    """For how long `_run` needs a GPU."""
    return loan_s(num_frames, settings.adapt_s)


@on_loan(_loan_s)
def _run(
    settings: Settings,
    clip: str,
    output: Path,
    num_frames: int,
    progress: gr.Progress,
    stop_file: Path,
) -> AnonymizationReport:
    """Anonymize a clip, perhaps in another process, to which no more than this gets through."""
    with _refusals():
        on_progress = _reporter(progress, num_frames, stop_file)
        on_progress("Looking at the scenery", 0, None)
        worker = anonymizer()
        worker.settings = settings
        report = worker.anonymize_video(clip, output, on_progress=on_progress)
    # The folders of this server are nobody's business.
    return dataclasses.replace(report, source=Path(clip).name, output=output.name)


def _reporter(progress: gr.Progress, num_frames: int, stop_file: Path) -> OnProgress:
    """Shows stage and share of the work; Gradio names no stage whose end is unknown."""

    def on_progress(stage: str, done: int, total: int | None) -> None:
        if stop_file.exists():
            raise Stopped("Stopped, and nothing was kept.")
        progress((done, max(done, total or num_frames, 1)), desc=stage, unit="frames")

    return on_progress


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell the visitor in a sentence why there is no result."""
    try:
        yield
    except (InputError, OSError, Stopped) as reason:
        raise refusal(str(reason)) from reason


@contextmanager
def _turn(session: str | None, stop_file: Path) -> Iterator[Path]:
    """Wait for the run before; the file ends this one."""
    run = (session, stop_file)
    _RUNS.append(run)
    try:
        with _TURN:
            yield stop_file
    finally:
        _RUNS.remove(run)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder in Gradio's cache, which deletes what it served; gone at once after an error."""
    cache = Path(get_upload_folder())
    cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=cache))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(report: AnonymizationReport, path: Path) -> Path:
    path.write_text(json.dumps(report.to_dict(), indent=2), encoding="utf-8")
    return path
