"""The report of a failing test, and the report of a whole run."""
