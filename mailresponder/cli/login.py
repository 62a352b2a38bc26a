"""`login` and `logout`: sign a mailbox in with a person's help, and out again."""

import os
import sys
import time
import webbrowser
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from mailresponder.cli import output
from mailresponder.errors import ExitStatus, MailresponderError, SignInRefused

if TYPE_CHECKING:
    from mailresponder.config import Config, Mailbox
    from mailresponder.jobs.signing_in import Attempt, Way
    from mailresponder.transport.grants import Client, Grant
    from mailresponder.transport.oauth2 import DeviceCode

_PROVIDERS = {"google": "Google", "microsoft": "Microsoft", "other": "the provider"}

_BY_HAND = {
    "google": "https://myaccount.google.com/connections",
    "microsoft": "https://myapps.microsoft.com, or have an admin revoke its sessions in Entra",
    "other": "the provider's page",
}
"""Where a person takes back what an application was given."""


@click.command("login")
@click.argument("mailbox")
@click.option("--device", is_flag=True, help="By a code, in a browser on any machine.")
@click.option("--browser", is_flag=True, help="In a browser that comes back to this machine.")
@click.option("--no-browser", is_flag=True, help="As --browser, but only print the address.")
@click.pass_context
def login_command(
    ctx: click.Context, mailbox: str, device: bool, browser: bool, no_browser: bool
) -> int:
    """Sign MAILBOX in without a password: shows where to sign in, waits, tries IMAP and SMTP with
    what was granted, and keeps it. From then on `run` renews it by itself.

    For a mailbox with oauth2 = "google", "microsoft" or "other"; `mailresponder help sign-in` says
    how the desk is registered there. It may be run beside `run`, which takes the new sign-in up by
    itself.

    \b
    Examples:
      mailresponder login support
      mailresponder login support --no-browser

    \b
    Exit status: 0 signed in, 75 nobody signed in in time or a server could not
    be reached, 77 a server refused it, 78 configuration.
    """
    from mailresponder.cli.context import load_config
    from mailresponder.clock import utc_now
    from mailresponder.jobs import signing_in
    from mailresponder.logs import log_to_stderr
    from mailresponder.transport.grants import SignIn
    from mailresponder.transport.oauth2_client import client_of

    if device and (browser or no_browser):
        raise click.UsageError("--device is another way than --browser")
    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    settings = config.mailbox(mailbox)
    client = client_of(settings, environ=os.environ)
    if client.sign_in is SignIn.PERSON:
        wanted = _wanted(device=device, browser=browser or no_browser)
        return _by_person(config, settings, client, wanted, may_open=not no_browser)
    grant = signing_in.grant_of_organisation(client, now=utc_now())
    output.say(f"{_PROVIDERS[client.provider].capitalize()} knows the desk.")
    attempts = _try(settings, grant)
    output.say("Nobody needs to sign in: `run` asks for a token when it needs one.")
    return _status(attempts)


def _by_person(
    config: "Config", settings: "Mailbox", client: "Client", wanted: "Way | None", *, may_open: bool
) -> int:
    from mailresponder.clock import utc_now
    from mailresponder.jobs import signing_in
    from mailresponder.transport.token_store import store_for

    store = store_for(config.tokens_path, kind=config.desk.token_store)
    chosen = signing_in.way(client, wanted)
    signing_in.prepare(store, settings.name)
    person = _AtTheTerminal(client, config.desk.timezone, may_open=may_open)
    grant = signing_in.sign_in(client, chosen, person, clock=utc_now, wait=time.sleep)
    _say_who(grant, client)
    attempts = _try(settings, grant)
    if not signing_in.is_of_use(attempts):
        raise SignInRefused(
            "the sign-in is not kept, and what was kept before still is",
            mend="mend that, then sign in again",
        )
    signing_in.keep(store, settings.name, client, grant, now=utc_now())
    in_keyring = config.desk.token_store == "keyring"  # noqa: S105 - where, not what
    output.say(f"The sign-in is kept in {'the key store' if in_keyring else config.tokens_path}.")
    output.say(signing_in.told_of_end(grant, client, now=utc_now()))
    return _status(attempts)


