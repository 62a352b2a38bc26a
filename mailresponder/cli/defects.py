"""`defect`: what is wrong. Which tickets complain of it stands in `defect_tickets`, what becomes of
it in `defect_states`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mailresponder.cli import defect_states, defect_tickets, output
from mailresponder.cli.at_defects import at_defects
from mailresponder.errors import ExitStatus

if TYPE_CHECKING:
    from mailresponder.policy.defects import Words


@click.group("defect")
def defect_command() -> None:
    """Name what is wrong, gather who complains of it, say that it is known, say that it is fixed.

    A defect is named by its name, a beginning of it that no other has, or its number. Then:
    mailresponder announce. More: mailresponder help defects.
    """


def _words_options(command: Any) -> Any:
    for language in ("es", "en"):
        command = click.option(
            f"--words-{language}",
            metavar="A,B",
            help=f"What complaints about it say ({language}), as in themes.",
        )(command)
    return command


@defect_command.command("add", short_help="Name a defect.")
@click.argument("name", metavar="NAME")
@click.argument("references", metavar="[REF]...", nargs=-1)
@click.option("--owner", default="", help="Who looks after it: an address or a team.")
@click.option("--theme", metavar="KEY", help="The theme that its complaints are about.")
@_words_options
@click.pass_context
def add_command(
    ctx: click.Context,
    name: str,
    references: Sequence[str],
    owner: str,
    theme: str | None,
    words_en: str | None,
    words_es: str | None,
) -> int:
    """Name a defect, and link tickets to it. With words or a theme, tickets of the last 90 days and
    new ones are proposed to it by the passes of `run`.

    \b
    Example:
      mailresponder defect add "App crashes on login" MR-7F3K2 \\
        --words-en "crash|crashes login" --words-es "se cierra"
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        if theme:
            defects.require_theme(at.conn, at.config, theme)
        words = _words(en=words_en, es=words_es)
        defect = defects.add(at.hand, name, owner=owner, theme=theme, words=words)
        for reference in references:
            defects.link(at.hand, defect, at.ticket(reference))
    output.say(f"Defect {defect.id} “{defect.name}” with {_tickets(len(references))}.")
    return ExitStatus.OK


@defect_command.command("edit", short_help="Change its name, owner, theme or words.")
@click.argument("defect", metavar="DEFECT")
@click.option("--name", help="Another name.")
@click.option("--owner", help="Another owner; empty: none.")
@click.option("--theme", metavar="KEY", help="Another theme; empty: none.")
@_words_options
@click.pass_context
def edit_command(
    ctx: click.Context,
    defect: str,
    name: str | None,
    owner: str | None,
    theme: str | None,
    words_en: str | None,
    words_es: str | None,
) -> int:
    """Change a defect. Words that are given are the new ones of their language; empty: none.

    \b
    Example:
      mailresponder defect edit "App crashes" --owner mobile@example.com --words-en "crashes"
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        if theme:
            defects.require_theme(at.conn, at.config, theme)
        words = _words(en=words_en, es=words_es)
        before = at.defect(defect)
        after = defects.edit(at.hand, before, name=name, owner=owner, theme=theme, words=words)
    changed = "is changed" if after != before else "stays as it is"
    output.say(f"Defect {after.id} “{after.name}” {changed}.")
    return ExitStatus.OK


@defect_command.command("list", short_help="List the open defects.")
@click.option("--all", "everything", is_flag=True, help="Fixed ones too.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.pass_context
def list_command(ctx: click.Context, everything: bool, as_json: bool) -> int:
    """List the open defects: how many tickets and people complain, how many are proposed.

    \b
    Examples:
      mailresponder defect list
      mailresponder defect list --all --json
    """
    from mailresponder.cli.context import open_store
    from mailresponder.jobs import defects

    with open_store(ctx) as (config, store), store.read() as conn:
        found = defects.listing(conn, everything=everything)
    if as_json:
        output.print_json(found)
    elif not found:
        output.say("No defects yet." if everything else "No open defects.")
    else:
        zone = config.desk.timezone
        output.print_table(
            ("ID", "STATE", "TICKETS", "PEOPLE", "PROPOSED", "TOLD", "SINCE", "OWNER", "NAME"),
            [
                (
                    str(one["id"]),
                    one["state"] + (", known" if one["known"] else ""),
                    *(str(one[count]) for count in ("tickets", "people", "proposed", "told")),
                    output.when(one["opened_at"], zone),
                    one["owner"] or "-",
                    one["name"],
                )
                for one in found
            ],
        )
    return ExitStatus.OK


@defect_command.command("show", short_help="Show one defect and its tickets.")
@click.argument("defect", metavar="DEFECT")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def show_command(ctx: click.Context, defect: str, as_json: bool) -> int:
    """Show one defect: its words, what acknowledgements say of it, its tickets and who said so.

    \b
    Example:
      mailresponder defect show "App crashes"
    """
    from mailresponder.cli.context import open_store
    from mailresponder.jobs import defects

    with open_store(ctx) as (config, store), store.read() as conn:
        found = defects.whole(conn, defects.named(conn, defect))
    if as_json:
        output.print_json(found)
    else:
        _say_defect(found, config.desk.timezone)
    return ExitStatus.OK


def _words(**said: str | None) -> "Words":
    return {language: tuple(text.split(",")) for language, text in said.items() if text is not None}


def _tickets(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count} tickets"


def _say_defect(found: dict[str, Any], zone: ZoneInfo) -> None:
    output.say_marked(f"{found['id']}  {output.one_line(found['name'])}", colour="cyan")
    fixed, until = found["fixed_at"], found["known_until"]
    for label, value in (
        ("State", found["state"]),
        ("Owner", found["owner"] or "nobody"),
        ("Theme", found["theme"] or "none"),
        *((f"Words ({code})", ", ".join(some)) for code, some in sorted(found["words"].items())),
        *((f"Known ({code})", text) for code, text in sorted(found["known"].items())),
        *([("Known until", output.when(until, zone))] if until else []),
        ("Opened", f"{output.when(found['opened_at'], zone)} by {found['opened_by']}"),
        *([("Fixed", f"{output.when(fixed, zone)} by {found['fixed_by']}")] if fixed else []),
        ("Tickets", f"{found['tickets']} of {found['people']} people"),
        ("Proposed", str(found["proposed"])),
        ("Told", f"{found['told']} people"),
    ):
        output.say(f"  {label + ':':15}{output.one_line(value)}")
    output.say(f"  Times are in {zone.key}.")
    if found["links"]:
        output.say()
        output.print_table(
            ("REF", "IS", "BY", "HOW", "AT"),
            [
                (
                    *(link["reference"], link["state"], link["by"], link["how"]),
                    output.when(link["at"], zone),
                )
                for link in found["links"]
            ],
        )


for _command in (
    defect_tickets.link_command,
    defect_tickets.unlink_command,
    defect_tickets.accept_command,
    defect_tickets.refuse_command,
    defect_states.known_command,
    defect_states.fixed_command,
    defect_states.reopen_command,
    defect_states.remove_command,
):
    defect_command.add_command(_command)
