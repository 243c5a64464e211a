"""The statements of the recompute: figures and allocation are worked out once, for reading and for writing alike."""
