"""`angry` and `not-angry`: what staff say of a customer's anger."""

import click

from mailresponder.cli import output
from mailresponder.cli.acting import at_ticket
from mailresponder.errors import ExitStatus


@click.command("angry")
@click.argument("reference", metavar="REF")
@click.pass_context
def angry_command(ctx: click.Context, reference: str) -> int:
    """Say that a ticket's customer is angry, whatever was heard: its deadline becomes the sooner
    one, its mail is flagged, and `learn` learns from it.

    \b
    Example:
      mailresponder angry MR-7F3K2
    """
    return _judge(ctx, reference, angry=True)


@click.command("not-angry")
@click.argument("reference", metavar="REF")
@click.pass_context
def not_angry_command(ctx: click.Context, reference: str) -> int:
    """Say that a ticket's customer is not angry, whatever was heard: its deadline becomes the
    ordinary one, our flags are taken away, and `learn` learns from it. An angry mail that comes
    later makes it angry again.

    \b
    Example:
      mailresponder not-angry MR-7F3K2
    """
    return _judge(ctx, reference, angry=False)


def _judge(ctx: click.Context, reference: str, *, angry: bool) -> int:
    from mailresponder.jobs import actions

    with at_ticket(ctx, reference) as at:
        done = actions.judge(
            at.store, at.reference, angry=angry, config=at.config, now=at.now, by=at.by
        )
        zone = at.config.zone_of(done.ticket.mailbox)
    verdict = "angry" if angry else "not angry"
    if not done.changed:
        output.say(f"{done.ticket.reference} was marked as {verdict} before.")
    elif done.ticket.due_at is None:
        output.say(
            f"{done.ticket.reference} is marked as {verdict}, to learn from; nobody waits for an"
            " answer."
        )
    else:
        due = output.when(done.ticket.due_at, zone)
        output.say(f"{done.ticket.reference} is marked as {verdict}, due {due} ({zone.key}).")
    return ExitStatus.OK
