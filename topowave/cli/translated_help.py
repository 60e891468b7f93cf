"""Help and refused words in the language of the command: the one place that knows how typer says them.

Modules have their help in English. Before it is printed, the tree of commands is gone through once and what
stands in it is translated, paragraph by paragraph, so that examples need no translation; what typer adds of
its own, such as "Usage" and "default", is translated as it is written. typer knows nothing of all this. Where
a later version says something else, that is printed as it is.
"""

from __future__ import annotations

import re
from typing import Any, cast

from topowave.cli.foreign_sentences import recognised
from topowave.cli.language import say_in_language
from topowave.cli.output import complain
from topowave.translation import Text, text

_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_EXTRAS = re.compile(r"\[((?:default: |env var: |required\]|x[<>]=|[-0-9.]+<=x).*|required)\]$", re.DOTALL)
"""What typer writes at the end of an option's help."""
_HEADINGS = ("Arguments", "Commands", "Options")


def translate_help(command: Any, context: Any) -> None:
    """Translate a command and those below it, of which `context` is about to read the words."""
    context.formatter_class = _formatter(context.formatter_class)
    _translate(command)


def _translate(command: Any) -> None:
    """Translate one command, its parameters, and the commands in it."""
    usual = command.context_class
    command.context_class = type(
        "TranslatedContext", (usual,), {"formatter_class": _formatter(usual.formatter_class)}
    )
    command.help = command.help and in_paragraphs(command.help)
    for parameter in command.params:
        parameter.help = parameter.help and in_paragraphs(parameter.help)
        if isinstance(parameter.show_default, str):
            parameter.show_default = say_in_language(parameter.show_default)
    for below in getattr(command, "commands", {}).values():
        _translate(below)


def help_paragraphs(help_text: str) -> list[str]:
    """Return the paragraphs of a help text, those that are commands to type included, each in one line."""
    return [_one_line(each) for each in _PARAGRAPHS.split(help_text) if not _is_example(each)]


def in_paragraphs(help_text: str) -> str:
    """Return a help text in the language of the command; examples stay as they are."""
    parts = _PARAGRAPHS.split(help_text.rstrip())
    return "\n\n".join(each if _is_example(each) else say_in_language(_one_line(each)) for each in parts)


def _is_example(paragraph: str) -> bool:
    return paragraph.startswith("    ")


def _one_line(paragraph: str) -> str:
    return " ".join(paragraph.split())


def _formatter(usual: Any) -> Any:
    """Return the class that writes help, with typer's own words translated."""

    class TranslatedFormatter(usual):  # type: ignore[misc]
        """Writes help in the language of the command."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            """Write how the command is called."""
            said = args.replace("[OPTIONS]", say_in_language("[OPTIONS]"))
            said = said.replace("COMMAND [ARGS]...", say_in_language("COMMAND [ARGS]..."))
            usual.write_usage(self, prog, said, prefix or f"{say_in_language('Usage:')} ")

        def write_heading(self, heading: str) -> None:
            """Write what a list is of."""
            usual.write_heading(self, say_in_language(heading) if heading in _HEADINGS else heading)

        def write_dl(self, rows: Any, *args: Any, **options: Any) -> None:
            """Write a list of options, arguments or commands."""
            said = [(first, _translated_extras(_known(second))) for first, second in rows]
            usual.write_dl(self, said, *args, **options)

    return TranslatedFormatter


def _known(help_text: str) -> str:
    """Return the help of typer's own option, which is in no tree, in the language of the command."""
    return say_in_language(help_text) if help_text == "Show this message and exit." else help_text


def _translated_extras(help_text: str) -> str:
    """Return the help of an option with what typer has added: its default, and that it is needed."""
    found = _EXTRAS.search(help_text)
    if found is None:
        return help_text
    extras = [_extra(each) for each in found[1].split("; ")]
    return f"{help_text[: found.start()]}[{'; '.join(extras)}]"


def _extra(extra: str) -> str:
    if extra.startswith("default: "):
        return say_in_language(text("default: {value}", value=extra.removeprefix("default: ")))
    if extra.startswith("env var: "):
        return say_in_language(text("env var: {value}", value=extra.removeprefix("env var: ")))
    return say_in_language(extra)


def refused_words(usage: Any) -> str:
    """Return what is wrong with words that were not understood, in the language of the command."""
    return say_in_language(recognised(usage.format_message(), cast("str | Text", usage.message)))


def show_refused_words(usage: Any) -> None:
    """Print what is wrong with words that were not understood, with the usage of the command."""
    context = usage.ctx
    if context is not None:
        complain(context.get_usage())
        if context.command.get_help_option(context) is not None:
            asking = f"{context.command_path} {context.help_option_names[0]}"
            complain(say_in_language(text("Try '{command}' for help.", command=asking)) + "\n")
    complain(say_in_language(text("Error: {problem}", problem=refused_words(usage))))
