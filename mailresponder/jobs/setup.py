"""The first configuration: what is known of some mail providers, written as a commented file.

It holds examples where only the owner knows the answer, and asks the network nothing: `check`
does that afterwards.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from types import MappingProxyType

from mailresponder.errors import MailresponderError

CONFIG_NAME = "config.toml"
TEMPLATES_NAME = "templates"


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """What a mail provider's customers must know. Sources stand beside each."""

    title: str
    advice: str
    """What to do there before it works."""
    imap_host: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    connections: int = 4
    save_copy: bool
    save_copy_why: str
    authserv_id: str = ""
    authserv_id_why: str
    subaddress: str = ""
    """What parts a detail from the local part, where mail to such addresses surely arrives."""


_LOOK_IT_UP = "see Authentication-Results in a received mail; empty: only Sent proves staff"

PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        # https://support.google.com/mail/answer/7126229 and /answer/185833
        "gmail": Provider(
            title="Gmail and Google Workspace",
            advice=(
                "Google accepts no account password here, only an app password: turn on "
                "2-Step Verification for the account, then make one at "
                "myaccount.google.com/apppasswords. A Workspace administrator can forbid app "
                "passwords: then this version, which has no OAuth 2.0 sign-in, cannot be "
                "used. Google limits how much an account sends in a day. If address is an "
                "alias, allow it under Settings, Accounts, Send mail as: otherwise Gmail puts "
                "the account's own address in its place."
            ),
            imap_host="imap.gmail.com",
            smtp_host="smtp.gmail.com",
            smtp_port=465,
            smtp_security="tls",
            save_copy=False,
            save_copy_why="Gmail files what it sends by itself",
            authserv_id="mx.google.com",
            authserv_id_why="what Gmail writes into received mail",
            # https://support.google.com/mail/answer/22370
            subaddress="+",
        ),
        # https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/
        # deprecation-of-basic-authentication-exchange-online, and the Exchange team's
        # "Changes coming to the SMTP Authenticated Submission client protocol" (2018)
        "microsoft365": Provider(
            title="Microsoft 365 (Exchange Online)",
            advice=(
                "READ THIS FIRST. This version signs in with passwords only; it has no OAuth "
                "2.0. Exchange Online stopped taking passwords over IMAP in 2022, and from "
                "the end of December 2026 it takes none over SMTP unless an administrator "
                "turns that on again. So the servers below refuse this program until it can "
                "sign in with OAuth 2.0. What works today: a proxy on this machine that signs "
                "in for you (as the free email-oauth2-proxy does). Then set host = "
                '"127.0.0.1", security = "none" and the proxy\'s port in both sections. Or '
                "another provider, fed by forwarding."
            ),
            imap_host="outlook.office365.com",
            smtp_host="smtp.office365.com",
            smtp_port=587,
            smtp_security="starttls",
            connections=2,
            save_copy=False,
            save_copy_why="Exchange Online files what it sends by itself",
            authserv_id="!none",
            authserv_id_why="Exchange Online's own header has no id",
            # Plus addresses are on since 2022, but an organisation may turn them off:
            # https://learn.microsoft.com/exchange/recipients-in-exchange-online
        ),
        # https://www.fastmail.help/hc/en-us/articles/1500000279921
        "fastmail": Provider(
            title="Fastmail",
            advice=(
                "Fastmail accepts no account password here, only an app password: make one "
                "with access to mail under Settings, Privacy & Security. The username is the "
                "account's own address, also where address is an alias or another domain of "
                "yours."
            ),
            imap_host="imap.fastmail.com",
            smtp_host="smtp.fastmail.com",
            smtp_port=465,
            smtp_security="tls",
            save_copy=True,
            save_copy_why="we file a copy of what we send in Sent",
            authserv_id_why=_LOOK_IT_UP,
            # https://www.fastmail.help/hc/en-us/articles/360060591053
            subaddress="+",
        ),
        "generic": Provider(
            title="any mail server with IMAP and SMTP",
            advice=(
                "Your provider's help says which hosts, ports and kind of security it has, "
                'often under "set up a mail client". With security = "starttls" the ports are '
                "usually 143 and 587."
            ),
            imap_host="imap.example.com",
            smtp_host="smtp.example.com",
            smtp_port=465,
            smtp_security="tls",
            save_copy=True,
            save_copy_why="false where every mail we send lies in Sent twice",
            authserv_id_why=_LOOK_IT_UP,
        ),
    }
)


