"""Makes torchvision importable beside a torch without CUDA.

The torchvision wheels on PyPI are linked against CUDA. Beside the CPU build of torch their
compiled operators cannot load, and `import torchvision` fails because it refers to
`torchvision::nms` by name. Ultralytics needs that import. Where torchvision imports as it is,
nothing happens here.
"""

from __future__ import annotations

import sys

import torch

# A library that is collected takes its operators along.
_LIBRARIES: list[torch.library.Library] = []


def ensure_torchvision() -> bool:
    """Import torchvision, with its non-maximum suppression in plain torch if it must be.

    Returns:
        True if the shim was needed.

    Raises:
        ImportError: torchvision is not installed.
    """
    try:
        import torchvision  # noqa: F401
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        _register_nms()
        _import_again()
        return True
    return False


def greedy_nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Greedy non-maximum suppression, the semantics of `torchvision.ops.nms`.

    Args:
        boxes: `(N, 4)` float, corners x1, y1, x2, y2.
        scores: `(N,)` float.
        iou_threshold: a box that overlaps a better one by more than this is dropped.

    Returns:
        Indices of the boxes kept, best first, int64.
    """
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order = scores.argsort(descending=True, stable=True)
    keep = []
    while order.numel():
        best, rest = order[0], order[1:]
        keep.append(best)
        low = torch.maximum(boxes[best, :2], boxes[rest, :2])
        high = torch.minimum(boxes[best, 2:], boxes[rest, 2:])
        intersection = (high - low).clamp(min=0).prod(dim=1)
        iou = intersection / (area[best] + area[rest] - intersection)
        order = rest[~(iou > iou_threshold)]
    return torch.stack(keep) if keep else order


def _register_nms() -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.impl(name, greedy_nms, "CPU")
    _LIBRARIES.append(library)


def _import_again() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torchvision.extension

    # Its Python wrappers ask this first and would refuse to call the operator registered above.
    torchvision.extension._has_ops = lambda: True
