"""Load: workloads, what they do to a network in virtual time, and how one is played into a lab that runs."""
