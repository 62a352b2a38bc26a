"""`init`: the first configuration, from questions on a terminal or from options."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus
from mailresponder.jobs.presets import GENERIC, presets

if TYPE_CHECKING:
    from mailresponder.jobs.setup_answers import Answers

_OAUTH2 = ("client_id", "tenant", "account")
_SECURITY = click.Choice(["tls", "starttls", "none"])


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--provider",
    type=click.Choice(list(presets())),
    help="Whose hosts, ports and habits to write. [default: looked up by --address, else generic]",
)
@click.option("--address", metavar="ADDRESS", help="What customers write to.")
@click.option("--username", metavar="NAME", help="The account, where it is not the address.")
@click.option(
    "--sign-in",
    type=click.Choice(["password", "google", "microsoft"]),
    help="By a password, or by an OAuth 2.0 token of Google or Microsoft.",
)
@click.option("--imap", metavar="HOST[:PORT]", help="In place of the provider's.")
@click.option("--imap-security", type=_SECURITY, help="[default: by the port]")
@click.option("--smtp", metavar="HOST[:PORT]", help="In place of the provider's.")
@click.option("--smtp-security", type=_SECURITY, help="[default: by the port]")
@click.option("--ca-file", metavar="PATH", help="Your own authority's certificate (PEM).")
@click.option("--password-env", metavar="NAME", help="The environment variable that holds it.")
@click.option("--password-file", metavar="PATH", help="The file that holds it.")
@click.option("--password-command", metavar="COMMAND", help="The command that prints it.")
@click.option("--client-id", metavar="ID", help="The application that is registered for OAuth 2.0.")
@click.option("--tenant", metavar="ID", help="The directory it is in, at Microsoft.")
@click.option("--account", metavar="ADDRESS", help="Who signs in for a shared mailbox.")
@click.option("--name", metavar="TEXT", help="Who you are to your customers.")
@click.option("--timezone", metavar="ZONE", help="As Europe/Madrid. [default: this machine's]")
@click.option("--language", "languages", multiple=True, help="One you answer in; again for more.")
@click.option("--hours", metavar="TEXT", help="As 'mon-fri 09:00-14:00 15:00-18:00', or 'always'.")
@click.option("--holidays", metavar="COUNTRY[-REGION]", help="As ES-MD: its holidays are closed.")
@click.option("--staff", multiple=True, help="Who answers, as '*@example.com'; again for more.")
@click.option("--lead", multiple=True, help="Who is told when a deadline passed; again for more.")
@click.option("--admin", "admins", multiple=True, help="Who is told when something breaks.")
@click.option("--offline", is_flag=True, help="Ask neither the DNS nor any server.")
@click.option("-y", "--yes", is_flag=True, help="Ask nobody either; what is not known is marked.")
@click.pass_context
def init_command(
    ctx: click.Context, /, directory: Path, *, offline: bool, yes: bool, **told: Any
) -> int:
    """Write a commented config.toml and an empty templates folder into DIRECTORY.

    On a terminal and without options it asks for what it needs, a dozen questions, and tries the
    servers as it goes. With options, or without a terminal, nothing is asked: what was not told
    stands in the file as an example marked <-. Nothing is ever overwritten.

    \b
    Examples:
      mailresponder init /etc/mailresponder
      mailresponder init . --provider gmail
      mailresponder init . --address support@example.org --name "Acme Support"
    """
    from mailresponder.jobs import setup

    setup.require_room(directory)
    given = {key: value for key, value in told.items() if value not in (None, ())}
    secrets: Mapping[str, str] = {}
    asks = not given and not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if not asks:
        answers = _from_options(given, offline=offline)
    else:
        answers, secrets = _asked(directory, offline=offline)
    made = setup.write(directory, answers, secrets=secrets)
    for path in made:
        output.say(f"wrote {path}")
    _say_next(directory, answers)
    if asks and answers.sign_in != "password" and "client_id" in answers.given:
        _offer_login(ctx, directory / setup.CONFIG_NAME, answers.mailbox)
    return ExitStatus.OK


def _offer_login(ctx: click.Context, config: Path, mailbox: str) -> None:
    """Go on to `mailresponder login`, if the person wants to; what it raises passes."""
    from mailresponder.cli.login import login_command

    if not click.confirm("Sign in now?", default=True):
        return
    ctx.obj["config_path"] = config
    with login_command.make_context("login", [mailbox], parent=ctx.parent) as inner:
        login_command.invoke(inner)


def _asked(directory: Path, *, offline: bool) -> tuple["Answers", Mapping[str, str]]:
    from mailresponder.cli.interview import Interview

    interview = Interview(directory, _examples(GENERIC), environ=os.environ, offline=offline)
    try:
        return interview.run()
    except click.Abort:
        click.echo("\nNothing was written.", err=True)
        raise


def _examples(provider: str) -> "Answers":
    """What stands there until somebody says otherwise, as far as this machine knows."""
    from tzlocal import get_localzone_name

    from mailresponder.jobs import guessing
    from mailresponder.jobs.setup_answers import for_preset

    try:
        zone = get_localzone_name()
    except (OSError, ValueError, LookupError):
        zone = None
    answers = for_preset(presets()[provider])
    return replace(
        answers,
        timezone=guessing.time_zone(zone, otherwise=answers.timezone),
        languages=guessing.languages(os.environ, otherwise=answers.languages),
    )


def _from_options(told: dict[str, Any], *, offline: bool) -> "Answers":
    """The answers that the options are. Raises click's UsageError for what they cannot be."""
    from mailresponder.cli.interview import guessed
    from mailresponder.config import ImapSettings, SmtpSettings
    from mailresponder.jobs.setup_answers import (
        FIELDS,
        for_address,
        for_provider,
        for_sign_in,
        read_hours,
        read_server,
    )

    address = told.pop("address", "")
    provider = told.pop("provider", "")
    guess = guessed(address) if address and not provider and not offline else None
    name = provider or (guess.provider if guess else GENERIC)
    answers = _examples(name)
    if address:
        answers = for_provider(for_address(answers, address), presets()[name], guess)
    if guess is not None:
        why = guess.why or "nothing is known of who runs this mailbox"
        click.echo(f"{answers.preset.title}: {output.one_line(why)}", err=True)
    if "sign_in" in told:
        answers = _read("--sign-in", for_sign_in, answers, told.pop("sign_in"))
    if answers.sign_in == "password" and not told.keys().isdisjoint(_OAUTH2):
        raise click.UsageError("--client-id, --tenant and --account need --sign-in")
    for key, settings in (("imap", ImapSettings), ("smtp", SmtpSettings)):
        security = told.pop(f"{key}_security", None)
        if key in told or security:
            host = told.get(key) or getattr(answers, key).host
            told[key] = _read(f"--{key}", read_server, host, settings.ports, security)
    places = [key for key in told if key.startswith("password_")]
    if len(places) > 1:
        raise click.UsageError("give one of --password-env, --password-file, --password-command")
    # The configuration's paths are relative to itself, a person's to where they are.
    for key in told.keys() & {"ca_file", "password_file"}:
        told[key] = str(Path(told[key]).absolute())
    for key in places:
        told["password"] = (key, told.pop(key))
    if "hours" in told:
        told["hours"] = _read("--hours", read_hours, told["hours"])
    if "holidays" in told:
        country, _, region = told["holidays"].upper().partition("-")
        told["holidays"] = (country, region)
    return replace(answers, **told, given=answers.given | (told.keys() & FIELDS))


