"""End-to-end speed: what a user waits for, stage by stage, and the memory it takes."""

from __future__ import annotations

import dataclasses
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import psutil

from gaitcolor_core.checkout import commit
from gaitcolor_core.evaluation.report import table

_MEMORY_EVERY_S = 0.01
_MIB = 2**20


@dataclass(frozen=True)
class Machine:
    """Where a measurement was made.

    Attributes:
        cpu: model of the processor.
        cores: logical cores.
        gpu: model of the graphics card; None where the networks ran elsewhere.
        platform: operating system and architecture.
        python: version.
        torch: version.
    """

    cpu: str
    cores: int
    gpu: str | None
    platform: str
    python: str
    torch: str


@dataclass(frozen=True)
class SpeedReport:
    """How fast a clip was anonymized.

    Attributes:
        clip: name of the file.
        width: pixels.
        height: pixels.
        frames: frames of the clip.
        fps: frames / seconds, end to end from reading to the complete file, in the median run.
        fps_of_runs: the same of each run, in order; the first one warms up.
        load_s: seconds it took to import the libraries and to load the detector, once.
        stage_seconds: time each stage took in the median run; stages run beside each other, so
            that together they may exceed frames / fps.
        peak_memory_mib: highest resident memory, above that before the libraries were imported.
        device: where the networks ran.
        segmenter: which person segmenter ran.
        machine: the hardware and the versions.
        day: date of the measurement.
        commit: of this program, "-dirty" with changes; None outside its repository.
    """

    clip: str
    width: int
    height: int
    frames: int
    fps: float
    fps_of_runs: tuple[float, ...]
    load_s: float
    stage_seconds: dict[str, float]
    peak_memory_mib: float
    device: str
    segmenter: str
    machine: Machine
    day: str
    commit: str | None

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able built-in types."""
        return dataclasses.asdict(self)

    def to_text(self) -> str:
        """The report as a table of the stages, below a few lines on what was measured."""
        total_s = sum(self.stage_seconds.values())
        rows = [("stage", "s", "ms/frame", "share of the work")]
        rows += [
            (
                stage,
                f"{spent_s:.2f}",
                f"{1000 * spent_s / self.frames:.1f}",
                f"{spent_s / total_s:.0%}",
            )
            for stage, spent_s in self.stage_seconds.items()
        ]
        runs = ", ".join(f"{fps:.2f}" for fps in self.fps_of_runs)
        machine = self.machine
        return "\n".join(
            [
                f"{self.clip}: {self.frames} frames of {self.width} x {self.height}",
                f"{self.fps:.2f} frames/s end to end (runs: {runs}); {self.load_s:.1f} s to load",
                f"{self.peak_memory_mib:.0f} MiB of memory at the peak",
                f"on {self.device}{f' ({machine.gpu})' if machine.gpu else ''}, {self.segmenter}",
                f"{machine.cpu}, {machine.cores} cores, {machine.platform}, "
                f"Python {machine.python}, torch {machine.torch}",
                f"{self.day}, commit {self.commit or 'unknown'}",
                "",
                table(rows),
            ]
        )


def measure_speed(
    clip: Path,
    *,
    detector: str | None = None,
    device: str | None = None,
    repeat: int = 1,
    on_progress: Callable[[str, int, int | None], None],
) -> SpeedReport:
    """Anonymize `clip` into a temporary folder and take the time.

    Args:
        clip: the clip.
        detector: see `GaitAnonymizer`.
        device: see `GaitAnonymizer`.
        repeat: how many times; the median run counts.
        on_progress: see `GaitAnonymizer.anonymize_video`.

    Raises:
        InputError: the clip, the detector or the device cannot be used.
        OSError: there is no room for the temporary file.
    """
    with PeakMemory() as memory, tempfile.TemporaryDirectory(prefix="gaitcolor-") as folder:
        start_s = time.perf_counter()
        from gaitcolor_core.pipeline import GaitAnonymizer

        anonymizer = GaitAnonymizer(detector=detector, device=device)
        load_s = time.perf_counter() - start_s
        runs = [
            anonymizer.anonymize_video(clip, Path(folder) / "out.mp4", on_progress=on_progress)
            for _ in range(repeat)
        ]
    median = sorted(runs, key=lambda run: run.fps)[(repeat - 1) // 2]
    return SpeedReport(
        clip=clip.name,
        width=median.width,
        height=median.height,
        frames=median.frames,
        fps=median.fps,
        fps_of_runs=tuple(run.fps for run in runs),
        load_s=load_s,
        stage_seconds=median.stage_seconds,
        peak_memory_mib=memory.peak_bytes / _MIB,
        device=median.device,
        segmenter=median.segmenter,
        machine=_machine(median.device),
        day=date.today().isoformat(),
        commit=commit(),
    )


class PeakMemory:
    """Watches the resident memory of this process.

    Attributes:
        peak_bytes: the highest since the context was entered, above that at its start.
    """

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._memory = psutil.Process().memory_info
        self._start_bytes = 0
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._start_bytes = self._memory().rss
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no longer."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_MEMORY_EVERY_S):
            self.peak_bytes = max(self.peak_bytes, self._memory().rss - self._start_bytes)


def _machine(device: str) -> Machine:
    import torch

    return Machine(
        cpu=_cpu_model(),
        cores=psutil.cpu_count() or 1,
        gpu=torch.cuda.get_device_name(device) if device.startswith("cuda") else None,
        platform=platform.platform(),
        python=platform.python_version(),
        torch=torch.__version__,
    )


def _cpu_model() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
