from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gaitcolor_core.datasets.gait_set import SequenceKey
from gaitcolor_core.datasets.presets import Preset
from gaitcolor_core.datasets.rendered import RenderedSet
from gaitcolor_core.datasets.rendering import SIZE, render_set
from gaitcolor_core.datasets.studio import shared_renderer
from gaitcolor_core.structures import InputError, Stopped

pytestmark = pytest.mark.usefixtures("tiny")
COLORED, PLAIN = (SequenceKey(subject, "nm", 1, 90) for subject in (1, 2))


def contents(root: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def silhouettes(tmp_path: Path) -> Path:
    """The tiny set without color."""
    root = tmp_path / "silhouettes"
    render_set(root, "tiny", color=False)
    return root


def test_all_parts_of_a_walk_show_the_same_frames(opengl: None, tmp_path: Path) -> None:
    render_set(tmp_path, "tiny")
    held = RenderedSet(tmp_path)
    perfect, faulty = held.silhouettes(COLORED), held.incomplete(COLORED)
    crops = held.crops(COLORED)
    assert perfect.shape == faulty.shape == crops.shape[:3] == (len(perfect), SIZE, SIZE)
    assert held.keys() == [COLORED, PLAIN]
    assert held.keys("crops") == held.keys("incomplete") == [COLORED]
    # The silhouette is where the walker is: it looks unlike its surroundings.
    inside, outside = crops[perfect].mean(0), crops[~perfect].mean(0)
    assert np.abs(inside - outside).max() > 10
    # Faults, but no other walk.
    assert 0.5 < (perfect & faulty).sum() / (perfect | faulty).sum() < 1


def test_the_seed_tells_everything(silhouettes: Path, tmp_path: Path) -> None:
    render_set(tmp_path / "same", "tiny", color=False)
    render_set(tmp_path / "other", "tiny", color=False, seed=1)
    assert contents(tmp_path / "same") == contents(silhouettes)
    other = contents(tmp_path / "other")
    assert other.keys() == contents(silhouettes).keys()
    assert all(content != other[name] for name, content in contents(silhouettes).items())


def test_the_number_of_processes_does_not_matter(silhouettes: Path, tmp_path: Path) -> None:
    render_set(tmp_path / "two", "tiny", color=False, processes=2)
    assert contents(tmp_path / "two") == contents(silhouettes)


def test_what_is_there_is_kept(silhouettes: Path) -> None:
    held, before = RenderedSet(silhouettes), contents(silhouettes)
    lost, kept = (silhouettes / key.folder / f"{key}.silhouettes.png" for key in held.keys())
    lost.unlink()
    os.utime(kept, (1, 1))
    seen: list[tuple[int, int]] = []
    render_set(
        silhouettes, "tiny", color=False, on_progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 2), (2, 2)]
    assert contents(silhouettes) == before
    assert kept.stat().st_mtime == 1


def test_color_can_be_added(opengl: None, silhouettes: Path) -> None:
    before = contents(silhouettes)
    assert RenderedSet(silhouettes).keys("crops") == []
    render_set(silhouettes, "tiny")
    assert RenderedSet(silhouettes).keys("crops") == [COLORED]
    assert before.items() <= contents(silhouettes).items()


def test_who_stops_can_go_on(silhouettes: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done:
            raise Stopped

    root = tmp_path / "stopped"
    with pytest.raises(Stopped):
        render_set(root, "tiny", color=False, on_progress=stop)
    assert RenderedSet(root).keys() == [COLORED]
    render_set(root, "tiny", color=False)
    assert contents(root) == contents(silhouettes)


def test_another_set_is_not_mixed_in(silhouettes: Path, tmp_path: Path, tiny: Preset) -> None:
    before = contents(silhouettes)
    for preset, seed in (("tiny", 1), ("mini", 0)):
        with pytest.raises(InputError, match="holds another set already"):
            render_set(silhouettes, preset, seed=seed, color=False)
    assert contents(silhouettes) == before
    shutil.copy(silhouettes / "set.json", tmp_path / "notes.txt")
    with pytest.raises(InputError, match="is not empty and holds no rendered set"):
        render_set(tmp_path, "tiny", color=False)


def test_silhouettes_need_no_opengl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "moderngl", None)
    shared_renderer.cache_clear()
    render_set(tmp_path / "plain", "tiny", color=False)
    with pytest.raises(InputError, match="OpenGL, which is not there"):
        render_set(tmp_path / "color", "tiny")


def test_importing_it_loads_no_opengl() -> None:
    code = "import sys, gaitcolor_core.datasets.rendering; sys.exit('moderngl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
