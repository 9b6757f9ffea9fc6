"""The ways by which calls reach a fake: botocore's events, and the server for other processes.

The guard refuses calls that reach no fake.
This package imports nothing, because every pytest run loads :mod:`.hook` through it.
"""
