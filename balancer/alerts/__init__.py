"""Alerts: what is wrong with the lab, for people and programs that watch it."""
