"""`tickets` and `ticket`: the queue, and all there is to know of one ticket."""

import getpass
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mailresponder.cli import output, verdicts
from mailresponder.errors import ExitStatus, MailresponderError
from mailresponder.printable import clean, how_long

if TYPE_CHECKING:
    from mailresponder.config import Config

_STATES = ("open", "answered", "closed")


@click.command("tickets")
@click.option("--state", type=click.Choice(_STATES), help="Only tickets in this state.")
@click.option("--angry", is_flag=True, help="Only angry ones.")
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.pass_context
def tickets_command(
    ctx: click.Context, state: str | None, angry: bool, overdue: bool, as_json: bool
) -> int:
    """List the queue, angry and overdue first; every state unless told.

    \b
    Examples:
      mailresponder tickets --state open
      mailresponder tickets --angry --overdue
      mailresponder tickets --json | jq length
    """
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import view
    from mailresponder.policy.ticket import TicketState

    now = utc_now()
    with open_store(ctx) as (config, store), store.read() as conn:
        found = view.queue(
            conn,
            state=TicketState(state) if state else None,
            angry=angry,
            overdue_at=now if overdue else None,
        )
    if as_json:
        output.print_json(found)
    elif not found:
        output.say("No such tickets." if state or angry or overdue else "No tickets yet.")
    else:
        print_queue(found, now, config)
    return ExitStatus.OK


@click.command("ticket")
@click.argument("reference", metavar="REF")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def ticket_command(ctx: click.Context, reference: str, as_json: bool) -> int:
    """Show one ticket, its messages, and what was done and why.

    \b
    Examples:
      mailresponder ticket MR-7F3K2
      mailresponder ticket 7F3K2 --json
    """
    from mailresponder.cli.context import open_store
    from mailresponder.jobs import view
    from mailresponder.policy.identifiers import full_reference

    with open_store(ctx) as (config, store), store.read() as conn:
        reference = full_reference(reference, config.desk.reference_prefix)
        found = view.ticket(conn, reference)
        unsent = view.unsent(conn, reference) if found is not None else {}
    if found is None:
        raise MailresponderError(
            f"there is no ticket {output.one_line(reference)}",
            mend="`mailresponder tickets` lists them",
        )
    if as_json:
        output.print_json(found)
    else:
        _say_ticket(found, unsent, config.zone_of(found["mailbox"]))
    return ExitStatus.OK


def who() -> str:
    """Whoever is at the command line, as stories name them."""
    from mailresponder.jobs.acts import COMMAND_LINE

    try:
        return f"{getpass.getuser()} ({COMMAND_LINE})"
    except (OSError, KeyError):
        return COMMAND_LINE


def print_queue(found: list[dict[str, Any]], now: datetime, config: "Config") -> None:
    """Print tickets as `tickets` does; the angry that wait stand out.

    A time of a mailbox with a zone of its own says which.
    """
    # On a desk where nobody takes tickets, the column would only take room.
    whose = any(ticket["assigned_to"] for ticket in found)
    output.print_table(
        ("REF", "STATE", "ANGER", "DUE", *(["WHOSE"] if whose else []), "CUSTOMER", "SUBJECT"),
        [
            (
                ticket["reference"],
                _state(ticket, now),
                verdicts.in_queue(ticket),
                _due(ticket["due_at"], now, config.zone_of(ticket["mailbox"]), config),
                *([ticket["assigned_to"] or "-"] if whose else []),
                ticket["customer"] or "unknown",
                ticket["subject"] or "(no subject)",
            )
            for ticket in found
        ],
        marked=[n for n, ticket in enumerate(found) if ticket["angry"] and ticket["due_at"]],
    )


def _state(ticket: dict[str, Any], now: datetime) -> str:
    until = ticket["snoozed_until"]
    beside = [
        "snoozed" if until is not None and until > now else "",
        "spam" if ticket["spam"] else "",
        "merged" if ticket["merged_into"] else "",
        "unreachable" if ticket["unreachable_at"] else "",
    ]
    return ", ".join([ticket["state"], *filter(None, beside)])


def _due(due_at: datetime | None, now: datetime, zone: ZoneInfo, config: "Config") -> str:
    if due_at is None:
        return output.when(None, zone)
    if due_at > now:
        elsewhere = f" ({zone.key})" if zone != config.desk.timezone else ""
        return output.when(due_at, zone) + elsewhere
    return f"overdue {how_long(now - due_at)}"


