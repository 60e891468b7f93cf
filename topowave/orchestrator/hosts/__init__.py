"""Where the processes of a lab live: how they are started, signalled and reaped."""
