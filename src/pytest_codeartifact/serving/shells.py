"""Writes environment variables in the syntax of shells and env files."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Mapping

_PLAIN = re.compile(r"[\w./:\\*,+@=-]*")
"""A value that all readers of env files accept without quotes."""


def _sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}'"


def _powershell(name: str, value: str) -> str:
    doubled = value.replace("'", "''")
    return f"$env:{name} = '{doubled}'"


def _dotenv(name: str, value: str) -> str:
    if _PLAIN.fullmatch(value):
        return f"{name}={value}"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


SHELLS: dict[str, Callable[[str, str], str]] = {
    "sh": _sh,
    "fish": _fish,
    "powershell": _powershell,
    "dotenv": _dotenv,
}
"""The syntax for one variable. ``sh`` is for bash, zsh and other POSIX shells."""

DEFAULT = "powershell" if sys.platform == "win32" else "sh"

_APPLY = {"sh": 'eval "$({})"', "powershell": "{} | Invoke-Expression"}


def eval_command(port: int | None) -> str:
    """The command that sets the variables in a shell of this platform.

    :param port: the port of the server, None for the only running one.
    """
    command = "python -m pytest_codeartifact env"
    return _APPLY[DEFAULT].format(command if port is None else f"{command} {port}")


def script(variables: Mapping[str, str], shell: str) -> str:
    """The lines that set variables, one for each."""
    return "".join(f"{SHELLS[shell](name, value)}\n" for name, value in variables.items())
