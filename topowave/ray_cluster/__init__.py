"""Ray, which starts programs of ours on other machines: finding it, what its machines are, the agents there.

Nothing here knows what a lab or an experiment is. Ray itself is an extra, so it is imported where it is used,
and never in a process that forks: it has threads.
"""
