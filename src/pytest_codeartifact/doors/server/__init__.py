"""The door on the network: a fake for whatever does not run in this process, on a port of 127.0.0.1.

The only room that knows the server library, which the extra ``server`` brings.
"""

from .server import Server

__all__ = ["Server"]
