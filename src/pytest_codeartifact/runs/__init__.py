"""What a pytest run sets up before its tests: ini options, markers, the environment."""
