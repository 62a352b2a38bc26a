"""What staff do to a ticket by hand: `answered`, `close`, `snooze` and the like."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus, MailresponderError
from mailresponder.policy.identifiers import full_reference

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.jobs.actions import Done
    from mailresponder.store.database import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """A ticket that somebody at the command line does something to."""

    config: "Config"
    store: "Store"
    reference: str
    now: datetime
    by: str


@contextmanager
def at_ticket(ctx: click.Context, reference: str) -> Iterator[At]:
    """Open the desk's store at a ticket, whose reference may be given in any spelling."""
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now

    with open_store(ctx) as (config, store):
        yield At(
            config=config,
            store=store,
            reference=full_reference(reference, config.desk.reference_prefix),
            now=utc_now(),
            by=who(),
        )


def _duration(ctx: click.Context, param: click.Parameter, value: str) -> timedelta:
    from mailresponder.policy.deadlines import HORIZON, parse_duration

    try:
        duration = parse_duration(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}; at most {HORIZON.days}d", ctx, param) from None
    if not duration:
        raise click.BadParameter("must be longer than nothing", ctx, param)
    return duration


@click.command("answered")
@click.argument("reference", metavar="REF")
@click.pass_context
def answered_command(ctx: click.Context, reference: str) -> int:
    """Mark a ticket as answered in a way mailresponder cannot see, by telephone say.

    \b
    Example:
      mailresponder answered MR-7F3K2
    """
    from mailresponder.jobs import actions
    from mailresponder.policy.ticket import TicketState

    with at_ticket(ctx, reference) as at:
        done = actions.answered(
            at.store, at.reference, desk_of=at.config.desk_for, now=at.now, by=at.by
        )
    if done.ticket.state is TicketState.CLOSED:
        output.say(f"{done.ticket.reference} is closed and stays so.")
        return ExitStatus.OK
    return _say_state(done)


@click.command("close")
@click.argument("reference", metavar="REF")
@click.pass_context
def close_command(ctx: click.Context, reference: str) -> int:
    """Close a ticket: nobody waits any more. The customer's next mail opens it again.

    \b
    Example:
      mailresponder close MR-7F3K2
    """
    from mailresponder.jobs import actions

    with at_ticket(ctx, reference) as at:
        done = actions.close(at.store, at.reference, now=at.now, by=at.by)
    return _say_state(done)


@click.command("snooze")
@click.argument("reference", metavar="REF")
@click.argument("duration", metavar="DURATION", callback=_duration)
@click.pass_context
def snooze_command(ctx: click.Context, reference: str, duration: timedelta) -> int:
    """Put off reminders about a ticket: 30m, 8h or 2d, by the calendar. Its deadline stays.

    \b
    Example:
      mailresponder snooze MR-7F3K2 2d
    """
    from mailresponder.jobs import actions, view

    with at_ticket(ctx, reference) as at:
        with at.store.read() as conn:
            zone = at.config.zone_of(view.mailbox_of(conn, at.reference))
        done = actions.snooze(
            at.store, at.reference, for_=duration, zone=zone, now=at.now, by=at.by
        )
    until = output.when(done.ticket.snoozed_until, zone)
    output.say(f"{done.ticket.reference}: nobody is reminded before {until} ({zone.key}).")
    return ExitStatus.OK


@click.command("wait")
@click.argument("reference", metavar="REF")
@click.pass_context
def wait_command(ctx: click.Context, reference: str) -> int:
    """Say that it is the customer's turn: the clock stops, though nobody has answered.

    \b
    Example:
      mailresponder wait MR-7F3K2
    """
    from mailresponder.jobs import actions
    from mailresponder.policy.ticket import TicketState

    with at_ticket(ctx, reference) as at:
        done = actions.wait(at.store, at.reference, now=at.now, by=at.by)
    if done.ticket.state is TicketState.CLOSED:
        output.say(f"{done.ticket.reference} is closed and stays so.")
    else:
        already = "" if done.changed else " already"
        output.say(f"{done.ticket.reference} waits for the customer{already}.")
    return ExitStatus.OK


