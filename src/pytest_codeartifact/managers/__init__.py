"""The protocols of the package managers: their requests at the endpoint of a repository, and the answers.

One module for each format, each of which knows its protocol and nothing of how versions are stored::

    addresses        which repository a URL names
    credentials      whether a token opens it
    protocol         what the module of a format is written with
    repository_view  what a repository lists, gives and takes
    cargo, npm, ...  the formats

:mod:`.service.endpoints` leads a request through these in the order of rule PM-20.
"""

from __future__ import annotations

from .cargo import CARGO
from .maven import MAVEN
from .npm import NPM
from .protocol import Protocol
from .pypi import PYPI
from .ruby import RUBY

PROTOCOLS: dict[str, Protocol] = {protocol.format: protocol for protocol in (CARGO, MAVEN, NPM, PYPI, RUBY)}
"""By format. Formats that are not here have no protocol that works yet."""