def configuration(provider: str) -> str:
    """A commented configuration for the provider, as TOML that loads.

    Raises MailresponderError for a provider that is not in PROVIDERS.
    """
    known = PROVIDERS.get(provider)
    if known is None:
        raise MailresponderError(
            f'no provider is named "{provider}"', mend=f"there are: {', '.join(PROVIDERS)}"
        )
    return _TEMPLATE.format(
        title=known.title,
        advice=fill(known.advice, 96, initial_indent="# ", subsequent_indent="# "),
        imap_host=known.imap_host,
        smtp_host=known.smtp_host,
        smtp_port=known.smtp_port,
        smtp_security=known.smtp_security,
        connections=known.connections,
        save_copy=str(known.save_copy).lower(),
        save_copy_why=known.save_copy_why,
        authserv_id=known.authserv_id,
        authserv_id_why=known.authserv_id_why,
        subaddress=known.subaddress,
    )


def write(directory: Path, provider: str) -> list[Path]:
    """Write a configuration and an empty templates folder; gives what was made.

    The file is for its owner only, since a password may come to stand in it. Raises
    MailresponderError for an unknown provider, where there is a configuration already, and where
    the directory cannot be written to.
    """
    text = configuration(provider)
    config, templates = directory / CONFIG_NAME, directory / TEMPLATES_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(text)
        made = [config] if templates.is_dir() else [config, templates]
        templates.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise MailresponderError(
            f"{error.filename} is there already and was left as it is",
            mend="name another directory, or move it away",
        ) from None
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise MailresponderError(f"{error.filename}: {reason}") from error
    return made


_TEMPLATE = """\
# mailresponder, for {title}
#
# Change what is marked with <-. Then: export SUPPORT_PASSWORD=…, and `mailresponder check`.
# Keys left out have their defaults; config.example.toml in the source shows every one.
#
{advice}

[desk]
name = "Acme Support"                # <- who you are to your customers
timezone = "Europe/Madrid"           # <- yours, as IANA names it
languages = ["en", "es"]             # <- those you answer in; the first where in doubt

[admin]
addresses = []                       # <- told when something breaks, as ["ops@example.com"]

[[mailbox]]
name = "support"
address = "support@example.com"      # <- what customers write to
aliases = []                         # <- further addresses that arrive there
start_from = "now"                   # mail that is there already is left alone
subaddress = "{subaddress}"                     # "+" where support+anything@ arrives there too

[mailbox.imap]
host = "{imap_host}"
port = 993
security = "tls"
username = "support@example.com"     # <- the account
password_env = "SUPPORT_PASSWORD"    # or password_file, password_command, password

[mailbox.smtp]                       # user name and password are those of [mailbox.imap]
host = "{smtp_host}"
port = {smtp_port}
security = "{smtp_security}"
connections = {connections}
save_copy = {save_copy}  # {save_copy_why}

[staff]
addresses = ["*@example.com"]        # <- who answers customers
# {authserv_id_why}
trusted_authserv_id = "{authserv_id}"

[deadlines]
answer_within = "8h"                 # in working hours
angry_answer_within = "2h"

[deadlines.hours]                    # <- yours; without this section: around the clock
mon = ["09:00-14:00", "15:00-18:00"]
tue = ["09:00-14:00", "15:00-18:00"]
wed = ["09:00-14:00", "15:00-18:00"]
thu = ["09:00-14:00", "15:00-18:00"]
fri = ["09:00-14:00", "15:00-18:00"]

# [deadlines.holidays]               # <- public holidays are closed days
# country = "ES"
# subdivision = "MD"

[[escalation]]                       # who is told when a deadline has passed
after = "0m"
to = ["lead@example.com"]            # <- a person; never the mailbox above
repeat_every = "4h"

# [web]                              # `mailresponder web`: a page for admins and staff, on this
# url = "https://desk.example.com"   # machine; for use from elsewhere see `mailresponder help page`
"""
