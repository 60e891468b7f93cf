"""The tasks of one node: what runs them, and how they move to another node."""
