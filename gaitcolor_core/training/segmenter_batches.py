"""Windows as batches for ultralytics' loss, drawn ahead of time in a thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from gaitcolor_core.imaging import to_float01
from gaitcolor_core.training.frame_store import FrameStore, find_persons
from gaitcolor_core.training.windows import Window, draw_window

# Ultralytics compares masks at the size of its prototypes, a quarter of the picture's.
MASK_STRIDE = 4
_AHEAD = 4
_WIDE_SHARE = 0.25


def batches(
    store: FrameStore, *, seed: int, first: int, last: int, batch_size: int, side: int
) -> Generator[dict[str, Tensor]]:
    """The batches of the steps `first` ... `last - 1`, in this order.

    A step's batch depends on the seed and on the step alone, so that a run that is resumed sees
    what it would have seen. Every fourth batch, about, has windows half as wide again, in which
    tall persons have room.
    """

    def draw(step: int) -> dict[str, Tensor]:
        rng = np.random.default_rng([seed, step])
        wide = rng.random() < _WIDE_SHARE
        drawn_side = 32 * round(1.5 * side / 32) if wide else side
        return collate([draw_window(store, rng, drawn_side) for _ in range(batch_size)])

    with ThreadPoolExecutor(1, thread_name_prefix="windows") as pool:
        waiting: deque[Future[dict[str, Tensor]]] = deque()
        try:
            for step in range(first, last):
                while len(waiting) < _AHEAD and step + len(waiting) < last:
                    waiting.append(pool.submit(draw, step + len(waiting)))
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def collate(windows: list[Window]) -> dict[str, Tensor]:
    """What ultralytics' segmentation loss takes.

    Returns:
        `img` `(B, 3, S, S)` float32 RGB in [0, 1]; `masks` `(B, S/4, S/4)` uint8, k + 1 where the
        k-th person of the picture is; for all N persons `batch_idx` `(N,)` the picture, `cls`
        `(N, 1)` zeros and `bboxes` `(N, 4)` center x, y, width, height in sides, all float32.
    """
    boxes, pictures = [], []
    for index, window in enumerate(windows):
        for person in find_persons(window.persons):
            x, y = (person.left + person.right) / 2, (person.top + person.bottom) / 2
            boxes.append([x, y, person.width, person.height])
            pictures.append(index)
    images = np.stack([window.image for window in windows])
    middle = MASK_STRIDE // 2
    masks = np.stack(
        [window.persons[middle::MASK_STRIDE, middle::MASK_STRIDE] for window in windows]
    )
    return {
        "img": to_float01(images),
        "masks": torch.from_numpy(masks),
        "batch_idx": torch.tensor(pictures, dtype=torch.float32),
        "cls": torch.zeros(len(boxes), 1),
        "bboxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4) / images.shape[1],
    }
