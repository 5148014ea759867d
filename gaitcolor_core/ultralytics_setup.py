"""Sets ultralytics up to keep quiet: nothing is downloaded, installed or reported anywhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from gaitcolor_core.torchvision_shim import ensure_torchvision

_QUIET = {"YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "false", "YOLO_VERBOSE": "false"}


def prepare_ultralytics() -> None:
    """Make `import ultralytics` work and keep quiet; to be called before each such import.

    Ultralytics reads these variables once, when it is imported: left alone, that import looks
    up outside hosts, and every later run reports itself.
    """
    ensure_torchvision()
    config_folder = Path(tempfile.gettempdir()) / "gaitcolor-ultralytics"
    config_folder.mkdir(exist_ok=True)
    os.environ.setdefault("YOLO_CONFIG_DIR", str(config_folder))
    os.environ.update(_QUIET)
    from ultralytics import settings

    settings.update(sync=False)