@click.command("note")
@click.argument("reference", metavar="REF")
@click.argument("text", metavar="TEXT")
@click.pass_context
def note_command(ctx: click.Context, reference: str, text: str) -> int:
    """Write something down about a ticket for colleagues. No customer is ever shown it.

    \b
    Example:
      mailresponder note MR-7F3K2 "Called her, she sends a photo."
    """
    from mailresponder.jobs import actions
    from mailresponder.policy.orders import MAX_NOTE

    text = text.strip()
    if not text or len(text) > MAX_NOTE:
        raise click.BadParameter(f"must be 1 to {MAX_NOTE} characters", ctx, param_hint="TEXT")
    with at_ticket(ctx, reference) as at:
        done = actions.note(at.store, at.reference, text, now=at.now, by=at.by)
    output.say(f"{done.ticket.reference}: noted.")
    return ExitStatus.OK


@click.command("spam")
@click.argument("reference", metavar="REF")
@click.pass_context
def spam_command(ctx: click.Context, reference: str) -> int:
    """Say that no customer wrote it: it is closed, its mail is marked $Junk in the mailbox, and
    its sender gets nothing automatic any more. What they write later is still a ticket.

    \b
    Example:
      mailresponder spam MR-7F3K2
    """
    from mailresponder.jobs import actions

    with at_ticket(ctx, reference) as at:
        done = actions.spam(at.store, at.reference, now=at.now, by=at.by)
    already = "" if done.changed else " already"
    output.say(f"{done.ticket.reference} is marked as spam{already}.")
    return ExitStatus.OK


@click.command("not-spam")
@click.argument("reference", metavar="REF")
@click.pass_context
def not_spam_command(ctx: click.Context, reference: str) -> int:
    """Take back that a ticket is spam: its customer waits since they wrote.

    \b
    Example:
      mailresponder not-spam MR-7F3K2
    """
    from mailresponder.jobs import actions

    with at_ticket(ctx, reference) as at:
        done = actions.not_spam(
            at.store, at.reference, desk_of=at.config.desk_for, now=at.now, by=at.by
        )
    return _say_state(done)


@click.command("merge")
@click.argument("reference", metavar="REF")
@click.argument("into", metavar="INTO")
@click.pass_context
def merge_command(ctx: click.Context, reference: str, into: str) -> int:
    """Make a ticket part of another one of the same customer: all of its mail moves there, and
    REF is closed. This cannot be undone.

    \b
    Example:
      mailresponder merge MR-7F3K2 MR-9PQRS
    """
    from mailresponder.jobs import actions

    with at_ticket(ctx, reference) as at:
        done = actions.merge(
            at.store,
            at.reference,
            full_reference(into, at.config.desk.reference_prefix),
            desk_of=at.config.desk_for,
            now=at.now,
            by=at.by,
        )
    output.say(f"{at.reference} is part of {done.ticket.reference} now.")
    return ExitStatus.OK


@click.command("assign")
@click.argument("reference", metavar="REF")
@click.argument("address", metavar="ADDRESS")
@click.pass_context
def assign_command(ctx: click.Context, reference: str, address: str) -> int:
    """Give a ticket to somebody of staff. They get a mail about it, if a customer waits.

    \b
    Example:
      mailresponder assign MR-7F3K2 ana@example.com
    """
    from mailresponder.app import App
    from mailresponder.cli.context import load_config
    from mailresponder.jobs import assigning
    from mailresponder.logs import log_to_stderr
    from mailresponder.mail.addresses import usable

    to = usable(address)
    if to is None:
        raise MailresponderError(f"{output.one_line(address)} is no mail address")
    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    with App.open(config, passes=False) as app:
        works = {name: runner.work for name, runner in app.mailboxes.items()}
        reference = full_reference(reference, config.desk.reference_prefix)
        done, told = assigning.assign(
            app.store, reference, to, work_of=works.__getitem__, now=app.clock(), by=who()
        )
    already = "" if done.changed else " already"
    mail = ", who gets a mail about it" if told else ""
    output.say(f"{done.ticket.reference} is assigned to {to.key}{already}{mail}.")
    return ExitStatus.OK


def _say_state(done: "Done") -> int:
    already = "" if done.changed else " already"
    output.say(f"{done.ticket.reference} is {done.ticket.state.value}{already}.")
    return ExitStatus.OK
