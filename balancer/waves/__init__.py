"""The waves that run and the last ones that ended: started here, followed by what nodes report."""