def _say_ticket(found: dict[str, Any], unsent: Mapping[str, str], zone: ZoneInfo) -> None:
    from mailresponder.jobs.reasons import language

    until, solved = found["snoozed_until"], {True: "yes", False: "no", None: ""}[found["solved"]]
    silent = ", ".join(found["suppressed_by"] or ())
    lost = found["unreachable_at"]
    acknowledged = f"no: {silent}" if silent else output.when(found["acknowledged_at"], zone)
    if not silent and found["acknowledged_at"] is None and "failed" in unsent.values():
        acknowledged = "no: it could not be sent, see `mailresponder outbox`"
    subject = output.one_line(found["subject"]) or "(no subject)"
    output.say_marked(f"{found['reference']}  {subject}", colour="cyan")
    for label, value in (
        ("State", found["state"]),
        ("Customer", found["customer"] or "unknown"),
        ("Mailbox", found["mailbox"]),
        *([("Assigned to", found["assigned_to"])] if found["assigned_to"] else []),
        ("Language", language(found["language"], found["language_from"])),
        ("Anger", verdicts.of_ticket(found)),
        ("Opened", output.when(found["opened_at"], zone)),
        ("Due", output.when(found["due_at"], zone)),
        *([("Snoozed until", output.when(until, zone))] if until else []),
        ("Answered", output.when(found["answered_at"], zone)),
        *([("Solved", f"{solved}, the customer said")] if solved else []),
        ("Escalated", f"level {level}" if (level := found["escalation_level"]) else "no"),
        ("Acknowledged", acknowledged),
        *([("Linked to", found["linked_to"])] if found["linked_to"] else []),
        *([("Merged into", found["merged_into"])] if found["merged_into"] else []),
        *[("Defect", _defect(one)) for one in found["defects"]],
        *([("Spam", "staff said so")] if found["spam"] else []),
        *([("Unreachable", f"since {output.when(lost, zone)}")] if lost else []),
    ):
        output.say(f"  {label + ':':15}{value}")
    output.say(f"  Times are in {zone.key}.")
    _say_notes(found["events"], zone)
    for message in found["messages"]:
        unsent_as = unsent.get(message["message_id"])
        _say_message(message, unsent_as, zone)
    output.say()
    output.say_marked("What was done and why", colour="cyan")
    for event in found["events"]:
        why = f": {output.one_line(event['why'])}" if event["why"] else ""
        by = output.one_line(event["by"])
        output.say(f"  {output.when(event['at'], zone)}  {event['what']}{why} (by {by})")


def _defect(of: dict[str, Any]) -> str:
    proposed = " (proposed)" if of["link"] == "proposed" else ""
    fixed = ", fixed" if of["state"] == "fixed" else ""
    return f"{of['id']} {output.one_line(of['name'])}{fixed}{proposed}"


def _say_notes(events: list[dict[str, Any]], zone: ZoneInfo) -> None:
    for event in events:
        if event["what"] != "note":
            continue
        output.say()
        by, at = output.one_line(event["by"]), output.when(event["at"], zone)
        output.say_marked(f"{at}  note of {by}", colour="cyan")
        for line in clean(event["why"]).splitlines():
            output.say(f"  | {line}")


def _say_message(message: dict[str, Any], unsent: str | None, zone: ZoneInfo) -> None:
    from mailresponder.jobs.reasons import why

    output.say()
    direction = {"in": "from", "out": "to", "staff": "staff:"}[message["direction"]]
    who = message["to"] if message["direction"] == "out" else message["from"] or "unknown"
    kind = "" if message["kind"] == "human" else f" ({message['kind']})"
    state = f" (not sent: {unsent})" if unsent else ""
    output.say_marked(
        f"{output.when(message['at'], zone)}  {direction} {output.one_line(who)}{kind}{state}",
        colour="cyan",
    )
    if message["anger"] is not None:
        output.say(f"  Anger: {verdicts.heard(message, judged=message['judged'] is not None)}")
    if message["judged"] is not None:
        output.say(f"  Staff said: {'angry' if message['judged'] else 'not angry'}")
    for reason in message["reasons"]:
        meaning = why(reason)
        output.say(f"  Why: {reason}" + (f": {meaning}" if meaning else ""))
    for line in clean(message["new_text"]).splitlines():
        output.say(f"  | {line}")
