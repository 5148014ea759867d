"""Work in several processes: all of it once, and a clean end."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from gaitcolor_core.datasets.parallel import work_through
from gaitcolor_core.structures import InputError, Stopped


def touch(folder: Path, number: int) -> None:
    (folder / str(number)).write_text(str(os.getpid()))


def fail(number: int) -> None:
    raise InputError(f"{number} cannot be done.")


def die(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt_oneself(folder: Path, number: int) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)
    touch(folder, number)


@pytest.mark.parametrize("processes", [1, 2])
def test_everything_is_done_once(tmp_path: Path, processes: int) -> None:
    done: list[None] = []
    work_through(
        partial(touch, tmp_path), range(7), processes=processes, on_done=lambda: done.append(None)
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [str(n) for n in range(7)]
    assert len(done) == 7
    workers = {int(path.read_text()) for path in tmp_path.iterdir()}
    assert (workers == {os.getpid()}) == (processes == 1)


def test_nothing_to_do() -> None:
    work_through(fail, [], processes=2, on_done=lambda: None)


@pytest.mark.parametrize("processes", [1, 2])
def test_the_first_failure_ends_it(processes: int) -> None:
    with pytest.raises(InputError, match="cannot be done"):
        work_through(fail, range(50), processes=processes, on_done=lambda: None)


@pytest.mark.parametrize("processes", [1, 2])
def test_who_stops_waits_for_what_was_begun_only(tmp_path: Path, processes: int) -> None:
    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        work_through(partial(touch, tmp_path), range(50), processes=processes, on_done=stop)
    assert 1 <= len(list(tmp_path.iterdir())) <= 4 * processes


def test_processes_do_not_hear_an_interrupt(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    work_through(partial(interrupt_oneself, tmp_path), range(3), processes=2, on_done=lambda: None)
    assert len(list(tmp_path.iterdir())) == 3
    assert capfd.readouterr() == ("", "")


def test_a_killed_process_is_told_in_a_sentence() -> None:
    with pytest.raises(InputError, match="killed from outside"):
        work_through(die, range(3), processes=2, on_done=lambda: None)
