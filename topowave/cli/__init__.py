"""The `topowave` command, a module a command."""
