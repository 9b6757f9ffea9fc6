"""Serves a fake to other processes, on a port of 127.0.0.1.

Only this package uses the server library, which the extra ``server`` installs.
"""

from .server import Server

__all__ = ["Server"]
