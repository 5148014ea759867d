"""What is made ahead comes in its order, a few items early, and leaves nobody working."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaitcolor_core.ahead import ahead


@given(st.lists(st.integers()))
def test_items_come_in_their_order(items: list[int]) -> None:
    with ahead(items) as found:
        assert list(found) == items


def test_the_next_item_is_made_while_one_is_used() -> None:
    made = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    with ahead(items()) as found:
        assert next(found) == 1
        assert made.wait(10)
        assert next(found) == 2


def test_no_more_than_a_few_items_are_made_before_they_are_asked_for() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            made.append(item)
            yield item

    with ahead(items()) as found:
        for used, _ in enumerate(found, start=1):
            time.sleep(0.002)
            assert len(made) <= used + 2
    assert len(made) == 100


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the disk is full")

    with ahead(items()) as found:
        assert next(found) == 1
        with pytest.raises(OSError, match="the disk is full"):
            next(found)


@pytest.mark.parametrize("used", [0, 1, 5])
def test_whoever_leaves_early_leaves_nobody_working(used: int) -> None:
    """Else a generator that is still running could not be closed, nor its file."""
    before = threading.active_count()

    def items() -> Iterator[int]:
        for item in range(100):
            time.sleep(0.01)
            yield item

    source = items()
    with pytest.raises(KeyboardInterrupt), ahead(source) as found:
        for _ in range(used):
            next(found)
        raise KeyboardInterrupt
    source.close()
    assert threading.active_count() == before
