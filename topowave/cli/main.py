"""The `topowave` command: a table of its commands, each of which is a module beside this one.

A module imports what its command works with when it is called, so that `topowave --help` is quick.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from topowave.cli.language import language, take_language
from topowave.cli.output import FAILED, REFUSED, complain, exit_code, output_failed, say
from topowave.cli.standard_streams import open_closed_streams
from topowave.short_text import short_sentence
from topowave.translation import text
from topowave.translation.languages import ENGLISH, LANGUAGES

COMMANDS = (
    "up",
    "lab",
    "down",
    "status",
    "alerts",
    "start",
    "config",
    "deploy",
    "agent",
    "agents",
    "task",
    "executor",
    "chaos",
    "load",
    "forecast",
    "simulate",
    "check",
    "replay",
    "draw",
    "algorithms",
    "topology",
    "engine",
    "experiment",
)
"""In the order of `--help`. `topowave.cli.NAME` has a function of that name, or a group of commands.

Where a function's words are not read in the usual way, `Command` there is the class that does."""

_WORDS = "topowave words"
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What is raised for words that cannot be understood; typer has no public name for it."""
_show_refused = cast("Any", _UsageError).show


class AnsweringGroup(TyperGroup):
    """The commands. Where one that is asked for JSON cannot be understood, it is told so in JSON too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Look at the words before the command, and at the language wherever it stands."""
        ctx.meta[_WORDS] = [*args]
        with _answering(args):
            args = take_language(args)
            if language() != ENGLISH:
                from topowave.cli.translated_help import translate_help

                translate_help(self, ctx)
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Do what the words say."""
        with _answering(ctx.meta[_WORDS]):
            return super().invoke(ctx)


@contextmanager
def _answering(words: list[str]) -> Generator[None]:
    """Print as JSON that words cannot be understood, if they ask for that."""
    asked = "--json" in words[: words.index("--") if "--" in words else None]
    try:
        yield
    except _UsageError as error:
        usage = cast("Any", error)
        if cast("Any", type(error)).show is not _show_refused:
            raise  # the whole help, since no word was given
        usage.message = short_sentence(usage.message)
        if asked:
            problem = usage.format_message()
            say(json.dumps({"problems": [problem]}, ensure_ascii=False))
        if language() != ENGLISH:
            from topowave.cli.translated_help import show_refused_words

            usage.show = partial(show_refused_words, usage)
        raise


app = typer.Typer(
    name="topowave",
    cls=AnsweringGroup,
    help="""Run a network of real servers, send waves through it and watch its load spread.

    A network is described in topology.json. Try:

        topowave topology generate --shape binary --nodes 15

        topowave up

    then open http://localhost:3000, or start a wave from a second terminal:

        curl localhost:7999/echo_ws
    """,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("topowave"))
        raise typer.Exit


@app.callback()
def topowave(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="|".join(LANGUAGES),
            help="The language of help and sentences, also after a command; by default that of "
            "TOPOWAVE_LANG, LC_ALL, LC_MESSAGES or LANG.",
        ),
    ] = None,
) -> None:
    """Take the options that stand before any command."""


for name in COMMANDS:
    module = vars(import_module(f"topowave.cli.{name}"))
    found: object = module[name]
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    elif callable(found):
        app.command(cls=module.get("Command"))(found)


def main() -> None:
    """Run the command line; exits with its code."""
    open_closed_streams()
    try:
        app()
    except SystemExit as end:
        context = end.__context__
        code = _unread_code(context) if _is_unread(context) else end.code
        sys.exit(exit_code(code) if isinstance(code, int) else code)
    except MemoryError:
        complain(text("there is not enough memory for this (`ulimit -v` says what is allowed)"))
        sys.exit(FAILED)
    except OSError as error:
        # What a library prints for us, such as help; all that is ours is told by `say`.
        from topowave.topology.problems import FAILED_WRITES

        if _is_unread(error):
            sys.exit(_unread_code(error))
        if _is_nowhere():
            complain(text("the working directory is gone; change to one that is there"))
            sys.exit(REFUSED)
        if error.errno not in FAILED_WRITES:
            raise
        output_failed(error)
        sys.exit(FAILED)


def _is_nowhere() -> bool:
    """Whether the working directory has been removed, so that no file can be named from there."""
    try:
        os.getcwd()  # noqa: PTH109 - only whether there is one
    except OSError:
        return True
    return False


def _is_unread(error: BaseException | None) -> bool:
    """Whether what a library prints for us has no reader any more, as in `topowave --help | head -1`."""
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def _unread_code(error: BaseException | None) -> int:
    """Return the code of what was to be printed: words that were not understood, or else help, which is none.

    A closed pipe is its reader's choice and no failure, as for what `say` prints; the library's code is 1.
    """
    return REFUSED if error is not None and isinstance(error.__context__, _UsageError) else 0
