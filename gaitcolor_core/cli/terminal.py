"""What a terminal shows and sends: progress, and the wish to stop."""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType
from typing import Any, Self

from tqdm import tqdm

from gaitcolor_core.structures import Stopped

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopper:
    """Turns Ctrl-C and SIGTERM into an end at which nothing is left behind.

    While somebody asks `check` often, a signal waits for that: an exception out of nowhere could
    fall between the creation of a file and the code that removes it. Otherwise, and the second
    time, it interrupts at once.

    Attributes:
        patient: whether `check` is asked often.
        signal_number: the first signal that came; SIGINT as long as none has.
    """

    def __init__(self) -> None:
        self.patient = False
        self.signal_number: int = signal.SIGINT
        self._asked = False
        self._ending = False
        self._earlier: list[tuple[signal.Signals, Any]] = []

    def __enter__(self) -> Self:
        """Listen, as far as this thread may."""
        if threading.current_thread() is threading.main_thread():
            self._earlier = [(number, signal.signal(number, self._receive)) for number in _SIGNALS]
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no longer."""
        for number, handler in self._earlier:
            signal.signal(number, handler)

    def check(self) -> None:
        """Raise if a signal came.

        Raises:
            Stopped: it did.
        """
        if self._asked:
            self._ending = True
            raise Stopped

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self._ending:
            return
        at_once = self._asked or not self.patient
        if not self._asked:
            self._asked, self.signal_number = True, number
        if at_once:
            self._ending = True
            raise KeyboardInterrupt


class Progress:
    """Shows on stderr how far the work on a file is, and ends it when the user wishes.

    Call it as `on_progress`; see `GaitAnonymizer.anonymize_video`.
    """

    def __init__(self, name: str, stopper: Stopper, *, unit: str = "frame") -> None:
        """Work on the file called `name` begins with the context; it is counted in `unit`."""
        self._name = name
        self._unit = unit
        self._stopper = stopper
        self._bar: Any = None
        self._stage = ""
        self._start_s = 0.0
        self._drawn = sys.stderr.isatty()

    def __enter__(self) -> Self:
        """Say so where no bar will be seen."""
        self._start_s = time.perf_counter()
        self._say("started")
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        """Take the bar away."""
        self._stopper.patient = False
        if self._bar is not None:
            self._bar.close()
        if exc_type is None:
            self._say(f"done in {time.perf_counter() - self._start_s:.1f} s")

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show that `done` of `total` units have passed a `stage`.

        Raises:
            Stopped: the user wishes to end.
        """
        self._stopper.patient = True
        self._stopper.check()
        if not self._drawn:
            return
        if stage != self._stage or done <= self._bar.n:
            if self._bar is not None:
                self._bar.close()
            label = f"{self._name}: {stage}"
            self._bar = tqdm(desc=label, total=total, unit=self._unit, leave=False, file=sys.stderr)
            self._stage = stage
        self._bar.update(done - self._bar.n)

    def _say(self, what: str) -> None:
        if not self._drawn:
            tqdm.write(f"{self._name}: {what}", file=sys.stderr)
