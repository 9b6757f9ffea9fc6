"""What CodeArtifact remembers: entities, their invariants, quotas. No AWS shapes, no botocore."""
