"""Recorded live runs, to be repeated in virtual time: what came, how long it took, when rounds were."""
