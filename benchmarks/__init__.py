"""How fast and how big a lab is, always as a ratio to something plain that is measured in the same run."""
