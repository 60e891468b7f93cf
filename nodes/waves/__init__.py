"""The waves in which a node takes part."""
