"""What a measurement of speed says; the measurement itself runs in `test_cli.py`."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np

from gaitcolor_core.evaluation.speed import Machine, PeakMemory, SpeedReport

MACHINE = Machine("a processor", 2, None, "Linux", "3.11", "2.13")
REPORT = SpeedReport(
    clip="walk.mp4", width=640, height=360, frames=50, fps=12.5, fps_of_runs=(10.0, 12.5, 14.0),
    load_s=3.0, stage_seconds={"read": 1.0, "segment": 2.0, "write": 1.0}, peak_memory_mib=512.4,
    device="cpu", segmenter="a segmenter", machine=MACHINE, day="2026-01-31", commit=None,
)  # fmt: skip


def test_stages_by_frame_and_share() -> None:
    lines = REPORT.to_text().splitlines()
    assert [line.split() for line in lines[-3:]] == [
        ["read", "1.00", "20.0", "25%"],
        ["segment", "2.00", "40.0", "50%"],
        ["write", "1.00", "20.0", "25%"],
    ]
    assert "12.50 frames/s end to end (runs: 10.00, 12.50, 14.00); 3.0 s to load" in lines
    assert "512 MiB of memory at the peak" in lines
    assert "2026-01-31, commit unknown" in lines


def test_graphics_card_is_named_where_it_served() -> None:
    assert "on cpu, a segmenter" in REPORT.to_text()
    card = replace(REPORT, device="cuda:0", machine=replace(MACHINE, gpu="a card"))
    assert "on cuda:0 (a card), a segmenter" in card.to_text()


def test_json() -> None:
    back = json.loads(json.dumps(REPORT.to_dict()))
    assert back["machine"]["cores"] == 2
    assert back["stage_seconds"]["segment"] == 2.0


def test_peak_is_seen_though_it_is_gone_in_the_end() -> None:
    with PeakMemory() as memory:
        block = np.ones(100 * 2**20, np.uint8)
        time.sleep(0.2)
        del block
    # the system may keep a few pages it had
    assert 90 * 2**20 < memory.peak_bytes < 200 * 2**20
