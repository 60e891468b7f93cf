"""Figures of the lab for those who watch it: as they are now, and as they were since the balancer began."""
