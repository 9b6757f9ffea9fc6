"""Run the tests of the source distribution as a user does: unpacked, in a separate environment.

    python scripts/check_sdist.py FOLDER [ARGUMENTS OF PYTEST...]

FOLDER must be empty. Needs hatchling; ends with the status of pytest.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def unpacked(folder: Path) -> Path:
    """The folder of the sources in a source distribution that was built and unpacked into a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    (distribution,) = folder.glob("*.tar.gz")
    with tarfile.open(distribution) as archive:
        archive.extractall(folder, filter="data")
    return folder / distribution.name.removesuffix(".tar.gz")


def environment(folder: Path) -> Path:
    """The interpreter of a new environment."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def main(folder: Path, arguments: list[str]) -> int:
    sources, python = unpacked(folder), environment(folder / "environment")
    subprocess.run([python, "-m", "pip", "install", "-q", "-U", "pip"], check=True)  # groups need pip 25.1
    subprocess.run([python, "-m", "pip", "install", "-q", ".", "--group", "test"], cwd=sources, check=True)
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=sources).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
