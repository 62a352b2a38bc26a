"""`templates copy`, `diff`, `history`, `restore` and `revert`: what an admin makes of a template,
and how to go back."""

import difflib
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.cli.template_options import (
    language_option,
    mailbox_option,
    open_folder,
    places,
)
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.jobs.editing import Opened, Version
    from mailresponder.store.template_places import Place
    from mailresponder.store.templates import TemplateFolder

_OWN = "The template of this mailbox alone; else the whole desk's."
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
"""By how a line of a difference begins."""
_NOTE = click.option("--note", default="", metavar="TEXT", help="Why, for the history.")


@click.command("copy", short_help="Put a shipped template where it can be changed.")
@click.argument("name")
@language_option
@mailbox_option("Make one for this mailbox alone, from what the desk uses.")
@click.pass_context
def copy_command(ctx: click.Context, name: str, language: str | None, mailbox: str | None) -> int:
    """Put the shipped template NAME into the desk's templates folder, to be changed there: in one
    language, or in every language of the desk. A file that is there already stays as it is.

    \b
    Examples:
      mailresponder templates copy acknowledgement
      mailresponder templates copy acknowledgement --language es --mailbox billing
      mailresponder templates copy layout

    Exit status: 0, 1 where one could not be copied or all were there already.
    """
    config, folder = open_folder(ctx)
    wanted = places(config, name, language, mailbox)
    there = [place for place in wanted if folder.held(place) is not None]
    is_well = True
    # What can be copied is, and what could not is said.
    for place in wanted:
        if place in there and len(there) < len(wanted):
            said = f"{folder.path(place)} is there already and stays as it is."
            click.echo(f"Note: {output.one_line(said)}", err=True)
            continue
        try:
            copied = folder.copy(place.name, place.language, place.mailbox)
        except MailresponderError as error:
            click.echo(f"Error: {output.one_line(str(error))}", err=True)
            is_well = False
        else:
            output.say(f"Change it here: {copied}")
    return ExitStatus.OK if is_well else ExitStatus.NOT_WELL


@click.command("diff", short_help="Show how a template differs from the shipped one.")
@click.argument("name")
@language_option
@mailbox_option("This mailbox's own, against the desk's.")
@click.pass_context
def diff_command(ctx: click.Context, name: str, language: str | None, mailbox: str | None) -> int:
    """Show how your template NAME differs from the shipped one, in one language or in every
    language of the desk, as `diff -u` does; with --mailbox, how the mailbox's own differs from
    what it would have without it: the desk's.

    \b
    Examples:
      mailresponder templates diff acknowledgement
      mailresponder templates diff layout | less

    Exit status, as of `diff`: 0 no difference, 1 there is one, 2 trouble.
    """
    config, folder = open_folder(ctx)
    try:
        wanted = places(config, name, language, mailbox)
    except MailresponderError as error:
        raise click.UsageError(str(error)) from None
    status = ExitStatus.OK
    for place in wanted:
        if folder.held(place) is not None and _say_difference(folder, place):
            status = ExitStatus.NOT_WELL
    return status


def _say_difference(folder: "TemplateFolder", place: "Place") -> bool:
    from mailresponder.jobs.difference import lines

    below, whose = folder.shipped_text(place), f"shipped/{place.desks.relative}"
    if place.mailbox and folder.held(place.desks) is not None:
        below, whose = folder.good_text(place.desks), str(folder.path(place.desks))
    compared = difflib.unified_diff(
        lines(below),
        lines(folder.text(place)),
        whose,
        str(folder.path(place)),
        lineterm="",
    )
    differs = False
    for number, line in enumerate(compared):
        differs = True
        colour = _COLOURS.get(line[0]) if number > 1 else "white"
        if colour is None:
            output.say(line)
        else:
            output.say_marked(line, colour=colour)
    return differs


@click.command("history", short_help="List what stood in a template, who saved it and why.")
@click.argument("name")
@language_option
@mailbox_option(_OWN)
@click.option("--show", type=int, metavar="NUMBER", help="Print what that version says.")
@click.pass_context
def history_command(
    ctx: click.Context, name: str, language: str | None, mailbox: str | None, show: int | None
) -> int:
    """List what stood in your template NAME, who saved it and why, the newest first.

    Who changed a file with an editor is called "file".

    \b
    Examples:
      mailresponder templates history acknowledgement
      mailresponder templates history acknowledgement --language es --show 3

    Exit status: 0, 1 where there is no such version, 2 where several languages have one.
    """
    from mailresponder.clock import utc_now
    from mailresponder.jobs import editing
    from mailresponder.store.template_keeping import keep_changes

    config, folder = open_folder(ctx)
    # What was changed since the last pass is to stand there as well.
    keep_changes(folder, utc_now())
    if obstacle := folder.history.obstacle():
        click.echo(f"Warning: no history is kept: {output.one_line(obstacle)}", err=True)
    all_ = [editing.opened(folder, place) for place in places(config, name, language, mailbox)]
    changed = [one for one in all_ if one.versions]
    if show is not None:
        output.say(_numbered(_only(changed, name), show).rstrip())
    elif not changed:
        is_there = any(one.digest for one in all_)
        output.say(f"Nothing was kept of {name}." if is_there else f"{name} was never changed.")
    else:
        output.print_table(
            ("NUMBER", "LANGUAGE", "SAVED", "BY", "WHAT", "NOTE"),
            [
                (
                    str(version.number),
                    one.place.language or "all",
                    output.when(version.at, config.desk.timezone),
                    version.by,
                    _what(version),
                    version.note,
                )
                for one in changed
                for version in one.versions
            ],
        )
    return ExitStatus.OK


