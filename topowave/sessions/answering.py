"""What each ask of a page means: a table from its type to what is done with the session.

This is the process' side of `protocol.py`. An ask that cannot be done is refused with sentences in the page's
language, and leaves the session as it was. What a class of the user's does wrong is told with file and line.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import Any

import msgspec

from topowave.runtime.algorithm_error import LONGEST_SAID, own_line
from topowave.runtime.value_text import error_text
from topowave.sessions import interventions, protocol
from topowave.sessions.answer_forms import (
    Form,
    branches_form,
    code_form,
    conditions_form,
    difference_form,
    here,
    lines_form,
    moment_form,
    opened,
    pending_forms,
    states_form,
    trace_form,
)
from topowave.sessions.breakpoints import Breakpoint
from topowave.sessions.checking import GivenUpError, failing_order
from topowave.sessions.export.recording import recorded
from topowave.sessions.limits import ANSWER_BYTES, LISTED, ROWS_ASKED, TRACE_CHARS
from topowave.sessions.narration import narrate
from topowave.sessions.networks import network_form
from topowave.sessions.opening import check_version, open_session
from topowave.sessions.session import Session
from topowave.topology import Problems
from topowave.translation import in_json, sentence_of, text
from topowave.translation.languages import ENGLISH
from topowave.translation.translate import translate

_encode = msgspec.json.Encoder(enc_hook=in_json).encode


class StoppedError(Exception):
    """What is being done is given up, since the page has said so."""


class Answering:
    """A session that a page asks.

    Args:
        handler_s: how long one handler may take (s).
        told: called often while something long is being done.
    """

    def __init__(self, handler_s: float, told: Callable[[], None]) -> None:
        self.session: Session | None = None
        self.stopped = False
        """Whether what is being done is to be the last; whoever hears of it sets it."""
        self._handler_s = handler_s
        self._told = told
        self._folder = f"{os.getcwd()}{os.sep}"  # noqa: PTH109 - as a prefix
        self._may_stop = False
        self.recording = ""
        """What is sent in portions."""

    @property
    def position(self) -> int:
        """Where the session is, 0 before there is one."""
        return 0 if self.session is None else self.session.position

    def answer(self, frame: bytes) -> bytes:
        """Return the answer to an ask, both as frames."""
        try:
            ask = protocol.read_ask(frame)
        except protocol.AskError as error:
            return protocol.refusal(error.id, [sentence_of(error)])
        self.stopped = False
        self._may_stop = isinstance(ask, _GIVEN_UP)
        try:
            done = self._done(ask)
            if isinstance(mistake := done.get("mistake"), str):
                done["mistake"] = self._said(mistake, ask.language)
            made = _encode({"id": ask.id} | done)
        except Problems as refused:
            return self._refusal(ask, refused.problems)
        except StoppedError:
            return self._refusal(ask, [text("it was stopped")])
        except MemoryError:
            return self._refusal(ask, [text("there is not enough memory for it")])
        except Exception as error:  # noqa: BLE001 - a student's class may raise anything, in any of its methods
            return self._refusal(ask, [self._blamed(error)])
        if len(made) > ANSWER_BYTES:
            problem = text(
                "the answer has {size} bytes, and at most {answer_bytes} are sent; ask for less",
                size=len(made),
                answer_bytes=ANSWER_BYTES,
            )
            return self._refusal(ask, [problem])
        return made

    def _done(self, ask: protocol.AnyAsk) -> Form:
        if isinstance(ask, protocol.Open):
            self.session = None
            self.session = open_session(ask, self._handler_s)
            self.session.player.pulse = self._pulse
            return opened(self.session)
        if isinstance(ask, protocol.Network):
            return {"at": self.position} | _in_words(network_form(ask), "notes", ask.language)
        session = self.session
        if session is None:
            raise Problems([text("no session is open; the first ask is `open`")])
        if isinstance(ask, protocol.Resume):
            check_version(ask.version)
            return opened(session)
        found = MEANINGS[type(ask)](self, session, ask)
        if isinstance(ask, protocol.Move):
            found = here(session) | found
            if ask.look and session.position:
                found["moment"] = _moment(session, None, ask.language)
        return found

    def check(self, session: Session, ask: protocol.Check) -> Form:
        """Look for a failing order, and have the session that stands in it from now on."""

        def look() -> bool:
            self._told()
            return self.stopped

        try:
            found, form = failing_order(session, ask.nodes, ask.time, look)
        except GivenUpError:
            raise StoppedError from None
        if found is not None:
            self.session = found
            found.player.pulse = self._pulse
        return form

    def enough(self) -> bool:
        """Whether a run is to stop where it is."""
        return self.stopped

    def _pulse(self) -> None:
        self._told()
        if self.stopped and self._may_stop:
            self.stopped = False
            raise StoppedError

    def _refusal(self, ask: protocol.AnyAsk, problems: list[str] | tuple[str, ...]) -> bytes:
        return protocol.refusal(ask.id, [self._said(each, ask.language) for each in problems])

    def _said(self, sentence: str, language: str) -> str:
        """Return a sentence in a language, in which files are called as the page calls them."""
        return in_language(sentence, language).replace(self._folder, "")

    def _blamed(self, error: Exception) -> str:
        """Return what an error says, with the line of the class that raised it; ours are printed whole."""
        said = error_text(error, LONGEST_SAID)
        session = self.session
        algorithm = None if session is None else session.prepared.plans[0].algorithm
        line = None if algorithm is None else own_line(algorithm, error.__traceback__)
        if line is None:
            traceback.print_exception(error)
            return text("this is a fault of Topowave's own: {error}", error=said)
        file, number, code = line
        return text(
            "{error} ({file}, line {number}: {code})", error=said, file=file, number=number, code=code
        )


def _moment(session: Session, event: int | None, language: str) -> Form:
    moment = session.moment(event)
    return moment_form(moment, in_language(narrate(moment, session.prepared.graph), language))


def in_language(sentence: str, language: str) -> str:
    """Return a sentence in a language."""
    return str(sentence) if language == ENGLISH else translate(sentence, language)


def _step(_: Answering, session: Session, ask: protocol.Step) -> Form:
    if ask.choice is None:
        rows = session.step()
    else:
        choice = next((each for each in session.choices() if each.number == ask.choice), None)
        if choice is None:  # its refusal says why, and what has to come before it
            session.intervene(interventions.Deliver(ask.choice))
            rows = session.step()
        else:
            rows = session.step(choice)
    return {"rows": rows}


def _step_node(answering: Answering, session: Session, ask: protocol.StepNode) -> Form:
    met = session.run_to(Breakpoint(node=ask.node), enough=answering.enough)
    return {"met": None if met is None else 0}


def _run(answering: Answering, session: Session, ask: protocol.Run) -> Form:
    wanted = [Breakpoint(each.node, each.kind, each.condition) for each in ask.breakpoints]
    met = session.run_to(*wanted, enough=answering.enough)
    return {"met": None if met is None else wanted.index(met)}


def _back(_: Answering, session: Session, ask: protocol.Back) -> Form:
    session.back(ask.events)
    return {}


def _go(_: Answering, session: Session, ask: protocol.Go) -> Form:
    session.step_to(ask.position)
    return {}


def _undo(_: Answering, session: Session, ask: protocol.Undo) -> Form:
    return {"undone": session.undo(changes=ask.changes)}


def _switch(_: Answering, session: Session, ask: protocol.Switch) -> Form:
    session.switch(ask.branch, ask.position)
    return {}


def _intervene(_: Answering, session: Session, ask: protocol.Intervention) -> Form:
    given: dict[str, Any] = msgspec.to_builtins(ask)
    told = {key: value for key, value in given.items() if key not in _OF_ASKS}
    return {"rows": session.intervene(interventions.from_json(told), ask.name)}


def _pending(_: Answering, session: Session, ask: protocol.Pending) -> Form:
    return pending_forms(session, ask.skip)


def _branches(_: Answering, session: Session, __: protocol.Branches) -> Form:
    return branches_form(session)


def _rename(_: Answering, session: Session, ask: protocol.Rename) -> Form:
    session.rename(ask.branch, ask.name)
    return branches_form(session)


def _compare(_: Answering, session: Session, ask: protocol.Compare) -> Form:
    found = session.compare(ask.one, ask.other)
    return {"at": session.position, "difference": difference_form(found)}


def _look(_: Answering, session: Session, ask: protocol.Moment) -> Form:
    return {"at": session.position, "moment": _moment(session, ask.event, ask.language)}


def _code(_: Answering, session: Session, __: protocol.Code) -> Form:
    return code_form(session)


def _lines(_: Answering, session: Session, ask: protocol.LinesRun) -> Form:
    return lines_form(session, ask.event)


def _states(_: Answering, session: Session, ask: protocol.States) -> Form:
    return states_form(session, ask.nodes, ask.skip)


def _rows(_: Answering, session: Session, ask: protocol.Rows) -> Form:
    stop = session.position if ask.stop is None else ask.stop
    stop = min(stop, ask.start + ROWS_ASKED)
    return {"at": session.position, "start": ask.start, "rows": session.rows(ask.start, stop)}


def _past(_: Answering, session: Session, ask: protocol.Past) -> Form:
    return {"at": session.position, "past": session.past(ask.event)}


def _future(_: Answering, session: Session, ask: protocol.Future) -> Form:
    return {"at": session.position, "future": session.future(ask.event)}


def _conditions(_: Answering, session: Session, ask: protocol.Conditions) -> Form:
    return _in_words(conditions_form(session), "witnesses", ask.language)


def _break(_: Answering, session: Session, ask: protocol.Break) -> Form:
    found = session.first_break()
    if found is None:
        return {"at": session.position, "break": None}
    told: Form = {"position": found.position, "broken": found.broken, "witnesses": found.witnesses}
    return {"at": session.position, "break": _in_words(told, "witnesses", ask.language)}


def _in_words(form: Form, part: str, language: str) -> Form:
    """Return a form with the sentences of a part in a language, of many the first."""
    sentences: Any = form[part]
    return form | {part: [in_language(each, language) for each in sentences[:LISTED]]}


def _trace(_: Answering, session: Session, ask: protocol.Trace) -> Form:
    return trace_form(session, ask.skip, TRACE_CHARS)


def _recording(answering: Answering, session: Session, ask: protocol.Recording) -> Form:
    if ask.skip == 0:
        answering.recording = _encode(recorded(session)).decode()
    end = ask.skip + TRACE_CHARS
    portion = answering.recording[ask.skip : end]
    left = end < len(answering.recording)
    if not left:
        answering.recording = ""
    return {"at": session.position, "text": portion, "next": end if left else None}


_OF_ASKS = {"id", "language", "look", "name"}
"""The fields that an intervention has as an ask."""
_GIVEN_UP = (protocol.Go, protocol.Break, protocol.Compare, protocol.Rows, protocol.Trace, protocol.Recording)
"""What can be given up in its middle, and leaves the session where it was."""
MEANINGS: dict[type[protocol.Ask], Callable[[Answering, Session, Any], Form]] = {
    protocol.Step: _step,
    protocol.StepNode: _step_node,
    protocol.Run: _run,
    protocol.Back: _back,
    protocol.Go: _go,
    protocol.Undo: _undo,
    protocol.Switch: _switch,
    protocol.Deliver: _intervene,
    protocol.Delay: _intervene,
    protocol.Drop: _intervene,
    protocol.Duplicate: _intervene,
    protocol.Crash: _intervene,
    protocol.Restart: _intervene,
    protocol.Cut: _intervene,
    protocol.Mend: _intervene,
    protocol.Pending: _pending,
    protocol.Branches: _branches,
    protocol.Rename: _rename,
    protocol.Compare: _compare,
    protocol.Moment: _look,
    protocol.Code: _code,
    protocol.LinesRun: _lines,
    protocol.States: _states,
    protocol.Rows: _rows,
    protocol.Past: _past,
    protocol.Future: _future,
    protocol.Conditions: _conditions,
    protocol.Break: _break,
    protocol.Check: Answering.check,
    protocol.Trace: _trace,
    protocol.Recording: _recording,
}
"""What each ask does; `open`, `resume` and those that the server answers itself are elsewhere."""