@click.command("logout")
@click.argument("mailbox")
@click.pass_context
def logout_command(ctx: click.Context, mailbox: str) -> int:
    """Let go of MAILBOX's sign-in: end it at its provider, where that can be done, and forget it
    here. But for what is connected already, its mail is neither read nor sent until `mailresponder
    login`.

    \b
    Exit status: 0 done, also where there was nothing to let go of; 75 or 77
    where it is forgotten here and the provider could not end it.
    """
    from mailresponder.cli.context import load_config
    from mailresponder.jobs import signing_in
    from mailresponder.jobs.signing_in import Farewell
    from mailresponder.logs import log_to_stderr
    from mailresponder.transport.grants import SignIn
    from mailresponder.transport.oauth2_client import client_of
    from mailresponder.transport.token_store import store_for

    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    client = client_of(config.mailbox(mailbox), environ=os.environ)
    store = store_for(config.tokens_path, kind=config.desk.token_store)
    by_hand = f"end it there yourself: {_BY_HAND[client.provider]}"
    try:
        farewell = signing_in.sign_out(store, mailbox, client)
    except MailresponderError as error:
        output.say(f"Mailbox {mailbox} is signed out here, but the sign-in could not be ended.")
        error.mend = by_hand
        raise
    match farewell:
        case Farewell.NONE:
            output.say(f"Mailbox {mailbox} was not signed in.")
        case Farewell.GIVEN_BACK:
            output.say(f"Mailbox {mailbox} is signed out, and {_PROVIDERS[client.provider]} knows.")
        case Farewell.FORGOTTEN:
            output.say(f"Mailbox {mailbox} is signed out here.")
            provider = _PROVIDERS[client.provider].capitalize()
            output.say(f"{provider} was not told; {by_hand}")
    if client.sign_in is not SignIn.PERSON:
        output.say("Nobody has to sign in for it: `run` asks for another token when it needs one.")
    return ExitStatus.OK


def _wanted(*, device: bool, browser: bool) -> "Way | None":
    from mailresponder.jobs.signing_in import Way

    if device:
        return Way.DEVICE
    return Way.BROWSER if browser else None


def _try(settings: "Mailbox", grant: "Grant") -> "list[Attempt]":
    """Try the servers, and say how each took it."""
    from mailresponder.jobs import signing_in

    attempts = []
    for attempt in signing_in.try_at_servers(settings, grant):
        attempts.append(attempt)
        if attempt.error is None:
            output.say(f"ok      {attempt.name}: signed in at {attempt.server}")
            continue
        message = output.one_line(attempt.error.message)
        output.say_marked(f"FAILED  {attempt.name}: {message}", colour="red")
        if attempt.error.mend:
            output.say(f"        -> {output.one_line(attempt.error.mend)}")
    return attempts


def _status(attempts: "list[Attempt]") -> int:
    failures = [attempt.error for attempt in attempts if attempt.error is not None]
    return max((error.exit_status for error in failures), default=ExitStatus.OK)


def _say_who(grant: "Grant", client: "Client") -> None:
    if not grant.account:
        output.say(f"Signed in at {_PROVIDERS[client.provider]}.")
        return
    output.say(f"Signed in at {_PROVIDERS[client.provider]} as {output.one_line(grant.account)}.")
    if client.account and grant.account.casefold() != client.account.casefold():
        output.say(f"That is not {client.account}: if IMAP refuses it, sign in as that account.")


class _AtTheTerminal:
    """Who started the command."""

    def __init__(self, client: "Client", zone: ZoneInfo, *, may_open: bool) -> None:
        self._zone = zone
        self._may_open = may_open
        self._who = f" as {client.account}" if client.account else ""
        self.typed = 0 if os.isatty(0) else None

    def enter(self, code: "DeviceCode") -> None:
        output.say("In a browser, on any machine:")
        output.say(f"  1. go to     {code.address}")
        output.say(f"  2. enter     {code.user_code}")
        output.say(f"  3. sign in{self._who}, and say yes")
        until = code.expires_at.astimezone(self._zone)
        output.say(f"Waiting for that until {until:%H:%M} …")

    def visit(self, address: str) -> None:
        if self._may_open and _has_desktop() and webbrowser.open(address):
            output.say(f"A browser opens: sign in there{self._who}, and say yes. If none does, go")
            output.say("to this address:")
        else:
            output.say(f"In a browser, sign in{self._who}, and say yes, at this address:")
        output.say()
        output.say(address)
        output.say()
        if self.typed is not None:
            output.say(
                "If the browser is on another machine it ends at a page that cannot be shown:"
            )
            output.say("copy that page's address from the browser to here, and press Enter.")
        output.say("Waiting …")

    def mistyped(self) -> None:
        output.say("That is not it: it begins with http://127.0.0.1 or http://localhost, and has")
        output.say("a code in it. Copy all of it, from the browser's address bar.")


def _has_desktop() -> bool:
    """Else a browser that is found may be one that takes the terminal over."""
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