def _read(option: str, read: Any, *values: Any) -> Any:
    try:
        return read(*values)
    except ValueError as error:
        raise click.UsageError(f"{option}: {'; '.join(error.args)}") from error


def _say_next(directory: Path, answers: "Answers") -> None:
    """What is to be done before the desk works."""
    from mailresponder.jobs import setup

    config = directory / setup.CONFIG_NAME
    marked = sum(setup.MARK in line for line in setup.configuration(answers).splitlines())
    steps = [f"edit {config}: {marked - 1} lines are marked {setup.MARK}"] if marked > 1 else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        folder = quote(str(directory))
        own = f"chown -R mailresponder: {folder} && chmod 750 {folder}"
        steps.append(f"give the files to the user who runs it: {own}")
        steps.append("go on as that user: runuser -u mailresponder -- bash")
    if config.absolute() != Path.cwd() / setup.CONFIG_NAME:
        steps.append(f"export MAILRESPONDER_CONFIG={quote(str(config.absolute()))}")
    if answers.sign_in != "password":
        steps.append(f"mailresponder login {quote(answers.mailbox)}")
    elif answers.password[0] == "password_env":
        steps.append(f"export {answers.password[1]}=…")
    steps += ["mailresponder check --send-test", "mailresponder run --dry-run", "mailresponder run"]
    output.say("Next:")
    for number, step in enumerate(steps, 1):
        output.say(f"  {number}. {output.one_line(step)}")
    output.say("What your provider asks of you: `mailresponder help providers`.")
    output.say("A page for admins and staff: `mailresponder web`; see `mailresponder help page`.")
