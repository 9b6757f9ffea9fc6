"""``python -m pytest_codeartifact``: a fake CodeArtifact for manual use, or for one command."""
