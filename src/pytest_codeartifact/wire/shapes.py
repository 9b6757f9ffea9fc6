"""The type of the shapes in botocore's model."""

from __future__ import annotations

from typing import Any, TypeAlias

Shape: TypeAlias = Any
"""A :class:`botocore.model.Shape`. botocore has no type information."""
