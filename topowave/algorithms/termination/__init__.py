"""Termination detection (Tel 2000, chapter 8)."""
