"""One request in, one response out; and the faults that a test plans."""

from .service import CodeArtifactWarning, Service

__all__ = ["CodeArtifactWarning", "Service"]
