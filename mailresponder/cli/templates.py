"""`templates`: list, check, preview and copy the texts of our mail."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.store.templates import TemplateFolder
    from mailresponder.templating import Rendered

_LAYOUT = "layout"


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
            (info.name, info.language or "all", info.state.value, str(info.path))
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
@click.option("--html", metavar="FILE", help='Write the HTML part to a file; "-": print it.')
@click.pass_context
def preview_command(ctx: click.Context, name: str, language: str | None, html: str | None) -> int:
    """Show the mail that template NAME makes of an invented ticket.

    \b
    Examples:
      mailresponder templates preview acknowledgement --language es
      mailresponder templates preview escalation --html escalation.html
    """
    config, folder = _folder(ctx)
    rendered = _rendered(folder, name, language or config.desk.languages[0])
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


def _rendered(folder: "TemplateFolder", name: str, language: str) -> "Rendered":
    """The ordinary sample. A broken file is an error here: its shipped stand-in would mislead."""
    from mailresponder.policy.samples import ORDINARY, TIMEZONE, samples

    template = folder.template(name, language)
    used = next((i for i in folder.listing() if (i.name, i.language) == (name, language)), None)
    if used is None:
        click.echo(f"Note: there is no {name} in {language}; this is the English one.", err=True)
    for problem in folder.problems():
        if used is not None and problem.path == used.path:
            raise MailresponderError(
                f"{problem.path}:{problem.line}: {problem.message}",
                mend="until it is mended, the shipped template is used in its place",
            )
    return template.render(
        samples(name, language)[ORDINARY],
        layout=folder.layout(),
        language=language if used is not None else "en",
        timezone=TIMEZONE,
    )
