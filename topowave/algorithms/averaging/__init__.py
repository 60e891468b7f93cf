"""Averages by gossip."""
