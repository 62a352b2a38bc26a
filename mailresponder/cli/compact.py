"""`compact`: let go of what is old at once, and give the space back to the disk."""

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus, MailresponderError

_MEGA = 1_000_000


@click.command("compact")
@click.pass_context
def compact_command(ctx: click.Context) -> int:
    """Let go of what [retention] need not keep, and make the database as small as it can be.

    `run` does the first once a day by itself and gives free space back little by little; this does
    all of it now. On SQLite nobody can write meanwhile, up to a minute for a gigabyte, and as much
    room again is needed twice: beside the database, and where temporary files lie. On PostgreSQL
    it is a VACUUM: what is free is used again, and the files mostly keep their size.
    """
    from mailresponder.cli.context import load_config, open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs.trimming import grace, trim
    from mailresponder.store import compacting, secret

    config = load_config(ctx)
    path = config.database_path()
    if path is not None and not path.exists():
        raise MailresponderError(
            f"there is no database {path}", mend="the first `mailresponder run` makes it"
        )
    with open_store(ctx, config) as (_, store):
        with store.begin() as conn:
            signer = secret.of_desk(conn, config.secret_path, create=True)
            before = compacting.size(conn)
        now = utc_now()
        gone = trim(store, config, signer, now=now)
        begins = grace(store, config, now=now)
        compacting.compact(store)
        with store.read() as conn:
            after = compacting.size(conn)
    output.say(
        f"Let go of the bytes of {gone.bodies} sent mails, {gone.events} events of closed tickets"
        f" and {gone.audit} lines of the page's audit; of the texts of {gone.texts} tickets, and of"
        f" {gone.tickets} tickets and {gone.messages} mails of no ticket as a whole."
    )
    if begins is not None:
        output.say(
            "What [retention] lets go of by default alone, as it gives no text or no tickets, stays"
            f" until {begins.astimezone(config.desk.timezone):%Y-%m-%d}."
        )
    output.say(f"The database had {before / _MEGA:.1f} MB and has {after / _MEGA:.1f} MB.")
    return ExitStatus.OK
