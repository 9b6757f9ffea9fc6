"""What a test holds: domains, repositories, packages and versions, to seed, to read and to assert on.

A handle names a place and looks it up at each use. It shows what is there, however it came there, and says which call
removed what is gone.
"""

from .domains import Domain
from .groups import PackageGroup
from .locations import DomainSettings, Location
from .repositories import PublicSource, Repository
from .versions import Package, Version

__all__ = ["Domain", "DomainSettings", "Location", "Package", "PackageGroup", "PublicSource", "Repository", "Version"]
