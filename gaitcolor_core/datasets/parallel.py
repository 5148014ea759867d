"""Does independent pieces of work in several processes, which end without a word on Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import count
from multiprocessing import get_context
from typing import Protocol, TypeVar

from gaitcolor_core.structures import InputError

Item = TypeVar("Item")


class Piece(Protocol):
    """A piece of work that knows whether its result is there already."""

    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        ...


Resumable = TypeVar("Resumable", bound=Piece)


def finish(
    work: Callable[[Resumable], None],
    pieces: Sequence[Resumable],
    *,
    processes: int,
    on_progress: Callable[[int, int], None],
) -> None:
    """Do `work` on the pieces that are not done yet, see `work_through`.

    Args:
        work: a function of a module.
        pieces: all of them, those that are done, too.
        processes: how many pieces are worked on at a time.
        on_progress: called with pieces done and pieces in all; may raise to stop.

    Raises:
        InputError: a process was killed.
    """
    missing = [piece for piece in pieces if not piece.is_done()]
    done = count(len(pieces) - len(missing))

    def report() -> None:
        on_progress(next(done), len(pieces))

    report()
    work_through(work, missing, processes=processes, on_done=report)


def work_through(
    work: Callable[[Item], None],
    items: Sequence[Item],
    *,
    processes: int,
    on_done: Callable[[], None],
) -> None:
    """Do `work` on each item; whatever ends it early waits for the items that were begun.

    Args:
        work: a function of a module; what it raises ends everything.
        items: can be pickled.
        processes: how many items are worked on at a time; 1 = in this process.
        on_done: called whenever an item is done; may raise to stop.

    Raises:
        InputError: a process was killed.
    """
    if processes == 1:
        for item in items:
            work(item)
            on_done()
        return
    # A child must not inherit a graphics context: fork would.
    with ProcessPoolExecutor(processes, get_context("spawn"), _ignore_interrupts) as pool:
        try:
            for future in _completed(pool, work, items, 2 * processes):
                future.result()
                on_done()
        except BrokenProcessPool as error:
            raise InputError(
                "A process was killed from outside, maybe for want of memory; go on with fewer "
                "processes."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _completed(
    pool: ProcessPoolExecutor, work: Callable[[Item], None], items: Iterable[Item], ahead: int
) -> Iterator[Future[None]]:
    """Submit the items little by little, so that a stop finds few of them waiting."""
    running: set[Future[None]] = set()
    for item in items:
        with _interrupts_held_back():
            running.add(pool.submit(work, item))
        if len(running) >= ahead:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            yield from finished
    while running:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        yield from finished


def _ignore_interrupts() -> None:
    """A terminal sends Ctrl-C to children, too; their parent ends them in its own time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """What is started in here hears no Ctrl-C, not even before it can say so itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)
