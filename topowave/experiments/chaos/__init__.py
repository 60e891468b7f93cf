"""Faults at random on a running lab: what is planned, what must hold, what was seen."""
