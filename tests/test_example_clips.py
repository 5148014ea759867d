"""The examples of the page: what came of them is kept, and nothing else."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from demo.example_clips import EXAMPLES, Kept

ONE_WALKER, TWO_WALKERS = EXAMPLES.values()


class Runs:
    """Runs of clips, each with a folder of its own."""

    def __init__(self, place: Path) -> None:
        self.count = 0
        self._kept = Kept()
        self._place = place

    def run(self, clip: Path, *, fails: bool = False) -> tuple[str, Path]:
        folder = Path(tempfile.mkdtemp(dir=self._place))

        def make() -> str:
            self.count += 1
            (folder / "result").write_text(f"run {self.count}")
            if fails:
                raise InterruptedError
            return f"report {self.count}"

        return self._kept.once(clip, folder, make), folder


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def test_an_example_runs_once_and_every_visitor_gets_own_files(runs: Runs, tmp_path: Path) -> None:
    uploaded = tmp_path / "renamed.mp4"
    shutil.copyfile(ONE_WALKER, uploaded)
    (first, folder), (second, other) = runs.run(ONE_WALKER), runs.run(uploaded)
    assert (first, second, runs.count) == ("report 1", "report 1", 1)
    # The first visitor is gone, and so are the files.
    shutil.rmtree(folder)
    assert (other / "result").read_text() == "run 1"
    assert runs.run(TWO_WALKERS)[0] == "report 2"


def test_nothing_is_kept_of_what_is_no_example(runs: Runs, tmp_path: Path) -> None:
    # It has the name of one.
    own = tmp_path / ONE_WALKER.name
    own.write_bytes(ONE_WALKER.read_bytes() + b"\0")
    assert [runs.run(own)[0], runs.run(own)[0]] == ["report 1", "report 2"]
    assert runs.run(ONE_WALKER)[0] == "report 3"


def test_nothing_is_kept_of_a_run_that_was_stopped(runs: Runs) -> None:
    with pytest.raises(InterruptedError):
        runs.run(ONE_WALKER, fails=True)
    assert runs.run(ONE_WALKER)[0] == "report 2"
