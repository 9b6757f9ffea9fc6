"""The state of a fake: entities, their invariants, quotas. Independent of AWS's structures and of botocore."""
