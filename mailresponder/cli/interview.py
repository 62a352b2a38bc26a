"""The questions of `init` on a terminal, and what it tries while it asks."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mailresponder.cli import output
from mailresponder.cli.dialogue import (
    advise,
    ask_secret,
    ask_until,
    head,
    listed,
    several,
    show,
    tell,
)
from mailresponder.clock import utc_now
from mailresponder.config import Config, ImapSettings, SmtpSettings
from mailresponder.errors import TemporaryFailure
from mailresponder.jobs import first_try, guessing, setup
from mailresponder.jobs.presets import GENERIC, Server, presets
from mailresponder.jobs.setup_answers import (
    Answers,
    SecurityUnknown,
    first_steps,
    for_address,
    for_provider,
    for_sign_in,
    read_hours,
    read_server,
    said_hours,
)
from mailresponder.transport.dns import Dns, is_reserved
from mailresponder.transport.tls_look import Kind

_TYPED = "PASSWORD_TYPED_AT_INIT"
"""Under this name a password is tried that is kept nowhere yet."""

_WAYS = {
    "password": "a password",
    "google": "OAuth 2.0, by a token of Google's",
    "microsoft": "OAuth 2.0, by a token of Microsoft's",
}


def guessed(address: str) -> guessing.Guess | None:
    """Who runs the mailbox, as the DNS tells it; None, and said so, where it does not answer."""
    if is_reserved(address.rpartition("@")[2]):
        return None
    try:
        return guessing.provider_of(address, Dns())
    except TemporaryFailure as error:
        click.echo(f"The provider is not known: {output.one_line(error.message)}.", err=True)
        return None


class Interview:
    """Asks, until every answer is one that the configuration takes. Nothing is written here."""

    def __init__(
        self, directory: Path, answers: Answers, *, environ: Mapping[str, str], offline: bool
    ) -> None:
        """`answers`: what is proposed. `offline`: neither the DNS nor a server is asked."""
        self._directory = directory
        self._answers = answers
        self._environ = environ
        self._offline = offline
        self._secrets: dict[str, str] = {}
        with suppress(ImportError):
            import readline  # noqa: F401 - so that arrow keys move in what is typed

    def run(self) -> tuple[Answers, Mapping[str, str]]:
        """The answers, and the secret files to be written beside the configuration. Raises
        click.Abort at Ctrl-C, at the end of the input, and where the person says no."""
        output.say(f"This asks a dozen questions and writes {self._directory / setup.CONFIG_NAME}.")
        output.say("Enter takes what stands in brackets. Ctrl-C leaves everything as it is.")
        self._mailbox()
        self._servers()
        if self._answers.sign_in == "password":
            self._password()
        else:
            self._application()
        self._desk()
        self._people()
        output.say()
        click.confirm("Write the configuration?", default=True, abort=True)
        return self._answers, self._secrets

    # --- the mailbox

    def _mailbox(self) -> None:
        head("The mailbox")
        self._ask("Address that customers write to", "", self._with_address)
        guess = None if self._offline else guessed(self._answers.address)
        provider = guess.provider if guess else GENERIC
        if guess is not None and guess.why:
            output.say(f"  {output.one_line(guess.why)}")
        else:
            tell(f"Providers: {', '.join(presets())}")
        self._ask("Provider", provider, lambda said: self._with_provider(said, guess))
        preset = self._answers.preset
        if len(preset.sign_in) > 1:
            for way in preset.sign_in:
                output.say(f"  {way}: {_WAYS[way]}")
            self._ask("Sign in by", preset.sign_in[0], lambda s: for_sign_in(self._answers, s))
        output.say(f"To be done first at {preset.title}:")
        listed(first_steps(self._answers))

    def _with_address(self, said: str) -> Answers:
        return for_address(self._answers, said)

    def _with_provider(self, said: str, guess: guessing.Guess | None) -> Answers:
        preset = presets().get(said.lower())
        if preset is None:
            raise ValueError(f"there is no {said}", f"there are: {', '.join(presets())}")
        return for_provider(self._answers, preset, guess)

    # --- its servers

    def _servers(self) -> None:
        head("Its servers")
        if self._answers.preset.name == GENERIC:
            self._server("imap")
            self._server("smtp")
            return
        kinds: tuple[Kind, ...] = ("imap", "smtp")
        for kind in kinds:
            if not self._reached(kind) and click.confirm("Another server?", default=False):
                self._server(kind)

    def _server(self, kind: Kind) -> None:
        """Ask until one answers, or the person wants one that does not."""
        while True:
            self._ask(f"{kind.upper()} server", str(getattr(self._answers, kind)), self._put(kind))
            if self._reached(kind) or not click.confirm("Another server?", default=True):
                return

    def _put(self, kind: Kind) -> Callable[[str], Answers]:
        ports = ImapSettings.ports if kind == "imap" else SmtpSettings.ports

        def put(said: str) -> Answers:
            now: Server = getattr(self._answers, kind)
            if said == str(now):
                return self._given(**{kind: now})
            try:
                server = read_server(said, ports)
            except SecurityUnknown:
                way = click.prompt("Secured by", type=click.Choice(list(ports)), default="tls")
                server = read_server(said, ports, way)
            return self._given(**{kind: server})

        return put

    def _reached(self, kind: Kind) -> bool:
        if self._offline:
            return True
        results = first_try.reach(self._config(), kind, utc_now())
        if not show(results):
            return True
        if self._answers.ca_file or not first_try.is_of_unknown_authority(results):
            return False
        self._ask("Your own authority's certificate, a PEM file (Enter: none)", "", self._with_ca)
        return bool(self._answers.ca_file) and self._reached(kind)

    def _with_ca(self, said: str) -> Answers:
        # The configuration's paths are relative to itself, a person's to where they are.
        return self._given(ca_file=str(Path(said).expanduser().absolute()) if said else "")

    # --- signing in

    def _password(self) -> None:
        head("Signing in")
        key, name = self._answers.password
        while True:
            proposed = self._answers.username or self._answers.address
            self._ask("User name", proposed, lambda said: self._given(username=said))
            if name in self._environ:
                output.say(f"  {name} is set: it is tried.")
                typed = ""
            else:
                typed = ask_secret("Password (not shown; Enter: later)")
                if not typed:
                    output.say(f"  Then the program looks for it in the variable {name}.")
                    return
            if self._signs_in(key, name, typed) or not click.confirm("Try again?", default=True):
                break
        if typed:
            self._keep(typed, "password")

    def _signs_in(self, key: str, name: str, typed: str) -> bool:
        if self._offline:
            return True
        tried = replace(self._answers, password=(key, _TYPED if typed else name))
        config = setup.understood(tried, self._directory)
        environ = {**self._environ, _TYPED: typed} if typed else self._environ
        failed = show(first_try.sign_in(config, environ=environ, clock=utc_now))
        mailbox = self._answers.mailbox
        if not failed.isdisjoint({f"{mailbox}.imap", f"{mailbox}.smtp"}):
            advise(self._answers.preset.refused)
            return False
        if f"{mailbox}.sent_folder" in failed:
            self._ask("Folder of sent mail", "", lambda said: self._given(sent_folder=said))
        return True

    def _application(self) -> None:
        head("Signing in")
        output.say("  Enter leaves out what you do not know yet. `mailresponder help sign-in`")
        given = self._given
        self._ask("User name (the mailbox)", self._answers.address, lambda s: given(username=s))
        self._ask("Client id", "", lambda said: given(client_id=said) if said else self._answers)
        if self._answers.sign_in == "microsoft":
            self._ask("Tenant id", "", lambda said: given(tenant=said) if said else self._answers)
        elif secret := ask_secret("Client secret (not shown; Enter: later)"):
            self._keep(secret, "client_secret")
        self._ask(
            "Who signs in, where the mailbox is shared (Enter: the mailbox itself)",
            "",
            lambda said: given(account=said),
        )

    def _keep(self, secret: str, key: str) -> None:
        """Keep what was typed in a file that is not there yet, where the person wants it so."""
        base = self._answers.file_name
        names = (f"{base}{number or ''}.{key}" for number in itertools.count())
        name = next(name for name in names if not setup.is_taken(self._directory, name))
        if not click.confirm(f"Keep it in {name}, readable by you alone?", default=True):
            return
        self._secrets[name] = f"{secret}\n"
        self._answers = self._given(**{key: (f"{key}_file", name)})

    # --- the desk and its people

    def _desk(self) -> None:
        head("The desk")
        given = self._given
        self._ask("Your name to customers", _name(self._answers), lambda s: given(name=s))
        self._ask("Time zone", self._answers.timezone, lambda said: given(timezone=said))
        languages = " ".join(self._answers.languages)
        self._ask("Languages, the first in doubt", languages, lambda s: given(languages=several(s)))
        hours = said_hours(self._answers.hours)
        self._ask('Opening hours, or "always"', hours, lambda said: given(hours=read_hours(said)))
        country = guessing.country_of(self._answers.timezone) or "none"
        self._ask('Public holidays of, as ES or ES-MD, or "none"', country, self._with_holidays)

    def _with_holidays(self, said: str) -> Answers:
        country, _, region = ("" if said.lower() == "none" else said.upper()).partition("-")
        return self._given(holidays=(country, region))

    def _people(self) -> None:
        head("Its people")
        given = self._given
        staff = " ".join(self._answers.staff)
        self._ask("Who answers customers", staff, lambda said: given(staff=several(said)))
        output.say("  Several at once have a space between them; Enter: nobody.")
        self._ask("Who is told when nobody answered in time", "", lambda s: given(lead=several(s)))
        told = " ".join(self._answers.lead)
        self._ask("Who is told when something breaks", told, lambda s: given(admins=several(s)))

    # --- asking

    def _given(self, **answers: Any) -> Answers:
        given = self._answers.given | answers.keys()
        return replace(self._answers, **answers, given=given)

    def _config(self) -> Config:
        return setup.understood(self._answers, self._directory)

    def _ask(self, text: str, proposed: str, put: Callable[[str], Answers]) -> None:
        """Ask until `put` makes answers of it that the configuration takes."""

        def taken(said: str) -> Answers:
            answers = put(said)
            setup.understood(answers, self._directory)
            return answers

        self._answers = ask_until(text, proposed, taken)


def _name(answers: Answers) -> str:
    """As `Acme`, of support@acme.example."""
    domain = answers.address.rpartition("@")[2]
    return (
        answers.mailbox.capitalize() if guessing.of_domain(domain) else domain.split(".")[0].title()
    )
