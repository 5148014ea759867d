"""Task 2: the walker's colors on the anonymized silhouette."""

from gaitcolor_core.stages.transfer_color.by_copying import growth_field, nearest, warp
from gaitcolor_core.stages.transfer_color.protocol import ColorTransfer

__all__ = ["ColorTransfer", "growth_field", "nearest", "warp"]
