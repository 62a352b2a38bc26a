"""The log: one line an event, ids and reasons, never what a customer wrote.

As text it is logfmt, as JSON one object a line; what the libraries have to say goes the same way.
structlog is imported without rich, which it wants for a developer's console and which brings
pygments, attrs and sixty modules more: a tenth of the time to the first mail.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from mailresponder.errors import ConfigError, MailresponderError, place_of
from mailresponder.imports import without
from mailresponder.printable import clean

with without("rich"):
    import structlog

Format = Literal["text", "json"]

log = structlog.get_logger("mailresponder")

_FIRST = ("timestamp", "level", "event")
_FRAMES = 12
"""Of a mistake of ours: the innermost ones."""
_LINE_BREAKS = re.compile(r"[\r\n]+")

_format: Format = "text"


def use_format(form: Format) -> None:
    """How this process logs, from the next `log_to_stderr` on."""
    global _format
    _format = form


def speaks_json() -> bool:
    """Is whoever reads standard error a program that wants JSON?"""
    return _format == "json"


def log_to_stderr(*, verbose: bool) -> None:
    """Write to standard error from now on: warnings and errors; with `verbose` all events."""
    level = logging.INFO if verbose else logging.WARNING
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            _on_one_line,
            _renderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked for at each line: whoever swaps standard error gets what is logged from then on.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().addHandler(_LIBRARIES)
    # imapclient turns on imaplib's debug output, passwords included, at DEBUG.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # What they say of an outage is a traceback; `cluster` says it in a line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    if speaks_json():
        logging.captureWarnings(True)
        sys.excepthook = _crashed
        threading.excepthook = _thread_crashed
        sys.unraisablehook = _ignored


def failed(error: MailresponderError, *, mailbox: str | None = None) -> None:
    """Why a command ends, where a person would be shown it in lines; each mistake in the
    configuration is an event of its own."""
    status = int(error.exit_status)
    if isinstance(error, ConfigError):
        for one in error.problems:
            log.error(
                "configuration_wrong",
                source=error.source,
                key=one.path,
                reason=one.message,
                mend=one.hint,
                status=status,
            )
        return
    log.error(
        "command_failed", mailbox=mailbox, reason=error.message, mend=error.mend, status=status
    )


def warned(text: str, *, detail: str = "") -> None:
    """What works and should be mended all the same."""
    log.warning("warned_of", reason=text, detail=detail)


def _renderer() -> Any:
    if speaks_json():
        return structlog.processors.JSONRenderer()
    return structlog.processors.LogfmtRenderer(key_order=list(_FIRST), drop_missing=True)


def _without_words(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception by its kind and its places in the code: its own words may hold a customer's, or
    a password."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(
            {"error": type(error).__name__, "where": place_of(error), "trace": _trace(error)}
        )
    return event


def _trace(error: BaseException) -> str:
    """The calls that led to it, the innermost last, as `runner.py:40 > imap.py:7`."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


def _on_one_line(_: object, __: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """The fields in their order, with nothing in them that ends a line or that a screen obeys: a
    reason may be the words of a server."""
    first = {key: event[key] for key in _FIRST if key in event}
    return {
        key: _LINE_BREAKS.sub(" ", clean(value)) if isinstance(value, str) else value
        for key, value in {**first, **event}.items()
    }


class _Libraries(logging.Handler):
    """What libraries say through `logging`, as events of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            said = record.getMessage()
        except Exception:  # their mistake must not end what called them
            # Written with the wrong arguments: what was meant is not for us to mend.
            said = str(record.msg)
        if record.exc_info:
            # What asyncio adds in further lines has the exception's words.
            said = said.partition("\n")[0]
        log.log(
            # A level of their own is told as the one below it.
            min(record.levelno // 10 * 10, logging.CRITICAL),
            "library",
            logger=record.name,
            reason=said,
            exc_info=record.exc_info,
        )


_LIBRARIES = _Libraries()


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("crashed", exc_info=error)


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        log.critical("thread_crashed", exc_info=args.exc_value)


def _ignored(args: "sys.UnraisableHookArgs") -> None:
    """While something was let go of, where nobody could have caught it."""
    log.error("ignored", exc_info=args.exc_value)
