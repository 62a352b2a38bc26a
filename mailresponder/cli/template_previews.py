"""`templates preview` and `templates send`: what a template makes of a ticket, on the screen or as
a marked test in somebody's inbox."""

import os
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.cli.template_options import (
    Command,
    folder_of,
    mailbox_option,
    open_folder,
    require_mailbox,
)
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.jobs.previewing import Preview
    from mailresponder.policy.desk import Desk
    from mailresponder.store.templates import TemplateFolder

_NOBODYS = Path(os.devnull)
"""A templates folder with nothing in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """Which mail is to be shown."""

    name: str
    language: str | None
    mailbox: str | None
    case: str | None
    ticket: str | None
    unsure: bool


def _asking(command: Command) -> Command:
    """The argument and options that say which mail is meant, handed on as `asked`."""

    @wraps(command)
    def ask(
        ctx: click.Context,
        /,
        *,
        name: str,
        language: str | None,
        mailbox: str | None,
        case: str | None,
        ticket: str | None,
        unsure: bool,
        **others: object,
    ) -> object:
        asked = _Asked(
            name=name, language=language, mailbox=mailbox, case=case, ticket=ticket, unsure=unsure
        )
        return command(ctx, asked=asked, **others)

    for option in (
        click.option("--unsure", is_flag=True, help="As sent where the language is unsure."),
        click.option("--ticket", metavar="REF", help="About a real ticket, in its language."),
        click.option("--case", metavar="CASE", help='As "angry"; an unknown one lists them.'),
        mailbox_option("Whose mail it is; else the first's, or the ticket's."),
        click.option("--language", metavar="L", help="As en or es; else the desk's first."),
        click.argument("name"),
    ):
        option(ask)
    return click.pass_context(ask)


@click.command("preview", short_help="Show the mail that a template makes.")
@_asking
@click.option("--html", metavar="FILE", help='Write the HTML part to a file; "-": print it.')
def preview_command(ctx: click.Context, asked: _Asked, html: str | None) -> int:
    """Show the mail that template NAME makes of an invented ticket at your desk; where no
    configuration is found, at an invented one. It is written by what writes the real mail.

    With --unsure an acknowledgement is shown as it goes to a customer whose language is a guess:
    in all languages of the desk, the likelier first. With --case the ticket is another one than
    the ordinary: an angry customer, or one that staff judged. With --ticket it is a real one, as
    the mail would be written now; nothing is sent and nothing is written down.

    \b
    Examples:
      mailresponder templates preview acknowledgement --language es
      mailresponder templates preview acknowledgement --unsure
      mailresponder templates preview escalation --case "growing angrier" --html mail.html
      mailresponder templates preview escalation --ticket MR-7F3K2

    Exit status: 0, 1 where the template is broken or there is none, 2 for a wrong option.
    """
    preview = _previewed(ctx, asked)
    if html == "-":
        output.say(preview.html)
        return ExitStatus.OK
    output.say(f"Subject: {preview.subject}")
    output.say()
    output.say(preview.text.rstrip())
    if html is not None:
        try:
            Path(html).write_text(preview.html, encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a file name"
            raise MailresponderError(f"{html} cannot be written: {reason}") from None
        click.echo(f"Wrote {html}.", err=True)
    return ExitStatus.OK


@click.command("send", short_help="Send that mail to yourself or staff, as a marked test.")
@_asking
@click.option("--to", required=True, metavar="WHO", help='An address of staff; or "me".')
def send_command(ctx: click.Context, asked: _Asked, to: str) -> int:
    """Send what `preview` shows as a test, at once, by the mailbox's SMTP account.

    It is marked as a test in its subject and above its text, and nothing comes of a reply to it.
    WHO is one of [admin] addresses or of [staff]; "me" is the first of [admin] addresses. It never
    goes to a customer, not even with --ticket.

    \b
    Examples:
      mailresponder templates send acknowledgement --to me --language es
      mailresponder templates send escalation --to lead@example.com --ticket MR-7F3K2

    Exit status: 0 sent, 1 not sent, 2 for a wrong option, 75 the server cannot be reached (try
    again), 77 the sign-in was refused, 78 configuration.
    """
    from mailresponder.app import App
    from mailresponder.cli.context import load_config
    from mailresponder.jobs import template_test
    from mailresponder.logs import log_to_stderr
    from mailresponder.web.words import title_in

    config = load_config(ctx, quiet=True)
    preview = _previewed(ctx, asked)
    log_to_stderr(verbose=ctx.obj["verbose"])
    with App.open(config, passes=False) as app:
        runner = app.mailboxes[preview.mailbox]
        reader = template_test.send(
            runner.work,
            runner.open_sender,
            preview,
            to=to,
            title=title_in(preview.languages[0], preview.name),
        )
    output.say(f"Sent a test to {reader}.")
    return ExitStatus.OK


def _previewed(ctx: click.Context, asked: _Asked) -> "Preview":
    """What was asked for; says on standard error whose mail it is. A broken file is an error: what
    stands in for it would mislead."""
    from mailresponder.jobs.previewing import ACKNOWLEDGEMENTS
    from mailresponder.store.template_places import LAYOUT

    if asked.name == LAYOUT:
        said = "the layout is no mail of its own"
        raise MailresponderError(said, mend="preview any notice: the layout is around each")
    if asked.unsure and asked.name not in ACKNOWLEDGEMENTS:
        said = "only an acknowledgement is written in several languages"
        raise click.BadParameter(said, ctx=ctx, param_hint="--unsure")
    if asked.ticket is None:
        return _of_sample(ctx, asked)
    if asked.case is not None or asked.mailbox is not None or asked.unsure:
        said = "a real ticket has a mailbox, a language and a case of its own"
        raise click.BadParameter(said, ctx=ctx, param_hint="--ticket")
    return _of_ticket(ctx, asked, asked.ticket)


def _of_sample(ctx: click.Context, asked: _Asked) -> "Preview":
    from mailresponder.jobs import previewing
    from mailresponder.policy.samples import ORDINARY

    desk, folder = _desk(ctx, asked.mailbox)
    language = _spoken(folder, asked) or desk.languages[0]
    cases = previewing.cases(asked.name)
    case = asked.case or ORDINARY
    if case not in cases:
        said = f"there is no such case of {asked.name}, only {', '.join(map(repr, cases))}"
        raise click.BadParameter(said, ctx=ctx, param_hint="--case")
    preview = previewing.preview(desk, folder, asked.name, language, case=case, unsure=asked.unsure)
    _require_sound(folder, preview)
    return preview


def _of_ticket(ctx: click.Context, asked: _Asked, reference: str) -> "Preview":
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import acts, previewing
    from mailresponder.policy.identifiers import full_reference

    with open_store(ctx) as (config, store), store.read() as conn:
        folder = folder_of(config)
        reference = full_reference(reference, config.desk.reference_prefix)
        preview = previewing.preview_ticket(
            conn,
            config,
            folder.of,
            asked.name,
            reference,
            now=utc_now(),
            language=_spoken(folder, asked),
        )
        is_angry = acts.named(conn, reference).angry
    _require_sound(folder.of(preview.mailbox), preview)
    _note(f"this is the mail of mailbox {preview.mailbox} about {reference}, as it stands now.")
    due = previewing.ACKNOWLEDGEMENTS[is_angry]
    if asked.name in previewing.ACKNOWLEDGEMENTS and asked.name != due:
        _note(f"this customer gets {due}: the ticket is {'' if is_angry else 'not '}angry.")
    return preview


def _desk(ctx: click.Context, mailbox: str | None) -> "tuple[Desk, TemplateFolder]":
    """Whose mail a preview shows; says which desk that is."""
    from mailresponder.cli.context import is_configured
    from mailresponder.policy.samples import DESK
    from mailresponder.store.templates import TemplateFolder

    if not is_configured(ctx):
        require_mailbox([DESK.mailbox], mailbox)
        _note("no configuration was found; this is an invented desk's mail.")
        return DESK, TemplateFolder(_NOBODYS)
    config, folder = open_folder(ctx)
    names = [one.name for one in config.mailboxes]
    require_mailbox(names, mailbox)
    desk = config.desk_for(mailbox or names[0])
    _note(f"this is the mail of {desk.name}, mailbox {desk.mailbox}, about an invented ticket.")
    return desk, folder.of(desk.mailbox)


def _spoken(folder: "TemplateFolder", asked: _Asked) -> str | None:
    """The language that was asked for; English, and that is said, where it lacks the notice."""
    if asked.language is None:
        return None
    if asked.language not in (known := folder.languages()):
        said = f"there are no templates in {output.one_line(asked.language)!r}, only in "
        raise click.BadParameter(said + ", ".join(known), param_hint="--language")
    places = [info.place for info in folder.listing(folder.mailboxes or ())]
    if any((one.name, one.language) == (asked.name, asked.language) for one in places):
        return asked.language
    _note(f"there is no {asked.name} in {asked.language}; this is the English one.")
    return "en"


def _require_sound(folder: "TemplateFolder", preview: "Preview") -> None:
    """Raise MailresponderError where a file of the admin's is broken that would have served."""
    from mailresponder.store.template_places import layout_places, places_for

    chains = [layout_places(folder.mailbox)]
    for language in preview.languages:
        chains += places_for(preview.name, language, folder.mailbox)[:1]
    for chain in chains:
        first = next((place for place in chain if folder.held(place) is not None), None)
        problem = folder.problem(first) if first is not None else None
        if problem is not None:
            where = f"{problem.path}:{problem.line}"
            raise MailresponderError(f"{where}: {problem.message}", mend=problem.meanwhile)


def _note(text: str) -> None:
    click.echo(f"Note: {output.one_line(text)}", err=True)
