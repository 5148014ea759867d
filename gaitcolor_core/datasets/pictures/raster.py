"""Draws dressed walkers in color with OpenGL, on any machine, without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from gaitcolor_core.datasets.pictures.backdrops import Light
from gaitcolor_core.datasets.walkers.fabrics import PATTERNS
from gaitcolor_core.datasets.walkers.figure import Animation, Look
from gaitcolor_core.structures import Bool, Float32, Float64, InputError, Int64, UInt8

SHADERS = Path(__file__).parent
# Each pixel is drawn as this many by this many, so that edges are smooth.
FINE = 2
MISSING = (
    "Walkers are drawn with OpenGL, which is not there: "
    'pip install "gaitcolor[render]" and, on Linux, apt install libegl1 libgl1-mesa-dri.'
)


@dataclass(frozen=True)
class Snapshot:
    """One moment of a moving figure.

    Attributes:
        vertices: `(V, 3)` float32 m.
        normals: `(V, 3)` float32, unit.
        faces: `(F, 3)` int64.
        look: clothes and colors.
    """

    vertices: Float32
    normals: Float32
    faces: Int64
    look: Look

    @classmethod
    def of(cls, animation: Animation, frame: int) -> Snapshot:
        """A frame of an animation."""
        return cls(
            animation.vertices[frame], animation.normals[frame], animation.faces, animation.look
        )


@dataclass(frozen=True)
class Drawing:
    """Walkers on a transparent ground.

    Attributes:
        color: `(H, W, 3)` uint8 RGB, premultiplied by `alpha`.
        alpha: `(H, W)` uint8.
        masks: `(P, H, W)` bool, where most of a pixel is this walker; no pixel is two's.
    """

    color: UInt8
    alpha: UInt8
    masks: Bool


class Renderer:
    """Draws snapshots; keep it for many pictures, in one process and thread.

    Raises:
        InputError: there is no OpenGL here.
    """

    def __init__(self) -> None:
        self._gl: Any = _context()
        vertex, fragment = (
            (SHADERS / f"raster.{kind}").read_text(encoding="utf-8") for kind in ("vert", "frag")
        )
        self._program = self._gl.program(vertex_shader=vertex, fragment_shader=fragment)
        self._targets: dict[tuple[int, int], Any] = {}
        self._meshes: dict[int, tuple[Look, _Mesh]] = {}

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gl.release()

    def draw(
        self, walkers: Sequence[Snapshot], matrix: Float64, width: int, height: int, light: Light
    ) -> Drawing:
        """Draw walkers, nearer ones in front of those behind.

        Args:
            walkers: at most 250.
            matrix: `(4, 4)`, the world to clip coordinates, see `Camera.matrix` and `Camera.crop`.
            width: of the picture in pixels.
            height: of the picture in pixels.
            light: of the scene.
        """
        color, owner = self._samples(walkers, matrix, width * FINE, height * FINE, light)
        pixels = cv2.resize(color, (width, height), interpolation=cv2.INTER_AREA)
        return Drawing(
            np.ascontiguousarray(pixels[..., :3]),
            np.ascontiguousarray(pixels[..., 3]),
            _shares(owner, len(walkers), width, height),
        )

    def _samples(
        self, walkers: Sequence[Snapshot], matrix: Float64, width: int, height: int, light: Light
    ) -> tuple[UInt8, UInt8]:
        """Color with alpha `(height, width, 4)`, and whose it is `(height, width)`; 0 = nobody."""
        # Another renderer of this process may have drawn last: OpenGL draws where it drew last.
        with self._gl:
            target = self._target(width, height)
            target.use()
            target.clear()
            self._set_scene(matrix, light)
            for number, walker in enumerate(walkers, start=1):
                self._program["owner"] = number
                _dye(self._program, walker.look)
                self._mesh(walker).draw(walker)
            color = np.frombuffer(target.read(components=4, attachment=0), np.uint8)
            owner = np.frombuffer(target.read(components=1, attachment=1), np.uint8)
        return color.reshape(height, width, 4), owner.reshape(height, width)

    def _set_scene(self, matrix: Float64, light: Light) -> None:
        down = matrix * [[1], [-1], [1], [1]]
        self._program["matrix"].write(np.ascontiguousarray(down.T, np.float32).tobytes())
        self._program["eye"] = tuple(_eye(matrix))
        self._program["sun_direction"] = tuple(light.direction)
        self._program["sun_color"] = tuple(light.color)
        self._program["ambient"] = tuple(light.ambient)

    def _target(self, width: int, height: int) -> Any:
        if (width, height) not in self._targets:
            color = self._gl.renderbuffer((width, height), 4)
            owner = self._gl.renderbuffer((width, height), 1)
            depth = self._gl.depth_renderbuffer((width, height))
            self._targets[width, height] = self._gl.framebuffer([color, owner], depth)
        return self._targets[width, height]

    def _mesh(self, walker: Snapshot) -> _Mesh:
        key = id(walker.look)
        if key not in self._meshes:
            # Few walkers are drawn in turn; their buffers need not outlive them by much.
            while len(self._meshes) > 16:
                self._meshes.pop(next(iter(self._meshes)))[1].release()
            self._meshes[key] = walker.look, _Mesh(self._gl, self._program, walker)
        return self._meshes[key][1]


class _Mesh:
    """A figure's buffers: what stays is sent once, what moves is sent each time."""

    def __init__(self, gl: Any, program: Any, walker: Snapshot) -> None:
        look = walker.look
        self._gl, self._lined, self._count = gl, look.lined, walker.faces.size
        kind = np.stack([look.openness, look.material.astype(np.float32)], 1)
        fixed = np.hstack([look.rest, look.rest_normals, look.cover, kind]).astype(np.float32)
        self._moving = gl.buffer(reserve=walker.vertices.nbytes + walker.normals.nbytes)
        self._fixed = gl.buffer(fixed.tobytes())
        self._index = gl.buffer(walker.faces.astype(np.int32).tobytes())
        names = ("rest", "rest_normal", "cover_in", "cover_out", "kind")
        self._array = gl.vertex_array(
            program,
            [(self._moving, "3f 3f", "position", "normal"),
             (self._fixed, "3f 3f 4f 3f 2f", *names)],
            self._index,
        )  # fmt: skip

    def draw(self, walker: Snapshot) -> None:
        moving = np.hstack([walker.vertices, walker.normals]).astype(np.float32)
        self._moving.write(moving.tobytes())
        start, stop = (3 * face for face in self._lined)
        self._gl.enable(self._gl.CULL_FACE)
        self._array.render(vertices=start)
        self._array.render(vertices=self._count - stop, first=stop)
        self._gl.disable(self._gl.CULL_FACE)
        if stop > start:
            self._array.render(vertices=stop - start, first=start)

    def release(self) -> None:
        for part in (self._array, self._index, self._fixed, self._moving):
            part.release()


