"""Names of packages and package groups, and the patterns that names must match. Independent of any state."""
