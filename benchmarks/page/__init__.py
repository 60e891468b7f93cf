"""What the page costs: the browser's share of a core, how soon it is there, a million tasks in its list."""
