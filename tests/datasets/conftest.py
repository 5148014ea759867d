"""What tests of rendering share."""

from __future__ import annotations

import pytest

from gaitcolor_core.datasets.presets import PRESETS, Preset


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Preset:
    """A preset of two subjects, one walk each; the first one is in color, too."""
    walks = (("nm", 1),)
    preset = Preset(range(1, 3), walks, (90,), ((range(1, 2), walks),))
    monkeypatch.setitem(PRESETS, "tiny", preset)
    return preset
