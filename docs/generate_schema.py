"""Write the JSON Schema of seed files, which the package ships.

    python docs/generate_schema.py

A test fails while it is stale.
"""

from __future__ import annotations

import json

from pytest_codeartifact.seeds import schema

FILE = schema.FILE


def text() -> str:
    """The text of the file."""
    return json.dumps(schema.schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
