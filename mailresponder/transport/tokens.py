"""The tokens one mailbox signs in with: had in good time, kept before they are used, and another
one where one was refused.

The next token is fetched when half of the present one's life is over. So an authorization server
that is away stops nothing for a while, and one that gives no further token is found out while the
present one still lets mail through.
"""

import shlex
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from mailresponder.config import Mailbox
from mailresponder.errors import MailresponderError, SignInRefused, TemporaryFailure
from mailresponder.transport.grants import Client, Grant, SignIn
from mailresponder.transport.kept_grants import Kept, keep, name_of
from mailresponder.transport.oauth2_client import client_of, public_client_of
from mailresponder.transport.secrets import COMMAND_TIMEOUT
from mailresponder.transport.token_store import TokenStore

SKEW = timedelta(minutes=1)
"""By how much our clock may be behind the server's."""
ASK_AGAIN = timedelta(minutes=5)
"""How long an authorization server is left alone that gave no token."""
NOTICE = timedelta(days=2)
"""How long before a sign-in ends by itself somebody hears of it: over a weekend."""
FRESH = timedelta(minutes=2)
"""A token so young is no better anew: it is not the token that a server refuses."""


class Use(Enum):
    """What for a process has tokens."""

    STAYING = auto()
    """To work on: what cannot be written down it holds itself."""
    PASSING = auto()
    """To end soon, and with it what could not be written down: that is not asked for then."""
    DRY = auto()
    """As PASSING, and to change nothing: the present token is used up to its end, and what an
    organisation grants is kept nowhere. What a person's sign-in must be renewed for is kept: it
    would be over otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """A sign-in that ends unless somebody does something."""

    since: datetime
    until: datetime
    """When the present token ends, and reading and sending with it."""
    why: str
    """With what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Said:
    """Why no token was had."""

    at: datetime
    of: datetime | None
    """As `_sign_in_of`."""
    error: MailresponderError


def _sign_in_of(kept: Kept | None) -> datetime | None:
    """What tells one sign-in of a mailbox from the next: when it was given."""
    return kept.grant.obtained_at if kept is not None else None


def is_due(kept: Kept, *, now: datetime) -> bool:
    """Is it time to have the next token? Also where the clock was put back since this one was had:
    then nobody knows when it ends."""
    half = (kept.grant.expires_at - kept.renewed_at) / 2
    return not kept.renewed_at - SKEW <= now < kept.renewed_at + half


def is_good(kept: Kept, *, now: datetime) -> bool:
    """Does its token let in, by our clock?"""
    return now < kept.grant.expires_at - min(SKEW, (kept.grant.expires_at - kept.renewed_at) / 4)


def _end_of(before: Grant, after: Grant) -> datetime | None:
    """When the refresh token ends for good; None where its end moves on with each use."""
    if before.ends_at is None or after.ends_at is None or after.ends_at > before.ends_at + SKEW:
        return None
    return after.ends_at


