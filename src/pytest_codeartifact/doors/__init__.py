"""Connects clients to a fake.

A door is a way for calls to reach a fake: botocore's events, or the server for other processes.
The guard refuses calls to the real service that no fake answers.

This package imports nothing, because every pytest run loads :mod:`.hook` through it.
"""
