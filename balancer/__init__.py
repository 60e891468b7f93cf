"""Who gives to whom, and the servers that show it: waves, rebalancing, the event stream, the page."""
