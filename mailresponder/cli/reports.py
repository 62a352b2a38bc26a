"""`report`: what customers said, in figures and in their words."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.reports.report import Report
    from mailresponder.reports.words import Words

_LANGUAGES = ("en", "es")


@click.command("report")
@click.option("--since", metavar="WHEN", help="As 7d, 4w or 2026-01-01; 7d unless told.")
@click.option("--until", metavar="DAY", help="As 2026-02-01, not included; up to now unless told.")
@click.option("--mailbox", metavar="NAME", help="Only what came to this mailbox.")
@click.option("--language", metavar="CODE", help="Only tickets in this language, as es.")
@click.option("--theme", metavar="KEY", help="Only what is about this theme.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    help="text unless told; html is one file for the browser.",
)
@click.option(
    "--output",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it there instead of printing it.",
)
@click.option(
    "--in", "spoken", type=click.Choice(_LANGUAGES), help="Its language; the desk's unless told."
)
@click.option("--send", is_flag=True, help="Mail it now to everybody [report] names.")
@click.option("--explain", is_flag=True, help="Say what each figure counts, and no more.")
@click.pass_context
def report_command(
    ctx: click.Context,
    since: str | None,
    until: str | None,
    mailbox: str | None,
    language: str | None,
    theme: str | None,
    form: str | None,
    file: Path | None,
    spoken: str | None,
    send: bool,
    explain: bool,
) -> int:
    """Tell what customers said: what is new, what grows, who waits, how angry, what got better.

    \b
    Examples:
      mailresponder report
      mailresponder report --since 2026-01-01 --until 2026-02-01 --in es
      mailresponder report --since 4w --theme late-delivery
      mailresponder report --format json --output report.json
      mailresponder report --format html --output report.html
      mailresponder report --since 4w --send
      mailresponder report --explain
    """
    from mailresponder.cli.context import load_config, open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import reports
    from mailresponder.reports import words

    if send and (form or file or spoken or explain):
        raise click.UsageError(
            "--send is a mail in each reader's language: it has no --format, --output, --in or"
            " --explain",
            ctx,
        )
    if explain:
        _write(file, _explained(words.spoken(spoken or load_config(ctx).desk.languages[0])))
        return ExitStatus.OK
    now = utc_now()
    with open_store(ctx) as (config, store):
        period = reports.period_of(config, now=now, since=since, until=until)
        gone = reports.incomplete_before(config, period, now=now, mailbox=mailbox)
        made = reports.made(
            store,
            config,
            now=now,
            period=period,
            mailbox=mailbox,
            language=language,
            theme=theme,
        )
        if not send:
            told = _FORMS[form or "text"]
            _write(file, told(made, words.spoken(spoken or config.desk.languages[0]), file is None))
    if gone is not None:
        click.echo(
            f"Of before {gone.astimezone(config.desk.timezone):%Y-%m-%d} only what is open is kept"
            " ([retention] tickets): it is missing in this report, or in what it is compared with.",
            err=True,
        )
    if send:
        _send(config, made)
    return ExitStatus.OK


def _send(config: "Config", made: "Report") -> None:
    from mailresponder.app import App
    from mailresponder.jobs import reporting
    from mailresponder.reports.words import Words

    with App.open(config, passes=False) as app:
        work = app.mailboxes[config.mailboxes[0].name].work
        to = reporting.send(work, made)
    english = Words("en")
    readers = ", ".join(f"{one} ({english.language_name(code)})" for one, code in to.items())
    output.say(f"The report goes out with the next pass of `mailresponder run`: {readers}.")


def _explained(words: "Words") -> str:
    from mailresponder.reports import text

    return text.explained(words)


def _text(report: "Report", words: "Words", is_shown: bool) -> str:
    from mailresponder.reports import text

    # Elsewhere than in a terminal, colours are letters.
    return text.told(report, words, colour=is_shown and sys.stdout.isatty())


def _html(report: "Report", words: "Words", is_shown: bool) -> str:  # noqa: ARG001
    from mailresponder.reports import mail

    return mail.for_browser(report, words)


def _json(report: "Report", words: "Words", is_shown: bool) -> str:  # noqa: ARG001
    from mailresponder.reports.as_json import as_json

    return json.dumps(as_json(report), indent=2, ensure_ascii=True) + "\n"


_FORMS: dict[str, Callable[["Report", "Words", bool], str]] = {
    "text": _text,
    "html": _html,
    "json": _json,
}


def _write(file: Path | None, content: str) -> None:
    if file is None:
        output.show(content)
        return
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise MailresponderError(
            f"{file} cannot be written: {error.strerror or 'the system refused'}",
            mend="name another file with --output",
        ) from error
