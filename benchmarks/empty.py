"""A test file without a test: what a pytest run costs by itself."""
