"""What things are called: packages, package groups, and the patterns that names have to match. Knows no state."""
