"""Traversals: a token visits every node (Tel 2000, section 6.4)."""
