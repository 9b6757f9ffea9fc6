"""The rules that several operations, and the handles, share."""
