"""Balancing policies: pure functions from what a wave saw to a list of moves."""
