"""Names: packages, package groups, and the patterns that names have to match. Independent of any state."""
