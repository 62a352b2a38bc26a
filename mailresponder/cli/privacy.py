"""`privacy`, `export` and `erase`: what is held of people, handed to them, and taken out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.policy.identifiers import Signer
    from mailresponder.policy.persons import Person
    from mailresponder.store.database import Store
    from mailresponder.store.erasing_person import Erased


_PAUSE = 1.0
"""Seconds before it is tried again: a mail is sent by then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _At:
    """A person, and the desk that may hold something of them."""

    config: "Config"
    store: "Store"
    signer: "Signer"
    person: "Person"
    now: datetime


@contextmanager
def _at(ctx: click.Context, addresses: tuple[str, ...]) -> Iterator[_At]:
    from mailresponder.cli.context import load_config, open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import erasing
    from mailresponder.store import secret

    config = load_config(ctx)
    person = erasing.person(addresses, config)
    path = config.database_path()
    if path is not None and not path.exists():
        raise MailresponderError(
            f"there is no database {path}", mend="the first `mailresponder run` makes it"
        )
    with open_store(ctx, config) as (_, store):
        erasing.require_one(store, person)
        with store.begin() as conn:
            signer = secret.of_desk(conn, config.secret_path, create=True)
        yield _At(config=config, store=store, signer=signer, person=person, now=utc_now())


@click.command("privacy")
@click.option("--columns", is_flag=True, help="Every column, and whose data it holds.")
@click.option("--json", "as_json", is_flag=True, help="For programs, columns and all.")
@click.pass_context
def privacy_command(ctx: click.Context, columns: bool, as_json: bool) -> int:
    """Say what the desk stores, whose it is, and how long it stays, as configured."""
    from mailresponder.cli.context import load_config
    from mailresponder.jobs import privacy
    from mailresponder.store.holdings import HOLDINGS

    config = load_config(ctx)
    if as_json:
        output.print_json(privacy.shown(config))
        return ExitStatus.OK
    kept = privacy.periods(config)
    output.say("Kept, by mailbox ([retention], [mailbox.retention]):")
    output.print_table(
        ["MAILBOX", *(key.upper() for key in privacy.KEYS)],
        [[name, *(times[key] for key in privacy.KEYS)] for name, times in kept.items()],
    )
    for personal, heading in (
        (True, "Of customers, in the database:"),
        (False, "Nothing of customers:"),
    ):
        output.say(f"\n{heading}")
        for one in HOLDINGS:
            if privacy.is_personal(one) is not personal:
                continue
            output.say(f"\n{one.table}: {one.what}")
            output.say(f"  ends:  {privacy.until(one, config)}")
            output.say(f"  erase: {one.erase}")
            if columns:
                for name, whose in one.columns.items():
                    output.say(f"    {name}: {whose.value}")
    output.say("\nNo attachment is kept but in an answer that is passed on, with its bytes.")
    output.say("\nOutside of the database:")
    for where, what in privacy.BESIDE:
        output.say(f"  {where}: {what}")
    return ExitStatus.OK


@click.command("export")
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.option(
    "--output",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The archive; else a new file in this folder, named by a receipt.",
)
@click.pass_context
def export_command(ctx: click.Context, addresses: tuple[str, ...], path: Path | None) -> int:
    """Write an archive of all that is held of a person, for them: a page in their language, and the
    same as JSON. Of others nothing is in it but what they wrote to the person.

    Several addresses are one person's. Spellings and details behind a + are found by themselves.

    \b
    Example:
      mailresponder export emma@customer.test
    """
    from mailresponder.jobs import erasing, exporting

    with _at(ctx, addresses) as at:
        found = exporting.held(at.store, at.person)
        content = exporting.archive(found, at.person, at.config, now=at.now)
        path = path or Path(f"export-{erasing.receipt(at.person, at.signer)}.zip")
        exporting.write(at.store, path, content, at.person, at.signer, now=at.now, by=who())
    messages = sum(len(ticket["messages"]) for ticket in found.tickets)
    output.say(
        f"{path}: {len(found.tickets)} tickets with {messages} mails,"
        f" {len(found.loose)} mails of no ticket, {len(found.mails)} mails of ours to them."
    )
    output.say("Their mail in the mailbox itself is not in it.")
    return ExitStatus.OK


@click.command("erase")
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def erase_command(ctx: click.Context, addresses: tuple[str, ...], dry_run: bool, yes: bool) -> int:
    """Take a person out of the database, for good: their tickets and mails, mail to them, what was
    heard and learnt, and their address wherever it stands. `run` may go on meanwhile.

    What others wrote stays, without the person. Nothing is deleted in the mailbox, and a mail that
    lies there is not taken as new again. Whoever writes later is a new customer.

    Several addresses are one person's. Spellings and details behind a + are found by themselves.

    \b
    Example:
      mailresponder erase emma@customer.test --dry-run
    """
    from mailresponder.jobs import erasing
    from mailresponder.store import compacting

    with _at(ctx, addresses) as at:
        # Each time all of the database is looked through: not without need.
        if dry_run or not yes:
            would = erasing.dry_run(at.store, at.person, at.signer, now=at.now)
            if would.is_nothing:
                return _say_nothing()
            _say(would, "would go")
            if dry_run:
                return ExitStatus.OK
            click.confirm("Erase this for good?", abort=True)
        done = erasing.erase(
            at.store,
            at.config,
            at.person,
            at.signer,
            now=at.now,
            by=who(),
            pause=lambda: time.sleep(_PAUSE),
        )
        if done.erased.is_nothing:
            return _say_nothing()
        _say(done.erased, "are gone")
        if done.erased.corrections:
            anew = "learnt anew without them" if done.relearnt else "taken out"
            output.say(f"What was learnt of anger is {anew}.")
        if not compacting.compact(at.store):
            raise MailresponderError(
                "they are taken out, but old pages of the database are still being read",
                mend="run `mailresponder compact` in a moment: it overwrites them",
            )
    output.say(f"In the audit they are called {done.receipt}.")
    output.say(
        "What you still have to see to: the mailbox itself, backups from before today, archives"
        " of `export`, and mail that was sent to staff."
    )
    if done.erased.in_flight:
        output.say(
            f"{done.erased.in_flight} mails that name them are still to be sent: erase once more"
            " when they are."
        )
        return ExitStatus.TEMPORARY
    return ExitStatus.OK


def _say_nothing() -> int:
    output.say("Nothing is held of them.")
    return ExitStatus.OK


def _say(erased: "Erased", what: str) -> None:
    gone = erased.gone
    output.say(
        f"{gone.tickets} tickets, {gone.messages} messages and {gone.mails} mails of ours {what}."
    )
    if erased.kept:
        output.say(f"Others wrote in {', '.join(erased.kept)}: these stay, without the person.")
    if erased.notices or erased.changed:
        output.say(
            f"They are named in {erased.notices} mails to others, and {erased.changed} other rows."
        )
