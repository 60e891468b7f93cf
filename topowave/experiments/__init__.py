"""Questions that take many runs, or a lab under stress."""
