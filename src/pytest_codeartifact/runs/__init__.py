"""The set-up of a pytest run: ini options, markers, and the environment."""
