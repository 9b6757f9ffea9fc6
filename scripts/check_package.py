"""Build the source distribution and the wheel, and check their metadata, contents and long description.

    python scripts/check_package.py FOLDER

The distributions are left in FOLDER, which must have none. Needs the dependency group ``lint``. Ends with 1 if a check
has failed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The authors have no common address, and that of the project is not known yet; check_release.py asks for it.
NOT_ASKED_BY_PYROMA = "AuthorEmail,Url"


def build(folder: Path) -> tuple[Path, Path]:
    """The source distribution and the wheel, built into a folder."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def failed_checks(folder: Path) -> list[str]:
    """The names of the checks that the distributions do not pass; each has printed why."""
    sdist, wheel = build(folder)
    checks = {
        "twine": ["twine", "check", "--strict", str(sdist), str(wheel)],
        "check-wheel-contents": ["check-wheel-contents", str(wheel)],
        "pyroma": ["pyroma", "--min", "10", "--skip-tests", NOT_ASKED_BY_PYROMA, str(sdist)],
    }
    return [name for name, command in checks.items() if subprocess.run(command, cwd=ROOT).returncode != 0]


if __name__ == "__main__":
    failed = failed_checks(Path(sys.argv[1]))
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
