"""Placements: which node gets a new task that names none."""
