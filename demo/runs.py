"""A run: its turn, its folder, its end, and how a visitor hears of it."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

import gradio as gr
from gradio.utils import get_upload_folder

from demo.gate import in_words, refusal
from demo.time_left import TimeLeft
from gaitcolor_core import InputError, Stopped

OnProgress = Callable[[str, int, int | None], None]

# One run at a time: a stopped run may still be on its way out when the next one begins.
_TURN = Lock()
# Visitor, and the file that ends the run when it is there; a run may be in another process.
_RUNS: list[tuple[str | None, Path]] = []
# Visitor, and the folder of a run that ended well.
_RESULTS: list[tuple[str | None, Path]] = []


@contextmanager
def begin(session: str | None) -> Iterator[Path]:
    """Wait for the run before; then this one may work in the folder, which is kept if it ends well.

    The folder lies in Gradio's cache, which deletes what it served.

    Args:
        session: of the visitor.
    """
    # Whoever knows its name may have the files, so nobody can guess it.
    folder = Path(get_upload_folder()) / f"run_{secrets.token_hex(16)}"
    folder.mkdir(mode=0o700, parents=True)
    run = (session, _stop_file(folder))
    _RUNS.append(run)
    try:
        with _TURN:
            yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    else:
        _RESULTS.append((session, folder))
    finally:
        _RUNS.remove(run)


def stop(session: str | None) -> None:
    """End the runs of a visitor."""
    for visitor, stop_file in tuple(_RUNS):
        if visitor == session:
            # The run may end, and take its folder along, at this moment.
            with suppress(FileNotFoundError):
                stop_file.touch()


def leave(session: str | None) -> None:
    """End the runs of a visitor, who is gone, and delete what came of them."""
    stop(session)
    for visitor, folder in tuple(_RESULTS):
        if visitor == session:
            shutil.rmtree(folder, ignore_errors=True)
            _RESULTS.remove((visitor, folder))


def reporter(
    progress: gr.Progress, folder: Path, *, num_frames: int, adapt_s: int = 0
) -> OnProgress:
    """Show stage, share of the work, and time left of the run in `folder`, until it is stopped.

    Args:
        progress: of the page.
        folder: see `begin`.
        num_frames: of the clip, for a stage that does not know.
        adapt_s: how long a color network learns.
    """
    time_left, stop_file = TimeLeft(adapt_s), _stop_file(folder)

    def on_progress(stage: str, done: int, total: int | None) -> None:
        if stop_file.exists():
            raise Stopped("Stopped, and nothing was kept.")
        share, words = time_left(stage, done, max(done, total or num_frames, 1))
        progress(share, desc=words)

    return on_progress


@contextmanager
def refusals() -> Iterator[None]:
    """Tell the visitor in a sentence why there is no result."""
    try:
        yield
    except (InputError, OSError, Stopped) as reason:
        raise refusal(in_words(reason)) from reason


def _stop_file(folder: Path) -> Path:
    return folder / "stop"
