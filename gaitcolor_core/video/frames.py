"""Stored pictures to upright RGB and back, in the colors and the shape they are meant in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideDataType
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from gaitcolor_core.structures import UInt8

# Without these flags swscale rounds luma down: a clip darkens with each pass (45 dB, not 60 dB).
_EXACT = (
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
_FULL_RANGE, _LIMITED_RANGE = int(ColorRange.JPEG), int(ColorRange.MPEG)
_UNSPECIFIED = 2
_BT709, _BT601 = 1, 5
# swscale's number of the matrix for each AVColorSpace that has one; the rest is RGB or exotic.
_MATRICES = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}
_UPRIGHT = np.eye(2, dtype=np.int64)


@dataclass(frozen=True)
class PictureTags:
    """What turns the numbers of a stream into colors and shapes: same tags, same look.

    Attributes:
        matrix: swscale's number of the YUV matrix in use, whether tagged or assumed.
        colorspace: AVColorSpace as tagged; 2 = unspecified, here and in the next two.
        primaries: AVColorPrimaries as tagged.
        transfer: AVColorTransferCharacteristic as tagged.
        sample_aspect_ratio: width / height of a displayed pixel.
    """

    matrix: int
    colorspace: int = _UNSPECIFIED
    primaries: int = _UNSPECIFIED
    transfer: int = _UNSPECIFIED
    sample_aspect_ratio: Fraction = Fraction(1)

    @classmethod
    def of_frame(cls, stream: av.VideoStream, frame: av.VideoFrame) -> PictureTags:
        """The tags of a decoded `frame` of `stream`, as it is shown upright."""
        known = frame.colorspace in _MATRICES
        aspect = stream.sample_aspect_ratio or Fraction(1)
        return cls(
            matrix=_MATRICES.get(frame.colorspace, _usual_matrix(frame.height)),
            colorspace=frame.colorspace if known else _UNSPECIFIED,
            primaries=frame.color_primaries or _UNSPECIFIED,
            transfer=frame.color_trc or _UNSPECIFIED,
            sample_aspect_ratio=1 / aspect if Orientation.of_frame(frame).transposes else aspect,
        )

    @classmethod
    def usual(cls, height: int) -> PictureTags:
        """What players assume of an untagged clip of `height` pixels."""
        return cls(_usual_matrix(height))

    def apply(self, encoder: VideoCodecContext) -> None:
        """Write the tags into an unopened `encoder`; an untagged clip stays untagged."""
        encoder.colorspace = self.colorspace
        if self.colorspace == _UNSPECIFIED and self.matrix != _usual_matrix(encoder.height):
            # Turning the picture upright moved it to the other side of the players' rule.
            encoder.colorspace = self.matrix
        encoder.color_primaries = self.primaries
        encoder.color_trc = self.transfer
        encoder.color_range = _LIMITED_RANGE
        if self.sample_aspect_ratio != 1:
            encoder.sample_aspect_ratio = self.sample_aspect_ratio


@dataclass(frozen=True)
class Orientation:
    """The turn by quarters, and mirroring, that shows a stored picture upright.

    Attributes:
        transposes: rows become columns, before the flips.
        flips_x: left and right are exchanged.
        flips_y: top and bottom are exchanged.
        rotation_deg: clockwise turn in degrees: 0, 90, 180 or 270.
    """

    transposes: bool
    flips_x: bool
    flips_y: bool
    rotation_deg: int

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> Orientation:
        """What the display matrix of `frame` asks for, to the nearest quarter turn."""
        # x' = a x + c y, y' = b x + d y with y downwards
        (a, b), (c, d) = _display_matrix(frame)
        transposes = bool(abs(a) < abs(b))
        return cls(
            transposes=transposes,
            flips_x=bool((c if transposes else a) < 0),
            flips_y=bool((b if transposes else d) < 0),
            rotation_deg=round(math.degrees(math.atan2(-c, d)) / 90) * 90 % 360,
        )

    def turn(self, image: UInt8) -> UInt8:
        """`image` `(H, W, 3)`, upright."""
        if self.transposes:
            image = image.swapaxes(0, 1)
        if self.flips_x:
            image = image[:, ::-1]
        if self.flips_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


def to_rgb(reformatter: VideoReformatter, frame: av.VideoFrame, tags: PictureTags) -> UInt8:
    """A decoded `frame` as upright `(H, W, 3)` uint8 RGB."""
    rgb = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=tags.matrix,
        dst_color_range=_FULL_RANGE,
        interpolation=_EXACT,
    )
    return Orientation.of_frame(frame).turn(rgb.to_ndarray().astype(np.uint8, copy=False))


def from_rgb(reformatter: VideoReformatter, image: UInt8, tags: PictureTags) -> av.VideoFrame:
    """An `image` `(H, W, 3)` uint8 RGB, both sides even, as a limited-range yuv420p frame."""
    return reformatter.reformat(
        av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24"),
        format="yuv420p",
        dst_colorspace=tags.matrix,
        src_color_range=_FULL_RANGE,
        dst_color_range=_LIMITED_RANGE,
        interpolation=_EXACT,
    )


def _usual_matrix(height: int) -> int:
    # What Chromium assumes too: HD is BT.709, all below is BT.601.
    return _BT709 if height >= 720 else _BT601


def _display_matrix(frame: av.VideoFrame) -> npt.NDArray[np.int64]:
    """`((a, b), (c, d))` of the display matrix, in units of 1 / 65536."""
    # The stub of PyAV calls this a dict of two keys.
    side_data = cast(SideDataContainer, frame.side_data)
    if SideDataType.DISPLAYMATRIX not in side_data:
        return _UPRIGHT
    data = bytes(side_data[SideDataType.DISPLAYMATRIX])
    return np.frombuffer(data, np.int32).reshape(3, 3)[:2, :2].astype(np.int64)
