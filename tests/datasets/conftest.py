"""What tests of rendering share; it takes seconds, so it is done once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaitcolor_core.datasets.presets import PRESETS, Preset
from gaitcolor_core.datasets.rendering import render_set
from gaitcolor_core.datasets.studio import shared_renderer
from gaitcolor_core.structures import InputError


@pytest.fixture(scope="session")
def opengl() -> None:
    """Skip what draws in color on a machine that cannot."""
    try:
        shared_renderer()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory, opengl: None) -> Path:
    """The preset `mini`, in full."""
    root = tmp_path_factory.mktemp("sets") / "mini"
    render_set(root, "mini")
    return root


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Preset:
    """A preset of two subjects, one walk each; the first one is in color, too."""
    walks = (("nm", 1),)
    preset = Preset(range(1, 3), walks, (90,), ((range(1, 2), walks),))
    monkeypatch.setitem(PRESETS, "tiny", preset)
    return preset
