"""What is printed about a failing test, and about a whole run."""
