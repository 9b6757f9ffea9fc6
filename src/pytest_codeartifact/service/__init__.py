"""Turns requests into responses, and applies the faults that a test has planned."""

from .service import CodeArtifactWarning, Service

__all__ = ["CodeArtifactWarning", "Service"]
