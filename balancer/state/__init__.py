"""What the balancer knows of the lab: its nodes, its history, its tasks, what happened."""
