"""Task 2: the walker's colors on the anonymized silhouette."""

from gaitcolor_core.stages.transfer_color.adaptation import adapt
from gaitcolor_core.stages.transfer_color.by_copying import growth_field, nearest, warp
from gaitcolor_core.stages.transfer_color.by_network import NetworkColors
from gaitcolor_core.stages.transfer_color.protocol import ColorJob, ColorTransfer
from gaitcolor_core.stages.transfer_color.views import View, stacked

__all__ = [
    "ColorJob",
    "ColorTransfer",
    "NetworkColors",
    "View",
    "adapt",
    "growth_field",
    "nearest",
    "stacked",
    "warp",
]
