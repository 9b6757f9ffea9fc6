"""What the fake remembers: entities, their invariants, quotas. Independent of AWS's structures and of botocore."""
