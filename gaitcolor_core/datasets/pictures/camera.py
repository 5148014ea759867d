"""A pinhole camera over the ground: where points of the world land in a picture.

World axes in metres, z up. Picture axes as OpenCV has them: x right, y down, the middle of the
first pixel at (0.5, 0.5). Clip coordinates as OpenGL has them: y up, depth from -w to w.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaitcolor_core.structures import Float64, InputError

UP = np.array([0.0, 0.0, 1.0])
NEAR_M = 0.1
FAR_M = 200.0


@dataclass(frozen=True)
class Camera:
    """A camera without roll or lens distortion.

    Attributes:
        position: where it stands, m.
        target: what lies in the middle of the picture, m; not straight above or below.
        fov_deg: how much the picture's height spans, in (0, 180).
        width: of the picture in pixels.
        height: of the picture in pixels.

    Raises:
        InputError: an option is out of range.

    Examples:
        >>> camera = Camera((0.0, -4.0, 1.0), (0.0, 0.0, 1.0), 45.0, 640, 480)
        >>> camera.project(np.zeros(3))[0].round().tolist()
        [320.0, 385.0]
    """

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_deg: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not 0 < self.fov_deg < 180:
            raise InputError(f"A field of view lies between 0 and 180 degrees, not {self.fov_deg}.")
        if min(self.width, self.height) < 1:
            raise InputError(f"A picture of {self.width} x {self.height} pixels has no pixel.")
        if np.allclose(self.position[:2], self.target[:2]):
            raise InputError("A camera cannot look straight up or down.")

    @property
    def focal_px(self) -> float:
        """Pixels that 1 m spans at a depth of 1 m."""
        return float(self.height / 2 / np.tan(np.radians(self.fov_deg) / 2))

    def axes(self) -> Float64:
        """`(3, 3)`: the picture's right, down and forward as rows, unit vectors of the world."""
        forward = np.subtract(self.target, self.position)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, UP)
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward])

    def matrix(self) -> Float64:
        """`(4, 4)`: homogeneous points of the world to clip coordinates of the whole picture."""
        view = np.eye(4)
        view[:3, :3] = self.axes() * [[1], [-1], [-1]]
        view[:3, 3] = -view[:3, :3] @ np.asarray(self.position)
        near, far = NEAR_M, FAR_M
        lens = np.zeros((4, 4))
        lens[0, 0] = 2 * self.focal_px / self.width
        lens[1, 1] = 2 * self.focal_px / self.height
        lens[2, 2:] = (near + far) / (near - far), 2 * near * far / (near - far)
        lens[3, 2] = -1
        return np.asarray(lens @ view)

    def project(self, points: Float64) -> tuple[Float64, Float64]:
        """Where points land.

        Args:
            points: `(..., 3)` m, in front of the camera.

        Returns:
            Pixels `(..., 2)` (x, y) and depths `(...)`, m along the direction of view.
        """
        seen = (points - np.asarray(self.position)) @ self.axes().T
        depth = seen[..., 2]
        middle = np.array([self.width / 2, self.height / 2])
        return seen[..., :2] / depth[..., None] * self.focal_px + middle, depth

    def crop(self, xyxy: Float64) -> Float64:
        """Matrices that draw regions of the picture straight, each over the whole clip square.

        Args:
            xyxy: `(..., 4)` corners in pixels, not empty; may reach beyond the picture.

        Returns:
            `(..., 4, 4)`: homogeneous points of the world to clip coordinates of the regions.
        """
        size = np.array([self.width, self.height])
        # Corners in the picture's own clip square, y up.
        low = (xyxy[..., :2] / size * 2 - 1) * [1, -1]
        high = (xyxy[..., 2:] / size * 2 - 1) * [1, -1]
        scale = 2 / (high - low) * [1, -1]
        zoom = np.zeros((*xyxy.shape[:-1], 4, 4))
        zoom[..., [0, 1], [0, 1]] = scale
        zoom[..., [0, 1], [3, 3]] = -scale * (low + high) / 2
        zoom[..., [2, 3], [2, 3]] = 1
        return np.asarray(zoom @ self.matrix())
