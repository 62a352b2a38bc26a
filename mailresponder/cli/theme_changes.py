"""`themes find`, `keep`, `merge`, `dismiss`, `restore` and `copy`: what is decided about what
customers write about."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.jobs.finding import Found
    from mailresponder.store.database import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    config: "Config"
    store: "Store"
    now: datetime
    by: str


@contextmanager
def _desk(ctx: click.Context) -> Iterator[_Desk]:
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now

    with open_store(ctx) as (config, store):
        yield _Desk(config=config, store=store, now=utc_now(), by=who())


@click.command("find", short_help="Look for new themes now.")
@click.option("--dry-run", is_flag=True, help="Say what would be found, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def find_command(ctx: click.Context, dry_run: bool, as_json: bool) -> int:
    """Look for new themes now, in the messages of the last twelve weeks that no theme covers; the
    service does so once a day. All messages that were not looked at yet are looked at first, which
    may take minutes the first time.

    \b
    Examples:
      mailresponder themes find --dry-run
      mailresponder themes find

    Exit status: 0, 75 where the service is looking at messages just now.
    """
    from mailresponder.cli.context import load_config
    from mailresponder.clock import utc_now
    from mailresponder.jobs import theming
    from mailresponder.logs import log_to_stderr
    from mailresponder.store.database import Store

    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    url = config.database_url()
    store = Store.open_copy(url) if dry_run else Store.open(url)
    try:
        owner = f"themes-{os.getpid()}"
        found = theming.find_now(store, config, owner=owner, now=utc_now())
    finally:
        store.close()
    if as_json:
        output.print_json(found.shown())
    else:
        _say_found(found, config.desk.languages[0], dry_run=dry_run)
    return ExitStatus.OK


def _say_found(found: "Found", language: str, *, dry_run: bool) -> None:
    output.say(f"Looked through {found.looked_through} messages that no theme covers.")
    if found.grown:
        output.say(f"{found.grown} of them belong to themes that were found before.")
    if not found.new:
        output.say("No new theme was found.")
        return
    output.print_table(
        ("THEME", "MESSAGES", "NAME", "WORDS"),
        [
            (
                theme.key,
                str(theme.size),
                theme.names.get(language) or next(iter(theme.names.values()), "-"),
                "; ".join(", ".join(words) for words in theme.words.values()),
            )
            for theme in found.new
        ],
    )
    if dry_run:
        output.say("Nothing was changed.")
    else:
        output.say("What to do with one: mailresponder themes keep, merge or dismiss.")


@click.command("keep", short_help="Write a theme into the desk's file, or change it there.")
@click.argument("key")
@click.option("--name-en", metavar="NAME", help="What it is called in English.")
@click.option("--name-es", metavar="NAME", help="What it is called in Spanish.")
@click.option("--words-en", multiple=True, metavar="WORDS", help="Its words instead; repeatable.")
@click.option("--words-es", multiple=True, metavar="WORDS", help="The same in Spanish.")
@click.option("--owner", metavar="WHO", help="Who looks after it: an address or a team.")
@click.pass_context
def keep_command(
    ctx: click.Context,
    key: str,
    name_en: str | None,
    name_es: str | None,
    words_en: tuple[str, ...],
    words_es: tuple[str, ...],
    owner: str | None,
) -> int:
    """Write the theme KEY into the desk's file of themes, with the words that it was found by: from
    then on it is listened for by these. The file is made from the shipped themes where there is
    none; what stands in it stays. A theme that is kept already is changed.

    \b
    Examples:
      mailresponder themes keep found-3 --name-en "App crashes" --name-es "La app se cierra"
      mailresponder themes keep found-3 --words-en "app crash|close" --owner dev@example.com
    """
    from mailresponder.jobs import theming_changes

    names = {code: name for code, name in (("en", name_en), ("es", name_es)) if name}
    words = {code: said for code, said in (("en", words_en), ("es", words_es)) if said}
    with _desk(ctx) as desk:
        kept = theming_changes.keep(
            desk.store,
            desk.config,
            key,
            names=names,
            words=words,
            owner=owner,
            by=desk.by,
            now=desk.now,
        )
    output.say(f"Kept in {kept.path}:")
    output.say(f"  [{key}] {' / '.join(kept.theme.names.values())}")
    for code, said in kept.theme.words.items():
        output.say(f"  words ({code}): {', '.join(said)}")
    output.say("From the next pass on all messages are looked at with it.")
    return ExitStatus.OK


@click.command("merge", short_help="Have a theme count as another one.")
@click.argument("key")
@click.argument("into")
@click.pass_context
def merge_command(ctx: click.Context, key: str, into: str) -> int:
    """Have the theme KEY count as the theme INTO, for the past too. `restore` takes it back."""
    from mailresponder.jobs import theming_changes

    with _desk(ctx) as desk:
        target = theming_changes.merge(desk.store, desk.config, key, into, by=desk.by, now=desk.now)
    output.say(f"{key} counts as {target.key} from now on.")
    return ExitStatus.OK


@click.command("dismiss", short_help="Have a theme count for nothing.")
@click.argument("key")
@click.pass_context
def dismiss_command(ctx: click.Context, key: str) -> int:
    """Have the theme KEY count for nothing: no report names it, and it is not found again.
    `restore` takes it back."""
    from mailresponder.jobs import theming_changes

    with _desk(ctx) as desk:
        theming_changes.dismiss(desk.store, desk.config, key, by=desk.by, now=desk.now)
    output.say(f"{key} is dismissed.")
    return ExitStatus.OK


@click.command("restore", short_help="Take back that a theme was dismissed or merged.")
@click.argument("key")
@click.pass_context
def restore_command(ctx: click.Context, key: str) -> int:
    """Take back that the theme KEY was dismissed or merged: it counts for itself again."""
    from mailresponder.jobs import theming_changes

    with _desk(ctx) as desk:
        row = theming_changes.restore(desk.store, desk.config, key, by=desk.by, now=desk.now)
    output.say(f"{key} counts for itself again ({row.state}).")
    return ExitStatus.OK


@click.command("copy", short_help="Put the shipped themes where they can be changed.")
@click.pass_context
def copy_command(ctx: click.Context) -> int:
    """Put the shipped themes beside the configuration, to be changed there.

    Exit status: 0, 1 where there is such a file already: it stays as it is.
    """
    from mailresponder.cli.context import load_config
    from mailresponder.jobs import theming_changes

    output.say(f"Change them here: {theming_changes.copy(load_config(ctx))}")
    return ExitStatus.OK


COMMANDS = (
    find_command,
    keep_command,
    merge_command,
    dismiss_command,
    restore_command,
    copy_command,
)
