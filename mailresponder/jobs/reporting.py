"""Sends the listening report: once a week to each person `[report]` names, in their language.

The pass over the first mailbox does it. The day is part of the mail's `dedup_key`, so passes,
restarts and instances write one. It comes once a week, so no cap holds it back; what it tells of is
over, so it stays true however long a mail server is down.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import ConfigError, MailresponderError, PermanentFailure
from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.work import Work, log, post
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.reports import schedule
from mailresponder.store.overview import number_written

if TYPE_CHECKING:
    from mailresponder.reports.mail import Letter
    from mailresponder.reports.report import Report

# What a report is made of is imported where one is written: once a week, and not at each start.


def run(work: Work) -> bool:
    """Write this week's report where it is due and not yet written; one commit for all who get it.
    Was anything written?

    Mistakes in the desk's file of themes are told to the admins, and no report is written.
    """
    config = work.config
    people = readers(config)
    if not people or work.desk.mailbox != config.mailboxes[0].name:
        return False
    now = work.clock()
    this = schedule.due(
        now, at=config.report.at, zone=config.desk.timezone, length=config.report.since
    )
    if this is None:
        return False
    keys = {f"report:{this.day}:{key}": to for key, to in people.items()}
    with work.store.read() as conn:
        if number_written(conn, keys) == len(keys):
            return False
    from mailresponder.jobs import reports

    try:
        told = reports.made(work.store, config, now=now, period=this.period)
    except ConfigError as error:
        with work.store.begin() as conn:
            _failed(conn, work, f"{this.day}", error)
        return True
    letters = _letters(work, told, people.values())
    with work.store.begin() as conn:
        for key, reader in keys.items():
            try:
                with conn.begin_nested():
                    _post(conn, work, letters[language_of(config, reader)], reader, key=key)
            except PermanentFailure as error:
                _failed(conn, work, key, error, reader)
    return True


def send(work: Work, told: "Report") -> dict[str, str]:
    """Write a report to everybody `[report]` names, whatever they had already; the passes of `run`
    send it. Gives address to language.

    Raises MailresponderError where nobody is named, or somebody cannot be written to.
    """
    people = readers(work.config)
    if not people:
        raise MailresponderError(
            "nobody gets the report",
            mend='name somebody in the configuration: [report] to = ["ana@example.com"]',
        )
    spoken_by = {reader: language_of(work.config, reader) for reader in people.values()}
    letters = _letters(work, told, people.values())
    with work.store.begin() as conn:
        for key, reader in people.items():
            said = letters[spoken_by[reader]]
            _post(conn, work, said, reader, key=f"report:{told.made_at.isoformat()}:{key}")
    return spoken_by


def readers(config: Config) -> dict[str, str]:
    """Who gets the report, by the address casefolded, each once."""
    return {to.casefold(): to for to in config.report.to}


def language_of(config: Config, reader: str) -> str:
    """The language somebody gets the report in: their own, else the desk's first, else English."""
    from mailresponder.reports.words import spoken

    wanted = config.report.language_of(reader) or config.desk.languages[0]
    return spoken(wanted).language


def page_of(config: Config, told: "Report") -> str:
    """Where the page shows a report; empty where the configuration does not say how to reach it."""
    if not config.web.url:
        return ""
    first = told.since.astimezone(told.zone).date()
    last = (told.until - timedelta(microseconds=1)).astimezone(told.zone).date()
    return f"{config.web.url}/report?first={first}&last={last}"


def _letters(work: Work, told: "Report", people: Iterable[str]) -> "Mapping[str, Letter]":
    """The report in each language that is read, written once."""
    from mailresponder.reports.mail import letter
    from mailresponder.reports.words import Words

    link = page_of(work.config, told)
    languages = {language_of(work.config, reader) for reader in people}
    return {
        one: letter(told, Words(one), domain=work.desk.domain, link=link)
        for one in sorted(languages)
    }


def _post(conn: Connection, work: Work, said: "Letter", reader: str, *, key: str) -> None:
    sheet = work.sheet(Address(email=reader))
    mail = OutboundMessage(
        message_id=sheet.message_id,
        date=sheet.now,
        from_=sheet.desk.address,
        to=sheet.to,
        subject=said.subject,
        text=said.text,
        html=said.html,
        auto_submitted="auto-generated",
        pictures=said.pictures,
    )
    if post(conn, work, mail, kind="report", dedup_key=key, ticket=None):
        work.tell("report", language=said.language, pictures=len(said.pictures))


def _failed(
    conn: Connection, work: Work, key: str, error: MailresponderError, reader: str = ""
) -> None:
    log.error("report_not_written", mailbox=work.desk.mailbox, reason=error.message)
    detail = f"{reader}: {error.message}" if reader else str(error)
    tell_admins(conn, work, "report_not_written", key=f"not_written:{key}", detail=detail)
