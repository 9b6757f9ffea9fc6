"""What a run of pytest sets up before its tests: ini options, markers, the environment."""
