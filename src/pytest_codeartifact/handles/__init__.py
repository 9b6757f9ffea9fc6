"""The objects that a test holds: domains, repositories, packages and versions, to seed, to read and to assert on.

A handle names a thing and looks it up at each use. It shows the current state, seeded or not, and says which call
removed a thing that no longer exists.
"""

from .domains import Domain
from .groups import PackageGroup
from .locations import DomainSettings, Location
from .repositories import PublicSource, Repository
from .versions import Package, Version

__all__ = ["Domain", "DomainSettings", "Location", "Package", "PackageGroup", "PublicSource", "Repository", "Version"]
