"""The examples of the page: drawn clips, whose results are kept when somebody ran them."""

from __future__ import annotations

import base64
import filecmp
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")

_FOLDER = Path(__file__).parent / "examples"
EXAMPLES = {
    label: _FOLDER / name
    for label, name in {
        "One walker": "one_walker.mp4",
        "Two walkers, crossing": "two_walkers.mp4",
    }.items()
}


def strip_html() -> str:
    """Phases of a step of the first example, before and after; the page holds the picture."""
    picture = base64.b64encode((_FOLDER / "strip.jpg").read_bytes()).decode()
    alt = (
        "A woman in six phases of a step, row by row: the original, its silhouette, the new "
        "silhouette, the result in the same clothes"
    )
    return f'<img alt="{alt}" src="data:image/jpeg;base64,{picture}" style="width: 100%">'


class Kept:
    """What came of the examples.

    Gradio's own cache of examples would do without progress and stop button when an example runs
    for the first time, and would keep results that an older version of the program made.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gaitcolor-examples-")
        self._made: dict[Path, object] = {}

    def once(self, clip: Path, folder: Path, make: Callable[[], Made]) -> Made:
        """Run an example, or take what came of it before; every visitor gets files of their own.

        Args:
            clip: what is run; only what is an example to the last byte is kept.
            folder: of the run; `make` writes its files there.
            make: runs it.
        """
        example = _example(clip)
        if example is None:
            return make()
        kept = Path(self._folder.name) / example.stem
        if example not in self._made:
            made = make()
            shutil.copytree(folder, kept)
            self._made[example] = made
            return made
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        return self._made[example]  # type: ignore[return-value]


def _example(clip: Path) -> Path | None:
    """The example that a clip is."""
    same = (path for path in EXAMPLES.values() if filecmp.cmp(path, clip, shallow=False))
    return next(same, None)
