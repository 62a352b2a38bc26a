"""`defect link`, `unlink`, `refuse`, `accept`: which tickets complain of a defect."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.cli.at_defects import at_defects
from mailresponder.errors import ExitStatus

if TYPE_CHECKING:
    from mailresponder.jobs.acts import Done, Hand
    from mailresponder.policy.defects import Defect
    from mailresponder.policy.ticket import Ticket


@click.command("link", short_help="Say that tickets complain of it.")
@click.argument("defect", metavar="DEFECT")
@click.argument("references", metavar="REF...", nargs=-1, required=True)
@click.pass_context
def link_command(ctx: click.Context, defect: str, references: Sequence[str]) -> int:
    """Say that tickets complain of a defect.

    \b
    Example:
      mailresponder defect link "App crashes" MR-7F3K2 MR-9PQRS
    """
    from mailresponder.jobs import defects

    return _each(ctx, defect, references, defects.link, "linked to")


@click.command("unlink", short_help="Take tickets off it.")
@click.argument("defect", metavar="DEFECT")
@click.argument("references", metavar="REF...", nargs=-1, required=True)
@click.pass_context
def unlink_command(ctx: click.Context, defect: str, references: Sequence[str]) -> int:
    """Take tickets off a defect. They may be proposed again; `refuse` says that they never are.

    \b
    Example:
      mailresponder defect unlink "App crashes" MR-7F3K2
    """
    from mailresponder.jobs import defects

    return _each(ctx, defect, references, defects.unlink, "not linked to")


@click.command("refuse", short_help="Say that tickets do not complain of it.")
@click.argument("defect", metavar="DEFECT")
@click.argument("references", metavar="REF...", nargs=-1, required=True)
@click.pass_context
def refuse_command(ctx: click.Context, defect: str, references: Sequence[str]) -> int:
    """Say that tickets do not complain of a defect: they are never proposed to it again.

    \b
    Example:
      mailresponder defect refuse "App crashes" MR-7F3K2
    """
    from mailresponder.jobs import defects

    return _each(ctx, defect, references, defects.refuse, "refused for")


@click.command("accept", short_help="Link what is proposed.")
@click.argument("defect", metavar="DEFECT")
@click.argument("references", metavar="[REF]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that is proposed.")
@click.pass_context
def accept_command(
    ctx: click.Context, defect: str, references: Sequence[str], everything: bool
) -> int:
    """Link tickets that are proposed to a defect.

    \b
    Examples:
      mailresponder defect accept "App crashes" MR-7F3K2
      mailresponder defect accept "App crashes" --all
    """
    from mailresponder.jobs import defects

    if bool(references) == everything:
        raise click.UsageError("name tickets, or give --all", ctx)
    with at_defects(ctx) as at:
        meant = at.defect(defect)
        wanted = defects.proposed(at.conn, meant) if everything else references
        done = [defects.link(at.hand, meant, at.ticket(one)) for one in wanted]
    if not done:
        output.say(f"Nothing is proposed to “{meant.name}”.")
        return ExitStatus.OK
    return _say_each(done, f"linked to “{meant.name}”")


def _each(
    ctx: click.Context,
    defect: str,
    references: Sequence[str],
    do: "Callable[[Hand, Defect, Ticket], Done]",
    what: str,
) -> int:
    with at_defects(ctx) as at:
        meant = at.defect(defect)
        done = [do(at.hand, meant, at.ticket(one)) for one in references]
    return _say_each(done, f"{what} “{meant.name}”")


def _say_each(done: "Sequence[Done]", what: str) -> int:
    for one in done:
        already = "" if one.changed else " already"
        output.say(f"{one.ticket.reference}: {what}{already}.")
    return ExitStatus.OK
