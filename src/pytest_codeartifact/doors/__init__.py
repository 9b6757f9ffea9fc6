"""How a call gets in: botocore's hook, with the guard in front of it, and the server for other processes.

This file stays empty, because pytest loads :mod:`.hook` through it in every run.
"""