def _context() -> Any:
    try:
        import moderngl

        options: dict[str, Any] = {"standalone": True, "backend": "egl", "require": 330}
        gl = moderngl.create_context(**options)
    except Exception as error:
        raise InputError(MISSING) from error
    gl.enable(moderngl.DEPTH_TEST)
    # Pictures are drawn upside down, which turns faces around.
    gl.front_face = "cw"
    return gl


def _dye(program: Any, look: Look) -> None:
    """Hand a figure's fabrics to the shader."""
    fabrics = look.fabrics
    colors = np.array([fabric.colors for fabric in fabrics], np.float32)
    weave = np.array(
        [(PATTERNS.index(f.pattern), f.scale_m, f.upright, f.seed) for f in fabrics], np.float32
    )
    relief = np.array([(f.gloss, f.folds) for f in fabrics], np.float32)
    program["colors"].write(colors.tobytes())
    program["weave"].write(weave.tobytes())
    program["relief"].write(relief.tobytes())
    program["face"] = look.face
    program["tailoring"] = (look.waist_m, float(look.belt), float(look.zipper))


def _eye(matrix: Float64) -> Float64:
    """Where the camera stands: the point that has no place in the picture."""
    rows = matrix[[0, 1, 3]]
    return np.asarray(np.linalg.solve(rows[:, :3], -rows[:, 3]))


def _shares(owner: UInt8, count: int, width: int, height: int) -> Bool:
    """`(P, H, W)`, where walker 1, 2, ... holds most of a pixel's samples."""
    fine = owner.reshape(height, FINE, width, FINE)
    held = []
    for number in range(1, count + 1):
        own = fine == number
        # Of two that hold half each, the one with the first sample has the pixel.
        held.append(own.sum((1, 3)) * 2 + own[:, 0, :, 0] > FINE * FINE)
    return np.array(held, bool).reshape(count, height, width)
