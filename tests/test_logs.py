import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from mailresponder import logs
from mailresponder.errors import ConfigError, ConfigProblem, SignInRefused

NASTY = 'two\r\nlines, \x1b[2Ja screen, "quotes" and a \u2028 break'


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[logs.Format]:
    """The log of this process, told to be in one of the formats."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    monkeypatch.setattr("threading.excepthook", None)
    logs.use_format(request.param)
    logs.log_to_stderr(verbose=True)
    yield request.param
    logs.use_format("text")
    logging.captureWarnings(False)
    logging.getLogger().removeHandler(logs._LIBRARIES)
    structlog.reset_defaults()


def test_an_event_is_one_line(form: logs.Format, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a field holds, an event ends with its line, and no screen obeys it."""
    logs.log.info("sent", mailbox="support", outbox=7, reason=NASTY)

    [line] = capsys.readouterr().err.splitlines()
    assert "\x1b" not in line
    if form == "json":
        told = json.loads(line)
        assert list(told)[:3] == ["timestamp", "level", "event"]
        assert (told["event"], told["mailbox"], told["outbox"]) == ("sent", "support", 7)
    else:
        assert " level=info event=sent mailbox=support outbox=7 reason=" in line


def test_an_exception_is_told_without_its_words(
    form: logs.Format, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is logged of one is its kind and where it happened, ours or a library's."""
    try:
        {}["my password is hunter2"]
    except KeyError:
        logs.log.error("failing", exc_info=sys.exc_info())
        logging.getLogger("library.part").exception("it broke: %s", "here")

    ours, theirs = capsys.readouterr().err.splitlines()
    assert "hunter2" not in ours + theirs
    for line in (ours, theirs):
        assert "KeyError" in line
        assert "test_logs.py:" in line
    if form == "json":
        told = json.loads(theirs)
        assert (told["event"], told["logger"]) == ("library", "library.part")
        assert told["reason"] == "it broke: here"


def test_what_asyncio_adds_is_not_told(
    form: logs.Format, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a task that nobody waited for it tells the exception as it is written."""

    async def broken() -> None:
        raise ValueError("my password is hunter2")

    async def forget() -> None:
        task = asyncio.create_task(broken())
        await asyncio.wait({task})

    asyncio.run(forget())

    [line] = capsys.readouterr().err.splitlines()
    assert "Task exception was never retrieved" in line
    assert "ValueError" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("message", "arguments"), [("%s of %s", (1,)), ("%(one)s of %(all)s", {"one": 1})]
)
def test_a_library_that_writes_too_few_arguments_is_logged_all_the_same(
    form: logs.Format, message: str, arguments: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its mistake is a line as well, not a traceback of the logging module."""
    told = {"name": "library", "levelno": logging.WARNING, "msg": message, "args": arguments}
    logs._LIBRARIES.handle(logging.makeLogRecord(told))

    [line] = capsys.readouterr().err.splitlines()
    assert message in line


def test_a_level_of_a_library_s_own_is_the_one_below(
    form: logs.Format, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever numbers it counts by, what it says is told and the work goes on."""
    for number in (35, 90):
        logging.getLogger("library").log(number, "it broke")

    below, above = capsys.readouterr().err.splitlines()
    assert "warning" in below
    assert "critical" in above


@pytest.mark.parametrize("form", ["json"], indirect=True)
def test_why_a_command_ends_is_an_event(
    form: logs.Format, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error is one line with its exit status, each mistake in a configuration one as well."""
    logs.failed(SignInRefused("refused", mend="look"), mailbox="support")
    problems = [ConfigProblem(path="desk.name", message="is missing")] * 2
    logs.failed(ConfigError(problems, source="/etc/config.toml"))

    refused, *wrong = map(json.loads, capsys.readouterr().err.splitlines())
    assert (refused["event"], refused["mailbox"]) == ("command_failed", "support")
    assert (refused["status"], refused["mend"]) == (77, "look")
    assert [(one["key"], one["status"]) for one in wrong] == [("desk.name", 78)] * 2


CRASH = """
import threading
from mailresponder import logs
logs.use_format("json")
logs.log_to_stderr(verbose=False)
def broken():
    raise ValueError("the words of a customer")
thread = threading.Thread(target=broken)
thread.start()
thread.join()
class Left:
    def __del__(self):
        broken()
left = Left()
del left
broken()
"""


def test_a_crash_is_an_event() -> None:
    """As JSON, also what nobody caught is one line, in a thread, in what was let go of and in the
    main one; the process ends with 1."""
    done = subprocess.run(
        [sys.executable, "-c", CRASH], capture_output=True, text=True, check=False
    )

    thread, left, main = map(json.loads, done.stderr.splitlines())
    assert done.returncode == 1
    told = [one["event"] for one in (thread, left, main)]
    assert told == ["thread_crashed", "ignored", "crashed"]
    assert main["error"] == "ValueError"
    assert "customer" not in done.stderr
