"""The tests, by the rooms of the package; the service's rules have theirs in rules, what tests share is in support."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the project."""
