"""`defect`: what is wrong, which tickets complain of it, and what acknowledgements say of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mailresponder.cli import output
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus
from mailresponder.policy.identifiers import full_reference

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailresponder.config import Config
    from mailresponder.jobs.acts import Done, Hand
    from mailresponder.policy.defects import Defect, Words
    from mailresponder.policy.ticket import Ticket


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """Whoever does something to defects at the command line."""

    config: "Config"
    conn: "Connection"
    hand: "Hand"

    def defect(self, said: str) -> "Defect":
        """The defect that is meant."""
        from mailresponder.jobs import defects

        return defects.named(self.conn, said)

    def ticket(self, reference: str) -> "Ticket":
        """The ticket that is meant."""
        from mailresponder.jobs import acts

        return acts.named(self.conn, full_reference(reference, self.config.desk.reference_prefix))


@contextmanager
def at_defects(ctx: click.Context) -> Iterator[At]:
    """Open the desk's store for one change."""
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs.acts import Hand

    with open_store(ctx) as (config, store), store.begin() as conn:
        yield At(config=config, conn=conn, hand=Hand(conn=conn, now=utc_now(), by=who()))


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


@defect_command.command("link", short_help="Say that tickets complain of it.")
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

    with at_defects(ctx) as at:
        meant = at.defect(defect)
        done = [defects.link(at.hand, meant, at.ticket(one)) for one in references]
    return _say_each(done, f"linked to “{meant.name}”")


@defect_command.command("unlink", short_help="Take tickets off it.")
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

    with at_defects(ctx) as at:
        meant = at.defect(defect)
        done = [defects.unlink(at.hand, meant, at.ticket(one)) for one in references]
    return _say_each(done, f"not linked to “{meant.name}”")


@defect_command.command("refuse", short_help="Say that tickets do not complain of it.")
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

    with at_defects(ctx) as at:
        meant = at.defect(defect)
        done = [defects.refuse(at.hand, meant, at.ticket(one)) for one in references]
    return _say_each(done, f"refused for “{meant.name}”")


@defect_command.command("accept", short_help="Link what is proposed.")
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


@defect_command.command("known", short_help="Say in acknowledgements that it is known.")
@click.argument("defect", metavar="DEFECT")
@click.option("--en", metavar="TEXT", help="One sentence, for customers who write English.")
@click.option("--es", metavar="TEXT", help="The same, for those who write Spanish.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The first day without it.")
@click.option("--off", is_flag=True, help="Say it no more.")
@click.pass_context
def known_command(
    ctx: click.Context,
    defect: str,
    en: str | None,
    es: str | None,
    until: datetime | None,
    off: bool,
) -> int:
    """Have the acknowledgement of a complaint about a defect carry one honest sentence, in the
    customer's language, until that day or until it is fixed.

    \b
    Examples:
      mailresponder defect known "App crashes" --en "We know that the app crashes on login and are
        working on it." --es "Sabemos que la aplicación se cierra al entrar; lo estamos arreglando."
      mailresponder defect known "App crashes" --off
    """
    from mailresponder.jobs import defects

    if off == bool(en or es):
        raise click.UsageError("give --en, --es or both; or --off", ctx)
    with at_defects(ctx) as at:
        sentences = {language: text for language, text in (("en", en), ("es", es)) if text}
        # A day begins when the desk's does.
        day = until.replace(tzinfo=at.config.desk.timezone) if until else None
        after = defects.know(at.hand, at.defect(defect), sentences, until=day)
        missing = [one for one in at.config.desk.languages if not after.known.get(one)]
    if not after.known:
        output.say(f"Acknowledgements say nothing of “{after.name}”.")
        return ExitStatus.OK
    output.say(f"Acknowledgements of complaints about “{after.name}” say so from now on.")
    if missing:
        output.say(f"There is no sentence for {', '.join(missing)}: those customers read none.")
    return ExitStatus.OK


@defect_command.command("fixed", short_help="Say that it is fixed.")
@click.argument("defect", metavar="DEFECT")
@click.pass_context
def fixed_command(ctx: click.Context, defect: str) -> int:
    """Say that a defect is fixed. Nobody is told by that: `mailresponder announce` tells them.

    \b
    Example:
      mailresponder defect fixed "App crashes"
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        before = at.defect(defect)
        after = defects.fix(at.hand, before)
    already = " already" if after == before else ""
    output.say(f"“{after.name}” is fixed{already}. Who complained is told by:")
    output.say(f"  mailresponder announce {after.id}")
    return ExitStatus.OK


@defect_command.command("reopen", short_help="Say that it is not fixed after all.")
@click.argument("defect", metavar="DEFECT")
@click.pass_context
def reopen_command(ctx: click.Context, defect: str) -> int:
    """Say that a defect is not fixed after all. What is announced and has not left is taken back.

    \b
    Example:
      mailresponder defect reopen "App crashes"
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        before = at.defect(defect)
        after = defects.reopen(at.hand, before)
    already = " already" if after == before else ""
    output.say(f"“{after.name}” is open{already}.")
    return ExitStatus.OK


@defect_command.command("remove", short_help="Remove one that was made by mistake.")
@click.argument("defect", metavar="DEFECT")
@click.pass_context
def remove_command(ctx: click.Context, defect: str) -> int:
    """Remove a defect that was made by mistake: no ticket is linked to it, nobody was told.

    \b
    Example:
      mailresponder defect remove 12
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        meant = at.defect(defect)
        defects.remove(at.hand, meant)
    output.say(f"“{meant.name}” is removed.")
    return ExitStatus.OK


def _words(**said: str | None) -> "Words":
    return {
        language: tuple(text.split(",")) for language, text in said.items() if text is not None
    }


def _tickets(count: int) -> str:
    return "1 ticket" if count == 1 else f"{count} tickets"


def _say_each(done: "Sequence[Done]", what: str) -> int:
    for one in done:
        already = "" if one.changed else " already"
        output.say(f"{one.ticket.reference}: {what}{already}.")
    return ExitStatus.OK


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
