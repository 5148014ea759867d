"""Places for rendered persons to walk in: pictures in perspective, with their light."""

from gaitcolor_core.datasets.pictures.backdrops.backdrop import KINDS, Backdrop
from gaitcolor_core.datasets.pictures.backdrops.stage import Light

__all__ = ["KINDS", "Backdrop", "Light"]
