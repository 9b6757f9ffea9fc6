"""How fast it is; run by `tox run -e bench`."""