class MailboxTokens:
    """Of one mailbox, as `credentials.TokenSource`. Threads may share it."""

    def __init__(
        self,
        mailbox: str,
        *,
        client: Client,
        secret: Callable[[], Client],
        store: Callable[[], TokenStore],
        clock: Callable[[], datetime],
        use: Use = Use.STAYING,
    ) -> None:
        """`client` needs no secret; `secret` gives it with its secret, and is asked before the
        authorization server is."""
        self._mailbox = mailbox
        self._client = client
        self._secret = secret
        self._store = store
        self._clock = clock
        self._use = use
        self._said: _Said | None = None
        """What there was to say when no token was had last."""
        self._unkept: Kept | None = None
        """What could not be written down, for as long as this process lives."""
        self._obstacle: tuple[datetime, TemporaryFailure] | None = None
        """Since when nothing can be written down, and why."""

    def token(self, *, refused: str = "") -> str:
        """As `credentials.TokenSource.token`."""
        return self._renewed(refused).grant.access_token

    def look_ahead(self) -> Ending | None:
        """Have the next token if it is time to, though none is needed just now. Gives what
        somebody must do before mail stops; None: nothing. Raises as `token`."""
        try:
            kept = self._renewed("")
        except MailresponderError as error:
            # It is over, and what is connected may stay so for a while.
            held = self.held()
            if held is None or isinstance(error, TemporaryFailure):
                raise
            since = held.refused_at or held.grant.expires_at
            return Ending(since=since, until=held.grant.expires_at, why=str(error))
        waits = kept is self._unkept or is_due(kept, now=self._clock())
        if self._obstacle is not None and waits:
            since, obstacle = self._obstacle
            return Ending(since=since, until=kept.grant.expires_at, why=str(obstacle))
        if kept.refused and kept.refused_at is not None:
            return Ending(since=kept.refused_at, until=kept.grant.expires_at, why=kept.refused)
        ends, obtained = kept.grant.ends_at, kept.grant.obtained_at
        if ends is None or self._clock() < (since := ends - min(NOTICE, (ends - obtained) / 4)):
            return None
        why = f"the provider ends it then, whatever is done (sign in again: {self._login})"
        return Ending(since=since, until=ends, why=why)

    def given_at(self) -> datetime | None:
        """When a person signed in; None: nobody has, or nobody needs to. Raises as the store
        does."""
        if self._client.sign_in is not SignIn.PERSON:
            return None
        held = self.held()
        return held.grant.obtained_at if held is not None else None

    def held(self) -> Kept | None:
        """What is kept, good or not; no server is asked. None: nothing that is of use to this
        client. Raises as the store does."""
        kept = self._store().read(self._mailbox)
        if kept is not None and kept.given_to != name_of(self._client):
            kept = None
        unkept = self._unkept
        if unkept is None or (kept is not None and unkept.renewed_at < kept.renewed_at):
            # Somebody has signed in since, or another process was luckier.
            return kept
        return unkept

    def _renewed(self, refused: str) -> Kept:
        now = self._clock()
        kept = self.held()
        if kept is not None and self._will_do(kept, refused, now):
            return kept
        try:
            with ExitStack() as stack:
                self._take(stack, kept, now)
                # Whoever was waited for may have it.
                kept = self.held()
                if kept is not None and self._will_do(kept, refused, now):
                    return kept
                return self._next(kept, now)
        except MailresponderError:
            kept = self.held()
            if kept is None or kept.grant.access_token == refused or not is_good(kept, now=now):
                raise
            return kept

    def _take(self, stack: ExitStack, kept: Kept | None, now: datetime) -> None:
        """Nobody else renews it for as long as the stack lasts."""
        self._raise_what_was_said(kept, now)
        if self._keeps_nothing:
            return
        try:
            stack.enter_context(self._store().alone(self._mailbox))
        except TemporaryFailure as error:
            # Whoever has it in hand is not to be waited for in each pass.
            self._said = _Said(at=now, of=_sign_in_of(kept), error=error)
            raise

    def _raise_what_was_said(self, kept: Kept | None, now: datetime) -> None:
        """Raise it again, unless it is long ago or somebody has signed in since."""
        said = self._said
        if said is None or said.of != _sign_in_of(kept):
            return
        if timedelta() <= now - said.at < ASK_AGAIN:
            raise said.error

    def _will_do(self, kept: Kept, refused: str, now: datetime) -> bool:
        if kept.grant.access_token == refused:
            return timedelta() <= now - kept.renewed_at < FRESH
        if self._use is Use.DRY:
            return is_good(kept, now=now)
        return not is_due(kept, now=now) and kept is not self._unkept

    def _next(self, kept: Kept | None, now: datetime) -> Kept:
        """The next token, kept. Raises what there is to raise where there is none."""
        if kept is not None and kept is self._unkept and not is_due(kept, now=now):
            return self._keep(kept)
        self._raise_what_was_said(kept, now)
        needed = self._use is Use.STAYING and (kept is None or not is_good(kept, now=now))
        if kept is not None and kept.grant.refresh_token and not needed:
            # What cannot be written down is not to be asked for: the server may take back the old
            # one as it gives the new one.
            try:
                self._store().save(self._mailbox, kept)
            except TemporaryFailure as error:
                self._hindered(error, now)
                raise
        try:
            grant = self._granted(kept, now)
        except MailresponderError as error:
            # The command as it is to be typed.
            error.mend = error.mend.replace("mailresponder login MAILBOX", self._login)
            self._said = _Said(at=now, of=_sign_in_of(kept), error=error)
            dry = self._use is Use.DRY
            if kept is not None and not dry and not isinstance(error, TemporaryFailure):
                since = kept.refused_at if kept.refused and kept.refused_at else now
                with suppress(TemporaryFailure):
                    self._store().save(
                        self._mailbox, replace(kept, refused=str(error), refused_at=since)
                    )
            raise
        self._said = None
        if kept is not None:
            grant = replace(grant, ends_at=_end_of(kept.grant, grant))
        return self._keep(keep(self._client, grant, now=now))

    def _granted(self, kept: Kept | None, now: datetime) -> Grant:
        # A desk that signs in by passwords needs no HTTP.
        from mailresponder.transport import oauth2

        match self._client.sign_in:
            case SignIn.CLIENT_CREDENTIALS:
                return oauth2.client_credentials(self._secret(), now=now)
            case SignIn.SERVICE_ACCOUNT:
                return oauth2.service_account(self._secret(), now=now)
            case SignIn.PERSON:
                if kept is None:
                    raise SignInRefused(
                        f"nobody has signed in for mailbox {self._mailbox} yet",
                        mend="a person must, once: mailresponder login MAILBOX",
                    )
                if not kept.grant.refresh_token:
                    raise SignInRefused(
                        f"the sign-in of mailbox {self._mailbox} is over, and the provider gave "
                        "nothing to have another one with",
                        mend="sign in again: mailresponder login MAILBOX",
                    )
                return oauth2.refresh(self._secret(), kept.grant, now=now)

    @property
    def _login(self) -> str:
        return f"mailresponder login {shlex.quote(self._mailbox)}"

    @property
    def _keeps_nothing(self) -> bool:
        return self._use is Use.DRY and self._client.sign_in is not SignIn.PERSON

    def _keep(self, kept: Kept) -> Kept:
        if self._keeps_nothing:
            self._unkept = kept
            return kept
        try:
            self._store().save(self._mailbox, kept)
        except TemporaryFailure as error:
            self._unkept = kept
            self._hindered(error, self._clock())
        else:
            self._unkept = self._obstacle = None
        return kept

    def _hindered(self, error: TemporaryFailure, now: datetime) -> None:
        since = self._obstacle[0] if self._obstacle is not None else now
        self._obstacle = since, error


def tokens_of(
    mailbox: Mailbox,
    *,
    environ: Mapping[str, str],
    store: Callable[[], TokenStore],
    clock: Callable[[], datetime],
    use: Use,
    command_timeout: float = COMMAND_TIMEOUT,
) -> MailboxTokens:
    """The tokens of a mailbox as it is configured. Raises PermanentFailure where it signs in by a
    password."""
    return MailboxTokens(
        mailbox.name,
        client=public_client_of(mailbox),
        secret=lambda: client_of(mailbox, environ=environ, command_timeout=command_timeout),
        store=store,
        clock=clock,
        use=use,
    )
