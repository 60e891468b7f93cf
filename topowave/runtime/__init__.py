"""What every runtime shares: how a class of an algorithm is found, checked and run, and on which network."""
