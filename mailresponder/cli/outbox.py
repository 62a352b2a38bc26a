"""`outbox` and `retry`: the mail of ours that waits or failed."""

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus, MailresponderError

_LONG = 19
"""Digits of a number that no database counts to."""


def _id(ctx: click.Context, param: click.Parameter, value: str) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < _LONG else None
    if number is None:
        raise click.BadParameter("write the number that `mailresponder outbox` shows", ctx, param)
    return number


@click.command("outbox")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.pass_context
def outbox_command(ctx: click.Context, as_json: bool) -> int:
    """List the mail of ours that waits to be sent, is being sent, or was given up.

    \b
    Examples:
      mailresponder outbox
      mailresponder outbox --json | jq '.[] | select(.state == "failed")'
    """
    from mailresponder.cli.context import open_store
    from mailresponder.jobs import view

    with open_store(ctx) as (config, store), store.read() as conn:
        found = view.outbox(conn)
        troubles = view.troubles(conn, [mailbox.name for mailbox in config.mailboxes])
        zone = config.desk.timezone
    if as_json:
        output.print_json(found)
    elif not found:
        output.say("Nothing waits and nothing failed.")
    else:
        output.print_table(
            ("ID", "STATE", "KIND", "TO", "TRIES", "NEXT", "LAST ERROR"),
            [
                (
                    str(mail["id"]),
                    mail["state"],
                    mail["kind"],
                    mail["to"],
                    str(mail["attempts"]),
                    output.when(mail["next_attempt_at"], zone),
                    mail["last_error"] or "",
                )
                for mail in found
            ],
            marked=[number for number, mail in enumerate(found) if mail["state"] == "failed"],
        )
        if any(mail["state"] == "failed" for mail in found):
            output.say("Try a failed one again with: mailresponder retry ID")
        for mailbox, error in troubles.items():
            output.say(f"mailbox {mailbox}: {output.one_line(error)}")
    return ExitStatus.OK


@click.command("retry")
@click.argument("outbox_id", metavar="ID", callback=_id)
@click.pass_context
def retry_command(ctx: click.Context, outbox_id: int) -> int:
    """Make one mail of the outbox due now: the next pass sends it.

    \b
    Example:
      mailresponder retry 17
    """
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs.retrying import Retried, retry

    with open_store(ctx) as (_, store), store.begin() as conn:
        came = retry(conn, outbox_id, now=utc_now())
    if came is Retried.UNKNOWN:
        raise MailresponderError(
            f"there is no mail {outbox_id} in the outbox",
            mend="`mailresponder outbox` lists them",
        )
    if came is not Retried.DUE:
        done = "was sent" if came is Retried.SENT else "is being sent"
        raise MailresponderError(f"mail {outbox_id} {done} already: there is nothing to retry")
    output.say(f"Mail {outbox_id} is due now; the next pass sends it.")
    return ExitStatus.OK
