"""One command against the real service: ``pytest --codeartifact-live --live-account=ID``, see docs/live.md.

A person with an account runs the scenarios there, in a throw-away domain. What the service answers is written to a
recording. Recordings are replayed here, without a network, and compared with what the fake answers.
"""
