"""The protocols of the package managers: their requests to the endpoint of a repository, and the responses.

Each format has a module, which knows its protocol and nothing about storage::

    addresses        finds the repository in a URL
    credentials      checks the authorization token
    protocol         routes, requests and replies, for the modules of the formats
    repository_view  reads and writes a repository
    cargo, npm, ...  the formats

:mod:`.service.package_managers` passes a request through these in the order of rule PM-20.
"""

from __future__ import annotations

from .cargo import CARGO
from .maven import MAVEN
from .npm import NPM
from .protocol import Protocol
from .pypi import PYPI
from .ruby import RUBY

PROTOCOLS: dict[str, Protocol] = {protocol.format: protocol for protocol in (CARGO, MAVEN, NPM, PYPI, RUBY)}
"""The implemented protocols, by format."""
