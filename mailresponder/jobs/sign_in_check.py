"""Will a mailbox's sign-in by a token go on? Who gave it, until when it lasts, and whether the next
token can be written down."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mailresponder.config import Config, Mailbox
from mailresponder.errors import SignInRefused
from mailresponder.jobs.results import Found
from mailresponder.transport.grants import SignIn
from mailresponder.transport.oauth2_client import provider_of, public_client_of
from mailresponder.transport.token_store import TokenStore
from mailresponder.transport.tokens import MailboxTokens

_PROVIDERS = {"google": "Google", "microsoft": "Microsoft"}

_AT_ONCE = timedelta(hours=2)
"""Longer than a token lasts: what ends before was refused its next one."""


def lasting(
    config: Config,
    mailbox: Mailbox,
    tokens: MailboxTokens,
    store: TokenStore,
    clock: Callable[[], datetime],
) -> Found:
    """The detail, and what somebody should do; to be asked once it has let us in.

    Raises SignInRefused where mail stops within the hour unless somebody does something, and
    TemporaryFailure where no token could be written down.
    """
    ahead = tokens.look_ahead()
    with store.alone(mailbox.name):
        kept = store.read(mailbox.name)
        if kept is not None:
            store.save(mailbox.name, kept)
    zone = config.desk.timezone
    until = f"{ahead.until.astimezone(zone):%Y-%m-%d %H:%M}" if ahead is not None else ""
    if ahead is not None and ahead.until <= clock() + _AT_ONCE:
        raise SignInRefused(f"mail stops at {until}: {ahead.why}")
    said = _who(mailbox, kept.grant.account if kept else "")
    if kept is not None and public_client_of(mailbox).sign_in is SignIn.PERSON:
        said += f" signed in on {kept.grant.obtained_at.astimezone(zone):%Y-%m-%d}"
    if ahead is not None:
        return f"{said}; it ends at {until}", ahead.why
    return f"{said}; tokens are renewed by themselves", ""


def _who(mailbox: Mailbox, account: str) -> str:
    client = public_client_of(mailbox)
    at = _PROVIDERS.get(provider_of(mailbox), "the provider")
    match client.sign_in:
        case SignIn.PERSON:
            return f"{account or 'somebody'} at {at}"
        case SignIn.CLIENT_CREDENTIALS:
            return f"an application of the organisation's own at {at}"
        case SignIn.SERVICE_ACCOUNT:
            return f"a service account at {at}, for {client.account}"
