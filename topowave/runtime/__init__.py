"""What every runtime shares: how a class of an algorithm is found, checked and run, and on which network."""

from topowave.runtime.loading import load_algorithm

__all__ = ["load_algorithm"]
