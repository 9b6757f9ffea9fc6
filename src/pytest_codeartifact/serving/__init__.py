"""``python -m pytest_codeartifact``: a fake CodeArtifact to try things on by hand, or around one command."""
