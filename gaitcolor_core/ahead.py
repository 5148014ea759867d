"""Work that is done beside that of whoever waits for its results."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

# One is worked on while another one waits, so that memory stays bounded by a few frames.
_WAITING = 2


@contextmanager
def ahead(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """Hand on `items`, which a thread of their own makes before they are asked for.

    OpenCV, PyAV and torch let go of Python's lock while they work, so two processors are busy.

    Args:
        items: what they raise is raised where they are asked for.

    Yields:
        The items, in their order. Once the context is left nobody works on them, so that what
        they are read from can be closed.
    """
    iterator = iter(items)
    with ThreadPoolExecutor(1, "ahead") as worker:
        waiting: deque[Future[Item]] = deque()

        def results() -> Iterator[Item]:
            waiting.extend(worker.submit(next, iterator) for _ in range(_WAITING))
            while True:
                try:
                    item = waiting.popleft().result()
                except StopIteration:
                    return
                waiting.append(worker.submit(next, iterator))
                yield item

        try:
            yield results()
        finally:
            for future in waiting:
                future.cancel()
