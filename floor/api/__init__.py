"""The shop floor in the API."""
