"""Figures over everything below: one room a question."""