@click.command("restore", short_help="Take an earlier version of a template back.")
@click.argument("name")
@click.argument("number", type=int)
@language_option
@mailbox_option(_OWN)
@_NOTE
@click.pass_context
def restore_command(
    ctx: click.Context,
    name: str,
    number: int,
    language: str | None,
    mailbox: str | None,
    note: str,
) -> int:
    """Save version NUMBER of your template NAME, as `history` counts them, anew. It counts from
    the next mail on, and what it replaces stays in the history.

    \b
    Examples:
      mailresponder templates restore acknowledgement 3 --language es
      mailresponder templates restore layout 1 --note "the old colours"

    Exit status: 0, 1 where there is no such version or it can no longer be used, 2 where several
    languages have one.
    """
    from mailresponder.clock import utc_now
    from mailresponder.jobs import editing

    config, folder = open_folder(ctx)
    all_ = [editing.opened(folder, place) for place in places(config, name, language, mailbox)]
    now = _only([one for one in all_ if one.versions], name)
    editing.restore(
        folder, now.place, number, expected=now.digest, by=who(), note=note, now=utc_now()
    )
    output.say(f"Version {number} is in use from the next mail on: {folder.path(now.place)}")
    return ExitStatus.OK


@click.command("revert", short_help="Go back to the shipped template.")
@click.argument("name")
@language_option
@mailbox_option(_OWN)
@_NOTE
@click.pass_context
def revert_command(
    ctx: click.Context, name: str, language: str | None, mailbox: str | None, note: str
) -> int:
    """Remove your template NAME, so that the shipped one serves again; for a mailbox's own, the
    desk's. What it said stays in its history.

    \b
    Examples:
      mailresponder templates revert acknowledgement --language es
      mailresponder templates revert acknowledgement --mailbox billing

    Exit status: 0, 1 where there is no text of yours, 2 where there is in several languages.
    """
    from mailresponder.clock import utc_now
    from mailresponder.jobs import editing

    config, folder = open_folder(ctx)
    all_ = [editing.opened(folder, place) for place in places(config, name, language, mailbox)]
    if any(one.versions for one in all_) and not any(one.digest for one in all_):
        whose = "the desk's" if mailbox else "the shipped"
        raise MailresponderError(
            f"{name}: {whose} text is in use already",
            mend="`mailresponder templates history` tells what stood there",
        )
    now = _only([one for one in all_ if one.digest], name)
    editing.revert(folder, now.place, expected=now.digest, by=who(), note=note, now=utc_now())
    output.say(f"{folder.path(now.place)} is gone.")
    kept = [one for one in editing.opened(folder, now.place).versions if one.text is not None]
    if kept and kept[0].good:
        restore = _command("restore", now.place, str(kept[0].number))
        output.say(f"To take it back: {restore}")
    elif kept:
        # It would be refused: nothing broken is saved.
        show = _command("history", now.place, "--show", str(kept[0].number))
        output.say(f"It was broken. To read what it said: {show}")
    return ExitStatus.OK


def _command(command: str, place: "Place", *arguments: str) -> str:
    words = ["mailresponder", "templates", command, place.name, *arguments]
    if place.language:
        words += ["--language", place.language]
    if place.mailbox:
        words += ["--mailbox", place.mailbox]
    return shlex.join(words)


def _only(found: "Sequence[Opened]", name: str) -> "Opened":
    """The one template that is meant, where its language was not named."""
    if not found:
        raise MailresponderError(f"{name} was never changed", mend="there is nothing to go back to")
    if len(found) > 1:
        known = " or ".join(one.place.language for one in found)
        raise click.UsageError(f"{name} was changed in several languages: add --language {known}")
    return found[0]


def _numbered(opened: "Opened", number: int) -> str:
    version = next((one for one in opened.versions if one.number == number), None)
    if version is None:
        last, first = opened.versions[0].number, opened.versions[-1].number
        raise MailresponderError(
            f"there is no version {number}", mend=f"there are {first} to {last}"
        )
    if version.text is None:
        raise MailresponderError(f"version {number} has no text: the file was removed")
    return version.text


def _what(version: "Version") -> str:
    if version.text is None:
        return "removed"
    return "changed" if version.good else "changed, broken"
