"""The path from a request to a response, and the faults that a test plans."""

from .service import CodeArtifactWarning, Service

__all__ = ["CodeArtifactWarning", "Service"]
