"""Ctrl-C and SIGTERM: at once where that is safe, else at the next frame; progress as lines."""

from __future__ import annotations

import signal
from threading import Thread

import pytest

from gaitcolor_core.cli.terminal import Progress, Stopper
from gaitcolor_core.structures import Stopped

SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("number", SIGNALS)
def test_interrupts_at_once_while_nobody_asks(number: signal.Signals) -> None:
    with Stopper() as stopper, pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert stopper.signal_number == number


@pytest.mark.parametrize("number", SIGNALS)
def test_waits_for_the_next_question_where_files_are_open(number: signal.Signals) -> None:
    with Stopper() as stopper:
        stopper.patient = True
        signal.raise_signal(number)
        with pytest.raises(Stopped):
            stopper.check()
    assert stopper.signal_number == number


def test_the_second_time_is_at_once() -> None:
    with Stopper() as stopper:
        stopper.patient = True
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert stopper.signal_number == signal.SIGTERM


def test_cleaning_up_is_not_interrupted() -> None:
    with Stopper() as stopper:
        stopper.patient = True
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Stopped):
            stopper.check()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


def test_without_a_signal_nothing_happens() -> None:
    with Stopper() as stopper:
        stopper.check()


def test_earlier_handlers_come_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Stopper():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_another_thread_works_without_signals() -> None:
    entered: list[Stopper] = []

    def work() -> None:
        with Stopper() as stopper:
            entered.append(stopper)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert entered


def test_progress_is_two_lines_where_no_bar_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    with Stopper() as stopper, Progress("walk.mp4", stopper) as progress:
        for done in range(1, 4):
            progress("Finding the walkers", done, None)
        progress("Drawing the new walk", 1, 3)
    out, err = capsys.readouterr()
    assert out == ""
    first, last = err.splitlines()
    assert first == "walk.mp4: started"
    assert last.startswith("walk.mp4: done in ")


def test_progress_is_a_bar_a_stage_in_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Stopper() as stopper, Progress("walk.mp4", stopper) as progress:
        for done in range(1, 4):
            progress("Finding the walkers", done, None)
        for done in range(1, 4):
            progress("Drawing the new walk", done, 3)
    err = capsys.readouterr().err
    assert "walk.mp4: Finding the walkers: 0frame" in err
    assert "walk.mp4: Drawing the new walk:   0%" in err
    assert "0/3" in err
    assert "started" not in err


def test_progress_ends_the_work_when_asked_to() -> None:
    with (
        Stopper() as stopper,
        pytest.raises(Stopped),
        Progress("walk.mp4", stopper) as progress,
    ):
        progress("Finding the walkers", 1, None)
        signal.raise_signal(signal.SIGINT)
        progress("Finding the walkers", 2, None)
    assert not stopper.patient
