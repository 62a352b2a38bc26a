"""`templates`: list, check, preview and copy the texts of our mail."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.policy.desk import Desk
    from mailresponder.store.templates import TemplateFolder
    from mailresponder.templating import Rendered

_LAYOUT = "layout"
_NOBODYS = Path(os.devnull)
"""A templates folder with nothing in it."""


@click.group("templates")
def templates_command() -> None:
    """List, check, preview and copy the templates of our mail.

    A template is changed by copying it into the desk's templates folder and editing it there; it
    counts from the moment it is saved. What may stand in it: mailresponder help templates.
    """


@templates_command.command("list")
@click.pass_context
def list_command(ctx: click.Context) -> int:
    """List every template, its language, and whether the shipped or a changed one is used."""
    _, folder = _folder(ctx)
    output.print_table(
        ("NAME", "LANGUAGE", "STATE", "FILE"),
        [
            (info.place.name, info.place.language or "all", info.state.value, str(info.path))
            for info in folder.listing()
        ],
    )
    return ExitStatus.OK


@templates_command.command("check")
@click.pass_context
def check_command(ctx: click.Context) -> int:
    """Check the changed templates on sample tickets. Exit status 1 if any is broken."""
    _, folder = _folder(ctx)
    problems = folder.problems()
    for problem in problems:
        output.say(f"{problem.path}:{problem.line}: {problem.message}")
    if problems:
        output.say("Until they are mended, the shipped templates are used in their place.")
        return ExitStatus.NOT_WELL
    output.say(f"All {len(folder.listing())} templates can be used.")
    return ExitStatus.OK


@templates_command.command("preview")
@click.argument("name")
@click.option("--language", metavar="L", help="As en or es; else the desk's first.")
@click.option("--unsure", is_flag=True, help="As sent where the customer's language is unsure.")
@click.option("--case", metavar="CASE", help='As "angry"; an unknown one lists them.')
@click.option("--html", metavar="FILE", help='Write the HTML part to a file; "-": print it.')
@click.pass_context
def preview_command(
    ctx: click.Context,
    name: str,
    language: str | None,
    unsure: bool,
    case: str | None,
    html: str | None,
) -> int:
    """Show the mail that template NAME makes of an invented ticket at your desk; where no
    configuration is found, at an invented one.

    With --unsure an acknowledgement is shown as it goes to a customer whose language is a guess:
    in all languages of the desk, the likelier first. With --case the ticket is another one than
    the ordinary: an angry customer, or one that staff judged.

    \b
    Examples:
      mailresponder templates preview acknowledgement --language es
      mailresponder templates preview acknowledgement --unsure
      mailresponder templates preview escalation --case "growing angrier" --html mail.html
    """
    if unsure and not name.startswith("acknowledgement"):
        said = "only an acknowledgement is written in several languages"
        raise click.BadParameter(said, ctx=ctx, param_hint="--unsure")
    desk, folder = _desk(ctx)
    known = folder.languages()
    if language is not None and language not in known:
        said = f"there are no templates in {output.one_line(language)!r}, only in "
        raise click.BadParameter(said + ", ".join(known), ctx=ctx, param_hint="--language")
    likely = language or desk.languages[0]
    spoken = tuple(dict.fromkeys([likely, *(desk.languages if unsure else ())]))
    rendered = _rendered(folder, name, spoken, desk, case)
    if html == "-":
        output.say(rendered.html)
        return ExitStatus.OK
    output.say(f"Subject: {rendered.subject}")
    output.say()
    output.say(rendered.text.rstrip())
    if html is not None:
        try:
            Path(html).write_text(rendered.html, encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a file name"
            raise MailresponderError(f"{html} cannot be written: {reason}") from None
        click.echo(f"Wrote {html}.", err=True)
    return ExitStatus.OK


@templates_command.command("copy")
@click.argument("name")
@click.option("--language", metavar="L", help="As en or es; else every language of the desk.")
@click.pass_context
def copy_command(ctx: click.Context, name: str, language: str | None) -> int:
    """Put the shipped template NAME into the desk's templates folder, to be changed there.

    \b
    Examples:
      mailresponder templates copy acknowledgement
      mailresponder templates copy layout
    """
    config, folder = _folder(ctx)
    languages = (language,) if language else config.desk.languages
    if name != _LAYOUT:
        # An unknown name is one mistake, not one in each language.
        folder.template(name, languages[0])
    status = ExitStatus.OK
    # The layout is one for all languages.
    for spoken in languages[:1] if name == _LAYOUT else languages:
        try:
            copied = folder.copy(name, spoken)
        except MailresponderError as error:
            # What can be copied is, and what could not is said.
            click.echo(f"Error: {output.one_line(str(error))}", err=True)
            status = ExitStatus.NOT_WELL
        else:
            output.say(f"Change it here: {copied}")
    return status


def _folder(ctx: click.Context) -> "tuple[Config, TemplateFolder]":
    from mailresponder.cli.context import load_config
    from mailresponder.store.templates import TemplateFolder

    config = load_config(ctx)
    return config, TemplateFolder(config.templates_folder)


def _desk(ctx: click.Context) -> "tuple[Desk, TemplateFolder]":
    """Whose mail a preview shows; says on standard error which desk that is."""
    from mailresponder.cli.context import is_configured
    from mailresponder.policy.samples import DESK
    from mailresponder.store.templates import TemplateFolder

    if not is_configured(ctx):
        click.echo("Note: no configuration was found; this is an invented desk's mail.", err=True)
        return DESK, TemplateFolder(_NOBODYS)
    config, folder = _folder(ctx)
    desk = config.desk_for(config.mailboxes[0].name)
    shown = output.one_line(f"{desk.name}, mailbox {desk.mailbox}")
    click.echo(f"Note: this is the mail of {shown}, about an invented ticket.", err=True)
    return desk, folder


def _rendered(
    folder: "TemplateFolder", name: str, languages: Sequence[str], desk: "Desk", case: str | None
) -> "Rendered":
    """A sample, the ordinary one unless a case is named. A broken file is an error here: its
    shipped stand-in would mislead."""
    from mailresponder.policy.notices import in_languages
    from mailresponder.policy.samples import ORDINARY, samples
    from mailresponder.templating import render_together

    folder.template(name, languages[0])
    known = {info.place.language: info.path for info in folder.listing() if info.place.name == name}
    for language in languages:
        if language not in known:
            said = f"Note: there is no {name} in {language}; this is the English one."
            click.echo(said, err=True)
    for problem in folder.problems():
        if any(problem.path == known.get(language) for language in languages):
            raise MailresponderError(
                f"{problem.path}:{problem.line}: {problem.message}",
                mend="until it is mended, the shipped template is used in its place",
            )
    cases = samples(name, languages[0], desk)
    if (given := cases.get(case or ORDINARY)) is None:
        known_cases = ", ".join(map(repr, cases))
        raise click.BadParameter(
            f"there is no such case of {name}, only {known_cases}", param_hint="--case"
        )
    parts = in_languages(folder, name, given, languages)
    # What stands in for a language speaks its own.
    parts = [replace(p, language=p.language if p.language in known else "en") for p in parts]
    timezone = desk.deadlines.hours.timezone
    return render_together(parts, layout=folder.layout(), timezone=timezone)
