"""Refuses look-ups of CodeArtifact's hosts in this process, whichever library makes them.

Uses Python's audit events, which are raised before a look-up. An audit hook cannot be removed, so it is installed only
on request. The guard decides what is refused.
"""

from __future__ import annotations

import re
import sys

from .guard import GUARD

DNS_SUFFIXES = (
    ("amazonaws.com", "api.aws", "on.aws", "amazonaws.com.cn", "api.amazonwebservices.com.cn")
    + ("amazonaws.eu", "api.amazonwebservices.eu", "c2s.ic.gov", "api.aws.ic.gov", "sc2s.sgov.gov", "api.aws.scloud")
    + ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "csp.hci.ic.gov", "api.aws.hci.ic.gov")
)
"""The DNS suffixes of AWS, by partition. Package hosts also use ``on.aws``."""

_HOST = re.compile(
    r"(?:.+\.)?codeartifact(?:-fips)?\.[a-z0-9-]+\.(?:vpce\.)?(?:" + "|".join(map(re.escape, DNS_SUFFIXES)) + r")\.?"
)
_LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}  # these accept host names and look them up

_installed = False


def install() -> None:
    """Install the audit hook, once per process. It asks the guard about each look-up of a host of the service."""
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_audit)


def is_host_of_the_service(name: str) -> bool:
    """Whether a host belongs to CodeArtifact: for operations or packages, in any region, also VPC endpoints."""
    return _HOST.fullmatch(name.lower()) is not None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in _LOOK_UPS:
        _check(arguments[0])
    elif event in _CONNECTIONS and isinstance(arguments[1], tuple):
        _check(arguments[1][0])


def _check(host: object) -> None:
    name = _ascii_name(host)
    if is_host_of_the_service(name):
        GUARD.check_look_up(name)


def _ascii_name(host: object) -> str:
    """The host name in ASCII. Python accepts other letters and dots, and converts them with IDNA."""
    if isinstance(host, str):
        try:
            return host if host.isascii() else host.encode("idna").decode()
        except UnicodeError:  # Python cannot look it up either
            return ""
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else ""
