"""Benchmarks: figures against a limit or a reference that is measured in the same run. `make bench` runs them."""
