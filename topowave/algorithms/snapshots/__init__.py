"""Snapshots of a computation that goes on (Tel 2000, chapter 10)."""
