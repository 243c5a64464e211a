"""Starts, watches and stops everything mfg runs as; knows nothing of Django."""
