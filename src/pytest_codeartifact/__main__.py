"""``python -m pytest_codeartifact serve``: see :mod:`.serving`."""

from __future__ import annotations

import sys

from .serving.command_line import main

if __name__ == "__main__":
    sys.exit(main())
