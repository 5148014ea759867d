"""What `python -m gaitcolor_core` runs."""

import sys

from gaitcolor_core.cli import main

sys.exit(main())
