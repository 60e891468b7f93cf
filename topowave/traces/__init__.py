"""Traces: writing and reading them, replay, and pictures of them."""
