"""What happened, for a test to assert on: calls, deletions, events, permissions and changes."""
