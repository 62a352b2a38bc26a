"""A mailbox that is also asked what reading and answering need not know: what its server can do,
how much room there is, when the newest mail came."""

from dataclasses import dataclass
from datetime import UTC, datetime

from mailresponder.errors import PermanentFailure
from mailresponder.transport.imap import ImapMailbox
from mailresponder.transport.imap_session import translated


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """A limit of an account (RFC 9208 §5)."""

    resource: str
    """`STORAGE`, in units of 1,024 bytes, or `MESSAGE`, in messages; others are possible."""
    used: int
    limit: int


class ImapAccount(ImapMailbox):
    """One signed-in connection, for whoever looks into the account."""

    def capabilities(self) -> frozenset[str]:
        """What the server can do for who is signed in (RFC 9051 §6.1.1), in capitals."""
        with translated(self._server):
            told = self._client.capabilities()
        return frozenset(name.decode("ascii", "replace").upper() for name in told)

    def quotas(self) -> list[Quota] | None:
        """The limits that hold for INBOX, and mostly for the account; None where the server does
        not tell them."""
        if "QUOTA" not in self.capabilities():
            return None
        try:
            with translated(self._server):
                return self._quotas()
        except PermanentFailure:
            return None  # It has the command, and nobody may ask.

    def _quotas(self) -> list[Quota]:
        try:
            _, found = self._client.get_quota_root("INBOX")
        except IndexError:
            return []  # imapclient's, where no limit is set and the server says nothing but OK.
        return [
            Quota(resource=one.resource.upper(), used=int(one.usage), limit=int(one.limit))
            for one in found
        ]

    def newest_at(self) -> datetime | None:
        """The INTERNALDATE of the selected folder's newest message; None where it is empty."""
        uid = self._last_uid()
        return self.received_at(uid) if uid else None

    def received_at(self, uid: int) -> datetime | None:
        """The INTERNALDATE of a message of the selected folder; None where it is gone."""
        with translated(self._server):
            told = self._client.fetch([uid], ["INTERNALDATE"])
        at = told.get(uid, {}).get(b"INTERNALDATE")
        return at.astimezone(UTC) if isinstance(at, datetime) else None
