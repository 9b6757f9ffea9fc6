"""Records of what happened, to assert on: calls, deletions, events, permissions and changes."""
