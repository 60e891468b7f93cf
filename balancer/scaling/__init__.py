"""The running network grows and shrinks: where leaves come and go, how they are emptied, what is wanted."""
