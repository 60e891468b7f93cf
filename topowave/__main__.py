"""The `topowave` command, which is `python -m topowave` too.

Ctrl-C in its first moments, while the command line itself is imported, ends it as it ends any program;
Python's own handler would print a traceback of that import.
"""

import signal


def main() -> None:
    """Run the command line; exits with its code."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from topowave.cli.main import main as run  # noqa: PLC0415 - what takes the moments

    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, before)
    run()


if __name__ == "__main__":
    main()
