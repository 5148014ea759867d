"""Renders gait sets: resumable, by several processes, the same bytes whatever their number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gaitcolor_core.datasets.corruption import corrupt
from gaitcolor_core.datasets.gait_set import CONDITIONS, VIEWS, SequenceKey
from gaitcolor_core.datasets.parallel import finish
from gaitcolor_core.datasets.pictures.silhouette import Silhouettes
from gaitcolor_core.datasets.presets import PRESETS
from gaitcolor_core.datasets.rendered import DESCRIPTION, FORMAT, Part, strip_path
from gaitcolor_core.datasets.strips import write_crops, write_silhouettes
from gaitcolor_core.datasets.studio import color_crops
from gaitcolor_core.datasets.subject import FPS, draw_subject, film, ring, squares
from gaitcolor_core.files import write_whole
from gaitcolor_core.structures import InputError

SIZE = 128


@dataclass(frozen=True)
class _Walk:
    """A walk to render."""

    root: Path
    seed: int
    subject: int
    condition: str
    number: int
    views: tuple[int, ...]
    color: bool

    @property
    def keys(self) -> list[SequenceKey]:
        return [SequenceKey(self.subject, self.condition, self.number, v) for v in self.views]

    @property
    def parts(self) -> tuple[Part, ...]:
        return ("silhouettes", "incomplete", "crops") if self.color else ("silhouettes",)

    def is_done(self) -> bool:
        paths = (strip_path(self.root, key, part) for key in self.keys for part in self.parts)
        return all(path.is_file() for path in paths)


def render_set(
    root: Path,
    preset: str,
    *,
    seed: int = 0,
    processes: int = 1,
    color: bool = True,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Render the gait set `preset` into the folder `root`; what is there already is kept.

    Args:
        root: created if need be.
        preset: a name in `PRESETS`.
        seed: of everything; the same seed gives the same silhouettes, byte for byte.
        processes: how many walks are rendered at a time.
        color: whether crops and incomplete silhouettes are rendered, too, where the preset has
            them; they can be added later.
        on_progress: called with walks done and walks in all; may raise to stop.

    Raises:
        InputError: `root` holds something else, or another preset or seed; OpenGL is missing; or
            a process was killed.
        OSError: the folder cannot be written.
    """
    _describe(root, preset, seed)
    walks = _walks(root, preset, seed, color)
    finish(_render_walk, walks, processes=processes, on_progress=on_progress)


def subjects_table(seed: int, numbers: Iterable[int]) -> list[dict[str, int | float | str]]:
    """Who the subjects of the set with this seed are, as its description lists them."""
    subjects = [draw_subject(seed, number) for number in numbers]
    return [
        {
            "number": subject.number,
            "fabric": "textural" if subject.textural else "plain",
            "gender": "female" if subject.body.female else "male",
            "stature_m": round(subject.body.stature_m, 3),
            "cadence_hz": round(subject.style.cadence_hz, 3),
            "stride_m": round(subject.style.stride_ratio * subject.body.stature_m, 3),
        }
        for subject in subjects
    ]


def _walks(root: Path, preset: str, seed: int, color: bool) -> list[_Walk]:
    extent = PRESETS[preset]
    return [
        _Walk(root, seed, subject, condition, number, extent.views,
              color and extent.has_color(subject, condition, number))
        for subject in extent.subjects
        for condition, number in extent.walks
    ]  # fmt: skip


def _render_walk(walk: _Walk) -> None:
    """Render all views of a walk and write them."""
    take = film(draw_subject(walk.seed, walk.subject), walk.condition, walk.number, seed=walk.seed)
    vertices = take.figure.outline(take.pose, take.phase)
    artist = Silhouettes(take.figure.faces)
    cameras = dict(zip(VIEWS, ring(), strict=True))
    for key in walk.keys:
        camera = cameras[key.view]
        boxes = squares(vertices, camera)
        matrices = camera.crop(boxes)
        silhouettes = np.concatenate(
            [
                artist.draw(points, matrix[None], SIZE)
                for points, matrix in zip(vertices, matrices, strict=True)
            ]
        )
        strip_path(walk.root, key, "silhouettes").parent.mkdir(parents=True, exist_ok=True)
        if walk.color:
            rng = np.random.default_rng(
                [walk.seed, key.subject, CONDITIONS.index(key.condition), key.number, key.view]
            )
            write_silhouettes(strip_path(walk.root, key, "incomplete"), corrupt(silhouettes, rng))
            crops = color_crops(take, camera, boxes, SIZE, rng)
            write_crops(strip_path(walk.root, key, "crops"), crops)
        write_silhouettes(strip_path(walk.root, key, "silhouettes"), silhouettes)


def _describe(root: Path, preset: str, seed: int) -> None:
    """Write what the set is, or check that it is the same."""
    description = {
        "format": FORMAT,
        "preset": preset,
        "seed": seed,
        "size_px": SIZE,
        "fps": FPS,
        "subjects": subjects_table(seed, PRESETS[preset].subjects),
    }
    path = root / DESCRIPTION
    content = json.dumps(description, indent=1)
    if path.is_file():
        if path.read_text("utf-8") != content:
            raise InputError(
                f"'{root}' holds another set already (preset, seed or version differ); give a new "
                "folder, or the preset and seed that it was made with."
            )
        return
    if root.exists() and any(root.iterdir()):
        raise InputError(f"'{root}' is not empty and holds no rendered set; give a new folder.")
    root.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode())
