"""Sentences that libraries make: found again by their templates, to be said in another language.

What they are made of is not handed out, only the finished sentence. So each is held against the templates
here; one that fits none is said as the library says it.
"""

from __future__ import annotations

import re
from functools import cache

from topowave.translation import Text

USAGE = (
    "No such option: {option} (Possible options: {options})",
    "No such option: {option}",
    "No such command {command}. Did you mean {commands}?",
    "No such command {command}.",
    "Missing command.",
    "Missing argument {name}. Choose from:{choices}",
    "Missing argument {name}.",
    "Missing option {name}. Choose from:{choices}",
    "Missing option {name}.",
    "Invalid value for {name}: {problem}",
    "Invalid value: {problem}",
    "Option {option} requires an argument.",
    "Option {option} requires {number} arguments.",
    "Option {option} does not take a value.",
    "Got unexpected extra argument(s) ({words})",
)
"""What typer says of words that it does not understand; of two that fit, the longer one stands first."""
VALUES = (
    "{value} is not one of {choices}.",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid integer, got a number with a fractional part",
    "Input should be a valid number, unable to parse string as a number",
    "Input should be a valid boolean, unable to interpret input",
    "Input should be a finite number",
    "Input should be greater than or equal to {bound}",
    "Input should be greater than {bound}",
    "Input should be less than or equal to {bound}",
    "Input should be less than {bound}",
    "Unable to parse input string as an integer, exceeded maximum size",
    "File {path} does not exist.",
    "Directory {path} does not exist.",
    "Path {path} does not exist.",
    "File {path} is a directory.",
    "Directory {path} is a file.",
    "File {path} is not readable.",
    "Directory {path} is not writable.",
    "Input should be {choices}",
)
"""What pydantic, by typer, says of a value; what fits most stands last."""
SYSTEM = (
    "Address already in use",
    "Bad file descriptor",
    "Broken pipe",
    "Cannot allocate memory",
    "Cannot assign requested address",
    "Connection refused",
    "Connection reset by peer",
    "Connection timed out",
    "Disk quota exceeded",
    "File exists",
    "File name too long",
    "Input/output error",
    "Is a directory",
    "Name or service not known",
    "Network is unreachable",
    "No such file or directory",
    "No route to host",
    "No space left on device",
    "Not a directory",
    "Operation not permitted",
    "Permission denied",
    "Read-only file system",
    "Resource temporarily unavailable",
    "Temporary failure in name resolution",
    "Too many levels of symbolic links",
    "Too many open files",
    "All connection attempts failed",
)
"""What the operating system says went wrong, and httpx of a connection."""
JSON = (
    "Expecting property name enclosed in double quotes",
    "Expecting value",
    "Expecting ',' delimiter",
    "Expecting ':' delimiter",
    "Extra data",
    "Unterminated string starting at",
    "Invalid control character at",
    "Object contains unknown field {field}",
    "Object missing required field {field}",
    "Expected {type}, got {found}",
    "JSON is malformed: {why}",
)
"""What Python and msgspec say of JSON that is none, or has another form."""
XML = (
    "mismatched tag: line {line}, column {column}",
    "no element found: line {line}, column {column}",
    "not well-formed (invalid token): line {line}, column {column}",
    "syntax error: line {line}, column {column}",
    "unclosed token: line {line}, column {column}",
    "undefined entity: line {line}, column {column}",
    "duplicate attribute: line {line}, column {column}",
)
"""What expat says of XML that is none."""
YAML = (
    "could not find expected ':'",
    "mapping values are not allowed here",
    "block sequence entries are not allowed in this context",
    "expected ',' or '{bracket}', but got {found}",
    "expected the node content, but found {found}",
    "expected {wanted}, but found {found}",
    "found character {character} that cannot start any token",
    "found unexpected end of stream",
    "found unexpected document separator",
    "found undefined alias {name}",
    "found unknown escape character {character}",
)
"""What PyYAML says of a text that is none."""
SHELL = ("no closing quotation",)
"""What shlex says of words that are no command."""
_PARAMETER = re.compile(r"\\\{(\w+)\\\}")


def recognised(sentence: str, problem: str = "") -> Text | str:
    """Return a sentence of a library with its parts, or as it is where no template fits.

    Args:
        sentence: what the library says.
        problem: what it has put in at the end, if that is a sentence itself.
    """
    for template in USAGE:
        found = _pattern(template).fullmatch(sentence)
        if found is not None:
            parts: dict[str, object] = dict(found.groupdict())
            if "problem" in parts:
                parts["problem"] = (
                    problem if isinstance(problem, Text) else _value_problem(str(parts["problem"]))
                )
            return Text(template, template, parts)
    return problem if isinstance(problem, Text) and problem == sentence else _value_problem(sentence)


def _value_problem(sentence: str) -> Text | str:
    exact = [template for template in VALUES if template == sentence]
    for template in exact or VALUES:
        if found := _pattern(template).fullmatch(sentence):
            return Text(template, template, found.groupdict())
    return sentence


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a sentence made by a template looks like."""
    return re.compile(_PARAMETER.sub(r"(?P<\1>.+)", re.escape(template)), re.DOTALL)
