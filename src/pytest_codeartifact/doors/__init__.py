"""How a call gets in: botocore's events, the guard, and the server for other processes.

This file stays empty, because pytest loads :mod:`.hook` through it in every run.
"""
