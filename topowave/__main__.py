"""`python -m topowave`: the same as the `topowave` command."""

from topowave.cli.main import main

if __name__ == "__main__":
    main()
