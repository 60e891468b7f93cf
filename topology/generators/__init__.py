"""New networks from a shape, a size and a seed."""
